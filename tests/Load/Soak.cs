using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Load;

/// <summary>A long run, and what rises in it.</summary>
internal static class Soak
{
    public const string Help = $"""
        Runs for long, and tells by how much an hour memory, open files, lag and latency rise: the slope by least
        squares, and between which slopes it lies, 95 times of 100.

          load soak [switches]      as of a run, with --duration 60m unless it is named, and --lag

        {RunOptions.Help}
        """;

    private const double Mebibyte = 1024 * 1024;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter progress)
    {
        if (!args.Contains("--duration"))
            args = [.. args, "--duration", "60m"];
        return await RunCommand.RunAsync([.. args, "--lag"], "soak", output, progress);
    }

    /// <summary>Of what was measured; nothing of what is not known.</summary>
    public static IReadOnlyList<Trend> TrendsOf(Result result, TimeSpan warmup)
    {
        var series = result.Series.Where(s => s.At >= warmup.TotalSeconds).ToList();
        return
        [
            .. new[]
            {
                Of("memory of the server, MiB", s => s.ServerMemory > 0 ? s.ServerMemory / Mebibyte : null),
                Of("open files of the server", s => s.ServerHandles > 0 ? s.ServerHandles : null),
                Of("lag of the lists, ms", s => s.Lag),
                Of("latency p50, ms", s => s.P50),
                Of("latency p99, ms", s => s.P99),
                Of("processors of the server", s => s.ServerMemory > 0 ? s.ServerProcessors : null),
            }.OfType<Trend>(),
        ];

        Trend? Of(string name, Func<Second, double?> value) => Trend.Of(
            name, [.. series.Where(s => value(s) is not null).Select(s => (s.At, value(s)!.Value))]);
    }

    public static void Print(IReadOnlyList<Trend> trends, TextWriter output)
    {
        output.WriteLine();
        var table = new Table("trend", "mean", "per hour", "95 % from", "to", "");
        foreach (var trend in trends)
        {
            table.Add(
                trend.Name, Text(trend.Mean), Text(trend.PerHour), Text(trend.Low), Text(trend.High),
                trend.IsRising ? "rises" : trend.High < 0 ? "falls" : "neither");
        }

        table.Print(output);

        static string Text(double figure) => Wire.Text($"{figure:N1}");
    }
}
