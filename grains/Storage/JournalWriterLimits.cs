namespace Treaty.Grid.Storage;

/// <summary>What one journal writer carries at most.</summary>
public sealed record JournalWriterLimits
{
    /// <summary>
    /// What may wait. Beyond some ten commits' worth a caller waits longer than it is willing to, and had better be
    /// told at once.
    /// </summary>
    public int QueuedAppendsMax { get; init; } = 10_000;

    /// <summary>
    /// What may wait in bytes of payload, so that large entries cannot fill the memory: 16 full commits.
    /// </summary>
    public long QueuedBytesMax { get; init; } = 64L << 20;

    /// <summary>
    /// Entries of one commit, unless its first append alone has more. Larger ones hardly cost less per entry, and
    /// make everybody in them wait for the last.
    /// </summary>
    public int CommitEntriesMax { get; init; } = 4_096;

    /// <summary>Bytes of payload of one commit, unless its first append alone has more.</summary>
    public long CommitBytesMax { get; init; } = 4L << 20;

    /// <summary>Links of one commit's span; exporters cut longer lists, and nobody reads them.</summary>
    public int TraceLinksMax { get; init; } = 128;

    /// <summary>The longest advice to an overloaded caller; the shortest is <see cref="RetryAfterMin"/>.</summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Below this, a retry meets the same full queue.</summary>
    public TimeSpan RetryAfterMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The news that the journal fails comes no more often.</summary>
    public TimeSpan SayFailingEvery { get; init; } = TimeSpan.FromMinutes(1);
}
