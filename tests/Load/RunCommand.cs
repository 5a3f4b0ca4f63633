using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Load;

/// <summary>One run at one rate, or along a course of rates.</summary>
internal static class RunCommand
{
    public const string Help = $"""
        Offers notices to a register at times fixed beforehand, and tells what came of it. Latency counts from the time
        at which a request was due, whatever came before it.

          load run [switches]

        {RunOptions.Help}

        Where the generator shares processors with the server, both are told: figures are for comparison on one machine.
        """;

    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, string command, TextWriter output, TextWriter progress)
    {
        var options = RunOptions.Parse(args, TimeProvider.System);
        await using var server = options.Target is null ? await Server.StartAsync(options.AllInOne) : null;
        var target = server?.Target ?? new Target(options.Target!, options.Servers);
        var run = await LoadRun.PrepareAsync(target, options, progress);
        var result = await OfferAsync(run, options, args, progress);
        var batch = options.Replay is { } file ? new Recording.Reading(file).Batch : options.Batch;
        Summary.Print(result, batch, output);
        if (options.Closed > 0)
            await output.WriteLineAsync(Wire.Text($"  {ClosedLoop(options.Closed)}"));
        var trends = command == "soak" ? Soak.TrendsOf(result, options.Warmup) : null;
        if (trends is not null)
            Soak.Print(trends, output);
        var verdict = options.Verify ? await run.VerifyAsync(progress, LoadRun.Patience) : null;
        verdict?.Print(output);
        if (options.LedgerFile is { } ledger)
            LedgerFile.Write(ledger, run.Ledger);
        var report = Report.Of(result, batch, $"load {command} {string.Join(' ', args)}") with
        {
            ClosedLoop = options.Closed > 0 ? options.Closed : null,
            Trends = trends,
            Verdict = verdict,
            Broken = options.Slo.Broken(result),
        };
        return await FinishAsync(report, options, output);
    }

    /// <summary>Writes what was asked for, and tells the exit code.</summary>
    public static async Task<int> FinishAsync(Report report, RunOptions options, TextWriter output)
    {
        if (options.Json is { } json)
            await report.WriteAsync(json);
        if (options.Html is { } html)
            await File.WriteAllTextAsync(html, Page.Of(report));
        if (options.Hgrm is { } hgrm)
        {
            await using var text = File.CreateText(hgrm);
            Histograms.WritePercentiles(report.Latency.ToHistogram(), text);
        }

        foreach (var broken in report.Broken)
            await output.WriteLineAsync($"!! not kept: {broken}");
        return report.Verdict is { IsPerfect: false } ? 3 : report.Broken.Count > 0 ? 2 : 0;
    }

    /// <summary>What must be said beside the figures of a closed loop.</summary>
    public static string ClosedLoop(int inFlight) => Wire.Text(
        $"a closed loop of {inFlight:N0} requests: the server set the pace, and latency is no caller's");

    private static async Task<Result> OfferAsync(
        LoadRun run, RunOptions options, IReadOnlyList<string> args, TextWriter progress)
    {
        if (options.Processes > 1)
        {
            var (result, ledgers) = await Workers.RunAsync(run, options, args, progress);
            run.Ledgers = ledgers;
            return result;
        }

        if (options.Replay is { } file)
            return await run.OfferAsync(new Recording.Reading(file), progress);
        if (options.Closed > 0)
            return await run.OfferAsync(run.ClosedPlan(), progress);
        var plan = run.Plan(options.Schedule);
        return await run.OfferAsync(
            options.Record is { } record ? new Recording.Writing(plan, record, run.Roster.Codes) : plan, progress);
    }
}
