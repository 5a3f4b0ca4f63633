using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Treaty.Grid.Storage;

public sealed partial class JournalWriter
{
    /// <summary>The name of the spans and of the metrics.</summary>
    public const string TelemetryName = "Treaty.Grid.Journal";

    private static readonly ActivitySource Source = new(TelemetryName);
    private static readonly Meter Meter = new(TelemetryName);

    private static readonly Histogram<double> CommitDuration = Meter.CreateHistogram(
        "treatygrid.journal.commit.duration",
        "s",
        "How long one group commit took, until it was durable.",
        tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries =
                [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });

    private static readonly Histogram<long> BatchSize = Meter.CreateHistogram(
        "treatygrid.journal.batch.size",
        "{entry}",
        "Entries of one group commit.",
        tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384] });

    private static readonly UpDownCounter<long> QueueDepth = Meter.CreateUpDownCounter<long>(
        "treatygrid.journal.queue.depth", "{append}", "Appends and openings that wait for a commit.");

    private static readonly Gauge<double> Pace = Meter.CreateGauge<double>(
        "treatygrid.journal.pace", "s", "How long each entry takes at least, so that lists keep up; 0 while they do.");

    /// <summary>
    /// A commit serves many traces and is the child of none: it links to those whose appends it carries.
    /// </summary>
    private Activity? StartSpan(Group group)
    {
        if (!Source.HasListeners())
            return null;
        var links = group.Appends
            .SelectMany(a => a.Traces)
            .Where(t => t != default)
            .Take(_limits.TraceLinksMax)
            .Select(t => new ActivityLink(t));
        var span = Source.StartActivity(
            "journal.commit", ActivityKind.Internal, parentContext: default, tags: null, links: links);
        span?.SetTag("journal.appends", group.Appends.Count);
        span?.SetTag("journal.entries", group.AppendedEntries);
        return span;
    }

    private static void Describe(Activity? span, IReadOnlyList<AppendOutcome> outcomes)
    {
        if (span is null)
            return;
        var first = outcomes.FirstOrDefault(o => o.Result == AppendResult.Committed).FirstPosition;
        if (first > 0)
            span.SetTag("journal.first_position", first);
    }

    private void Measure(Group group, long started, Exception? failure)
    {
        var elapsed = _time.GetElapsedTime(started);
        Volatile.Write(
            ref _lastCommitTicks, Math.Max(elapsed.Ticks, (group.AppendedEntries * TimePerEntry).Ticks));
        Volatile.Write(ref _lastCommitAppends, group.Appends.Count);
        var tags = default(TagList);
        if (failure is not null)
            tags.Add("error.type", failure.GetType().FullName);
        CommitDuration.Record(elapsed.TotalSeconds, tags);
        BatchSize.Record(group.AppendedEntries);
    }
}
