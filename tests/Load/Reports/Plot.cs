using HdrHistogram;

namespace Treaty.Grid.Load.Reports;

/// <summary>The percentile curve in letters: each step to the right leaves out a tenth of what is left.</summary>
internal static class Plot
{
    private const int Height = 12;
    private const int Width = 60;
    private static readonly string[] Marks = ["0", "90", "99", "99.9", "99.99", "99.999"];

    public static void Print(HistogramBase histogram, TextWriter output)
    {
        if (histogram.TotalCount < 10)
            return;
        var decades = Math.Log10(histogram.TotalCount);
        var values = Enumerable.Range(0, Width)
            .Select(i => histogram.At(100 * (1 - Math.Pow(10, -decades * i / (Width - 1)))))
            .Select(v => Math.Max(v, 0.001)).ToList();
        var (low, high) = (Math.Log10(values[0]), Math.Log10(values[^1]));
        high = Math.Max(high, low + 0.1);
        output.WriteLine();
        output.WriteLine("  latency in ms by percentile, both axes logarithmic");
        for (var row = Height - 1; row >= 0; row--)
        {
            var from = low + ((high - low) * row / Height);
            var line = string.Concat(values.Select(v =>
                Math.Min(Height - 1, (int)((Math.Log10(v) - low) / (high - low) * Height)) == row ? '*' : ' '));
            output.WriteLine($"{Histograms.Text(Math.Pow(10, from)),10} |{line.TrimEnd()}");
        }

        output.WriteLine($"{"",10} +{new string('-', Width)}");
        var marks = new char[Width + 8];
        Array.Fill(marks, ' ');
        for (var nines = 0; nines < Marks.Length && nines <= decades; nines++)
            Marks[nines].CopyTo(0, marks, (int)(nines / decades * (Width - 1)), Marks[nines].Length);

        output.WriteLine($"{"",11} {new string(marks).TrimEnd()} %");
    }
}
