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
        Summary.Print(result, options, target, output);
        if (options.Verify)
        {
            var verdict = await run.VerifyAsync(progress);
            verdict.Print(output);
            if (!verdict.IsPerfect)
                return 3;
        }

        return options.Slo.Broken(result).Count > 0 ? 2 : 0;
    }
}
