namespace Treaty.Grid.Load.Reports;

/// <summary>What a run came to, for people.</summary>
internal static class Summary
{
    private static readonly double[] Percentiles = [50, 90, 99, 99.9, 99.99, 100];

    public static void Print(Result result, int batch, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(Wire.Text(
            $"{result.Seconds:0} s measured, {(batch == 1 ? "unary" : $"batches of {batch}")}: "
            + $"{result.Offered / result.Seconds:N0} notices/s offered, {result.Rate:N0}/s acknowledged"));
        if (result.Took > 1.02 * result.Seconds)
            output.WriteLine(Wire.Text($"!! the last answers came {result.Took - result.Seconds:0.0} s after that"));
        var table = new Table(["ms", .. Percentiles.Select(p => p == 100 ? "max" : Wire.Text($"p{p}"))]);
        table.Add(["latency, from when due", .. Percentiles.Select(p => (object)result.Latency.At(p))]);
        table.Add(["service, from when sent", .. Percentiles.Select(p => (object)result.Service.At(p))]);
        table.Add(["generator late by", .. Percentiles.Select(p => (object)result.Slip.At(p))]);
        table.Print(output);
        Plot.Print(result.Latency, output);
        output.WriteLine();
        foreach (var (outcome, count) in result.Outcomes.Where(o => o.Key != "OK").OrderByDescending(o => o.Value))
            output.WriteLine(Wire.Text($"  {outcome}: {count:N0} notices"));
        var server = result.ServerProcessor == TimeSpan.Zero ? "" : Wire.Text(
            $", server {result.ServerProcessor.TotalSeconds / result.Took:0.00}, which is "
            + $"{result.ServerMicrosecondsPerNotice:0} us a notice");
        output.WriteLine(Wire.Text(
            $"  {Environment.ProcessorCount} processors: generator "
            + $"{result.OwnProcessor.TotalSeconds / result.Took:0.00}{server}"));
        if (result.Lag is { } lag)
            output.WriteLine(Wire.Text($"  a list of the last receipt waited {lag.TotalMilliseconds:N0} ms"));
        if (result.IsBehind)
        {
            output.WriteLine();
            output.WriteLine(Wire.Text(
                $"!! THE GENERATOR WAS LATE: p99 {Histograms.Text(result.Slip.At(99))} ms behind its schedule. These "
                + $"figures are its own as much as the server's."));
        }

        output.Flush();
    }
}
