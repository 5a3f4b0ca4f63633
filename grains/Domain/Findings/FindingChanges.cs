namespace Treaty.Grid.Findings;

/// <summary>
/// What assessing a party anew changes in what is found about it. Both sides hold what is found about a transfer; what
/// is found about the other side is for its own assessment to say.
/// </summary>
/// <param name="Raised">Newly found, or found again.</param>
/// <param name="Revised">Found before, and of another weight or with other facts now.</param>
/// <param name="Closed">Found before, each with the reason why no longer.</param>
/// <param name="Unchanged">How many say what they said.</param>
public sealed record FindingChanges(
    ImmutableArray<Finding> Raised, ImmutableArray<Finding> Revised, ImmutableArray<Finding> Closed, int Unchanged)
{
    /// <summary>What a command changes, of what it looks at.</summary>
    /// <param name="before">The party before.</param>
    /// <param name="command">That it was asked.</param>
    /// <param name="decision">What it made of that.</param>
    public static FindingChanges Of(Party before, Reassess command, Decision decision)
    {
        var events = decision is Decided { Events: var happened } ? happened : [];
        var transfers = command.Transfers.ToHashSet();
        var open = before.Findings.Values
            .SelectMany(f => f)
            .Where(f => f.Closed is null && f.Key.Party == before.Code
                && (f.Key.Transfer is { } transfer ? transfers.Contains(transfer) : command.IsWhole))
            .Select(f => f.Key)
            .ToHashSet();
        var found = events.OfType<FindingRaised>()
            .Select(e => e.Finding)
            .Where(f => f.Key.Party == before.Code)
            .ToLookup(f => open.Contains(f.Key));
        var closed = events.OfType<FindingClosed>()
            .Where(e => e.Key.Party == before.Code)
            .Select(e => before.FindFinding(e.Key)! with
            {
                Closed = e.Reason,
                RecordTime = e.RecordTime ?? command.Time,
            })
            .ToImmutableArray();
        ImmutableArray<Finding> revised = [.. found[true]];
        return new([.. found[false]], revised, closed, open.Count - revised.Length - closed.Length);
    }
}
