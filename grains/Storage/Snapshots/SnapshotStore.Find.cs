using Treaty.Grid.Storage.Snapshots;

namespace Treaty.Grid.Storage;

public abstract partial class SnapshotStore
{
    // Keys of one question to the database: their pages are in memory together, 256 KB.
    private const int KeysPerLook = 64;

    public ValueTask<IReadOnlyList<long>> FindAsync(
        string party, IReadOnlyList<ulong> keys, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        WellFormed.Keys(keys);
        if (_started && !_disposed && _cache.Get(party) is { } index && !index.MayMention(keys))
            return ValueTask.FromResult<IReadOnlyList<long>>([]);
        return new ValueTask<IReadOnlyList<long>>(RunAsync(party, () => LookAsync(party, keys, cancellation)));
    }

    private async Task<IReadOnlyList<long>> LookAsync(
        string party, IReadOnlyList<ulong> keys, CancellationToken cancellation)
    {
        var index = _cache.Get(party) ?? await IndexAsync(party, cancellation);
        if (!index.MayMention(keys))
            return [];

        await using var rows = await BeginReadAsync(party, cancellation);
        // The runs as they are now: one that was merged since has no filter here and is asked whole.
        var found = new SortedSet<long>();
        foreach (var run in await rows.ListRunsAsync(cancellation))
        {
            var filter = index.FilterOf(run);
            foreach (var some in keys.Distinct().Where(k => filter?.MayContain(k) ?? true).Chunk(KeysPerLook))
                await LookIntoAsync(rows, run, some, found, cancellation);
        }

        return [.. found];
    }

    /// <summary>
    /// A party that goes by a snapshot which is gone, or older, must not be told that nothing mentions a key: what it
    /// no longer has in memory would count as never seen.
    /// </summary>
    private async ValueTask<ISnapshotRows> BeginReadAsync(string party, CancellationToken cancellation)
    {
        // Before the transaction begins: meanwhile the party may be saved.
        var goesBy = _versions.GetValueOrDefault(party);
        var rows = await BeginAsync(party, write: false, cancellation);
        try
        {
            if (await rows.GetVersionAsync(cancellation) >= goesBy)
                return rows;
            throw new JournalUnavailableException(
                $"The snapshot that {party} goes by is lost: load the party again before anything else.");
        }
        catch
        {
            await rows.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask LookIntoAsync(
        ISnapshotRows rows, Run run, ulong[] keys, SortedSet<long> found, CancellationToken cancellation)
    {
        var wanted = keys.ToHashSet();
        var met = new HashSet<ulong>();
        var bounds = keys.Select(k => new Mention(k, long.MaxValue)).ToList();
        while (bounds.Count > 0)
        {
            var pages = await rows.FindPagesAsync(run.Version, bounds, cancellation);
            bounds.Clear();
            foreach (var page in pages)
            {
                var mentions = MentionPage.Open(page);
                foreach (var mention in mentions)
                {
                    if (!wanted.Contains(mention.Key))
                        continue;
                    found.Add(mention.Version);
                    met.Add(mention.Key);
                }

                // A page that begins with the key does not say where the key begins: the page before may have it too.
                if (wanted.Contains(mentions[0].Key))
                    bounds.Add(mentions[0] with { Version = mentions[0].Version - 1 });
            }
        }

        Looks.Add(met.Count, new KeyValuePair<string, object?>("found", true));
        Looks.Add(keys.Length - met.Count, new KeyValuePair<string, object?>("found", false));
    }

    /// <summary>Loads the filters of a party into the cache, while nothing else changes what is there of it.</summary>
    private async ValueTask<PartyIndex> IndexAsync(string party, CancellationToken cancellation)
    {
        using (await EnterAsync(party, cancellation))
        {
            if (_cache.Get(party) is { } loaded)
                return loaded;
            await using var rows = await BeginReadAsync(party, cancellation);
            var runs = await rows.ListRunsAsync(cancellation);
            var filters = new Dictionary<Run, BloomFilter>();
            foreach (var i in PartyIndex.Fitting(runs, _cache.BytesMax))
            {
                var blob = await rows.GetFilterAsync(runs[i].Version, cancellation);
                filters.Add(runs[i], BloomFilter.Open(blob, runs[i].Keys));
            }

            var index = new PartyIndex(runs, filters, _cache.BytesMax);
            _cache.Put(party, index);
            return index;
        }
    }
}
