using System.Net;
using System.Text;
using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Load.Comparing;

/// <summary>A comparison as a page that needs nothing but itself.</summary>
internal static class ComparisonPage
{
    public static string Of(Comparison comparison)
    {
        var page = new StringBuilder(Page.HeadOf("Treaty Grid compared"));
        var (rates, times) = (
            new Bars("Notices per second: median, least and most"),
            new Bars("Server time in microseconds a notice: median, least and most"));
        foreach (var one in comparison.Standings)
        {
            rates.Add(one.Name, one.Rate.Median, one.Rate.Least, one.Rate.Most);
            var time = one.MicrosecondsPerNotice;
            times.Add(one.Name, time.Median, time.Least, time.Most);
        }

        var text = new StringWriter();
        comparison.Print(text);
        return page.Append("<p><code>").Append(WebUtility.HtmlEncode(comparison.Command)).Append("</code></p>\n")
            .Append(rates.Draw()).Append(times.Draw())
            .Append("<pre>").Append(WebUtility.HtmlEncode(text.ToString())).Append("</pre>\n</html>\n").ToString();
    }
}
