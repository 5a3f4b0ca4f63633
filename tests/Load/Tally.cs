using HdrHistogram;

namespace Treaty.Grid.Load;

/// <summary>What answers add up to. Several threads count, each mostly in a part of its own.</summary>
internal sealed class Tally
{
    private const int Parts = 8;
    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part())];

    /// <param name="isMeasured">Not during the warm-up.</param>
    public void Count(bool isMeasured, string outcome, int notices)
    {
        var part = _parts[Environment.CurrentManagedThreadId % Parts];
        lock (part)
        {
            Add(part.Recent, outcome, notices);
            if (isMeasured)
                Add(part.Outcomes, outcome, notices);
        }
    }

    /// <param name="latency">From when it should have been sent.</param>
    /// <param name="service">From when it was.</param>
    public void Time(bool isMeasured, TimeSpan latency, TimeSpan service)
    {
        var part = _parts[Environment.CurrentManagedThreadId % Parts];
        lock (part)
        {
            part.RecentLatency.Add(latency);
            if (!isMeasured)
                return;
            part.Latency.Add(latency);
            part.Service.Add(service);
        }
    }

    /// <summary>What has come since this was last asked.</summary>
    public Dictionary<string, long> TakeRecent(LongHistogram latency)
    {
        latency.Reset();
        var outcomes = new Dictionary<string, long>();
        foreach (var part in _parts)
        {
            lock (part)
            {
                if (part.RecentLatency.TotalCount > 0)
                {
                    latency.Add(part.RecentLatency);
                    part.RecentLatency.Reset();
                }

                foreach (var (outcome, count) in part.Recent)
                    Add(outcomes, outcome, count);
                part.Recent.Clear();
            }
        }

        return outcomes;
    }

    /// <summary>All that was measured.</summary>
    public Dictionary<string, long> Sum(LongHistogram latency, LongHistogram service)
    {
        var outcomes = new Dictionary<string, long>();
        foreach (var part in _parts)
        {
            lock (part)
            {
                latency.Add(part.Latency);
                service.Add(part.Service);
                foreach (var (outcome, count) in part.Outcomes)
                    Add(outcomes, outcome, count);
            }
        }

        return outcomes;
    }

    public static void Add(Dictionary<string, long> counts, string key, long more) =>
        counts[key] = counts.GetValueOrDefault(key) + more;

    private sealed class Part
    {
        public LongHistogram Latency { get; } = Histograms.New();

        public LongHistogram Service { get; } = Histograms.New();

        public LongHistogram RecentLatency { get; } = Histograms.New();

        public Dictionary<string, long> Outcomes { get; } = [];

        public Dictionary<string, long> Recent { get; } = [];
    }
}
