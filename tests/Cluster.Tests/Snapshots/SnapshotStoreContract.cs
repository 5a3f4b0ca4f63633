using System.Text;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

/// <summary>What every home of the snapshots must keep, clause by clause. A home differs in how it is made.</summary>
public abstract class SnapshotStoreContract : IAsyncLifetime
{
    private ISnapshotStore? _store;

    protected ISnapshotStore Store => _store ?? throw new InvalidOperationException("Not started.");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        _store = Make(SnapshotStore.FilterBytesDefault);
        await _store.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_store is null)
            return;
        await _store.DisposeAsync();
        await RemoveAsync();
    }

    /// <summary>A store on what this test has kept so far, not yet started.</summary>
    protected abstract ISnapshotStore Make(long filterBytesMax);

    /// <summary>Takes away what the home left behind, after the store is closed.</summary>
    protected virtual ValueTask RemoveAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_party_without_a_snapshot_has_no_mentions()
    {
        Assert.Null(await Load("GRC"));
        Assert.Empty(await Find("GRC", 1, 2));
        await Store.DropAsync("GRC", Cancellation);
    }

    [Fact]
    public async Task A_snapshot_is_loaded_as_it_was_saved()
    {
        Assert.True(await Save("GRC", 3, 0, "three"));
        Assert.Equal("3 three", await Load("GRC"));

        Assert.True(await Save("GRC", 4, 3, ""));
        Assert.Equal("4 ", await Load("GRC"));
        Assert.Null(await Load("BGR"));
    }

    [Fact]
    public async Task Every_key_is_found_in_the_entries_that_mention_it_and_nowhere_else()
    {
        await Save("GRC", 3, 0, "", new(7, 1), new(8, 2), new(7, 3), new(7, 3));
        await Save("GRC", 5, 3, "", new(7, 4), new(9, 5));
        await Save("BGR", 9, 0, "", new Mention(7, 9));

        Assert.Equal([1, 3, 4], await Find("GRC", 7));
        Assert.Equal([2], await Find("GRC", 8));
        Assert.Equal([9], await Find("BGR", 7));
        Assert.Empty(await Find("GRC", 6, 10));
        Assert.Empty(await Find("GRC"));
    }

    [Fact]
    public async Task Versions_come_in_rising_order_and_once_whatever_the_order_of_the_keys()
    {
        await Save("GRC", 3, 0, "", new(9, 1), new(7, 2), new(9, 2), new(8, 3));

        Assert.Equal([1, 2, 3], await Find("GRC", 8, 9, 7, 9));
    }

    [Fact]
    public async Task The_smallest_and_the_largest_key_are_keys_like_any_other()
    {
        ulong[] keys = [0, 1, long.MaxValue, 1UL << 63, ulong.MaxValue];
        await Save("GRC", 5, 0, "", [.. keys.Select((k, i) => new Mention(k, i + 1))]);

        foreach (var (i, key) in keys.Index())
            Assert.Equal([i + 1], await Find("GRC", key));
    }

    [Fact]
    public async Task A_key_that_very_many_entries_mention_is_found_in_all_of_them()
    {
        // Far more than any page has, between others, and over two saves.
        const ulong Busy = 500;
        var first = Enumerable.Range(1, 1_000).Select(v => new Mention(v % 2 == 0 ? Busy : (ulong)v, v));
        var second = Enumerable.Range(1_001, 1_000).Select(v => new Mention(Busy, v));
        await Save("GRC", 1_000, 0, "", [.. first]);
        await Save("GRC", 2_000, 1_000, "", [.. second]);

        var even = Enumerable.Range(1, 1_000).Where(v => v % 2 == 0).Select(v => (long)v);
        Assert.Equal(even.Concat(Enumerable.Range(1_001, 1_000).Select(v => (long)v)), await Find("GRC", Busy));
        Assert.Equal([499], await Find("GRC", 499));
        Assert.Equal([501], await Find("GRC", 501));
    }

    [Fact]
    public async Task A_save_that_is_not_based_on_what_is_there_changes_nothing()
    {
        Assert.False(await Save("GRC", 3, 1, "no", new Mention(7, 2)));
        Assert.Null(await Load("GRC"));

        Assert.True(await Save("GRC", 3, 0, "three", new Mention(7, 1)));
        Assert.False(await Save("GRC", 4, 0, "no", new Mention(8, 1)));
        Assert.False(await Save("GRC", 4, 2, "no", new Mention(8, 4)));
        Assert.False(await Save("GRC", 9, 8, "no", new Mention(8, 9)));

        Assert.Equal("3 three", await Load("GRC"));
        Assert.Empty(await Find("GRC", 8));
        Assert.True(await Save("GRC", 4, 3, "four", new Mention(8, 4)));
        Assert.Equal([4], await Find("GRC", 8));
    }

    [Fact]
    public async Task Of_many_that_save_at_once_on_the_same_ground_one_succeeds()
    {
        for (var round = 0; round < 5; round++)
        {
            var saves = Enumerable.Range(1, 8).Select(i => Task.Run(
                () => Save("GRC", (round * 10) + i, basedOn: 0, $"{i}", new Mention((ulong)i, i)), Cancellation));
            var saved = await Task.WhenAll(saves);

            var winner = Array.IndexOf(saved, true) + 1;
            Assert.Single(saved, true);
            Assert.Equal($"{(round * 10) + winner} {winner}", await Load("GRC"));
            Assert.Equal([winner], await Find("GRC", 1, 2, 3, 4, 5, 6, 7, 8));
            await Store.DropAsync("GRC", Cancellation);
        }
    }

    [Fact]
    public async Task What_was_dropped_is_forgotten_and_may_be_saved_anew()
    {
        await Save("GRC", 3, 0, "three", new Mention(7, 1));
        await Save("BGR", 3, 0, "other", new Mention(7, 2));
        Assert.Equal([1], await Find("GRC", 7));

        await Store.DropAsync("GRC", Cancellation);

        Assert.Empty(await Find("GRC", 7));
        Assert.Equal("3 other", await Load("BGR"));
        Assert.Equal([2], await Find("BGR", 7));
        Assert.True(await Save("GRC", 3, 0, "again", new Mention(8, 1)));
        Assert.Equal([1], await Find("GRC", 8));
        Assert.Empty(await Find("GRC", 7));
        await Store.DropAsync("GRC", Cancellation);
        Assert.Null(await Load("GRC"));
    }

    [Fact]
    public async Task A_callers_memory_is_its_own_again_when_the_call_returns()
    {
        var state = "three"u8.ToArray();
        List<Mention> mentions = [new(7, 1)];
        await Store.SaveAsync("GRC", new Snapshot(3, state), 0, mentions, Cancellation);

        state.AsSpan().Clear();
        mentions[0] = new Mention(8, 2);

        Assert.Equal("3 three", await Load("GRC"));
        Assert.Equal([1], await Find("GRC", 7));
    }

    [Fact]
    public async Task A_call_that_cannot_be_meant_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Load("two words"));
        await Assert.ThrowsAsync<ArgumentException>(() => Find("two words"));
        await Assert.ThrowsAsync<ArgumentException>(() => Save("", 1, 0, ""));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.DropAsync("", Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Save("GRC", 1, -1, ""));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Save("GRC", 0, 0, ""));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Save("GRC", 3, 3, ""));
        await Assert.ThrowsAsync<ArgumentException>(() => Save("GRC", 3, 2, "", new Mention(7, 2)));
        await Assert.ThrowsAsync<ArgumentException>(() => Save("GRC", 3, 2, "", new Mention(7, 4)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Find("GRC", new ulong[16_385]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Save("GRC", 3, 2, "", [.. Enumerable.Repeat(new Mention(7, 3), 1_000_001)]));
        Assert.Null(await Load("GRC"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_was_saved_is_found_as_in_a_dictionary(int seed)
    {
        var dice = new Random(seed);
        string[] parties = ["GRC", "BGR", "FRA"];
        var model = parties.ToDictionary(p => p, _ => new Model());
        for (var step = 0; step < 80; step++)
        {
            var party = parties[dice.Next(parties.Length)];
            await StepAsync(party, model[party], dice);
            if (step % 20 == 19)
                await ReopenAsync();
            foreach (var (other, kept) in model)
                await CompareAsync(other, kept, dice);
        }
    }

    /// <summary>Closes the store and opens it again, where that leaves something behind.</summary>
    protected virtual ValueTask ReopenAsync() => ValueTask.CompletedTask;

    protected async ValueTask ReplaceAsync(long filterBytesMax)
    {
        await Store.DisposeAsync();
        _store = Make(filterBytesMax);
        await _store.StartAsync(Cancellation);
    }

    protected async Task<string?> Load(string party) =>
        await Store.LoadAsync(party, Cancellation) is var (version, state)
            ? $"{version} {Encoding.UTF8.GetString(state.Span)}"
            : null;

    protected async Task<bool> Save(
        string party, long version, long basedOn, string state, params Mention[] mentions) =>
        await Store.SaveAsync(
            party, new Snapshot(version, Encoding.UTF8.GetBytes(state)), basedOn, mentions, Cancellation);

    protected async Task<IReadOnlyList<long>> Find(string party, params ulong[] keys) =>
        await Store.FindAsync(party, keys, Cancellation);

    /// <summary>Few different keys, so that most are mentioned again and again, next to each other.</summary>
    private static ulong Key(Random dice) => (ulong)dice.NextInt64(3_000) << 50;

    private async Task StepAsync(string party, Model kept, Random dice)
    {
        if (dice.Next(30) == 0)
        {
            await Store.DropAsync(party, Cancellation);
            kept.Version = 0;
            kept.Mentions.Clear();
            return;
        }

        var version = kept.Version + dice.Next(1, dice.Next(8) == 0 ? 4_000 : 60);
        Mention[] mentions =
        [
            .. Enumerable.Range(0, dice.Next(0, 2 * (int)(version - kept.Version)))
                .Select(_ => new Mention(Key(dice), dice.NextInt64(kept.Version, version) + 1)),
        ];
        Assert.False(await Save(party, version + 1, kept.Version + 1, "no", mentions[..0]));
        Assert.True(await Save(party, version, kept.Version, $"{version}", mentions));
        kept.Version = version;
        kept.Mentions.UnionWith(mentions);
    }

    private async Task CompareAsync(string party, Model kept, Random dice)
    {
        if (dice.Next(3) == 0)
            Assert.Equal(kept.Version == 0 ? null : $"{kept.Version} {kept.Version}", await Load(party));
        ulong[] keys = [.. Enumerable.Range(0, dice.Next(1, 100)).Select(_ => Key(dice)), (ulong)dice.NextInt64()];
        var expected = kept.Mentions.Where(m => keys.Contains(m.Key)).Select(m => m.Version).Distinct().Order();
        Assert.Equal(expected, await Find(party, keys));
    }

    private sealed class Model
    {
        public long Version { get; set; }

        public HashSet<Mention> Mentions { get; } = [];
    }
}
