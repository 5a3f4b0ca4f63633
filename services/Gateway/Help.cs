namespace Treaty.Grid.Gateway;

/// <summary>What the gateway tells about itself before it runs.</summary>
internal static class Help
{
    public const string Text = """
        Treaty Grid, the gateway: the door of a cluster. It keeps nothing; run as many as you like.

          dotnet run --project services/Gateway -- --postgres CONNECTION [switches]

          --postgres WHERE  the database in which silos write down where they are: a connection string,
                            Host=...;Database=...;Username=...;Passfile=...; its user need only read that
          --cluster NAME    which silos                                (treaty-grid)
          --grpc URL        gRPC, HTTP/2 without TLS                   (http://127.0.0.1:5400)
          --web URL         JSON and health, HTTP/1.1                  (http://127.0.0.1:5480)
          --identity WHO    Development: callers name themselves in the metadata key x-party, and it
                            listens on this machine only; or Proxy: a proxy that knows them sets that
                            key, and nobody else can reach this        (Development)
          --drain SECONDS   how long it still answers after it has said that it is not ready to those
                            who ask, before it stops                   (5)
          --help            this page

        Each is also a setting: TreatyGrid:Grpc in appsettings.json beside the program, TreatyGrid__Grpc in the
        environment, and so on. Traces and metrics go out by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT says where to.

        /healthz/live, /healthz/ready and /healthz/startup answer on the web port: without a silo it lives and is
        not ready. It waits for silos as long as it takes. Ctrl-C stops it.
        """;

    public static IReadOnlyDictionary<string, string> Switches { get; } = new Dictionary<string, string>
    {
        ["--postgres"] = "TreatyGrid:Postgres",
        ["--cluster"] = "TreatyGrid:Cluster",
        ["--grpc"] = "TreatyGrid:Grpc",
        ["--web"] = "TreatyGrid:Web",
        ["--identity"] = "TreatyGrid:Identity",
        ["--drain"] = "TreatyGrid:Drain",
    };
}
