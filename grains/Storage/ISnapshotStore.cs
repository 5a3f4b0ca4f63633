using System.Security.Cryptography;
using System.Text;

namespace Treaty.Grid.Storage;

/// <summary>
/// What lets a party open in time, and keep in memory only what is open: its last snapshot, and an index that tells
/// which of its older entries mention a key. All of it follows from the journal: without it everything works as
/// before, and takes longer. One test suite holds every home to this contract.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>A snapshot and the mentions up to its version appear together or not at all.</item>
/// <item>They follow one another: a save that is not based on the snapshot that is there changes nothing. So a process
/// that was frozen, and resumed, cannot put back an older one.</item>
/// <item>Whatever is lost or damaged is as if it had never been: a party without a snapshot has no mentions. Only
/// where the party was loaded or saved by this process, and goes by what is lost, an empty answer would pass off as new
/// what it knows no more: every look into the store is <see cref="JournalUnavailableException"/> until it is loaded
/// again.</item>
/// <item>Calls may come from many threads at once; a caller's memory is its own again when the call returns.</item>
/// <item>A store that cannot be reached throws <see cref="JournalUnavailableException"/>. A save that threw may have
/// been made: load the party, or save again on the same ground and be told.</item>
/// </list>
/// </remarks>
public interface ISnapshotStore : IAsyncDisposable
{
    /// <summary>
    /// Makes the store ready, after the journal of the same place: creates its schema; drops what it cannot use.
    /// </summary>
    ValueTask StartAsync(CancellationToken cancellation);

    /// <summary>The last snapshot of a party; null if there is none.</summary>
    ValueTask<Snapshot?> LoadAsync(string party, CancellationToken cancellation);

    /// <summary>
    /// Keeps a snapshot in place of the one before, and adds the mentions of the entries between the two.
    /// </summary>
    /// <param name="basedOn">The version of the snapshot it replaces; 0 if there is none.</param>
    /// <param name="mentions">
    /// Of the entries above <paramref name="basedOn"/> up to the snapshot's version; at most a million, in any order.
    /// Those entries are durable already: so no snapshot is ever ahead of the journal.
    /// </param>
    /// <returns>False, and nothing is changed, if another snapshot than that is there.</returns>
    ValueTask<bool> SaveAsync(
        string party, Snapshot snapshot, long basedOn, IReadOnlyList<Mention> mentions,
        CancellationToken cancellation);

    /// <summary>
    /// Which entries up to the snapshot's version mention any of these keys, by version, each once. Whatever mentions
    /// one of them is among them; on average at most one key in a hundred that nothing mentions costs a look into the
    /// store, and what such a look finds may be wrong about once in 2^64 keys, so the caller checks.
    /// </summary>
    /// <param name="keys">At most 16,384.</param>
    ValueTask<IReadOnlyList<long>> FindAsync(
        string party, IReadOnlyList<ulong> keys, CancellationToken cancellation);

    /// <summary>Forgets a party's snapshot and mentions.</summary>
    ValueTask DropAsync(string party, CancellationToken cancellation);
}

/// <summary>A party as it was after one of its entries.</summary>
/// <param name="Version">Of that entry, at least 1.</param>
/// <param name="State">What the snapshot codec wrote.</param>
public sealed record Snapshot(long Version, ReadOnlyMemory<byte> State);

/// <summary>An entry mentions a key.</summary>
/// <param name="Key">64 bits of a hash of it.</param>
/// <param name="Version">Of the entry, at least 1.</param>
public readonly record struct Mention(ulong Key, long Version)
{
    /// <summary>The key of a name. Keys lie on disk for ever: this may never change.</summary>
    public static ulong KeyOf(string name) =>
        BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, sizeof(ulong)));
}
