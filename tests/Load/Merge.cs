using HdrHistogram;
using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Load;

/// <summary>Several runs as one.</summary>
internal static class Merge
{
    public const string Help = """
        Adds up the figures of runs, histograms and all.

          load merge A.json B.json .. [switches]

          --in-turn         the runs came one after the other; unless it is said, they ran at once against one server
          --json, --html, --hgrm FILE     as of a run
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var files = args.TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal)).ToList();
        var switches = new Switches(args[files.Count..], ["--json", "--html", "--hgrm"], ["--in-turn"]);
        if (files.Count == 0)
            throw new SwitchException("Expected the files of runs, as load run --json wrote them.");
        var reports = await Task.WhenAll(files.Select(Report.ReadAsync));
        var results = reports.Select(r => r.ToResult()).ToList();
        var result = switches.Has("--in-turn") ? InTurn(results) : AtOnce(results);
        Summary.Print(result, reports[0].Batch, output);
        return await RunCommand.FinishAsync(
            Report.Of(result, reports[0].Batch, $"load merge {string.Join(' ', args)}"),
            new RunOptions
            {
                Json = switches.Text("--json"),
                Html = switches.Text("--html"),
                Hgrm = switches.Text("--hgrm"),
            },
            output);
    }

    /// <summary>By generators that ran at the same time: rates add up, and each saw the same server.</summary>
    public static Result AtOnce(IReadOnlyList<Result> results) => Add(results) with
    {
        Seconds = results.Max(r => r.Seconds),
        Took = results.Max(r => r.Took),
        ServerProcessor = results.Max(r => r.ServerProcessor),
        Series = Overlay([.. results.Select(r => r.Series)]),
    };

    /// <summary>One after the other.</summary>
    public static Result InTurn(IReadOnlyList<Result> results)
    {
        var (series, before) = (new List<Second>(), 0.0);
        foreach (var result in results)
        {
            series.AddRange(result.Series.Select(s => s with { At = s.At + before }));
            before = series.Count > 0 ? series[^1].At : before;
        }

        return Add(results) with { Series = series };
    }

    private static Result Add(IReadOnlyList<Result> results)
    {
        var outcomes = new Dictionary<string, long>();
        foreach (var (outcome, count) in results.SelectMany(r => r.Outcomes))
            Tally.Add(outcomes, outcome, count);
        return new Result
        {
            Seconds = results.Sum(r => r.Seconds),
            Took = results.Sum(r => r.Took),
            Offered = results.Sum(r => r.Offered),
            Outcomes = outcomes,
            Latency = Sum(results.Select(r => r.Latency)),
            Service = Sum(results.Select(r => r.Service)),
            Slip = Sum(results.Select(r => r.Slip)),
            Series = [],
            OwnProcessor = Total(results.Select(r => r.OwnProcessor)),
            ServerProcessor = Total(results.Select(r => r.ServerProcessor)),
            OwnPauses = Total(results.Select(r => r.OwnPauses)),
            Lag = results.Max(r => r.Lag),
        };
    }

    private static TimeSpan Total(IEnumerable<TimeSpan> times) => times.Aggregate(TimeSpan.Zero, (a, b) => a + b);

    private static LongHistogram Sum(IEnumerable<LongHistogram> histograms)
    {
        var sum = Histograms.New();
        foreach (var histogram in histograms)
            sum.Add(histogram);
        return sum;
    }

    /// <summary>
    /// Second by second: rates add up; of percentiles, which cannot be added, the worst stands for all.
    /// </summary>
    private static List<Second> Overlay(IReadOnlyList<IReadOnlyList<Second>> series) =>
    [
        .. Enumerable.Range(0, series.Max(s => s.Count)).Select(i =>
        {
            var all = series.Where(s => i < s.Count).Select(s => s[i]).ToList();
            return all[0] with
            {
                Target = all.Sum(s => s.Target),
                Sent = all.Sum(s => s.Sent),
                Answered = all.Sum(s => s.Answered),
                Errors = all.Sum(s => s.Errors),
                InFlight = all.Sum(s => s.InFlight),
                Waiting = all.Sum(s => s.Waiting),
                P50 = all.Max(s => s.P50),
                P99 = all.Max(s => s.P99),
                Max = all.Max(s => s.Max),
                Slip = all.Max(s => s.Slip),
                OwnProcessors = all.Sum(s => s.OwnProcessors),
                Lag = all.Max(s => s.Lag),
            };
        }),
    ];
}
