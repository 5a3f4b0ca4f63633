namespace Treaty.Grid.Auditor.Linearizability;

/// <summary>Whether the order in which things happened agrees with the clock.</summary>
internal static class Clock
{
    /// <summary>
    /// Moments that never go back can be chosen if and only if nothing was over before something was sent that comes
    /// earlier in the order.
    /// </summary>
    public static Violation? Check(IEnumerable<Step> order)
    {
        Step? latest = null;
        foreach (Step step in order)
        {
            if (latest is null || step.NotBefore > latest.NotBefore) latest = step;
            if (step.NotAfter < latest.NotBefore) return Explain(latest, step);
        }
        return null;
    }

    // In the order, the earlier comes first; on the clock, it was sent when the later was over.
    private static Violation Explain(Step earlier, Step later) => (earlier.Sent, later.Answered) switch
    {
        (Append sent, Read read) => new(
            Contradiction.EarlyEntry, read, sent, $"Not yet sent, {sent}, is shown by {read}."),
        (Append sent, Append done) => new(
            Contradiction.LateEntry, done, sent,
            $"Acknowledged before the other was sent, {done}, comes in the file after {sent}."),
        (Read read, Append done) => new(
            later.IsShown ? Contradiction.StaleRead : Contradiction.LostAppend, done, read,
            $"Acknowledged before, {done}, is not shown by {read}, {(later.IsShown ? "but" : "nor")} by another."),
        (Read read, Read before) => new(
            Contradiction.VanishedEntry, before, read,
            $"Entry {before.Ids[read.Ids.Count]} is shown by {before}, but no longer by {read}."),
        _ => throw new ArgumentException(earlier.Sent.GetType().Name, nameof(earlier)),
    };
}
