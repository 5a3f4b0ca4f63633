using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Storage.Snapshots;

namespace Treaty.Grid.Storage;

/// <summary>
/// What the homes of snapshots in a database have in common. The mentions of a party lie in runs (<see cref="Run"/>),
/// their filters are in memory where they fit, and a key that no filter knows is answered without the database.
/// </summary>
/// <remarks>
/// A party is in use by one process at a time, as the journal's epochs have it. Another one that still holds its
/// filters answers as of the moment it read them; loading the party makes them anew.
/// </remarks>
public abstract partial class SnapshotStore : ISnapshotStore
{
    /// <summary>
    /// A 64th of the process's memory, and not less than 64 MiB: two bytes for each of 32 million keys. A party whose
    /// filters do not fit costs a read of all of them for one question, so there is to be room for a large register's.
    /// </summary>
    public static readonly long FilterBytesDefault =
        Math.Max(64 << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 64);

    private static readonly Meter Meter = new(JournalWriter.TelemetryName);

    private static readonly Counter<long> Looks = Meter.CreateCounter<long>(
        "treatygrid.index.looks",
        "{key}",
        "Keys looked for in a stored run of mentions. Those not found there should be one in a hundred of all asked.");

    private static readonly UpDownCounter<long> FilterBytes = Meter.CreateUpDownCounter<long>(
        "treatygrid.index.filters", "By", "What the filters of the runs take in memory.");

    private readonly ILogger _logger;
    private readonly FilterCache _cache;

    // Held while what is in the cache of a party, or known of it, follows what is in the database. Their number is
    // also how many parties' filters may be on their way into the cache, and do not count there yet.
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1))];

    // The snapshot each party goes by that was loaded or saved here; some hundred bytes for each.
    private readonly ConcurrentDictionary<string, long> _versions = new(StringComparer.Ordinal);

    private volatile bool _started;
    private volatile bool _disposed;

    private protected SnapshotStore(ILogger logger, long filterBytesMax)
    {
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentOutOfRangeException.ThrowIfNegative(filterBytesMax);
        _logger = logger;
        _cache = new FilterCache(filterBytesMax, FilterBytes);
    }

    public async ValueTask StartAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_started)
            throw new InvalidOperationException("The snapshot store was started already.");
        await PrepareAsync(cancellation);
        _started = true;
    }

    public async ValueTask<Snapshot?> LoadAsync(string party, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        return await RunAsync(party, async () =>
        {
            Snapshot? snapshot = null;
            await using (var rows = await BeginAsync(party, write: false, cancellation))
            {
                if (await rows.GetSnapshotAsync(cancellation) is var (version, state))
                    snapshot = new Snapshot(version, Sealed.Open(state));
            }

            using (await EnterAsync(party, cancellation))
            {
                _cache.Remove(party);
                GoBy(party, snapshot?.Version ?? 0);
            }

            return snapshot;
        });
    }

    public async ValueTask DropAsync(string party, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        await RunAsync(party, async () =>
        {
            await DeleteAsync(party, cancellation);
            GoBy(party, 0);
            return true;
        });
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_disposed)
            return;
        _disposed = true;
        await CloseAsync();
        _cache.Clear();
    }

    /// <summary>Makes the schema ready; drops what cannot be used.</summary>
    private protected abstract ValueTask PrepareAsync(CancellationToken cancellation);

    private protected abstract ValueTask<ISnapshotRows> BeginAsync(
        string party, bool write, CancellationToken cancellation);

    /// <summary>Whether the database says that it is damaged itself.</summary>
    private protected abstract bool IsDamage(DbException failure);

    /// <summary>Drops what is damaged: the party, or whatever has to go with it.</summary>
    private protected virtual ValueTask MendAsync(string party) => DeleteAsync(party, CancellationToken.None);

    /// <summary>Waits for what still runs, then closes the database.</summary>
    private protected abstract ValueTask CloseAsync();

    /// <summary>
    /// On a thread of the pool: a merge computes for seconds, and SQLite has no asynchronous calls, so neither may
    /// run on the scheduler of a grain. What is damaged is dropped, and then it is tried once more.
    /// </summary>
    private Task<T> RunAsync<T>(string party, Func<Task<T>> act)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_started)
            throw new InvalidOperationException("Start the snapshot store first.");
        return Task.Run(async () =>
        {
            try
            {
                try
                {
                    return await act();
                }
                catch (Exception e) when (e is SnapshotsDamagedException || (e is DbException d && IsDamage(d)))
                {
                    LogDamaged(e, party);
                    await MendAsync(party);
                    return await act();
                }
            }
            catch (Exception e) when (e is DbException or IOException or SnapshotsDamagedException)
            {
                throw new JournalUnavailableException($"The snapshots of {party} are out of reach: {e.Message}", e);
            }
        });
    }

    private async ValueTask DeleteAsync(string party, CancellationToken cancellation)
    {
        await using var rows = await BeginAsync(party, write: true, cancellation);
        await rows.DeleteAsync(cancellation);
        using (await EnterAsync(party, cancellation))
        {
            _cache.Remove(party);
            await rows.CommitAsync(cancellation);
        }
    }

    private void GoBy(string party, long version)
    {
        if (version == 0)
            _versions.TryRemove(party, out _);
        else
            _versions[party] = version;
    }

    private async ValueTask<Gate> EnterAsync(string party, CancellationToken cancellation)
    {
        var gate = _gates[(StringComparer.Ordinal.GetHashCode(party) & int.MaxValue) % _gates.Length];
        await gate.WaitAsync(cancellation);
        return new Gate(gate);
    }

    [LoggerMessage(1, LogLevel.Warning,
        "The snapshots are damaged where {Party} needs them. They are dropped there; what is lost costs time only.")]
    private partial void LogDamaged(Exception exception, string party);

    private readonly record struct Gate(SemaphoreSlim Entered) : IDisposable
    {
        public void Dispose() => Entered.Release();
    }
}
