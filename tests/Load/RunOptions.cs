using System.Globalization;

namespace Treaty.Grid.Load;

/// <summary>What a run is asked to do.</summary>
internal sealed record RunOptions
{
    public static readonly IReadOnlyCollection<string> Valued =
    [
        "--target", "--allinone", "--server-pid", "--parties", "--rate", "--arrival", "--duration", "--warmup",
        "--seed", "--mode", "--batch", "--connections", "--processes", "--hot", "--think", "--mix", "--timeout",
        "--slo", "--json", "--html", "--hgrm", "--record", "--replay", "--name", "--share", "--ledger",
        "--closed",
    ];

    public static readonly IReadOnlyCollection<string> Bare = ["--verify", "--lag"];

    public const string Help = """
          --target URL        what is loaded, as http://127.0.0.1:5400 (HTTP/2 without TLS); unless it is named,
                              AllInOne is started on a temporary directory, and ended
          --allinone PATH     where that lies (beside this program)
          --server-pid N,..   of a target that is named: whose use of processors and memory is told
          --parties N         who files: states of the register, then made-up ones, up to 1,000,000   (100)
          --rate N            notices per second                                                       (1000)
          --arrival HOW       poisson, constant, step:10k,20k,.. or ramp:0..80k                     (poisson)
          --closed N          no rate: N requests under way all the time, a closed loop, in which those told to come
                              again do; the most that gets through, and latencies that callers with a plan would not
                              have
          --duration T        that is measured                                                          (30s)
          --warmup T          before it, at the first rate                                               (5s)
          --mode HOW          unary or batch                                                          (unary)
          --batch N           notices in a batch                                                        (100)
          --connections N                                                                                 (8)
          --processes N       that share the rate                                                         (1)
          --hot S             Zipf's exponent over the parties; 0: all alike                              (0)
          --think T[,SPREAD]  median after which the other side files, log-normal                    (1s,0.5)
          --mix KIND=SHARE,.. match permitted short excess item missing late duplicate conflict prohibited repeat
          --timeout T         after which the server gives up a request                                 (10s)
          --seed N            of all that is drawn                                                        (1)
          --name TEXT         begins every id; another for each run against one register       (made of the time)
          --lag               asks each 5 s how far the lists are behind
          --slo BOUNDS        as p99<50ms,max<1s,errors<0.1%,lag<1s: exit code 2 where they are not kept
          --json, --html, --hgrm FILE    the figures; a page with curves; the percentiles for plotters
          --record FILE       keeps the requests; --replay FILE sends them again as they were
          --verify            reads all of it back, and holds what was found against what should have been:
                              exit code 3 unless they are the same
        """;

    private const int PartiesMax = 1_000_000;
    private const int BatchMax = 1_000;

    public Uri? Target { get; init; }

    public string? AllInOne { get; init; }

    public IReadOnlyList<int> Servers { get; init; } = [];

    public int Parties { get; init; } = 100;

    public double Rate { get; init; } = 1_000;

    public string Arrival { get; init; } = "poisson";

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(5);

    public int Seed { get; init; } = 1;

    /// <summary>Notices in a request; 1 where each is a request of its own.</summary>
    public int Batch { get; init; } = 1;

    public int Connections { get; init; } = 8;

    public int Processes { get; init; } = 1;

    public double Hot { get; init; }

    public TimeSpan Think { get; init; } = TimeSpan.FromSeconds(1);

    public double ThinkSpread { get; init; } = 0.5;

    public Mix Mix { get; init; } = Mix.Parse(Mix.Standard);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public Slo Slo { get; init; } = Slo.Parse("");

    public string? Json { get; init; }

    public string? Html { get; init; }

    public string? Hgrm { get; init; }

    public string? Record { get; init; }

    public string? Replay { get; init; }

    public bool Verify { get; init; }

    public bool Lag { get; init; }

    /// <summary>Begins every id.</summary>
    public string Name { get; init; } = "run";

    /// <summary>Where one of several processes leaves what became of its stories.</summary>
    public string? LedgerFile { get; init; }

    /// <summary>The part of the rate that one of several processes has.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Requests under way all the time; 0 where they have a rate.</summary>
    public int Closed { get; init; }

    public TimeSpan LagEvery => Lag ? TimeSpan.FromSeconds(5) : TimeSpan.Zero;

    public Draw Draw => new(Seed, Batch, Hot, Think.TotalSeconds, ThinkSpread, Mix);

    public Schedule Schedule => Schedule.Of(Arrival, Rate, Warmup, Duration, Share / Batch);

    /// <exception cref="SwitchException">A switch is wrong.</exception>
    public static RunOptions Parse(IReadOnlyList<string> args, TimeProvider time) =>
        Parse(new Switches(args, Valued, Bare), time);

    /// <exception cref="SwitchException">A switch is wrong.</exception>
    public static RunOptions Parse(Switches switches, TimeProvider time)
    {
        var think = switches.Text("--think", "1s,0.5").Split(',');
        var isBatch = switches.Text("--mode", switches.Has("--batch") ? "batch" : "unary") switch
        {
            "batch" => true,
            "unary" => false,
            var other => throw new SwitchException($"--mode: expected unary or batch, not '{other}'."),
        };
        var options = new RunOptions
        {
            Target = switches.Text("--target") is { } target ? AddressOf(target) : null,
            AllInOne = switches.Text("--allinone"),
            Servers =
            [
                .. switches.Text("--server-pid", "").Split(',', StringSplitOptions.RemoveEmptyEntries)
                    .Select(p => (int)Switches.NumberOf("--server-pid", p)),
            ],
            Parties = switches.Count("--parties", 100),
            Rate = switches.Number("--rate", 1_000),
            Arrival = switches.Text("--arrival", "poisson"),
            Duration = switches.Time("--duration", TimeSpan.FromSeconds(30)),
            Warmup = switches.Time("--warmup", TimeSpan.FromSeconds(5)),
            Seed = switches.Count("--seed", 1),
            Batch = isBatch ? switches.Count("--batch", 100) : 1,
            Connections = switches.Count("--connections", 8),
            Processes = switches.Count("--processes", 1),
            Hot = switches.Number("--hot", 0),
            Think = Switches.TimeOf("--think", think[0]),
            ThinkSpread = think.Length > 1 ? Switches.NumberOf("--think", think[1]) : 0.5,
            Mix = Mix.Parse(switches.Text("--mix", Mix.Standard)),
            Timeout = switches.Time("--timeout", TimeSpan.FromSeconds(10)),
            Slo = Slo.Parse(switches.Text("--slo", "")),
            Json = switches.Text("--json"),
            Html = switches.Text("--html"),
            Hgrm = switches.Text("--hgrm"),
            Record = switches.Text("--record"),
            Replay = switches.Text("--replay"),
            Verify = switches.Has("--verify"),
            Lag = switches.Has("--lag"),
            Name = switches.Text("--name") ?? NameOf(time.GetUtcNow()),
            Share = switches.Number("--share", 1),
            LedgerFile = switches.Text("--ledger"),
            Closed = switches.Count("--closed", 0),
        };
        options.Check();
        return options;
    }

    private void Check()
    {
        Expect(Parties is >= 2 and <= PartiesMax, "--parties: expected 2 to 1,000,000.");
        Expect(Batch is >= 1 and <= BatchMax, "--batch: expected 1 to 1,000.");
        Expect(Connections >= 1, "--connections: expected at least 1.");
        Expect(Processes >= 1, "--processes: expected at least 1.");
        Expect(Rate > 0, "--rate: expected more than 0.");
        Expect(Duration > TimeSpan.Zero, "--duration: expected more than 0.");
        Expect(
            Name.Length is >= 1 and <= 20 && Name.All(char.IsAsciiLetterOrDigit),
            "--name: expected up to 20 of A-Z, a-z, 0-9.");
        Expect(Processes == 1 || (Replay is null && Record is null), "--processes: one alone records or replays.");
        Expect(
            Closed == 0 || (Processes == 1 && Replay is null && Record is null),
            "--closed: one process alone, which neither records nor replays.");
        Expect(!Verify || Replay is null, "--verify: nobody knows the truth of what is replayed.");
        _ = Schedule;
    }

    private static void Expect(bool isMet, string otherwise)
    {
        if (!isMet)
            throw new SwitchException(otherwise);
    }

    private static Uri AddressOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme == Uri.UriSchemeHttp
            ? address
            : throw new SwitchException($"--target: expected an address such as http://127.0.0.1:5400, not '{text}'.");

    /// <summary>Short, and another each tenth of a second.</summary>
    private static string NameOf(DateTimeOffset now) =>
        "L" + (now.ToUnixTimeMilliseconds() / 100).ToString("x", CultureInfo.InvariantCulture);
}
