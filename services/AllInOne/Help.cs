namespace Treaty.Grid.AllInOne;

/// <summary>What the program tells about itself before it runs.</summary>
internal static class Help
{
    /// <summary>How it is started.</summary>
    public const string Program = "dotnet run --project services/AllInOne --";

    public const string Text = $"""
        Treaty Grid, all in one: the gateway and one silo in this process, the journal in a SQLite file.

          {Program} [switches]
          {Program} journal --help     verify, export or import the journal

          --data PATH       where the journal lies                    (./data)
          --grpc URL        gRPC, HTTP/2 without TLS                   (http://127.0.0.1:5400)
          --web URL         JSON and health, HTTP/1.1                  (http://127.0.0.1:5480)
          --register WHAT   real: 197 states and their memberships are
                            recorded at the first start; or empty      (real)
          --packs PATH      a folder of conventions: each .json in it is
                            one more, or takes the place of one        (./packs, if it is there)
          --assess-from DAY no report due before it is called missed   (when each state entered the register)
          --journal WHAT    sqlite; postgres; or memory, which keeps
                            nothing                                    (sqlite)
          --postgres WHERE  for --journal postgres: a connection string,
                            Host=...;Database=...;Username=...
          --help            this page

        Each is also a setting: TreatyGrid:Data in appsettings.json beside the program, TreatyGrid__Data in the
        environment, and so on.
        Traces and metrics go out by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT says where to.

        Callers name themselves in the metadata key x-party: a party's code, depositary, secretariat or operator.
        That is for trying it out, so it listens on this machine only. Ctrl-C stops it.
        """;

    public static IReadOnlyDictionary<string, string> Switches { get; } = new Dictionary<string, string>
    {
        ["--data"] = "TreatyGrid:Data",
        ["--grpc"] = "TreatyGrid:Grpc",
        ["--web"] = "TreatyGrid:Web",
        ["--register"] = "TreatyGrid:Register",
        ["--packs"] = "TreatyGrid:Packs",
        ["--assess-from"] = "TreatyGrid:AssessFrom",
        ["--journal"] = "TreatyGrid:Journal",
        ["--postgres"] = "TreatyGrid:Postgres",
    };
}
