namespace Treaty.Grid.Storage;

/// <summary>
/// Snapshots that live as long as their process: the contract in its smallest form, for tests and for trying out.
/// It keeps every mention in memory.
/// </summary>
public sealed class MemorySnapshotStore : ISnapshotStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Folder> _parties = new(StringComparer.Ordinal);

    public ValueTask StartAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<Snapshot?> LoadAsync(string party, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        lock (_lock)
            return ValueTask.FromResult(_parties.GetValueOrDefault(party)?.Snapshot);
    }

    public ValueTask<bool> SaveAsync(
        string party, Snapshot snapshot, long basedOn, IReadOnlyList<Mention> mentions,
        CancellationToken cancellation)
    {
        WellFormed.Party(party);
        WellFormed.Save(snapshot, basedOn, mentions);
        lock (_lock)
        {
            if ((_parties.GetValueOrDefault(party)?.Snapshot.Version ?? 0) != basedOn)
                return ValueTask.FromResult(false);
            if (!_parties.TryGetValue(party, out var folder))
                _parties.Add(party, folder = new Folder());
            folder.Snapshot = snapshot with { State = snapshot.State.ToArray() };
            foreach (var (key, version) in mentions)
            {
                if (!folder.Versions.TryGetValue(key, out var versions))
                    folder.Versions.Add(key, versions = []);
                versions.Add(version);
            }

            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<IReadOnlyList<long>> FindAsync(
        string party, IReadOnlyList<ulong> keys, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        WellFormed.Keys(keys);
        lock (_lock)
        {
            var mentioned = _parties.GetValueOrDefault(party)?.Versions;
            return ValueTask.FromResult<IReadOnlyList<long>>(
                mentioned is null
                    ? []
                    : [.. keys.SelectMany(k => mentioned.GetValueOrDefault(k) ?? []).Distinct().Order()]);
        }
    }

    public ValueTask DropAsync(string party, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        lock (_lock)
            _parties.Remove(party);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Folder
    {
        public Snapshot Snapshot { get; set; } = new(0, default);

        public Dictionary<ulong, List<long>> Versions { get; } = [];
    }
}
