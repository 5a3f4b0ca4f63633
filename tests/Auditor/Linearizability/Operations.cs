namespace Treaty.Grid.Auditor.Linearizability;

/// <summary>What one client asked of one file, and what it was told.</summary>
/// <param name="Invoked">When it was sent, in ticks of the one clock that all clients share.</param>
/// <param name="Completed">When the answer was there; none if no answer says what became of it.</param>
public abstract record Operation(long Invoked, long? Completed);

/// <summary>
/// One attempt to append an id. All attempts for one id are one effect. Without an answer it may take effect at any
/// time after it was sent, or never.
/// </summary>
/// <param name="Position">Of the entry in the journal, as answered; a repeat is told that of the first.</param>
public sealed record Append(string Id, long Invoked, long? Completed, long? Position) : Operation(Invoked, Completed)
{
    public override string ToString() => Position is null
        ? $"the append of {Id}, sent at {Invoked} and never answered"
        : $"the append of {Id}, {Invoked} to {Completed}, at position {Position}";
}

/// <summary>An answered read of the whole file.</summary>
/// <param name="Ids">In the order of the journal.</param>
/// <param name="Position">Up to which the answer is complete.</param>
/// <param name="AtLeast">
/// None in a strong read, which shows all that was complete before it was sent. Otherwise the answer may be as old as
/// it likes, but must speak up to this position.
/// </param>
public sealed record Read(long Invoked, long Done, IReadOnlyList<string> Ids, long Position, long? AtLeast)
    : Operation(Invoked, Done)
{
    private const int Shown = 8;

    public override string ToString()
    {
        string ids = string.Join(", ", Ids.Count <= Shown ? Ids : Ids.Skip(Ids.Count - Shown).Prepend("..."));
        string kind = AtLeast is null ? "the strong read" : $"the read at position {AtLeast} or later";
        return $"{kind}, {Invoked} to {Completed}, of {Ids.Count} up to position {Position} [{ids}]";
    }
}
