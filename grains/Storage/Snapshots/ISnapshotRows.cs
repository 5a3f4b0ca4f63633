namespace Treaty.Grid.Storage.Snapshots;

/// <summary>
/// What a home keeps of one party, within one transaction. Reads all see the same moment; writes appear together with
/// <see cref="CommitAsync"/>, and disposing without it undoes them. For one caller at a time. Every blob is sealed.
/// </summary>
internal interface ISnapshotRows : IAsyncDisposable
{
    /// <summary>The version of the snapshot; 0 if there is none.</summary>
    ValueTask<long> GetVersionAsync(CancellationToken cancellation);

    ValueTask<(long Version, byte[] State)?> GetSnapshotAsync(CancellationToken cancellation);

    /// <summary>
    /// Puts a snapshot in place of that of version <paramref name="basedOn"/>, 0 for none; false if another is there.
    /// Of two that try at once, the second waits for the first.
    /// </summary>
    ValueTask<bool> ReplaceSnapshotAsync(long basedOn, long version, byte[] state, CancellationToken cancellation);

    /// <summary>The runs of the party, oldest first.</summary>
    ValueTask<Run[]> ListRunsAsync(CancellationToken cancellation);

    ValueTask<byte[]> GetFilterAsync(long run, CancellationToken cancellation);

    /// <summary>For each bound the last page that begins at or below it, each page once.</summary>
    ValueTask<List<byte[]>> FindPagesAsync(long run, IReadOnlyList<Mention> bounds, CancellationToken cancellation);

    /// <summary>The next pages that begin above a mention, in order.</summary>
    ValueTask<List<byte[]>> ReadPagesAsync(long run, Mention after, int limit, CancellationToken cancellation);

    ValueTask InsertPagesAsync(long run, IReadOnlyList<MentionPage> pages, CancellationToken cancellation);

    ValueTask InsertRunAsync(Run run, byte[] filter, CancellationToken cancellation);

    /// <summary>Deletes the runs from one up to, and without, another.</summary>
    ValueTask DeleteRunsAsync(long from, long below, CancellationToken cancellation);

    /// <summary>Deletes everything of the party.</summary>
    ValueTask DeleteAsync(CancellationToken cancellation);

    ValueTask CommitAsync(CancellationToken cancellation);
}
