namespace Treaty.Grid.Conventions;

/// <summary>A convention: how a state comes to be bound by it and ceases to be, and what is judged under it.</summary>
public sealed record Convention(string Id, string DisplayName, string PackVersion, DateOnly InForce)
{
    /// <summary>From a deposit to entry into force for that state.</summary>
    public required Period Entry { get; init; }

    /// <summary>From the depositary's receipt of a withdrawal to its effect.</summary>
    public required Period Withdrawal { get; init; }

    /// <summary>
    /// A withdrawal has no effect while the state is in an armed conflict on the day it would have it.
    /// </summary>
    public bool WithdrawalHeldUpByConflict { get; init; }

    /// <summary>What its rules measure by; null where memberships are kept and nothing is judged.</summary>
    public Terms? Terms { get; init; }

    /// <summary>Where the facts above come from, and which are from memory.</summary>
    public required string Source { get; init; }

    /// <summary>The day a consent deposited on <paramref name="deposit"/> takes effect, if none is stated.</summary>
    public DateOnly EntryIntoForce(DateOnly deposit)
    {
        var computed = Entry.After(deposit);
        return computed < InForce ? InForce : computed;
    }
}

/// <summary>A period of treaty law, counted in whole days of the depositary.</summary>
/// <param name="Months">Calendar months: the same day, or the last one of a shorter month.</param>
/// <param name="Days">Days, counted after the months.</param>
/// <param name="FromFirstOfMonth">Ends on the first day of the month it leads to.</param>
public readonly record struct Period(int Months = 0, int Days = 0, bool FromFirstOfMonth = false)
{
    public DateOnly After(DateOnly day)
    {
        var end = day.AddMonths(Months).AddDays(Days);
        return FromFirstOfMonth ? new DateOnly(end.Year, end.Month, 1) : end;
    }
}

/// <summary>Deadlines and tolerances of a convention whose rules are judged.</summary>
public sealed record Terms
{
    /// <summary>From entry into force to the end of stock destruction.</summary>
    public required Period StockDestruction { get; init; }

    /// <summary>From the end of the month of a one-sided notice to the day the other side's is missed.</summary>
    public required Period CounterNotice { get; init; }

    /// <summary>From a receipt for destruction to the day the certificates are missed.</summary>
    public required Period Certificate { get; init; }

    /// <summary>From the discovery of stock to the day its destruction is missed.</summary>
    public required Period FoundStock { get; init; }

    /// <summary>From entry into force to the last day on which the initial report is in time.</summary>
    public required Period InitialReport { get; init; }

    /// <summary>From the last day of a calendar year to the last day on which its report is in time.</summary>
    public required Period YearlyReport { get; init; }

    /// <summary>From the receipt of a request for clarification to the last day for its answer.</summary>
    public required Period ClarificationReply { get; init; }

    /// <summary>
    /// No report due before that day is called missed; null for the day on which each party entered the register. What
    /// a register has no record of is not what nobody reported.
    /// </summary>
    public DateOnly? AssessFrom { get; init; }

    /// <summary>The longest journey that is taken as one.</summary>
    public required int JourneyDaysMax { get; init; }

    /// <summary>How far two figures may lie apart when one of them is approximate, in percent of the larger.</summary>
    public required int ApproximatePercentMax { get; init; }

    /// <summary>
    /// Retained stock of a state that never declared a total, above which a training transfer is reviewed.
    /// </summary>
    public long? RetainedThreshold { get; init; }

    /// <summary>The day from which the other side's notice is missed.</summary>
    public DateOnly CounterNoticeDue(DateOnly from) =>
        CounterNotice.After(new DateOnly(from.Year, from.Month, DateTime.DaysInMonth(from.Year, from.Month)));
}
