namespace Treaty.Grid.Auditor.Linearizability;

/// <summary>How answers can contradict each other.</summary>
public enum Contradiction
{
    /// <summary>Two attempts for one id were told different positions.</summary>
    MovedEntry,

    /// <summary>A read shows an id twice.</summary>
    IdTwice,

    /// <summary>A read shows an id that nobody appended.</summary>
    UnknownId,

    /// <summary>A read does not speak up to the position that it was asked for.</summary>
    TooOld,

    /// <summary>Two reads, neither of which goes on where the other ends.</summary>
    TwoOrders,

    /// <summary>A strong read does not show what was acknowledged before, and others show.</summary>
    StaleRead,

    /// <summary>A strong read does not show what was acknowledged before, nor does any other.</summary>
    LostAppend,

    /// <summary>A strong read does not show what an earlier one showed.</summary>
    VanishedEntry,

    /// <summary>A read shows what was not yet sent.</summary>
    EarlyEntry,

    /// <summary>An entry comes after one that was sent only when it was acknowledged already.</summary>
    LateEntry,

    /// <summary>A read lacks something at or below the position up to which it speaks.</summary>
    IncompleteRead,

    /// <summary>Positions do not rise in the order of the entries.</summary>
    FallingPosition,
}

/// <summary>Two answers of which one must be wrong.</summary>
/// <param name="Second">None where an answer is wrong by itself.</param>
/// <param name="Explanation">Why, in a sentence that names both.</param>
public sealed record Violation(Contradiction Kind, Operation First, Operation? Second, string Explanation)
{
    public override string ToString() => $"{Kind}: {Explanation}";
}
