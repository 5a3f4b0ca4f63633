using System.Globalization;

namespace Treaty.Grid.Load.Reports;

/// <summary>Figures side by side, aligned.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params object[] cells) => _rows.Add([.. cells.Select(Text)]);

    public void Print(TextWriter output)
    {
        string[][] lines = [columns, .. _rows];
        var widths = columns.Select((_, i) => lines.Max(l => l[i].Length)).ToArray();
        foreach (var line in lines)
        {
            output.WriteLine("  " + string.Join("  ", line.Select((cell, i) =>
                i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
        }
    }

    private static string Text(object cell) => cell switch
    {
        int or long => string.Create(CultureInfo.InvariantCulture, $"{cell:N0}"),
        double figure => Histograms.Text(figure),
        _ => cell.ToString()!,
    };
}
