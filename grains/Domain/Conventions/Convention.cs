using Treaty.Grid.Findings;
using Treaty.Grid.Items;

namespace Treaty.Grid.Conventions;

/// <summary>
/// A convention as data, its pack: how a state comes to be bound by it and ceases to be, what it covers, and what is
/// judged under it. Nothing else in the program knows one convention from another.
/// </summary>
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

    /// <summary>The article for applying the prohibitions before entry into force; null if none.</summary>
    public string? ProvisionalApplication { get; init; }

    /// <summary>
    /// The article that says what a transfer is, where it takes more than movement: the title and the control must pass
    /// as well. Null where movement is enough.
    /// </summary>
    public string? WholeTransfer { get; init; }

    /// <summary>What it is about, in the plural.</summary>
    public string About { get; init; } = "items";

    /// <summary>
    /// Statements that name no convention, and items that no taxonomy knows, are under this one. At most one is.
    /// </summary>
    public bool IsPrimary { get; init; }

    /// <summary>What falls under it.</summary>
    public ImmutableArray<ItemCategory> Categories { get; init; } = [];

    /// <summary>Types that it adds to the taxonomy.</summary>
    public ImmutableArray<Item> Types { get; init; } = [];

    /// <summary>Names of purposes that notices may state beside the common ones.</summary>
    public ImmutableArray<string> Purposes { get; init; } = [];

    /// <summary>What its rules measure by.</summary>
    public Terms Terms { get; init; } = Terms.Default;

    /// <summary>What is judged. Empty: memberships are kept, and nothing is judged under it.</summary>
    public ImmutableArray<Rule> Rules { get; init; } = [];

    /// <summary>Where the facts above come from, and which are from memory.</summary>
    public required string Source { get; init; }

    /// <summary>The day a consent deposited on <paramref name="deposit"/> takes effect, if none is stated.</summary>
    public DateOnly EntryIntoForce(DateOnly deposit)
    {
        var computed = Entry.After(deposit);
        return computed < InForce ? InForce : computed;
    }
}

/// <summary>Whether items of a category fall under a convention.</summary>
public enum Coverage
{
    /// <summary>Named because they get reported as what it covers, and are not.</summary>
    Never,

    /// <summary>Only those said to be set off by a person.</summary>
    IfSetOffByAPerson,
    Always,
}

/// <summary>Items that a convention treats alike.</summary>
/// <param name="Id">Unique within the convention.</param>
/// <param name="Coverage">Whether they fall under it.</param>
/// <param name="Article">That says so.</param>
public sealed record ItemCategory(string Id, Coverage Coverage, string Article)
{
    /// <summary>Classes of the taxonomy.</summary>
    public ImmutableArray<string> Classes { get; init; } = [];

    /// <summary>Of those classes only the items that are set off so; empty for all.</summary>
    public ImmutableArray<ItemActivation> Activations { get; init; } = [];

    /// <summary>Single items, by id.</summary>
    public ImmutableArray<string> Items { get; init; } = [];

    /// <summary>Other categories that are part of this one.</summary>
    public ImmutableArray<string> Includes { get; init; } = [];

    /// <summary>Whether an item is one of them by itself, and not by a category that this one includes.</summary>
    public bool Has(Item item) => Items.Contains(item.Id)
        || (Classes.Contains(item.Class) && (Activations.IsEmpty || Activations.Contains(item.Activation)));
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

/// <summary>Deadlines and tolerances of a convention. What its rules do not ask for is null.</summary>
public sealed record Terms
{
    public static Terms Default { get; } = new();

    /// <summary>From entry into force to the end of stock destruction.</summary>
    public Period? StockDestruction { get; init; }

    /// <summary>
    /// From the end of the month of a one-sided notice to the day the other side's is missed. By default as safeguards
    /// practice has it: reports of a month by the thirtieth day after it.
    /// </summary>
    public Period CounterNotice { get; init; } = new(Days: 30);

    /// <summary>From a receipt for destruction to the day the certificates are missed.</summary>
    public Period? Certificate { get; init; }

    /// <summary>From the discovery of stock to the day its destruction is missed.</summary>
    public Period? FoundStock { get; init; }

    /// <summary>From entry into force to the last day on which the initial report is in time.</summary>
    public Period? InitialReport { get; init; }

    /// <summary>From the last day of a calendar year to the last day on which its report is in time.</summary>
    public Period? YearlyReport { get; init; }

    /// <summary>From the receipt of a request for clarification to the last day for its answer.</summary>
    public Period? ClarificationReply { get; init; }

    /// <summary>
    /// No report due before that day is called missed; null for the day on which each party entered the register. What
    /// a register has no record of is not what nobody reported.
    /// </summary>
    public DateOnly? AssessFrom { get; init; }

    /// <summary>The longest journey that is taken as one.</summary>
    public int JourneyDaysMax { get; init; } = 365;

    /// <summary>How far two figures may lie apart when one of them is approximate, in percent of the larger.</summary>
    public int ApproximatePercentMax { get; init; } = 5;

    /// <summary>
    /// Retained stock of a state that never declared a total, above which a training transfer is reviewed.
    /// </summary>
    public long? RetainedThreshold { get; init; }

    /// <summary>The day from which the other side's notice is missed.</summary>
    public DateOnly CounterNoticeDue(DateOnly from) =>
        CounterNotice.After(new DateOnly(from.Year, from.Month, DateTime.DaysInMonth(from.Year, from.Month)));
}
