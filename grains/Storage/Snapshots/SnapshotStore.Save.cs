using Treaty.Grid.Storage.Snapshots;

namespace Treaty.Grid.Storage;

public abstract partial class SnapshotStore
{
    // What a merge has in memory of each of its runs, and of what it writes: 64 KB.
    private const int PagesPerRead = 16;

    public async ValueTask<bool> SaveAsync(
        string party, Snapshot snapshot, long basedOn, IReadOnlyList<Mention> mentions,
        CancellationToken cancellation)
    {
        WellFormed.Party(party);
        WellFormed.Save(snapshot, basedOn, mentions);
        return await RunAsync(party, () => TrySaveAsync(party, snapshot, basedOn, mentions, cancellation));
    }

    private async Task<bool> TrySaveAsync(
        string party, Snapshot snapshot, long basedOn, IReadOnlyList<Mention> mentions,
        CancellationToken cancellation)
    {
        var state = new byte[snapshot.State.Length + Sealed.Bytes];
        snapshot.State.CopyTo(state);
        Sealed.Seal(state);

        await using var rows = await BeginAsync(party, write: true, cancellation);
        if (!await rows.ReplaceSnapshotAsync(basedOn, snapshot.Version, state, cancellation))
            return false;
        var runs = await rows.ListRunsAsync(cancellation);
        BloomFilter? filter = null;
        if (mentions.Count > 0)
            (runs, filter) = await AddRunAsync(rows, runs, snapshot.Version, mentions, cancellation);

        using (await EnterAsync(party, cancellation))
        {
            var index = _cache.Get(party);
            // Before the commit, and put back after it: should the commit break off, nobody knows what is there.
            _cache.Remove(party);
            await rows.CommitAsync(cancellation);
            GoBy(party, snapshot.Version);
            if (index is not null)
            {
                var filters = index.Filters();
                if (filter is not null)
                    filters.Add(runs[^1], filter);
                _cache.Put(party, new PartyIndex(runs, filters, _cache.BytesMax));
            }
        }

        return true;
    }

    /// <summary>
    /// Merges the mentions with the runs that are due into a new one. Of what is stored, only a few pages of each run
    /// are in memory; the filter is filled in a second pass, when it is known for how many keys.
    /// </summary>
    private static async ValueTask<(Run[] Runs, BloomFilter Filter)> AddRunAsync(
        ISnapshotRows rows, Run[] runs, long version, IReadOnlyList<Mention> mentions, CancellationToken cancellation)
    {
        var added = mentions.Distinct().Order(MentionPage.Order).ToArray();
        var from = Run.MergeFrom(runs, added.Length);
        IEnumerable<IAsyncEnumerable<Mention>> sources =
            [added.ToAsyncEnumerable(), .. runs[from..].Select(r => ReadRunAsync(rows, r.Version, cancellation))];
        var run = await WriteRunAsync(rows, version, MergeAsync(sources), cancellation);

        var filter = BloomFilter.Empty(run.Keys);
        await foreach (var mention in ReadRunAsync(rows, version, cancellation))
            filter.Add(mention.Key);
        Sealed.Seal(filter.Blob);
        if (from < runs.Length)
            await rows.DeleteRunsAsync(runs[from].Version, version, cancellation);
        await rows.InsertRunAsync(run, filter.Blob, cancellation);
        return ([.. runs[..from], run], filter);
    }

    private static async ValueTask<Run> WriteRunAsync(
        ISnapshotRows rows, long version, IAsyncEnumerable<Mention> mentions, CancellationToken cancellation)
    {
        long count = 0, keys = 0;
        var last = MentionPage.Start;
        var page = new List<Mention>(MentionPage.MentionsMax);
        var pages = new List<MentionPage>(PagesPerRead);
        await foreach (var mention in mentions)
        {
            if (count++ == 0 || mention.Key != last.Key)
                keys++;
            last = mention;
            page.Add(mention);
            if (page.Count < MentionPage.MentionsMax)
                continue;
            await CloseAsync(PagesPerRead);
        }

        await CloseAsync(pagesMin: 0);
        return new Run(version, count, keys);

        async ValueTask CloseAsync(int pagesMin)
        {
            if (page.Count > 0)
                pages.Add(MentionPage.Of(page));
            page.Clear();
            if (pages.Count < pagesMin)
                return;
            await rows.InsertPagesAsync(version, pages, cancellation);
            pages.Clear();
        }
    }

    private static async IAsyncEnumerable<Mention> ReadRunAsync(
        ISnapshotRows rows, long run,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = MentionPage.Start;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var pages = await rows.ReadPagesAsync(run, last, PagesPerRead, cancellation);
            foreach (var page in pages)
            {
                foreach (var mention in MentionPage.Open(page))
                    yield return last = mention;
            }

            if (pages.Count < PagesPerRead)
                yield break;
        }
    }

    private static async IAsyncEnumerable<Mention> MergeAsync(IEnumerable<IAsyncEnumerable<Mention>> sources)
    {
        var next = new PriorityQueue<IAsyncEnumerator<Mention>, Mention>(MentionPage.Order);
        foreach (var source in sources)
        {
            var mentions = source.GetAsyncEnumerator();
            if (await mentions.MoveNextAsync())
                next.Enqueue(mentions, mentions.Current);
        }

        // The enumerators hold nothing but pages: one that is left in the middle needs no closing.
        while (next.TryPeek(out var mentions, out var mention))
        {
            yield return mention;
            if (await mentions.MoveNextAsync())
                next.DequeueEnqueue(mentions, mentions.Current);
            else
                next.Dequeue();
        }
    }
}
