using Treaty.Grid.V1;

namespace Treaty.Grid.Storage;

/// <summary>What is asked of a list.</summary>
/// <param name="Party">Whose rows; null for those of all parties.</param>
/// <param name="Filter">On columns of the list.</param>
/// <param name="After">The key of the last row given before; null to begin.</param>
/// <param name="Limit">Rows at most.</param>
public sealed record ListQuery(string? Party, Condition Filter, IReadOnlyList<string>? After, int Limit);

/// <summary>A part of a list.</summary>
/// <param name="Rows">In the order of their keys.</param>
/// <param name="Position">The position of the journal up to which these rows speak.</param>
public sealed record ListPage<T>(IReadOnlyList<ListRow<T>> Rows, long Position);

/// <summary>One row, and where it stands in its list: it goes on after a key, whatever was added.</summary>
public sealed record ListRow<T>(T Value, IReadOnlyList<string> Key);

/// <summary>Where a notice stands in its party's journal.</summary>
/// <param name="Version">Of the entry.</param>
/// <param name="Event">Its place among the events there, from 0.</param>
public readonly record struct NoticePlace(long Version, int Event);

/// <summary>What the lists of transfers can be sorted by.</summary>
public enum TransferOrder
{
    /// <summary>
    /// The first day on which the transfer could be reported, and of one day, when the party's file of it began.
    /// </summary>
    Since,

    /// <summary>
    /// The last change, those of one entry as it says them. A transfer that changes meanwhile moves to the end, and
    /// comes once more.
    /// </summary>
    Position,

    /// <summary>The name, of a party's transfers.</summary>
    Name,
}

/// <summary>A transfer as a party's file has it, without notices, differences and findings.</summary>
/// <param name="Since">The first day on which it could be reported.</param>
/// <param name="Due">The last day on which the notice that is missing is in time; null if none is owed.</param>
public sealed record TransferRow(Transfer Transfer, DateOnly Since, DateOnly? Due);

/// <summary>Something due from a party.</summary>
/// <param name="Transfer">The name of the transfer it comes from; empty if from none.</param>
public sealed record DutyRow(string Party, string Rule, string Transfer, string Title, DateOnly Due, bool IsMet);

/// <summary>An entry that could not be read, and is in no list.</summary>
public sealed record SkippedEntry(long Position, string Party, long Version, string Reason);
