using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Load;

/// <summary>The highest rate that a register sustains.</summary>
internal static class FindMax
{
    public const string Help = $"""
        Searches for the highest rate that is sustained: of all requests 99 in 100 are answered within a bound, none
        fails, and at the end the lists are less than a second behind. It doubles the rate until that is too much,
        narrows down between the last two, and holds what it found; each step down from there is a tenth. A rate that
        seems too much is tried once more before it counts so.

          load find-max [switches]

          --p99 T           the bound                                                        (50ms)
          --hold T          how long the rate that is found is held                           (60s)
          --probe T         how long the others are tried                                     (10s)
          --from N          the first rate                                                    (100)
          --narrow N        how often the search is narrowed down                               (3)

        And as of a run (--rate, --duration and --slo have no meaning here):

        {RunOptions.Help}
        """;

    private const double RateMax = 2_000_000;
    private const double StepDown = 0.9;
    private const double ReachedMin = 0.98;
    private static readonly TimeSpan LagMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);
    private static readonly string[] Own = ["--p99", "--hold", "--probe", "--from", "--narrow"];

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter progress)
    {
        var switches = new Switches(args, [.. RunOptions.Valued, .. Own], RunOptions.Bare);
        var options = RunOptions.Parse(switches, TimeProvider.System) with { Lag = true };
        await using var server = options.Target is null ? await Server.StartAsync(options.AllInOne) : null;
        var target = server?.Target ?? new Target(options.Target!, options.Servers);
        var run = await LoadRun.PrepareAsync(target, options, progress);
        var search = new Search(
            run, options, switches.Time("--p99", TimeSpan.FromMilliseconds(50)), output, progress);
        await search.TryAsync(switches.Number("--from", 100), options.Warmup);
        var (rate, result) = await search.FindAsync(
            switches.Number("--from", 100), switches.Count("--narrow", 3),
            switches.Time("--probe", TimeSpan.FromSeconds(10)), switches.Time("--hold", TimeSpan.FromSeconds(60)));
        search.Print();
        if (result is null)
        {
            await output.WriteLineAsync("No rate is sustained.");
            return 2;
        }

        Summary.Print(result, options.Batch, output);
        await output.WriteLineAsync(Wire.Text($"sustained: {rate:N0} notices/s"));
        var verdict = options.Verify ? await run.VerifyAsync(progress, LoadRun.Patience) : null;
        verdict?.Print(output);
        return await RunCommand.FinishAsync(
            Report.Of(result, options.Batch, $"load find-max {string.Join(' ', args)}") with { Verdict = verdict },
            options, output);
    }

    private sealed class Search(
        LoadRun run, RunOptions options, TimeSpan p99, TextWriter output, TextWriter progress)
    {
        private readonly Table _trials = new(
            "notices/s", "seconds", "acknowledged/s", "failed", "p50 ms", "p99 ms", "lag ms", "sustained");

        public void Print()
        {
            output.WriteLine();
            _trials.Print(output);
        }

        public async Task<(double Rate, Result? Result)> FindAsync(
            double first, int narrowings, TimeSpan probe, TimeSpan hold)
        {
            var (good, bad) = (0.0, first);
            while (bad < RateMax && await IsSustainedAsync(bad, probe))
                (good, bad) = (bad, 2 * bad);
            for (var i = 0; i < narrowings; i++)
            {
                var middle = (good + bad) / 2;
                if (await IsSustainedAsync(middle, probe))
                    good = middle;
                else
                    bad = middle;
            }

            for (var rate = good > 0 ? good : bad * StepDown; rate >= 1; rate *= StepDown)
            {
                var (result, isSustained) = await TryAsync(rate, hold);
                if (isSustained)
                    return (rate, result);
            }

            return (0, null);
        }

        /// <summary>Tried once more if it is not: a machine has other things to do now and then.</summary>
        private async Task<bool> IsSustainedAsync(double rate, TimeSpan probe) =>
            (await TryAsync(rate, probe)).IsSustained || (await TryAsync(rate, probe)).IsSustained;

        public async Task<(Result Result, bool IsSustained)> TryAsync(double rate, TimeSpan time)
        {
            var arrival = options.Arrival is "constant" ? "constant" : "poisson";
            var result = await run.OfferAsync(
                Schedule.Of(arrival, rate, options.Warmup, time, 1.0 / options.Batch), progress);
            var isSustained = result.Errors == 0 && result.Ok >= ReachedMin * result.Offered
                && result.Latency.At(99) <= p99.TotalMilliseconds && result.Lag is { } lag && lag < LagMax;
            _trials.Add(
                Wire.Text($"{rate:N0}"), Wire.Text($"{time.TotalSeconds:0}"), Wire.Text($"{result.Rate:N0}"),
                result.Errors, result.Latency.At(50), result.Latency.At(99),
                result.Lag?.TotalMilliseconds ?? double.NaN,
                isSustained ? "yes" : result.IsBehind ? "no, generator late" : "no");
            await progress.WriteLineAsync(Wire.Text(
                $"{rate:N0}/s: p99 {Histograms.Text(result.Latency.At(99))} ms, {result.Errors:N0} failed, lag "
                + $"{result.Lag?.TotalMilliseconds:N0} ms: {(isSustained ? "sustained" : "too much")}"));
            await Task.Delay(Rest, TimeProvider.System);
            return (result, isSustained);
        }
    }
}
