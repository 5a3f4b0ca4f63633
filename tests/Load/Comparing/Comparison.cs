using System.Text.Json;
using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Load.Comparing;

/// <summary>Figures of several turns.</summary>
internal sealed record Spread(double Median, double Least, double Most)
{
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public static Spread Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToList();
        if (sorted.Count == 0)
            throw new InvalidOperationException("No figures, no median.");
        var middle = sorted.Count / 2;
        var median = sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }
}

/// <summary>What a contender did in all its turns.</summary>
/// <param name="InFlight">Requests under way, the best of those tried.</param>
/// <param name="Tried">The rates of all that were tried.</param>
internal sealed record Standing(
    string Key, string Name, int InFlight, IReadOnlyDictionary<int, double> Tried, IReadOnlyList<Turn> Turns)
{
    public Spread Rate => Spread.Of(Turns.Select(t => t.Rate));

    public Spread MicrosecondsPerNotice => Spread.Of(Turns.Select(t => t.MicrosecondsPerNotice));

    public double? LagMs => Turns.Max(t => t.LagMs);

    public long Failed => Turns.Sum(t => t.Failed);

    /// <summary>In every turn.</summary>
    public bool IsSustained => Turns.All(t => t.IsSustained);
}

/// <summary>A ratio of rates that is to be reached.</summary>
internal sealed record Gate(string Over, string Under, double Least)
{
    public static IReadOnlyList<Gate> All { get; } =
    [
        new("unary", "procedure", 4), new("unary", "echo", 0.2), new("batch", "procedure", 12),
        new("batch", "procedure-batch", 1.5), new("cluster-unary", "procedure", 2),
        new("cluster-batch", "procedure", 6), new("unary", "transactions", 4), new("unary-many", "unary", 0.6),
    ];
}

/// <summary>A ratio of rates, of each turn; the turns of both followed each other.</summary>
/// <param name="ByProcessor">How many times the server's time the other one needs for a notice.</param>
internal sealed record Ratio(string Over, string Under, double Least, Spread Rates, Spread ByProcessor, bool Counts)
{
    public bool IsReached => Counts && Rates.Median >= Least;

    /// <summary>Null where one of the two did not take part.</summary>
    public static Ratio? Of(Gate gate, IReadOnlyList<Standing> standings)
    {
        var over = standings.FirstOrDefault(s => s.Key == gate.Over);
        var under = standings.FirstOrDefault(s => s.Key == gate.Under);
        if (over is null || under is null)
            return null;
        var turns = over.Turns.Zip(under.Turns).ToList();
        return new Ratio(
            gate.Over, gate.Under, gate.Least,
            Spread.Of(turns.Select(t => t.First.Rate / t.Second.Rate)),
            Spread.Of(turns.Select(t => t.Second.MicrosecondsPerNotice / t.First.MicrosecondsPerNotice)),
            over.IsSustained && under.IsSustained);
    }
}

/// <summary>All figures of a comparison.</summary>
/// <param name="Postgres">The settings that matter to it, as the server says them.</param>
internal sealed record Comparison(
    string Command, Surroundings Environment, string Data, IReadOnlyDictionary<string, string> Postgres,
    IReadOnlyList<Standing> Standings)
{
    public IReadOnlyList<Ratio> Ratios =>
        [.. Gate.All.Select(gate => Ratio.Of(gate, Standings)).OfType<Ratio>()];

    public async Task WriteAsync(string file)
    {
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, this, Report.Json);
    }

    public string NameOf(string key) => Standings.First(s => s.Key == key).Name;

    public void Print(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(Wire.Text(
            $"{Environment.Processors} processors, which loads and servers share; data on {Data}"));
        foreach (var settings in Postgres.Chunk(4))
            output.WriteLine("  " + string.Join(", ", settings.Select(s => $"{s.Key} {s.Value}")));
        output.WriteLine();
        var table = new Table(
            "medians", "in flight", "notices/s", "least", "most", "server us a notice", "lag ms", "failed");
        foreach (var one in Standings)
        {
            table.Add(
                one.Name, one.InFlight, Round(one.Rate.Median), Round(one.Rate.Least), Round(one.Rate.Most),
                one.MicrosecondsPerNotice.Median,
                (object?)one.LagMs ?? "", one.IsSustained ? one.Failed : $"{one.Failed} !! not sustained");
        }

        table.Print(output);
        if (Ratios.Count == 0)
            return;
        output.WriteLine();
        var ratios = new Table("rates", "at least", "median", "least", "most", "by server time", "reached");
        foreach (var ratio in Ratios)
        {
            ratios.Add(
                $"{NameOf(ratio.Over)} / {NameOf(ratio.Under)}", ratio.Least, ratio.Rates.Median, ratio.Rates.Least,
                ratio.Rates.Most, ratio.ByProcessor.Median, ratio.IsReached ? "yes" : "no");
        }

        ratios.Print(output);
    }

    private static long Round(double rate) => (long)Math.Round(rate);
}
