namespace Treaty.Grid.Auditor.Linearizability;

/// <summary>All attempts to append one id, of which there is one effect.</summary>
internal sealed record Effect(IReadOnlyList<Append> Attempts)
{
    public string Id => Attempts[0].Id;

    /// <summary>It cannot have happened before this was sent.</summary>
    public Append First { get; } = Attempts.MinBy(a => a.Invoked)!;

    /// <summary>It must have happened before this was answered.</summary>
    public Append? Acknowledged { get; } =
        Attempts.Where(a => a.Position is not null).MinBy(a => a.Completed);

    public long? Position => Acknowledged?.Position;
}

/// <summary>One thing that happened at a moment: an id was appended, or the file was read.</summary>
/// <param name="Sent">The operation before which it did not happen.</param>
/// <param name="Answered">The operation by whose end it had happened; the same one if there is none.</param>
/// <param name="IsShown">Whether it is a read, or an entry that some read shows.</param>
internal sealed record Step(Operation Sent, Operation Answered, bool IsShown)
{
    /// <summary>A read that is not strong may show what was there before it was sent.</summary>
    public long NotBefore => Sent is Read { AtLeast: not null } ? long.MinValue : Sent.Invoked;

    public long NotAfter => Answered.Completed ?? long.MaxValue;

    public static Step Of(Read read) => new(read, read, IsShown: true);

    public static Step Of(Effect effect, bool isShown) =>
        new(effect.First, effect.Acknowledged ?? effect.First, isShown);
}
