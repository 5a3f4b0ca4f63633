namespace Treaty.Grid.Storage;

/// <summary>
/// The record of everything that was ever decided, in one order. This is the contract that every home of the
/// journal keeps; one test suite holds all of them to it.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Positions are 1, 2, 3, … without a gap, over all parties; a refused append takes none.</item>
/// <item>Within a party versions are 1, 2, 3, … without a gap, and positions rise with versions.</item>
/// <item>An append with a stale epoch or an unexpected version is refused alone; the others of its commit go
/// through.</item>
/// <item>When <see cref="CommitAsync"/> returns, everything it accepted survives the loss of the process and of
/// the machine. When it throws <see cref="JournalUnavailableException"/> or <see cref="ArgumentException"/>, nothing
/// of it was written. When it throws anything else, the outcome is unknown: all or none of the accepted appends may
/// be there, now or a moment later; opening the party again settles it.</item>
/// <item>Nothing is ever changed or removed.</item>
/// <item>Calls may come from many threads at once. Payloads are the caller's own again when the call returns.</item>
/// <item>A read that cannot reach the store throws <see cref="JournalUnavailableException"/>.</item>
/// </list>
/// </remarks>
public interface IJournal : IAsyncDisposable
{
    /// <summary>Versions in one call: what fits into one statement of any home, and is read whole.</summary>
    const int VersionsMax = 1_000;

    /// <summary>Payload of entries that are read at once, 32 MiB; the last of them may go beyond.</summary>
    const long ReadBytesMax = 32L << 20;

    /// <summary>
    /// Others than this process may write to it: who may write now is then known to the journal alone.
    /// </summary>
    bool IsShared => false;

    /// <summary>Makes the journal ready for use: creates or migrates its schema and takes its locks.</summary>
    ValueTask StartAsync(CancellationToken cancellation);

    /// <summary>
    /// Opens a party for writing: raises its epoch by one, so that whoever opened it before can no longer append.
    /// Durable when it returns. A party without entries has version 0.
    /// </summary>
    ValueTask<OpenedParty> OpenAsync(string party, CancellationToken cancellation);

    /// <summary>
    /// Opens several parties in the order given, each as <see cref="OpenAsync"/> does; a party named twice is opened
    /// twice. When it throws, no right was given out, and some epochs may have risen: open again.
    /// </summary>
    /// <remarks>
    /// A home that waits for a disk overrides this with one wait for all: a silo that takes over the parties of
    /// another opens thousands of them at once.
    /// </remarks>
    async ValueTask<IReadOnlyList<OpenedParty>> OpenManyAsync(
        IReadOnlyList<string> parties, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(parties);
        var opened = new OpenedParty[parties.Count];
        for (var i = 0; i < opened.Length; i++)
            opened[i] = await OpenAsync(parties[i], cancellation);
        return opened;
    }

    /// <summary>
    /// Makes the appends of one group commit durable together, in the order given. One outcome per append, in the
    /// same order.
    /// </summary>
    ValueTask<IReadOnlyList<AppendOutcome>> CommitAsync(
        IReadOnlyList<Append> appends, CancellationToken cancellation);

    /// <summary>The highest version of a party, 0 when it has no entry. Opens nothing.</summary>
    ValueTask<long> GetVersionAsync(string party, CancellationToken cancellation);

    /// <summary>
    /// The epoch given out last and the highest version of each party, 0 where there is none, in the order asked: all
    /// as they were at one moment of the call. Opens nothing. Of one that is not shared nobody need ask.
    /// </summary>
    ValueTask<IReadOnlyList<OpenedParty>> LookAsync(IReadOnlyList<string> parties, CancellationToken cancellation) =>
        throw new NotSupportedException("Only this process writes to it.");

    /// <summary>
    /// The entries of one party with a version above <paramref name="afterVersion"/>, by version: all that were
    /// durable at the call, and perhaps some that came since.
    /// </summary>
    IAsyncEnumerable<JournalEntry> ReadPartyAsync(
        string party, long afterVersion, CancellationToken cancellation);

    /// <summary>
    /// The entries of one party at the versions named, by version; versions that do not exist are left out.
    /// </summary>
    /// <param name="versions">Rising, each at least 1, at most <see cref="VersionsMax"/> of them.</param>
    ValueTask<IReadOnlyList<JournalEntry>> ReadEntriesAsync(
        string party, IReadOnlyList<long> versions, CancellationToken cancellation);

    /// <summary>
    /// The entries of all parties with a position above <paramref name="afterPosition"/>, by position, at most
    /// <paramref name="limit"/> of them, and none after those that come to <see cref="ReadBytesMax"/>.
    /// </summary>
    ValueTask<IReadOnlyList<JournalEntry>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellation);

    /// <summary>Whether a limit ended what <see cref="ReadAllAsync"/> gave, so that there may be more.</summary>
    static bool MayGoOn(IReadOnlyList<JournalEntry> read, int limit) =>
        read.Count == limit || read.Sum(e => (long)e.Payload.Length) >= ReadBytesMax;

    /// <summary>The position of the last durable entry, 0 when there is none.</summary>
    ValueTask<long> GetHeadAsync(CancellationToken cancellation);

    /// <summary>
    /// The codes of parties that have at least one entry, in ordinal order, after <paramref name="afterParty"/>
    /// (the empty string starts at the beginning), at most <paramref name="limit"/> of them.
    /// </summary>
    ValueTask<IReadOnlyList<string>> ListPartiesAsync(
        string afterParty, int limit, CancellationToken cancellation);
}

/// <summary>A party opened for writing.</summary>
/// <param name="Epoch">The right to append, at least 1; the highest one given out is the only one that holds.</param>
/// <param name="Version">The version of its last durable entry, 0 when there is none.</param>
public readonly record struct OpenedParty(long Epoch, long Version);

/// <summary>The entries that one party wants durable, under its epoch, next after the version it expects.</summary>
/// <param name="Party">
/// The party's code: 1 to 64 visible ASCII characters, so that every home puts the codes in the same order.
/// </param>
/// <param name="Epoch">The epoch under which the party was opened.</param>
/// <param name="ExpectedVersion">The version the party must have now; the first entry becomes the next one.</param>
/// <param name="Payloads">One encoded entry each; at least one, none empty.</param>
public sealed record Append(
    string Party, long Epoch, long ExpectedVersion, IReadOnlyList<ReadOnlyMemory<byte>> Payloads);

/// <summary>What became of one append.</summary>
public enum AppendResult
{
    /// <summary>Durable.</summary>
    Committed,

    /// <summary>Refused: another opening of the party has taken over. Reload, never retry under this epoch.</summary>
    StaleEpoch,

    /// <summary>Refused: the party is not at the version expected. Reload, never retry.</summary>
    UnexpectedVersion,
}

/// <summary>What became of one append, and where its first entry stands.</summary>
/// <param name="Result">Committed, or why not.</param>
/// <param name="FirstPosition">The position of its first entry, the others follow without a gap; 0 if refused.</param>
public readonly record struct AppendOutcome(AppendResult Result, long FirstPosition);

/// <summary>One durable entry. What it holds is the codec's business.</summary>
public readonly record struct JournalEntry(
    long Position, string Party, long Version, ReadOnlyMemory<byte> Payload);
