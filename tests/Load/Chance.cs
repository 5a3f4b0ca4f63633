namespace Treaty.Grid.Load;

/// <summary>Draws from distributions that load follows, from one seed.</summary>
internal sealed class Chance(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>From 0 to 1.</summary>
    public double Even() => _random.NextDouble();

    public int Below(int bound) => _random.Next(bound);

    /// <summary>Seconds: half of them below the median, a few far above.</summary>
    /// <param name="spread">The standard deviation of the logarithm.</param>
    public double LogNormal(double median, double spread)
    {
        // Box and Muller's way to a normal deviate.
        var normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(Math.Tau * _random.NextDouble());
        return median * Math.Exp(spread * normal);
    }
}

/// <summary>Picks the first of many more often than the second, and so on.</summary>
internal sealed class Zipf
{
    private readonly double[] _upTo;

    /// <param name="exponent">0: all alike.</param>
    public Zipf(int count, double exponent)
    {
        _upTo = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++)
            _upTo[i] = sum += Math.Pow(i + 1, -exponent);
        for (var i = 0; i < count; i++)
            _upTo[i] /= sum;
    }

    /// <param name="chance">From 0 to 1, drawn evenly.</param>
    public int Pick(double chance)
    {
        var at = Array.BinarySearch(_upTo, chance);
        return Math.Min(at >= 0 ? at + 1 : ~at, _upTo.Length - 1);
    }
}
