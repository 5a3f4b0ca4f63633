namespace Treaty.Grid.Storage;

/// <summary>
/// A journal that lives as long as its process: the contract in its smallest form, for tests and for trying out.
/// Here durable means remembered.
/// </summary>
public sealed class MemoryJournal : IJournal
{
    private readonly Lock _lock = new();
    private readonly List<JournalEntry> _entries = [];
    private readonly SortedDictionary<string, Folder> _parties = new(StringComparer.Ordinal);

    public ValueTask StartAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<OpenedParty> OpenAsync(string party, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        lock (_lock)
        {
            if (!_parties.TryGetValue(party, out var folder))
                _parties.Add(party, folder = new Folder());
            return ValueTask.FromResult(new OpenedParty(++folder.Epoch, folder.Version));
        }
    }

    public ValueTask<IReadOnlyList<AppendOutcome>> CommitAsync(
        IReadOnlyList<Append> appends, CancellationToken cancellation)
    {
        WellFormed.Appends(appends);
        lock (_lock)
            return ValueTask.FromResult<IReadOnlyList<AppendOutcome>>([.. appends.Select(Commit)]);
    }

    public ValueTask<long> GetVersionAsync(string party, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        lock (_lock)
            return ValueTask.FromResult(_parties.GetValueOrDefault(party)?.Version ?? 0);
    }

    public IAsyncEnumerable<JournalEntry> ReadPartyAsync(
        string party, long afterVersion, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        WellFormed.After(afterVersion);
        lock (_lock)
        {
            var positions = _parties.GetValueOrDefault(party)?.Positions ?? [];
            JournalEntry[] entries = [.. positions.Where((_, i) => i >= afterVersion).Select(At)];
            return entries.ToAsyncEnumerable();
        }
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadEntriesAsync(
        string party, IReadOnlyList<long> versions, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        WellFormed.Versions(versions);
        lock (_lock)
        {
            var positions = _parties.GetValueOrDefault(party)?.Positions ?? [];
            return ValueTask.FromResult<IReadOnlyList<JournalEntry>>(
                [.. versions.Where(v => v <= positions.Count).Select(v => At(positions[(int)v - 1]))]);
        }
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellation)
    {
        WellFormed.After(afterPosition);
        WellFormed.Limit(limit);
        lock (_lock)
        {
            var (taken, bytes) = (new List<JournalEntry>(), 0L);
            for (var at = afterPosition;
                at < _entries.Count && taken.Count < limit && bytes < IJournal.ReadBytesMax;
                at++)
            {
                taken.Add(_entries[(int)at]);
                bytes += taken[^1].Payload.Length;
            }

            return ValueTask.FromResult<IReadOnlyList<JournalEntry>>(taken);
        }
    }

    public ValueTask<long> GetHeadAsync(CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult<long>(_entries.Count);
    }

    public ValueTask<IReadOnlyList<string>> ListPartiesAsync(
        string afterParty, int limit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(afterParty);
        WellFormed.Limit(limit);
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<string>>([.. _parties
                .Where(p => p.Value.Version > 0 && string.CompareOrdinal(p.Key, afterParty) > 0)
                .Select(p => p.Key)
                .Take(limit)]);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private AppendOutcome Commit(Append append)
    {
        if (!_parties.TryGetValue(append.Party, out var folder) || append.Epoch != folder.Epoch)
            return new AppendOutcome(AppendResult.StaleEpoch, 0);
        if (append.ExpectedVersion != folder.Version)
            return new AppendOutcome(AppendResult.UnexpectedVersion, 0);

        var first = _entries.Count + 1;
        foreach (var payload in append.Payloads)
        {
            folder.Positions.Add(_entries.Count + 1);
            _entries.Add(new JournalEntry(_entries.Count + 1, append.Party, folder.Version, payload.ToArray()));
        }

        return new AppendOutcome(AppendResult.Committed, first);
    }

    private JournalEntry At(int position) => _entries[position - 1];

    /// <summary>Where the entries of one party stand, by version, and who may add to them.</summary>
    private sealed class Folder
    {
        public long Epoch { get; set; }

        public List<int> Positions { get; } = [];

        public long Version => Positions.Count;
    }
}
