using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>What goes wrong with one write: a group commit, or an opening of parties.</summary>
internal enum Fault
{
    None,

    /// <summary>It takes a while.</summary>
    Delay,

    /// <summary>It is refused, and nothing is written.</summary>
    FailBefore,

    /// <summary>It is written, and the answer is lost.</summary>
    CommitThenThrow,

    /// <summary>The connection is lost, and nothing is ever written.</summary>
    Lost,

    /// <summary>The connection is lost, and it is written a moment later.</summary>
    LostThenCommit,

    /// <summary>Somebody else opens the parties just before.</summary>
    Fence,

    /// <summary>From here on nothing returns; it is not written, unless the journal is resumed.</summary>
    FreezeBefore,

    /// <summary>It is written, and from there on nothing returns.</summary>
    FreezeAfter,
}

/// <summary>A silo's journal that fails as a script says. It counts its writes: the durable steps of a run.</summary>
/// <param name="inner">Where the entries lie. It ends with this.</param>
/// <param name="script">What befalls the first, second, … write. It may be asked by many threads.</param>
internal sealed class FaultyJournal(IJournal inner, Func<int, Fault> script) : IJournal
{
    private static readonly TimeSpan AMoment = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _thawed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _late = Task.CompletedTask;
    private int _steps;
    private int _lookedUp;

    public int Steps => Volatile.Read(ref _steps);

    /// <summary>How often entries were read by their versions: what a party no longer has in memory.</summary>
    public int LookedUp => Volatile.Read(ref _lookedUp);

    /// <summary>Completes when a write freezes.</summary>
    public Task Frozen => _frozen.Task;

    /// <summary>What froze goes on as if nothing had been: a process that was stopped and continued.</summary>
    public void Resume() => _thawed.TrySetResult();

    /// <summary>
    /// The process is gone: whatever it still tries fails, and reaches the store no more. What froze fails too, so that
    /// its threads end.
    /// </summary>
    public void Kill()
    {
        _frozen.TrySetResult();
        _thawed.TrySetException(new JournalUnavailableException("The process is gone."));
    }

    public ValueTask StartAsync(CancellationToken cancellation) => inner.StartAsync(cancellation);

    public async ValueTask<OpenedParty> OpenAsync(string party, CancellationToken cancellation) =>
        (await OpenManyAsync([party], cancellation))[0];

    public ValueTask<IReadOnlyList<OpenedParty>> OpenManyAsync(
        IReadOnlyList<string> parties, CancellationToken cancellation) =>
        WriteAsync(parties, () => inner.OpenManyAsync(parties, CancellationToken.None));

    public ValueTask<IReadOnlyList<AppendOutcome>> CommitAsync(
        IReadOnlyList<Append> appends, CancellationToken cancellation)
    {
        // The caller's memory is its own again when this returns, and the write may come later.
        List<Append> copies = [.. appends.Select(a => a with { Payloads = [.. a.Payloads.Select(Copy)] })];
        return WriteAsync(
            [.. appends.Select(a => a.Party)], () => inner.CommitAsync(copies, CancellationToken.None));

        static ReadOnlyMemory<byte> Copy(ReadOnlyMemory<byte> payload) => payload.ToArray();
    }

    public bool IsShared => inner.IsShared;

    public async ValueTask<IReadOnlyList<OpenedParty>> LookAsync(
        IReadOnlyList<string> parties, CancellationToken cancellation)
    {
        await AliveAsync();
        return await inner.LookAsync(parties, cancellation);
    }

    public async ValueTask<long> GetVersionAsync(string party, CancellationToken cancellation)
    {
        await AliveAsync();
        return await inner.GetVersionAsync(party, cancellation);
    }

    public async IAsyncEnumerable<JournalEntry> ReadPartyAsync(
        string party, long afterVersion,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await AliveAsync();
        await foreach (var entry in inner.ReadPartyAsync(party, afterVersion, cancellation))
            yield return entry;
    }

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadEntriesAsync(
        string party, IReadOnlyList<long> versions, CancellationToken cancellation)
    {
        await AliveAsync();
        Interlocked.Increment(ref _lookedUp);
        return await inner.ReadEntriesAsync(party, versions, cancellation);
    }

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellation)
    {
        await AliveAsync();
        return await inner.ReadAllAsync(afterPosition, limit, cancellation);
    }

    public async ValueTask<long> GetHeadAsync(CancellationToken cancellation)
    {
        await AliveAsync();
        return await inner.GetHeadAsync(cancellation);
    }

    public async ValueTask<IReadOnlyList<string>> ListPartiesAsync(
        string afterParty, int limit, CancellationToken cancellation)
    {
        await AliveAsync();
        return await inner.ListPartiesAsync(afterParty, limit, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _late;
        await inner.DisposeAsync();
    }

    private async ValueTask<T> WriteAsync<T>(IReadOnlyList<string> parties, Func<ValueTask<T>> write)
    {
        await AliveAsync();
        switch (script(Interlocked.Increment(ref _steps)))
        {
            case Fault.Delay:
                await Task.Delay(AMoment, CancellationToken.None);
                break;
            case Fault.FailBefore:
                throw new JournalUnavailableException("The store cannot be reached.");
            case Fault.CommitThenThrow:
                await write();
                throw new IOException("The answer was lost.");
            case Fault.Lost:
                throw new IOException("The connection was lost.");
            case Fault.LostThenCommit:
                _late = Task.WhenAll(_late, LateAsync(write));
                throw new IOException("The connection was lost.");
            case Fault.Fence:
                await inner.OpenManyAsync(parties, CancellationToken.None);
                break;
            case Fault.FreezeBefore:
                _frozen.TrySetResult();
                await AliveAsync();
                break;
            case Fault.FreezeAfter:
                var written = await write();
                _frozen.TrySetResult();
                await AliveAsync();
                return written;
        }

        return await write();
    }

    private static async Task LateAsync<T>(Func<ValueTask<T>> write)
    {
        await Task.Delay(AMoment, CancellationToken.None);
        await write();
    }

    private Task AliveAsync() => _frozen.Task.IsCompleted ? _thawed.Task : Task.CompletedTask;
}
