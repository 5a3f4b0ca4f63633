using System.Diagnostics.Metrics;

namespace Treaty.Grid.Storage.Snapshots;

/// <summary>
/// The runs of a party with their filters in memory: enough to say no. A run without a filter has to be asked in the
/// store: its filter alone, or with the others, would not fit into the cache.
/// </summary>
internal sealed class PartyIndex
{
    // A node, a string and two arrays.
    private const long BytesPerParty = 512;
    private const long BytesPerRun = 64;

    private readonly Run[] _runs;
    private readonly BloomFilter?[] _filters;

    public PartyIndex(Run[] runs, IReadOnlyDictionary<Run, BloomFilter> filters, long bytesMax)
    {
        _runs = runs;
        _filters = new BloomFilter?[runs.Length];
        Bytes = BytesOf(runs);
        foreach (var i in Fitting(runs, bytesMax))
        {
            if (filters.TryGetValue(runs[i], out _filters[i]))
                Bytes += runs[i].FilterBytes;
        }
    }

    /// <summary>What it keeps in memory, about.</summary>
    public long Bytes { get; }

    /// <summary>The places of those runs whose filters fit. The youngest go first: they are small.</summary>
    public static IEnumerable<int> Fitting(Run[] runs, long bytesMax)
    {
        var bytes = BytesOf(runs);
        for (var i = runs.Length - 1; i >= 0; i--)
        {
            if (bytes + runs[i].FilterBytes > bytesMax)
                continue;
            bytes += runs[i].FilterBytes;
            yield return i;
        }
    }

    public bool MayMention(IReadOnlyList<ulong> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            foreach (var filter in _filters)
            {
                if (filter is null || filter.MayContain(keys[i]))
                    return true;
            }
        }

        return false;
    }

    public bool HasRuns(ReadOnlySpan<Run> runs) => runs.SequenceEqual(_runs);

    public BloomFilter? FilterOf(Run run) => Array.IndexOf(_runs, run) is >= 0 and var i ? _filters[i] : null;

    /// <summary>Of those that are in memory.</summary>
    public Dictionary<Run, BloomFilter> Filters() =>
        _runs.Zip(_filters).Where(r => r.Second is not null).ToDictionary(r => r.First, r => r.Second!);

    private static long BytesOf(Run[] runs) => BytesPerParty + (BytesPerRun * runs.Length);
}

/// <summary>
/// The filters in memory, of all parties together at most so many bytes; those of the party that was longest not
/// asked for go first. A question asks all runs of a party, so they come and go together.
/// </summary>
internal sealed class FilterCache(long bytesMax, UpDownCounter<long> gauge)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Party, PartyIndex Index)>> _parties =
        new(StringComparer.Ordinal);
    private readonly LinkedList<(string Party, PartyIndex Index)> _byUse = [];
    private long _bytes;

    public long BytesMax => bytesMax;

    public PartyIndex? Get(string party)
    {
        lock (_lock)
        {
            if (!_parties.TryGetValue(party, out var node))
                return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Index;
        }
    }

    public void Put(string party, PartyIndex index)
    {
        lock (_lock)
        {
            RemoveNode(_parties.GetValueOrDefault(party));
            while (_bytes + index.Bytes > bytesMax && _byUse.Last is { } longestUnused)
                RemoveNode(longestUnused);
            if (_bytes + index.Bytes > bytesMax)
                return;
            _parties.Add(party, _byUse.AddFirst((party, index)));
            Count(index.Bytes);
        }
    }

    public void Remove(string party)
    {
        lock (_lock)
            RemoveNode(_parties.GetValueOrDefault(party));
    }

    public void Clear()
    {
        lock (_lock)
        {
            while (_byUse.Last is { } node)
                RemoveNode(node);
        }
    }

    private void RemoveNode(LinkedListNode<(string Party, PartyIndex Index)>? node)
    {
        if (node is null)
            return;
        _byUse.Remove(node);
        _parties.Remove(node.Value.Party);
        Count(-node.Value.Index.Bytes);
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        gauge.Add(bytes);
    }
}
