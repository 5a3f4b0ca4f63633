using System.Globalization;

namespace Treaty.Grid.Bench;

/// <summary>Figures side by side, aligned, for people and for a comparison of two runs.</summary>
internal sealed class Table(string title, params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params object[] cells) => _rows.Add([.. cells.Select(Text)]);

    public void Print(TextWriter output)
    {
        string[][] lines = [columns, .. _rows];
        var widths = columns.Select((_, i) => lines.Max(l => l[i].Length)).ToArray();
        output.WriteLine();
        output.WriteLine(title);
        foreach (var line in lines)
        {
            // Names to the left, figures to the right.
            output.WriteLine("  " + string.Join("  ", line.Select((cell, i) =>
                i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
        }

        output.Flush();
    }

    private static string Text(object cell) => cell switch
    {
        long whole => whole.ToString("N0", CultureInfo.InvariantCulture),
        int whole => whole.ToString("N0", CultureInfo.InvariantCulture),
        double figure => figure.ToString(Math.Abs(figure) < 100 ? "0.00" : "N0", CultureInfo.InvariantCulture),
        TimeSpan time => time.TotalMilliseconds.ToString("N2", CultureInfo.InvariantCulture),
        _ => cell.ToString()!,
    };
}

/// <summary>What stands for several measurements.</summary>
internal static class Median
{
    public static T MedianOf<T>(this IEnumerable<T> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
