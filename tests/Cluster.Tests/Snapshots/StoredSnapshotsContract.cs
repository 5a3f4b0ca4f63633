using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

/// <summary>What the homes in a database must keep beyond that: the index, its filters, their loss.</summary>
public abstract class StoredSnapshotsContract : SnapshotStoreContract
{
    // 315,000 keys in saves of 5,000 leave three runs on each of three levels: about the most of them.
    private const int Saves = 63;
    private const int PerSave = 5_000;

    [Fact]
    public async Task What_was_saved_is_there_after_closing_and_opening()
    {
        await Save("GRC", 3, 0, "three", new Mention(7, 1));
        await ReopenAsync();

        Assert.Equal("3 three", await Load("GRC"));
        Assert.Equal([1], await Find("GRC", 7));
        Assert.False(await Save("GRC", 4, 0, "no"));
        Assert.True(await Save("GRC", 4, 3, "four"));
    }

    [Fact]
    public async Task A_key_never_mentioned_costs_a_look_in_one_case_of_a_hundred_at_most()
    {
        await FillAsync("GRC", seed: 1);
        await ReopenAsync();
        var strangers = new Random(2);
        using var meter = new IndexMeter();

        for (var i = 0; i < 100; i++)
            Assert.Empty(await Find("GRC", [.. Keys(strangers, 1_000)]));

        Assert.InRange(meter.Looks, 1, 1_000);
        // Two bytes a key; the bookkeeping is small beside them.
        Assert.InRange(meter.FilterBytes, 2L * Saves * PerSave, (2L * Saves * PerSave) + 2_048);
    }

    [Fact]
    public async Task A_key_that_is_mentioned_again_and_again_takes_its_two_bytes_once_when_runs_are_merged()
    {
        ulong[] keys = [.. Keys(new Random(1), 2_000)];
        for (var save = 0; save < 16; save++)
            await Save("GRC", save + 1, save, "", [.. keys.Select(k => new Mention(k, save + 1))]);
        await ReopenAsync();
        using var meter = new IndexMeter();

        Assert.Equal(Enumerable.Range(1, 16).Select(v => (long)v), await Find("GRC", keys[0]));

        Assert.InRange(meter.FilterBytes, 2 * keys.Length, (8 * keys.Length) + 2_048);
    }

    [Fact]
    public async Task A_save_keeps_the_filters_that_are_in_memory()
    {
        await Save("GRC", 1, 0, "", [.. Keys(new Random(1), 5_000).Select(k => new Mention(k, 1))]);
        using var meter = new IndexMeter();
        Assert.Empty(await Find("GRC", 7));
        var before = meter.FilterBytes;
        // So whoever reads the first filter again fails.
        await DamageAsync("run", "filter");

        await Save("GRC", 2, 1, "", [.. Keys(new Random(2), 1_000).Select(k => new Mention(k, 2)), new Mention(7, 2)]);

        Assert.Equal([2], await Find("GRC", 7));
        Assert.InRange(meter.FilterBytes, before + 2_000, before + 2_200);
    }

    [Fact]
    public async Task The_filters_in_memory_stay_within_their_budget_and_every_answer_stays_right()
    {
        using var meter = new IndexMeter();
        // Room for the filters of two parties, of the five that are asked.
        const int Budget = 25_000;
        await ReplaceAsync(Budget);
        string[] parties = ["GRC", "BGR", "FRA", "ITA", "ESP"];
        foreach (var (i, party) in parties.Index())
            await Save(party, 1, 0, "", [.. Keys(new Random(i), 5_000).Select(k => new Mention(k, 1))]);

        for (var round = 0; round < 3; round++)
        {
            foreach (var (i, party) in parties.Index())
            {
                Assert.Equal([1], await Find(party, [.. Keys(new Random(i), 5)]));
                Assert.Empty(await Find(party, 7));
            }
        }

        // Those asked last are in memory: nobody reads their filters again.
        await DamageAsync("run", "filter");
        Assert.Empty(await Find("ESP", 7));
        Assert.InRange(meter.FilterBytesMax, Budget / 2, Budget);
        await Store.DisposeAsync();
        Assert.Equal(0, meter.FilterBytes);
    }

    [Fact]
    public async Task A_filter_larger_than_the_budget_is_done_without()
    {
        using var meter = new IndexMeter();
        await ReplaceAsync(filterBytesMax: 5_000);
        await Save("GRC", 1, 0, "", [.. Keys(new Random(1), 5_000).Select(k => new Mention(k, 1))]);
        await Save("GRC", 2, 1, "", new Mention(7, 2));

        Assert.Equal([1], await Find("GRC", [.. Keys(new Random(1), 3)]));
        Assert.Equal([2], await Find("GRC", 7));
        Assert.Empty(await Find("GRC", 8));
        Assert.InRange(meter.FilterBytesMax, 0, 5_000);
    }

    [Fact]
    public async Task Questions_are_answered_while_runs_are_merged_under_them()
    {
        using var saved = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var known = 0;
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Run(
            async () =>
            {
                var dice = new Random(seed);
                while (!saved.IsCancellationRequested)
                {
                    var until = Volatile.Read(ref known);
                    var version = dice.Next(until) + 1;
                    var found = await Find("GRC", (ulong)version);
                    Assert.Equal(until == 0 ? found : [version], found);
                    Assert.Empty(await Find("GRC", (ulong)dice.NextInt64(1 << 40, long.MaxValue)));
                }
            },
            Cancellation)).ToArray();
        for (var save = 0; save < 60; save++)
        {
            var from = save * 200;
            Assert.True(await Save(
                "GRC", from + 200, from, "",
                [.. Enumerable.Range(from + 1, 200).Select(v => new Mention((ulong)v, v))]));
            Volatile.Write(ref known, from + 200);
        }

        await saved.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task What_another_process_saved_is_found_once_the_party_is_loaded()
    {
        await Save("GRC", 1, 0, "one", new Mention(7, 1));
        Assert.Empty(await Find("GRC", 8));
        await using (var other = Make(SnapshotStore.FilterBytesDefault))
        {
            await other.StartAsync(Cancellation);
            await other.SaveAsync("GRC", new Snapshot(2, default), 1, [new Mention(8, 2)], Cancellation);
        }

        Assert.Equal("2 ", await Load("GRC"));

        Assert.Equal([2], await Find("GRC", 8));
    }

    [Fact]
    public async Task A_party_whose_snapshot_is_lost_under_it_is_told_so_until_it_is_loaded_again()
    {
        await Save("GRC", 1, 0, "one", new Mention(7, 1));
        await using (var other = Make(SnapshotStore.FilterBytesDefault))
        {
            await other.StartAsync(Cancellation);
            await other.DropAsync("GRC", Cancellation);
        }

        // An empty answer would let a notice that was filed long ago be filed again.
        await Assert.ThrowsAsync<JournalUnavailableException>(() => Find("GRC", 7));
        Assert.False(await Save("GRC", 2, 1, "two"));

        Assert.Null(await Load("GRC"));
        Assert.Empty(await Find("GRC", 7));
        Assert.True(await Save("GRC", 2, 0, "two", new Mention(7, 1)));
        Assert.Equal([1], await Find("GRC", 7));
    }

    [Theory]
    [InlineData("page", "mentions")]
    [InlineData("run", "filter")]
    [InlineData("snapshot", "state")]
    public async Task What_is_damaged_is_dropped_and_is_as_if_it_had_never_been(string table, string column)
    {
        await Save("GRC", 1, 0, "one", new Mention(7, 1));
        await ReopenAsync();

        await DamageAsync(table, column);

        if (table != "snapshot")
            Assert.Empty(await Find("GRC", 7));
        Assert.Null(await Load("GRC"));
        Assert.True(await Save("GRC", 1, 0, "again", new Mention(7, 1)));
        Assert.Equal([1], await Find("GRC", 7));
    }

    [Fact]
    public async Task A_party_that_goes_by_what_is_damaged_is_told_so()
    {
        await Save("GRC", 1, 0, "one", new Mention(7, 1));
        await ReopenAsync();
        Assert.Equal("1 one", await Load("GRC"));

        await DamageAsync("page", "mentions");

        await Assert.ThrowsAsync<JournalUnavailableException>(() => Find("GRC", 7));
        Assert.Null(await Load("GRC"));
        Assert.Empty(await Find("GRC", 7));
    }

    [Fact]
    public async Task Before_the_start_and_after_the_end_nothing_works()
    {
        await using var store = Make(SnapshotStore.FilterBytesDefault);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.LoadAsync("GRC", Cancellation));
        await store.StartAsync(Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.StartAsync(Cancellation));

        await store.DisposeAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.LoadAsync("GRC", Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await store.FindAsync("GRC", [7], Cancellation));
    }

    protected override ValueTask ReopenAsync() => ReplaceAsync(SnapshotStore.FilterBytesDefault);

    /// <summary>Flips a bit in every such blob.</summary>
    protected abstract Task DamageAsync(string table, string column);

    private static IEnumerable<ulong> Keys(Random dice, int count) =>
        Enumerable.Range(0, count).Select(_ => (ulong)dice.NextInt64(long.MinValue, long.MaxValue));

    private async Task FillAsync(string party, int seed)
    {
        var dice = new Random(seed);
        for (var save = 0; save < Saves; save++)
        {
            Assert.True(await Save(
                party, save + 1, save, "", [.. Keys(dice, PerSave).Select(k => new Mention(k, save + 1))]));
        }
    }
}
