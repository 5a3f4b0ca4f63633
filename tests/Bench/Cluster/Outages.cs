using Treaty.Grid.Cluster.Tests.Cluster;

namespace Treaty.Grid.Bench.Cluster;

/// <summary>What clients that retry see of a fault: the longest that any of them waited for an answer.</summary>
internal static class Outages
{
    private const int Silos = 3;
    private const int Gateways = 2;
    private const int Parties = 12;

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(30);

    private static readonly (string Name, Func<Pair, int, Task> Strike)[] Faults =
    [
        ("nothing", (_, _) => Task.Delay(After)),
        ("a silo is killed", KillSiloAsync),
        ("a gateway is killed", KillGatewayAsync),
        ("a silo freezes for 30 s", FreezeAsync),
        ("rolling restart of all", RollAsync),
        ("all are killed, and start elsewhere", CrashAsync),
    ];

    public static async Task RunAsync(int runs, string? only, TextWriter output, TextWriter progress)
    {
        await using var server = await PostgresServer.StartAsync();
        await using var pair = new Pair(server.ConnectionString, "--register", "empty");
        await pair.StartAsync(Silos, Gateways);
        var clients = new Clients(pair, Parties, Every);
        await clients.RegisterAsync();
        var table = new Table(
            $"The longest wait for an answer, in ms, of {Parties} clients with a call every "
            + $"{Every.TotalMilliseconds:0} ms each, on {Silos} silos and {Gateways} gateways; p99 and failed of all",
            "fault", "runs", "median", "worst", "p99", "failed", "calls");
        foreach (var (name, strike) in Faults
            .Where(f => only is null || f.Name.Contains(only, StringComparison.Ordinal)))
        {
            var worst = new List<TimeSpan>();
            var all = new List<Call>();
            for (var run = 1; run <= runs; run++)
            {
                clients.Begin();
                await Task.Delay(Before);
                await strike(pair, run);
                var calls = await clients.EndAsync();
                worst.Add(calls.Max(c => c.Took));
                all.AddRange(calls);
                await progress.WriteLineAsync(
                    $"{name}, {run} of {runs}: {worst[^1].TotalMilliseconds:N0} ms; "
                    + string.Join(", ", clients.Errors.Select(e => $"{e.Key} {e.Value}")));
            }

            var took = all.Select(c => c.Took).Order().ToList();
            table.Add(
                name, runs, worst.MedianOf(), worst.Max(), took[(int)(took.Count * 0.99)],
                all.Count(c => !c.IsAnswered), all.Count);
        }

        table.Print(output);
    }

    private static async Task KillSiloAsync(Pair pair, int run)
    {
        var silo = SiloOf(run);
        await pair.KillAsync(silo);
        await Task.Delay(After);
        await pair.StartAsync(silo);
    }

    private static async Task KillGatewayAsync(Pair pair, int run)
    {
        var gateway = $"gateway-{1 + (run % Gateways)}";
        await pair.KillAsync(gateway);
        await Task.Delay(After);
        await pair.StartAsync(gateway);
    }

    /// <summary>A silo that was declared dead meanwhile ends when it hears of it; then it is started again.</summary>
    private static async Task FreezeAsync(Pair pair, int run)
    {
        var silo = SiloOf(run);
        pair[silo].Freeze();
        await Task.Delay(Frozen);
        pair[silo].Thaw();
        await Task.Delay(Before);
        await pair.StartAsync(silo);
    }

    private static async Task RollAsync(Pair pair, int run)
    {
        foreach (var name in Enumerable.Range(1, Silos).Select(n => $"silo-{n}")
            .Concat(Enumerable.Range(1, Gateways).Select(n => $"gateway-{n}")))
        {
            await pair.TerminateAsync(name);
            await pair.StartAsync(name);
            await Task.Delay(Before);
        }
    }

    /// <summary>On other ports, at once: nobody has had the time to find out that those before are dead.</summary>
    private static async Task CrashAsync(Pair pair, int run)
    {
        string[] all =
        [
            .. Enumerable.Range(1, Silos).Select(n => $"silo-{n}"),
            .. Enumerable.Range(1, Gateways).Select(n => $"gateway-{n}"),
        ];
        await Task.WhenAll(all.Select(pair.KillAsync));
        await Task.WhenAll(all.Select(pair.StartAsync));
    }

    private static string SiloOf(int run) => $"silo-{1 + (run % Silos)}";
}
