namespace Treaty.Grid.Load;

/// <summary>What a run must keep, as <c>p99&lt;50ms,errors&lt;0.1%</c>.</summary>
internal sealed class Slo
{
    private readonly List<(string Text, Func<Result, bool> IsKept)> _bounds = [];

    private Slo()
    {
    }

    /// <exception cref="SwitchException">A bound is none.</exception>
    public static Slo Parse(string text)
    {
        var slo = new Slo();
        foreach (var bound in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (bound.Split('<') is not [var what, var limit])
                throw new SwitchException($"--slo: expected bounds such as p99<50ms or errors<0.1%, not '{bound}'.");
            slo._bounds.Add((bound, BoundOf(what, limit, bound)));
        }

        return slo;
    }

    /// <summary>The bounds that are not kept.</summary>
    public IReadOnlyList<string> Broken(Result result) =>
        [.. _bounds.Where(b => !b.IsKept(result)).Select(b => b.Text)];

    private static Func<Result, bool> BoundOf(string what, string limit, string bound)
    {
        if (what == "errors")
        {
            var share = limit.EndsWith('%')
                ? Switches.NumberOf("--slo", limit[..^1]) / 100
                : Switches.NumberOf("--slo", limit);
            return r => r.Errors < share * Math.Max(1, r.Ok + r.Errors);
        }

        if (what == "lag")
        {
            var lag = Switches.TimeOf("--slo", limit);
            return r => r.Lag is { } took && took < lag;
        }

        var time = Switches.TimeOf("--slo", limit).TotalMilliseconds;
        if (what == "max")
            return r => r.Latency.Max() < time;
        if (!what.StartsWith('p'))
            throw new SwitchException($"--slo: expected p, max, lag or errors, not '{bound}'.");
        var percentile = Switches.NumberOf("--slo", what[1..]);
        return r => r.Latency.TotalCount > 0 && r.Latency.At(percentile) < time;
    }
}
