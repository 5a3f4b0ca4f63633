namespace Treaty.Grid.Silo;

/// <summary>What the silo tells about itself before it runs.</summary>
internal static class Help
{
    /// <summary>How it is started.</summary>
    public const string Program = "dotnet run --project services/Silo --";

    public const string Text = $"""
        Treaty Grid, the silo: it runs the parties, and writes their journal into PostgreSQL. Several share one
        journal, and any of them may be lost at any time; run three or more.

          {Program} --postgres CONNECTION [switches]
          {Program} journal --help     verify, export or import the journal
          {Program} silo --help        which silos there are; forget those of a cluster that crashed

          --postgres WHERE    the database of the journal: a connection string,
                              Host=...;Database=...;Username=...;Passfile=...; tables are made at the start
          --cluster NAME      which silos belong together              (treaty-grid)
          --name NAME         of this silo, for people                 (the name of the host)
          --address ADDRESS   under which silos and gateways reach it; it listens there only. Nothing is
                              asked of them: let nobody else reach it  (127.0.0.1)
          --silo-port PORT    for other silos; 0 is any that is free   (5410)
          --client-port PORT  for gateways; 0 is any that is free      (5430)
          --web URL           health, HTTP/1.1                         (http://127.0.0.1:5490)
          --register WHAT     real: 197 states and their memberships are
                              recorded at the first start; or empty    (real)
          --packs PATH        a folder of conventions: each .json in it is
                              one more, or takes the place of one; the
                              same for all silos                       (./packs, if it is there)
          --assess-from DAY   no report due before it is called missed (when each state entered the register)
          --drain SECONDS     how long it says that it is not ready before it hands its parties over and
                              stops                                    (5)
          --help              this page

        Each is also a setting: TreatyGrid:Address in appsettings.json beside the program, TreatyGrid__Address in
        the environment, and so on. Traces and metrics go out by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT says where to.

        /healthz/live, /healthz/ready and /healthz/startup answer on the web port. Ctrl-C stops it.
        """;

    public static IReadOnlyDictionary<string, string> Switches { get; } = new Dictionary<string, string>
    {
        ["--postgres"] = "TreatyGrid:Postgres",
        ["--cluster"] = "TreatyGrid:Cluster",
        ["--name"] = "TreatyGrid:Name",
        ["--address"] = "TreatyGrid:Address",
        ["--silo-port"] = "TreatyGrid:SiloPort",
        ["--client-port"] = "TreatyGrid:ClientPort",
        ["--web"] = "TreatyGrid:Web",
        ["--register"] = "TreatyGrid:Register",
        ["--packs"] = "TreatyGrid:Packs",
        ["--assess-from"] = "TreatyGrid:AssessFrom",
        ["--drain"] = "TreatyGrid:Drain",
    };
}
