namespace Treaty.Grid.Load.Comparing;

/// <summary>What a comparison is asked to do.</summary>
internal sealed record CompareOptions
{
    public const string Help = """
          --turns N         how often each has its turn                                               (5)
          --seconds T       how long a turn is measured                                               (20)
          --warm-up T       before it, in each turn: programs start cold                              (20)
          --try T           how long each number of requests under way is tried, in the first turn; of
                            batches twice as long; 0 takes the middle one untried                     (5)
          --parties N       that file, drawn evenly                                                   (200)
          --batch N         notices in a batch, up to 1,000                                           (1000)
          --connections N   of HTTP/2, to servers of gRPC                                             (8)
          --many N          parties of a further contender, as 100k; 0 leaves it out                  (0)
          --only KEY,..     some of the contenders
          --seed N          of all that is drawn                                                      (1)
          --allinone PATH   where that lies (beside this program)
          --out FILE        the figures, as JSON
          --html FILE       a page with bars
        """;

    private const int BatchMax = 1_000;

    private static readonly string[] Valued =
    [
        "--turns", "--seconds", "--warm-up", "--try", "--parties", "--batch", "--connections", "--many", "--only",
        "--seed", "--allinone", "--out", "--html",
    ];

    public int Turns { get; init; }

    public TimeSpan Time { get; init; }

    public TimeSpan WarmUp { get; init; }

    public TimeSpan Try { get; init; }

    public int Parties { get; init; }

    public int Batch { get; init; }

    public int Connections { get; init; }

    public int Many { get; init; }

    public int Seed { get; init; }

    /// <summary>Empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    public string? AllInOne { get; init; }

    public string? Out { get; init; }

    public string? Html { get; init; }

    /// <exception cref="SwitchException">A switch is wrong.</exception>
    public static CompareOptions Parse(IReadOnlyList<string> args)
    {
        var switches = new Switches(args, Valued, []);
        var options = new CompareOptions
        {
            Turns = switches.Count("--turns", 5),
            Time = switches.Time("--seconds", TimeSpan.FromSeconds(20)),
            WarmUp = switches.Time("--warm-up", TimeSpan.FromSeconds(20)),
            Try = switches.Time("--try", TimeSpan.FromSeconds(5)),
            Parties = switches.Count("--parties", 200),
            Batch = switches.Count("--batch", BatchMax),
            Connections = switches.Count("--connections", 8),
            Many = switches.Count("--many", 0),
            Seed = switches.Count("--seed", 1),
            Only = switches.Text("--only", "").Split(
                ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            AllInOne = switches.Text("--allinone"),
            Out = switches.Text("--out"),
            Html = switches.Text("--html"),
        };
        Expect(options.Turns >= 1, "--turns: expected at least 1.");
        Expect(options.Time > TimeSpan.Zero, "--seconds: expected more than 0.");
        Expect(options.Parties is >= 2 and <= 1_000_000, "--parties: expected 2 to 1,000,000.");
        Expect(options.Batch is >= 2 and <= BatchMax, "--batch: expected 2 to 1,000.");
        Expect(options.Connections >= 1, "--connections: expected at least 1.");
        Expect(options.Many is 0 or (>= 2 and <= 1_000_000), "--many: expected 0, or 2 to 1,000,000.");
        var keys = Contenders.Of(options).Select(c => c.Key).ToList();
        var unknown = options.Only.FirstOrDefault(o => !keys.Contains(o));
        Expect(unknown is null, $"--only: expected some of {string.Join(", ", keys)}; not '{unknown}'.");
        return options;
    }

    private static void Expect(bool isMet, string otherwise)
    {
        if (!isMet)
            throw new SwitchException(otherwise);
    }
}
