namespace Treaty.Grid.Load;

/// <summary>A straight line through measurements, by least squares.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="PerHour">By how much it rises.</param>
/// <param name="Low">With <paramref name="High"/>, between which that lies, 95 times of 100.</param>
internal sealed record Trend(string Name, double Mean, double PerHour, double Low, double High)
{
    private const double SecondsPerHour = 3_600;

    /// <summary>More points than twice as many are averaged into so many stretches first.</summary>
    private const int Stretches = 30;

    /// <summary>So often of 100 a normal deviate lies within so many standard errors; few points need more.</summary>
    private static readonly double[] Student =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    private const double Normal = 1.96;

    /// <summary>It rises, whatever chance does.</summary>
    public bool IsRising => Low > 0;

    /// <summary>Null of fewer than three points, or of points at one time.</summary>
    /// <remarks>
    /// Points that follow each other are alike, and each tells less than it would alone: taken for independent they
    /// make a trend of any slow wave. So many points are averaged in stretches, which hardly depend on each other
    /// where waves are shorter (the method of batch means).
    /// </remarks>
    public static Trend? Of(string name, IReadOnlyList<(double Seconds, double Value)> measured)
    {
        var points = measured.Count < 2 * Stretches ? measured : Averaged(measured);
        var n = points.Count;
        if (n < 3)
            return null;
        var (x, y) = (points.Average(p => p.Seconds), points.Average(p => p.Value));
        var xx = points.Sum(p => (p.Seconds - x) * (p.Seconds - x));
        if (xx == 0)
            return null;
        var slope = points.Sum(p => (p.Seconds - x) * (p.Value - y)) / xx;
        var rest = points.Sum(p => Math.Pow(p.Value - y - (slope * (p.Seconds - x)), 2));
        var error = Math.Sqrt(rest / (n - 2) / xx);
        var within = error * (n - 2 <= Student.Length ? Student[n - 3] : Normal);
        return new Trend(
            name, y, slope * SecondsPerHour, (slope - within) * SecondsPerHour, (slope + within) * SecondsPerHour);
    }

    private static List<(double Seconds, double Value)> Averaged(IReadOnlyList<(double Seconds, double Value)> points)
    {
        var averaged = new List<(double, double)>(Stretches);
        for (var i = 0; i < Stretches; i++)
        {
            var (from, to) = (i * points.Count / Stretches, (i + 1) * points.Count / Stretches);
            var stretch = points.Skip(from).Take(to - from).ToList();
            averaged.Add((stretch.Average(p => p.Seconds), stretch.Average(p => p.Value)));
        }

        return averaged;
    }
}
