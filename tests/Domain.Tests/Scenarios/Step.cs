using System.Collections.Immutable;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Scenarios;

/// <summary>One line of a scenario.</summary>
public abstract record Step
{
    /// <summary>Counted from 1.</summary>
    public int Number { get; init; }

    /// <summary>As it stands in the file.</summary>
    public string Text { get; init; } = "";
}

/// <summary>What the register comes to know about a state; without a notification, that it exists.</summary>
public sealed record StateStep(string Code, DepositaryNotification? Notification) : Step;

public sealed record NoticeStep(Notice Notice) : Step
{
    /// <summary>Asked for, and not filed.</summary>
    public bool IsDryRun { get; init; }
}

/// <summary>A party moves its notices from one file to the one that the other side's are in.</summary>
public sealed record ConfirmStep(string Code, TransferKey Transfer, TransferKey Other, string Id, DateOnly Day) : Step;

/// <summary>The references that may be the other side's, each with its score, or nothing.</summary>
public sealed record SuggestsStep(string Reference, string Others) : Step;

/// <summary>From that day on reports are owed.</summary>
public sealed record ReportsOwedStep(DateOnly From) : Step;

/// <summary>A party files the draft of its books for a year, or its initial report, changed by some facts.</summary>
/// <param name="Year">Null for the initial report.</param>
/// <param name="AsOf">Of the initial report.</param>
public sealed record ReportStep(
    string Code, string Convention, int? Year, DateOnly AsOf, string Id,
    ImmutableArray<(string Name, string Value)> Facts) : Step;

public sealed record DeclarationStep(string Code, Declaration Declaration) : Step;

/// <summary>From here on the taxonomy knows one more type.</summary>
public sealed record TypeStep(string Item, string Class) : Step;

/// <summary>What was judged is judged anew, by what is known now.</summary>
public sealed record ReassessStep(string Code) : Step;

/// <summary>From here on, what is said is recorded on this day or later.</summary>
public sealed record RecordedOnStep(DateOnly Day) : Step;

/// <summary>The day for which findings are read; by default that of the last record.</summary>
public sealed record AsOfStep(DateOnly Day) : Step;

/// <summary>One line of the table of all open findings.</summary>
public sealed record FindsStep(
    string Party, string Rule, Severity Severity, string About, ImmutableArray<(string Name, string Value)> Facts)
    : Step
{
    /// <summary>After the last dry run, and not in the register.</summary>
    public bool IsDryRun { get; init; }
}

/// <summary>No finding at all, or none about one thing.</summary>
public sealed record FindsNothingStep(string? About) : Step;

public sealed record MatchStep(string Reference, Match Match) : Step;

public sealed record MovementStep(string Reference, Movement Movement) : Step;

public sealed record PairingStep(string Reference, Pairing Pairing) : Step;

public sealed record DifferenceStep(string Reference, string Field, string Sender, string Recipient) : Step;

/// <summary>What a party holds of an item in a place at the end of a day.</summary>
public sealed record StockStep(string Code, string Item, Place Place, long Quantity, DateOnly? Day) : Step;

/// <summary>What Article 4 still asks a party to destroy.</summary>
public sealed record ArticleFourStep(string Code, long Quantity, DateOnly? Day) : Step;

public sealed record MembershipStep(
    string Code, MembershipStatus Status, DateOnly Day, DateOnly? KnownOn, string Convention) : Step;

public sealed record FilesAgreeStep : Step;
