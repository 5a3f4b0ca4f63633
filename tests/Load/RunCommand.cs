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

    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter progress)
    {
        var options = RunOptions.Parse(args, TimeProvider.System);
        await using var server = options.Target is null ? await Server.StartAsync(options.AllInOne) : null;
        var target = server?.Target ?? new Target(options.Target!, options.Servers);
        var run = await LoadRun.PrepareAsync(target, options, progress);
        var result = await run.OfferAsync(options.Schedule, progress);
        Summary.Print(result, options.Batch, output);
        var verdict = options.Verify ? await run.VerifyAsync(progress) : null;
        verdict?.Print(output);
        var report = Report.Of(result, options.Batch, CommandOf(args)) with
        {
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

    private static string CommandOf(IReadOnlyList<string> args) => $"load run {string.Join(' ', args)}";
}
