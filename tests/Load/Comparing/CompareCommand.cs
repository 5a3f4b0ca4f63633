using System.Runtime.InteropServices;

namespace Treaty.Grid.Load.Comparing;

/// <summary>Treaty Grid next to what would be built instead, on one machine.</summary>
internal static class CompareCommand
{
    public const string Help = $"""
        Measures Treaty Grid next to what would be built instead, in turns, and prints medians and ratios. The unit is
        one notice, filed in the files of both parties, durable, and there to be read. Each turn starts its programs on
        data of their own, and ends them; PostgreSQL is started from what is installed. All keep their data in the
        directory for temporary files (TMPDIR).

        The load is a closed loop: a number of requests under way all the time, tried beforehand for each. A rate of
        Treaty Grid counts only when the lists are less than a second behind at its end. Beside each rate stands the
        processor time of all servers for a notice, which depends less on what else the machine does.

          load compare [switches]

        {CompareOptions.Help}

        Contenders:

        {Contenders.Help}

        All turns with these defaults take about forty minutes. Build services/AllInOne, Silo and Gateway before, with
        the same configuration.
        """;

    private const int Interrupted = 130;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter progress)
    {
        var options = CompareOptions.Parse(args);
        var contenders = Contenders.Of(options)
            .Where(c => options.Only.Count == 0 || options.Only.Contains(c.Key)).ToList();
        var contest = new Contest(options, contenders, progress);
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var isWhole = true;
        try
        {
            await contest.RunAsync(stop.Token);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The terminal tells the programs as well, and so it may fail in any way.
            isWhole = false;
        }

        var comparison = contest.Comparison($"load compare {string.Join(' ', args)}");
        comparison.Print(output);
        if (options.Out is { } file)
            await comparison.WriteAsync(file);
        if (options.Html is { } html)
            await File.WriteAllTextAsync(html, ComparisonPage.Of(comparison), CancellationToken.None);
        return isWhole ? 0 : Interrupted;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
