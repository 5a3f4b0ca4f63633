using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Journal;

/// <summary>
/// A journal in memory whose writes a test can hold up and break, and which tells what was asked of it.
/// </summary>
internal sealed class GatedJournal : IJournal
{
    private readonly MemoryJournal _inner = new();
    private readonly SemaphoreSlim _entered = new(0);
    private TaskCompletionSource _gate = Opened();

    /// <summary>What was asked, in order: the parties opened, or the parties that appended, one line each.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Entries of each commit.</summary>
    public List<int> Commits { get; } = [];

    /// <summary>Thrown by the next write in place of writing, once.</summary>
    public Exception? FailBefore { get; set; }

    /// <summary>Thrown by the next write after it wrote, once: the answer gets lost.</summary>
    public Exception? FailAfter { get; set; }

    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _gate.TrySetResult();

    /// <summary>Returns once per write that has arrived at the gate.</summary>
    public Task ArrivalAsync(CancellationToken cancellation) => _entered.WaitAsync(cancellation);

    /// <summary>So that the next arrival is that of the next write.</summary>
    public void ForgetArrivals()
    {
        while (_entered.Wait(0))
        {
        }
    }

    public ValueTask StartAsync(CancellationToken cancellation) => _inner.StartAsync(cancellation);

    public async ValueTask<OpenedParty> OpenAsync(string party, CancellationToken cancellation) =>
        (await OpenManyAsync([party], cancellation))[0];

    public ValueTask<IReadOnlyList<OpenedParty>> OpenManyAsync(
        IReadOnlyList<string> parties, CancellationToken cancellation)
    {
        Asked.Add("open " + string.Join(' ', parties));
        return PassAsync(() => ((IJournal)_inner).OpenManyAsync(parties, cancellation));
    }

    public ValueTask<IReadOnlyList<AppendOutcome>> CommitAsync(
        IReadOnlyList<Append> appends, CancellationToken cancellation)
    {
        Asked.Add("append " + string.Join(' ', appends.Select(a => a.Party)));
        Commits.Add(appends.Sum(a => a.Payloads.Count));
        return PassAsync(() => _inner.CommitAsync(appends, cancellation));
    }

    public ValueTask<long> GetVersionAsync(string party, CancellationToken cancellation) =>
        _inner.GetVersionAsync(party, cancellation);

    public ValueTask<IReadOnlyList<JournalEntry>> ReadEntriesAsync(
        string party, IReadOnlyList<long> versions, CancellationToken cancellation) =>
        _inner.ReadEntriesAsync(party, versions, cancellation);

    public IAsyncEnumerable<JournalEntry> ReadPartyAsync(
        string party, long afterVersion, CancellationToken cancellation) =>
        _inner.ReadPartyAsync(party, afterVersion, cancellation);

    public ValueTask<IReadOnlyList<JournalEntry>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellation) =>
        _inner.ReadAllAsync(afterPosition, limit, cancellation);

    public ValueTask<long> GetHeadAsync(CancellationToken cancellation) => _inner.GetHeadAsync(cancellation);

    public ValueTask<IReadOnlyList<string>> ListPartiesAsync(
        string afterParty, int limit, CancellationToken cancellation) =>
        _inner.ListPartiesAsync(afterParty, limit, cancellation);

    public ValueTask DisposeAsync()
    {
        _entered.Dispose();
        return _inner.DisposeAsync();
    }

    private async ValueTask<T> PassAsync<T>(Func<ValueTask<T>> write)
    {
        var (before, after) = (FailBefore, FailAfter);
        (FailBefore, FailAfter) = (null, null);
        _entered.Release();
        // A test that fails with the gate closed must end all the same; one that passes never waits so long.
        await _gate.Task.WaitAsync(TimeSpan.FromSeconds(30));
        if (before is not null)
            throw before;
        var answer = await write();
        return after is null ? answer : throw after;
    }

    private static TaskCompletionSource Opened()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }
}
