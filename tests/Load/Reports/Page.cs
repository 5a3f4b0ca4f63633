using System.Globalization;
using System.Net;
using System.Text;

namespace Treaty.Grid.Load.Reports;

/// <summary>A run as a page that needs nothing but itself.</summary>
internal static class Page
{
    private const string Style = """
        body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 900px; padding: 0 1rem }
        body { color: #222; background: #fff }
        table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: right }
        td:first-child, th:first-child { text-align: left } code { word-break: break-all }
        svg { width: 100%; height: auto; margin: 1rem 0 } svg text { font-size: 12px; fill: #444 }
        svg .title { font-size: 14px; font-weight: 600; fill: #222 }
        svg .grid { stroke: #ddd } svg polyline { fill: none; stroke-width: 1.6 }
        pre { overflow-x: auto; font-size: 12px }
        .late { background: #fbe3dd; padding: .6rem .8rem }
        """;

    private static readonly (string Name, double Percentile)[] Percentiles =
        [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("p99.99", 99.99), ("max", 100)];

    public static string Of(Report report)
    {
        var result = report.ToResult();
        var page = new StringBuilder(HeadOf("Treaty Grid under load"));
        Paragraph(page, "", Wire.Text(
            $"{result.Seconds:0} s measured: {result.Offered / result.Seconds:N0} notices/s offered, "
            + $"{result.Rate:N0}/s acknowledged, {result.Errors:N0} failed."));
        page.Append("<p><code>").Append(WebUtility.HtmlEncode(report.Command)).Append("</code></p>\n");
        if (report.ClosedLoop is { } inFlight)
            Paragraph(page, "late", $"{RunCommand.ClosedLoop(inFlight)}.");
        if (report.GeneratorWasLate)
        {
            Paragraph(page, "late", Wire.Text(
                $"The generator was late: p99 {Histograms.Text(result.Slip.At(99))} ms behind its schedule. These "
                + $"figures are its own as much as the server's."));
        }

        AddTimes(page, result);
        page.Append(CurveOf(result));
        foreach (var chart in Series(result))
            page.Append(chart);
        AddOutcomes(page, result);
        AddVerdict(page, report);
        AddTrends(page, report);
        AddSurroundings(page, report, result);
        return page.Append("</html>\n").ToString();
    }

    public static string HeadOf(string title) =>
        $"<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\n"
        + $"<style>\n{Style}\n</style>\n<h1>{title}</h1>\n";

    private static void AddTimes(StringBuilder page, Result result)
    {
        page.Append("<table><tr><th>ms</th>");
        foreach (var (name, _) in Percentiles)
            page.Append("<th>").Append(name).Append("</th>");
        page.Append("</tr>\n");
        foreach (var (what, times) in new[]
        {
            ("latency, from when due", result.Latency), ("service, from when sent", result.Service),
            ("generator late by", result.Slip),
        })
        {
            Row(page, [what, .. Percentiles.Select(p => Histograms.Text(times.At(p.Percentile)))]);
        }

        page.Append("</table>\n");
    }

    private static string CurveOf(Result result)
    {
        var chart = new Chart("Latency by percentile", "the part of requests, 1/(1-p)", "ms")
        {
            IsLogarithmicAcross = true,
            IsLogarithmicUp = true,
            Mark = inverse => (100 * (1 - (1 / inverse))).ToString("0.#######", CultureInfo.InvariantCulture) + " %",
        };
        chart.Add("latency", Histograms.Curve(result.Latency));
        chart.Add("service", Histograms.Curve(result.Service));
        return chart.Draw();
    }

    private static IEnumerable<string> Series(Result result)
    {
        var series = result.Series;
        var rates = new Chart("Rate", "seconds", "notices/s");
        rates.Add("target", series.Select(s => (s.At, s.Target)));
        rates.Add("acknowledged", series.Select(s => (s.At, s.Answered)));
        rates.Add("failed", series.Select(s => (s.At, s.Errors)));
        yield return rates.Draw();
        var times = new Chart("Latency", "seconds", "ms") { IsLogarithmicUp = true };
        times.Add("p50", series.Select(s => (s.At, s.P50)));
        times.Add("p99", series.Select(s => (s.At, s.P99)));
        times.Add("max", series.Select(s => (s.At, s.Max)));
        times.Add("late by", series.Select(s => (s.At, s.Slip)));
        yield return times.Draw();
        var processors = new Chart("Processors in use", "seconds", "processors");
        processors.Add("generator", series.Select(s => (s.At, s.OwnProcessors)));
        processors.Add("server", series.Select(s => (s.At, s.ServerProcessors)));
        yield return processors.Draw();
        if (series.Any(s => s.ServerMemory > 0))
        {
            var memory = new Chart("Memory of the server", "seconds", "MiB");
            memory.Add("resident", series.Select(s => (s.At, s.ServerMemory / 1024.0 / 1024)));
            yield return memory.Draw();
        }

        if (series.Any(s => s.Lag is not null))
        {
            var lag = new Chart("Lag of the lists", "seconds", "ms");
            lag.Add("lag", series.Where(s => s.Lag is not null).Select(s => (s.At, s.Lag!.Value)));
            yield return lag.Draw();
        }
    }

    private static void AddOutcomes(StringBuilder page, Result result)
    {
        page.Append("<h2>Outcomes</h2>\n<table>");
        foreach (var (outcome, count) in result.Outcomes.OrderByDescending(o => o.Value))
            Row(page, outcome, Wire.Text($"{count:N0}"));
        page.Append("</table>\n");
    }

    private static void AddVerdict(StringBuilder page, Report report)
    {
        if (report.Verdict is not { } verdict)
            return;
        page.Append("<h2>Verified</h2>\n<table><tr><th></th><th>stories</th><th>expected</th><th>found</th>")
            .Append("<th>missed</th><th>unexpected</th><th>precision %</th><th>recall %</th></tr>\n");
        foreach (var kind in verdict.Kinds)
        {
            Row(
                page, kind.Kind, Wire.Text($"{kind.Stories:N0}"), Wire.Text($"{kind.Expected:N0}"),
                Wire.Text($"{kind.Found:N0}"), Wire.Text($"{kind.Missed:N0}"), Wire.Text($"{kind.Unexpected:N0}"),
                Wire.Text($"{100 * kind.Precision:0.##}"), Wire.Text($"{100 * kind.Recall:0.##}"));
        }

        page.Append("</table>\n");
        Paragraph(page, verdict.IsPerfect ? "" : "late", Wire.Text(
            $"{verdict.ReadBack:N0} of {verdict.Acknowledged:N0} acknowledged notices read back; "
            + $"{verdict.Faults.Count:N0} faults."));
    }

    private static void AddTrends(StringBuilder page, Report report)
    {
        if (report.Trends is not { Count: > 0 } trends)
            return;
        page.Append("<h2>Trends</h2>\n<table><tr><th></th><th>mean</th><th>per hour</th><th>95 % within</th></tr>\n");
        foreach (var trend in trends)
        {
            Row(
                page, trend.Name, Wire.Text($"{trend.Mean:N1}"), Wire.Text($"{trend.PerHour:N1}"),
                Wire.Text($"{trend.Low:N1} to {trend.High:N1}"));
        }

        page.Append("</table>\n");
    }

    private static void AddSurroundings(StringBuilder page, Report report, Result result)
    {
        var where = report.Environment;
        page.Append("<h2>Where</h2>\n<table>");
        Row(page, "time", where.Time);
        Row(page, "system", where.System);
        Row(page, "runtime", $"{where.Runtime}, collector {where.Collector}");
        Row(page, "version", where.Version);
        Row(page, "processors", Wire.Text(
            $"{where.Processors}: generator {result.OwnProcessor.TotalSeconds / result.Took:0.00}, server "
            + $"{result.ServerProcessor.TotalSeconds / result.Took:0.00}"));
        Row(page, "server, a notice", Wire.Text($"{report.ServerMicrosecondsPerNotice:0} us"));
        page.Append("</table>\n");
    }

    private static void Row(StringBuilder page, params string[] cells)
    {
        page.Append("<tr>");
        foreach (var cell in cells)
            page.Append("<td>").Append(WebUtility.HtmlEncode(cell)).Append("</td>");
        page.Append("</tr>\n");
    }

    private static void Paragraph(StringBuilder page, string style, string text) => page
        .Append("<p class=\"").Append(style).Append("\">").Append(WebUtility.HtmlEncode(text)).Append("</p>\n");
}
