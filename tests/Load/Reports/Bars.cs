using System.Globalization;
using System.Net;
using System.Text;

namespace Treaty.Grid.Load.Reports;

/// <summary>Bars from the left over a logarithmic axis, each with its least and most, in SVG.</summary>
internal sealed class Bars(string title)
{
    private const int Width = 860;
    private const int Left = 290;
    private const int Right = 90;
    private const int Top = 34;
    private const int Step = 28;
    private readonly List<(string Name, double Value, double Least, double Most)> _bars = [];

    public void Add(string name, double value, double least, double most) => _bars.Add((name, value, least, most));

    public string Draw()
    {
        if (_bars.Count == 0)
            return "";
        var from = Math.Floor(Math.Log10(_bars.Min(b => b.Least))) - 0.3;
        var to = Math.Max(Math.Log10(_bars.Max(b => b.Most)), from + 1);
        var foot = Top + (Step * _bars.Count);
        var height = foot + 20;
        var svg = new StringBuilder();
        svg.AppendLine($"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\"><title>{Html(title)}</title>");
        svg.AppendLine($"<text class=\"title\" x=\"0\" y=\"18\">{Html(title)} (logarithmic)</text>");
        for (var power = Math.Ceiling(from); power <= to; power++)
        {
            var x = Place(X(Math.Pow(10, power)));
            svg.AppendLine($"<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"{Top - 6}\" y2=\"{foot}\"/>");
            svg.AppendLine(
                $"<text x=\"{x}\" y=\"{foot + 14}\" text-anchor=\"middle\">"
                + $"{Wire.Text($"{Math.Pow(10, power):#,0.######}")}</text>");
        }

        foreach (var (index, bar) in _bars.Index())
        {
            var y = Top + (Step * index);
            var middle = y + 9;
            svg.AppendLine($"<text x=\"{Left - 8}\" y=\"{y + 13}\" text-anchor=\"end\">{Html(bar.Name)}</text>");
            svg.AppendLine(
                $"<rect x=\"{Left}\" y=\"{y}\" width=\"{Place(X(bar.Value) - Left)}\" height=\"18\" "
                + "fill=\"#1f6f8b\"/>");
            svg.AppendLine(
                $"<line x1=\"{Place(X(bar.Least))}\" x2=\"{Place(X(bar.Most))}\" y1=\"{middle}\" y2=\"{middle}\" "
                + "stroke=\"#c8553d\" stroke-width=\"2\"/>");
            svg.AppendLine(
                $"<text x=\"{Place(X(bar.Most) + 8)}\" y=\"{y + 13}\">{Wire.Text($"{bar.Value:N0}")}</text>");
        }

        return svg.Append("</svg>\n").ToString();

        double X(double value) =>
            Left + ((Math.Log10(Math.Max(value, 1e-9)) - from) / (to - from) * (Width - Left - Right));
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private static string Place(double at) => at.ToString("0.#", CultureInfo.InvariantCulture);
}
