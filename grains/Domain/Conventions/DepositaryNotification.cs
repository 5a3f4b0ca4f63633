namespace Treaty.Grid.Conventions;

/// <summary>What a depositary received. Numbers are those of the contract.</summary>
public enum NotificationKind
{
    Signature = 1,
    Ratification = 2,
    Acceptance = 3,
    Approval = 4,
    Accession = 5,

    /// <summary>Of a new state; it may take effect before its deposit, as a stated fact.</summary>
    Succession = 6,
    Consent = 7,

    /// <summary>The prohibitions are applied until entry into force (Article 18 of the Mine Ban Convention).</summary>
    ProvisionalApplication = 8,
    Withdrawal = 9,
    WithdrawalRevoked = 10,
    SuspensionAsserted = 11,
    SuspensionContested = 12,
    ArmedConflictBegan = 13,
    ArmedConflictEnded = 14,

    /// <summary>The state received a request for clarification (Article 8 of the Mine Ban Convention).</summary>
    ClarificationRequested = 15,
    ClarificationAnswered = 16,
    ClarificationClosed = 17,

    /// <summary>Put to a Meeting of the States Parties.</summary>
    ClarificationEscalated = 18,
}

/// <summary>One act under a convention, or a fact that its rules need and a named body asserts.</summary>
/// <param name="Id">Chosen by the depositary; unique within the party.</param>
/// <param name="Convention">The convention's id.</param>
/// <param name="Kind">What was received.</param>
/// <param name="Date">The day of receipt, or the day from which the fact holds.</param>
/// <param name="Effective">Entry into force where it is a stated fact; only on a succession.</param>
/// <param name="Asserters">Who asserts it, where that is not the state itself.</param>
/// <param name="Source">Where it was published.</param>
public sealed record DepositaryNotification(
    string Id,
    string Convention,
    NotificationKind Kind,
    DateOnly Date,
    DateOnly? Effective,
    ImmutableArray<string> Asserters,
    string Source)
{
    /// <summary>The case that a clarification is about; empty for anything else.</summary>
    public string Clarification { get; init; } = "";

    /// <summary>The name of the finding that it is asked about; empty if it is about none.</summary>
    public string Finding { get; init; } = "";

    /// <summary>An act by which a state consents to be bound.</summary>
    public bool IsConsent => Kind is NotificationKind.Ratification or NotificationKind.Acceptance
        or NotificationKind.Approval or NotificationKind.Accession or NotificationKind.Succession
        or NotificationKind.Consent;

    /// <summary>
    /// The first field in which the other says something else, as the contract names it; null if none.
    /// </summary>
    public string? FirstDifference(DepositaryNotification other) =>
        Convention != other.Convention ? "convention"
        : Kind != other.Kind ? "kind"
        : Date != other.Date ? "date"
        : Effective != other.Effective ? "effective"
        : !Asserters.SequenceEqual(other.Asserters) ? "asserters"
        : Source != other.Source ? "source"
        : Clarification != other.Clarification ? "clarification"
        : Finding != other.Finding ? "finding"
        : null;
}
