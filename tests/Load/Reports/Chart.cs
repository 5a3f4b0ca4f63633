using System.Globalization;
using System.Net;
using System.Text;

namespace Treaty.Grid.Load.Reports;

/// <summary>A drawing of lines over one axis, in SVG.</summary>
internal sealed class Chart(string title, string over, string up)
{
    private const int Width = 860;
    private const int Height = 300;
    private const int Left = 80;
    private const int Right = 20;
    private const int Top = 30;
    private const int Bottom = 46;
    private static readonly string[] Colours = ["#1f6f8b", "#c8553d", "#6a994e", "#8e6c8a", "#b58900"];
    private readonly List<(string Name, List<(double X, double Y)> Points)> _lines = [];

    /// <summary>Powers of ten at equal distances.</summary>
    public bool IsLogarithmicAcross { get; init; }

    public bool IsLogarithmicUp { get; init; }

    /// <summary>What is written at a place on the axis.</summary>
    public Func<double, string> Mark { get; init; } = Number;

    public void Add(string name, IEnumerable<(double X, double Y)> points) => _lines.Add((name, [.. points]));

    public string Draw()
    {
        var all = _lines.SelectMany(l => l.Points).ToList();
        if (all.Count == 0)
            return "";
        var across = Axis.Over(all.Select(p => p.X), IsLogarithmicAcross, fromZero: false);
        var upward = Axis.Over(all.Select(p => p.Y), IsLogarithmicUp, fromZero: true);
        var svg = new StringBuilder();
        Add(svg, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\"><title>{WebUtility.HtmlEncode(title)}</title>");
        Add(svg, $"<text class=\"title\" x=\"{Left}\" y=\"18\">{WebUtility.HtmlEncode(title)}</text>");
        foreach (var mark in upward.Marks)
        {
            Add(svg, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(mark)}\" y2=\"{Y(mark)}\"/>");
            Add(svg, $"<text x=\"{Left - 8}\" y=\"{Y(mark)}\" text-anchor=\"end\" dy=\"4\">{Number(mark)}</text>");
        }

        foreach (var mark in across.Marks)
        {
            Add(svg, $"<line class=\"grid\" x1=\"{X(mark)}\" x2=\"{X(mark)}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>");
            Add(svg, $"<text x=\"{X(mark)}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{Mark(mark)}</text>");
        }

        for (var i = 0; i < _lines.Count; i++)
        {
            var points = string.Join(' ', _lines[i].Points.Select(p => $"{X(p.X)},{Y(p.Y)}"));
            var colour = Colours[i % Colours.Length];
            Add(svg, $"<polyline points=\"{points}\" stroke=\"{colour}\"/>");
            Add(svg, $"<text x=\"{Width - Right - (110 * (_lines.Count - i))}\" y=\"18\" style=\"fill:{colour}\">"
                + $"{WebUtility.HtmlEncode(_lines[i].Name)}</text>");
        }

        Add(svg, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">"
            + $"{WebUtility.HtmlEncode($"{title}: {up}, over {over}")}</text></svg>");
        return svg.ToString();

        string X(double x) => Place(Left + (across.At(x) * (Width - Left - Right)));
        string Y(double y) => Place(Height - Bottom - (upward.At(y) * (Height - Top - Bottom)));
    }

    private static void Add(StringBuilder svg, string text) => svg.AppendLine(text);

    private static string Place(double at) => at.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(
        value == 0 || value >= 100 ? "N0" : "0.####", CultureInfo.InvariantCulture);

    /// <summary>From the least to the greatest value, with marks on the way.</summary>
    private sealed record Axis(double From, double To, bool IsLogarithmic, IReadOnlyList<double> Marks)
    {
        public static Axis Over(IEnumerable<double> values, bool isLogarithmic, bool fromZero)
        {
            var sorted = values.Where(v => !isLogarithmic || v > 0).Order().ToList();
            if (sorted.Count == 0)
                sorted = [1];
            var (from, to) = (fromZero && !isLogarithmic ? 0 : sorted[0], Math.Max(sorted[^1], 1e-9));
            if (isLogarithmic)
            {
                from = Math.Pow(10, Math.Floor(Math.Log10(from)));
                to = Math.Pow(10, Math.Max(Math.Ceiling(Math.Log10(to)), Math.Log10(from) + 1));
                var marks = new List<double>();
                for (var mark = from; mark <= to * 1.001; mark *= 10)
                    marks.Add(mark);
                return new Axis(from, to, true, marks);
            }

            if (to - from < 1e-9)
                to = from + 1;
            var step = Math.Pow(10, Math.Floor(Math.Log10(to - from)));
            step = (to - from) / step < 2 ? step / 5 : (to - from) / step < 5 ? step / 2 : step;
            var even = new List<double>();
            for (var mark = Math.Ceiling(from / step) * step; mark <= to * 1.0001; mark += step)
                even.Add(mark);
            return new Axis(from, to, false, even);
        }

        /// <summary>From 0 to 1.</summary>
        public double At(double value) => IsLogarithmic
            ? Math.Log10(Math.Max(value, From) / From) / Math.Log10(To / From)
            : (value - From) / (To - From);
    }
}
