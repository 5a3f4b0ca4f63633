using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Treaty.Grid.Grains;

/// <summary>Spans and metrics of the party grains.</summary>
public static class GrainTelemetry
{
    /// <summary>The name of the spans and of the metrics.</summary>
    public const string Name = "Treaty.Grid.Grains";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Notices = Meter.CreateCounter<long>(
        "treatygrid.notices", "{notice}", "Notices by what became of them: filed, repeated or refused.");

    internal static readonly Counter<long> Poisoned = Meter.CreateCounter<long>(
        "treatygrid.parties.poisoned", "{party}", "Parties given up by a silo because an append did not succeed.");

    internal static readonly Counter<long> Quarantined = Meter.CreateCounter<long>(
        "treatygrid.parties.quarantined", "{party}",
        "Parties refused by a silo because their entries cannot be folded: any is an alert.");

    internal static readonly Counter<long> Snapshots = Meter.CreateCounter<long>(
        "treatygrid.parties.snapshots", "{snapshot}", "Snapshots of parties that were kept.");

    internal static readonly UpDownCounter<long> Files = Meter.CreateUpDownCounter<long>(
        "treatygrid.parties.files", "{file}",
        "Files of transfers in memory, one for each party of each: those that are open, and some that are at rest.");

    internal static readonly Counter<long> ProjectorSkipped = Meter.CreateCounter<long>(
        "treatygrid.projector.skipped", "{entry}", "Entries that are in no list because they could not be taken in.");

    internal static readonly Gauge<long> ProjectorPosition = Meter.CreateGauge<long>(
        "treatygrid.projector.position", "{entry}", "The position up to which the lists speak.");

    internal static readonly Gauge<long> ProjectorLag = Meter.CreateGauge<long>(
        "treatygrid.projector.lag", "{entry}", "Entries of the journal that the lists do not yet hold.");

    /// <summary>
    /// A span under a context that came with a message. The trace goes on although the work is done by a pump, which
    /// serves many.
    /// </summary>
    internal static Activity? Start(string name, string traceparent, string party)
    {
        if (!Source.HasListeners() || !ActivityContext.TryParse(traceparent, null, isRemote: true, out var context))
        {
            return null;
        }

        var span = Source.CreateActivity(name, ActivityKind.Internal, context);
        if (span is not null)
        {
            // Started by hand: these spans overlap within one turn of a grain, and none is the parent of the next.
            var current = Activity.Current;
            span.SetTag("treatygrid.party", party).Start();
            Activity.Current = current;
        }

        return span;
    }

    /// <summary>The trace that a message belongs to, if anyone listens or not; the default if it has none.</summary>
    internal static ActivityTraceId TraceIdOf(string traceparent) =>
        ActivityContext.TryParse(traceparent, null, out var context) ? context.TraceId : default;
}
