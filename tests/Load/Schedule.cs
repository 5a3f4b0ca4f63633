namespace Treaty.Grid.Load;

/// <summary>
/// When requests are due, fixed before the first of them goes: whatever comes of one, the next is due.
/// </summary>
internal sealed class Schedule
{
    private readonly List<Stretch> _stretches = [];
    private readonly bool _isEven;

    private Schedule(bool isEven) => _isEven = isEven;

    /// <summary>A time in which the rate, per second, goes evenly from one value to another.</summary>
    private sealed record Stretch(double Seconds, double From, double To)
    {
        public double Count => Seconds * (From + To) / 2;

        /// <summary>After how many seconds so many are due.</summary>
        public double When(double count)
        {
            var slope = (To - From) / Seconds;
            return Math.Abs(slope) < 1e-12
                ? count / From
                : (Math.Sqrt((From * From) + (2 * slope * count)) - From) / slope;
        }
    }

    public double Seconds => _stretches.Sum(s => s.Seconds);

    /// <summary>The rate asked for at a time.</summary>
    public double RateAt(double seconds)
    {
        foreach (var stretch in _stretches)
        {
            if (seconds < stretch.Seconds)
                return stretch.From + ((stretch.To - stretch.From) * seconds / stretch.Seconds);
            seconds -= stretch.Seconds;
        }

        return 0;
    }

    /// <param name="arrival">
    /// poisson or constant, at the rate; step:10k,20k or ramp:0..80k, which name rates of their own.
    /// </param>
    /// <param name="share">The part of each rate that is meant: one of several processes, or requests of many.</param>
    /// <exception cref="SwitchException">The arrival is none of these.</exception>
    public static Schedule Of(string arrival, double rate, TimeSpan warmup, TimeSpan duration, double share = 1)
    {
        var (kind, rest) = arrival.Split(':', 2) is [var a, var b] ? (a, b) : (arrival, "");
        double[] rates = kind switch
        {
            "poisson" or "constant" => [rate, rate],
            "step" => [.. rest.Split(',').Select(r => Switches.NumberOf("--arrival", r))],
            "ramp" => [.. rest.Split("..").Select(r => Switches.NumberOf("--arrival", r))],
            _ => throw new SwitchException($"--arrival: expected poisson, constant, step: or ramp:, not '{arrival}'."),
        };
        if (kind == "ramp" && rates.Length != 2)
            throw new SwitchException($"--arrival: expected a ramp such as ramp:0..80k, not '{arrival}'.");
        rates = [.. rates.Select(r => r * share)];
        var schedule = new Schedule(kind == "constant");
        if (warmup > TimeSpan.Zero)
            schedule._stretches.Add(new Stretch(warmup.TotalSeconds, rates[0], rates[0]));
        if (kind == "step")
        {
            schedule._stretches.AddRange(
                rates.Select(r => new Stretch(duration.TotalSeconds / rates.Length, r, r)));
        }
        else
        {
            schedule._stretches.Add(new Stretch(duration.TotalSeconds, rates[0], rates[1]));
        }

        return schedule;
    }

    /// <summary>Seconds from the start, in rising order.</summary>
    public IEnumerable<double> Arrivals(int seed)
    {
        var random = new Random(seed);
        var (began, due) = (0.0, 0.0);
        foreach (var stretch in _stretches)
        {
            for (; due < stretch.Count; due += _isEven ? 1 : -Math.Log(1 - random.NextDouble()))
                yield return began + stretch.When(due);
            due -= stretch.Count;
            began += stretch.Seconds;
        }
    }
}
