namespace Treaty.Grid.Load.Comparing;

/// <summary>Who is compared.</summary>
internal static class Contenders
{
    public const string Help = """
          echo              an empty gRPC service on the Kestrel settings of the gateway, unary
          procedure         PostgreSQL: a function that checks both parties' status, files in both files, moves both
                            stocks and writes a finding; called by pgbench -M prepared, without gRPC, to its favour
          procedure-batch   the same, set-based, for the notices of a batch at once; called with binary arrays
          transactions      Orleans: a transaction over the grains of both parties, their state in PostgreSQL;
                            called from within the silo, to its favour
          unary, batch      Treaty Grid in one process (AllInOne, SQLite)
          cluster-unary, cluster-batch   Treaty Grid as a gateway, a silo and PostgreSQL
          unary-many        as unary, with --many parties
        """;

    // Each connection takes 100 requests, and a gateway 500 before it has seen how fast it is.
    private static readonly int[] Unary = [64, 200, 480];
    private static readonly int[] Batches = [1, 4, 8];

    public static IReadOnlyList<IContender> Of(CompareOptions options)
    {
        // Each transfer is told by both sides, and they say the same.
        var unary = new RunOptions
        {
            Parties = options.Parties,
            Connections = options.Connections,
            Seed = options.Seed,
            Mix = Mix.Parse("match=1"),
            Timeout = TimeSpan.FromSeconds(30),
            Lag = true,
        };
        var batch = unary with { Batch = options.Batch };
        var embedded = async Task<IServer> () => await Server.StartAsync(options.AllInOne);
        var many = Wire.Text($"Treaty Grid, embedded, unary, {options.Many:N0} parties");
        return
        [
            new Served("echo", "gRPC echo, unary", [200, 800], unary with { Lag = false }, EchoServer.StartAsync),
            new Procedure(options.Parties, options.Seed),
            new ProcedureBatches(options.Parties, options.Batch, options.Seed),
            new Transactions(options.Parties),
            new Served("unary", "Treaty Grid, embedded, unary", Unary, unary, embedded),
            new Served("batch", Batch("embedded"), Batches, batch, embedded),
            new Served("cluster-unary", "Treaty Grid, cluster, unary", Unary, unary, ClusterServer.StartAsync),
            new Served("cluster-batch", Batch("cluster"), Batches, batch, ClusterServer.StartAsync),
            .. options.Many == 0
                ? Array.Empty<IContender>()
                : [new Served("unary-many", many, Unary, unary with { Parties = options.Many }, embedded)],
        ];

        string Batch(string how) => Wire.Text($"Treaty Grid, {how}, batches of {options.Batch:N0}");
    }
}
