using System.Text;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Journal;

/// <summary>What every home of the journal must keep, clause by clause. A home differs in how it is made.</summary>
public abstract class JournalContract : IAsyncLifetime
{
    private IJournal? _journal;

    protected IJournal Journal => _journal ?? throw new InvalidOperationException("Not started.");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _journal = await MakeAsync();
        await _journal.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Journal.DisposeAsync();
        await RemoveAsync();
    }

    /// <summary>An empty journal, not yet started.</summary>
    protected abstract ValueTask<IJournal> MakeAsync();

    /// <summary>Takes away what the home left behind, after the journal is closed.</summary>
    protected virtual ValueTask RemoveAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_empty_journal_has_head_0_and_nothing_to_read()
    {
        Assert.Equal(0, await Journal.GetHeadAsync(Cancellation));
        Assert.Equal(0, await Journal.GetVersionAsync("GRC", Cancellation));
        Assert.Empty(await Journal.ReadAllAsync(0, 10, Cancellation));
        Assert.Empty(await ReadParty("GRC", 0));
        Assert.Empty(await Journal.ListPartiesAsync("", 10, Cancellation));
    }

    [Fact]
    public async Task The_first_opening_gives_epoch_1_and_version_0()
    {
        Assert.Equal(new OpenedParty(1, 0), await Journal.OpenAsync("GRC", Cancellation));
    }

    [Fact]
    public async Task Every_opening_raises_the_epoch_by_one_and_tells_the_version()
    {
        await Open("GRC");
        await Commit(Of("GRC", 1, 0, "a", "b"));

        Assert.Equal(new OpenedParty(2, 2), await Journal.OpenAsync("GRC", Cancellation));
        Assert.Equal(new OpenedParty(3, 2), await Journal.OpenAsync("GRC", Cancellation));
    }

    [Fact]
    public async Task Entries_are_read_by_the_versions_named_and_of_that_party_alone()
    {
        await Open("GRC", "BGR");
        await Commit(Of("GRC", 1, 0, "a", "b", "c"), Of("BGR", 1, 0, "x", "y", "z"));

        Assert.Equal(
            ["1 GRC 1 a", "3 GRC 3 c"], (await Journal.ReadEntriesAsync("GRC", [1, 3, 4], Cancellation)).Select(Text));
        Assert.Empty(await Journal.ReadEntriesAsync("GRC", [], Cancellation));
        Assert.Empty(await Journal.ReadEntriesAsync("USA", [1], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await Journal.ReadEntriesAsync("GRC", [2, 1], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await Journal.ReadEntriesAsync("GRC", [0], Cancellation));
        Assert.Equal(
            3,
            (await Journal.ReadEntriesAsync("GRC", [.. Enumerable.Range(1, 1_000).Select(i => (long)i)], Cancellation))
                .Count);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Journal.ReadEntriesAsync(
            "GRC", [.. Enumerable.Range(1, 1_001).Select(i => (long)i)], Cancellation));
    }

    [Fact]
    public async Task Many_openings_at_once_are_each_an_opening()
    {
        await Open("BGR");

        var opened = await Journal.OpenManyAsync(["GRC", "BGR", "GRC"], Cancellation);

        Assert.Equal([new OpenedParty(1, 0), new OpenedParty(2, 0), new OpenedParty(2, 0)], opened);
        Assert.Equal([Refused(AppendResult.StaleEpoch)], await Commit(Of("GRC", 1, 0, "a")));
        Assert.Equal([Committed(1)], await Commit(Of("GRC", 2, 0, "a")));
        Assert.Empty(await Journal.OpenManyAsync([], Cancellation));
    }

    [Fact]
    public async Task Positions_are_gapless_over_all_parties()
    {
        await Open("GRC", "BGR");

        Assert.Equal([Committed(1), Committed(3)], await Commit(Of("GRC", 1, 0, "a", "b"), Of("BGR", 1, 0, "c")));
        Assert.Equal([Committed(4), Committed(5)], await Commit(Of("BGR", 1, 1, "d"), Of("GRC", 1, 2, "e")));

        var all = await Journal.ReadAllAsync(0, 10, Cancellation);
        Assert.Equal(["1 GRC 1 a", "2 GRC 2 b", "3 BGR 1 c", "4 BGR 2 d", "5 GRC 3 e"], all.Select(Text));
        Assert.Equal(5, await Journal.GetHeadAsync(Cancellation));
    }

    [Fact]
    public async Task One_commit_may_carry_several_appends_of_one_party_in_order()
    {
        await Open("GRC");

        var outcomes = await Commit(Of("GRC", 1, 0, "a"), Of("GRC", 1, 1, "b", "c"), Of("GRC", 1, 3, "d"));

        Assert.Equal([Committed(1), Committed(2), Committed(4)], outcomes);
        Assert.Equal(["1 GRC 1 a", "2 GRC 2 b", "3 GRC 3 c", "4 GRC 4 d"], await ReadParty("GRC", 0));
        Assert.Equal(4, await Journal.GetVersionAsync("GRC", Cancellation));
    }

    [Fact]
    public async Task A_stale_epoch_is_refused_alone()
    {
        await Open("GRC", "BGR", "GRC");

        var outcomes = await Commit(Of("BGR", 1, 0, "a"), Of("GRC", 1, 0, "lost"), Of("BGR", 1, 1, "b"));

        Assert.Equal([Committed(1), Refused(AppendResult.StaleEpoch), Committed(2)], outcomes);
        Assert.Equal(["1 BGR 1 a", "2 BGR 2 b"], await ReadAll());
        Assert.Equal(0, await Journal.GetVersionAsync("GRC", Cancellation));
    }

    [Fact]
    public async Task An_epoch_never_given_out_is_refused_as_stale()
    {
        await Open("GRC");

        var outcomes = await Commit(Of("GRC", 2, 0, "a"), Of("BGR", 1, 0, "b"));

        Assert.Equal([Refused(AppendResult.StaleEpoch), Refused(AppendResult.StaleEpoch)], outcomes);
        Assert.Empty(await ReadAll());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_unexpected_version_is_refused_alone(long expected)
    {
        await Open("GRC", "BGR");
        await Commit(Of("GRC", 1, 0, "a", "b"));

        var outcomes = await Commit(Of("GRC", 1, expected, "lost"), Of("BGR", 1, 0, "c"), Of("GRC", 1, 2, "d"));

        Assert.Equal([Refused(AppendResult.UnexpectedVersion), Committed(3), Committed(4)], outcomes);
        Assert.Equal(["1 GRC 1 a", "2 GRC 2 b", "3 BGR 1 c", "4 GRC 3 d"], await ReadAll());
    }

    [Fact]
    public async Task The_same_append_sent_twice_is_written_once()
    {
        await Open("GRC");

        var outcomes = await Commit(Of("GRC", 1, 0, "a"), Of("GRC", 1, 0, "a"));

        Assert.Equal([Committed(1), Refused(AppendResult.UnexpectedVersion)], outcomes);
        Assert.Equal([Refused(AppendResult.UnexpectedVersion)], await Commit(Of("GRC", 1, 0, "a")));
        Assert.Equal(["1 GRC 1 a"], await ReadAll());
    }

    [Fact]
    public async Task A_stale_epoch_counts_before_an_unexpected_version()
    {
        await Open("GRC", "GRC");

        Assert.Equal([Refused(AppendResult.StaleEpoch)], await Commit(Of("GRC", 1, 7, "a")));
    }

    [Fact]
    public async Task What_follows_a_refused_append_of_the_same_party_is_judged_by_what_is_there()
    {
        await Open("GRC");

        var outcomes = await Commit(Of("GRC", 1, 1, "early"), Of("GRC", 1, 0, "a"), Of("GRC", 1, 1, "b"));

        Assert.Equal([Refused(AppendResult.UnexpectedVersion), Committed(1), Committed(2)], outcomes);
    }

    [Fact]
    public async Task A_commit_of_refusals_only_changes_nothing()
    {
        await Open("GRC");

        await Commit(Of("GRC", 1, 5, "lost"), Of("BGR", 1, 0, "lost"));

        Assert.Equal(0, await Journal.GetHeadAsync(Cancellation));
        Assert.Equal([Committed(1)], await Commit(Of("GRC", 1, 0, "a")));
    }

    [Fact]
    public async Task An_empty_commit_is_allowed()
    {
        Assert.Empty(await Commit());
        Assert.Equal(0, await Journal.GetHeadAsync(Cancellation));
    }

    [Fact]
    public async Task A_party_is_read_by_version_after_a_version()
    {
        await Open("GRC", "BGR");
        await Commit(Of("GRC", 1, 0, "a"), Of("BGR", 1, 0, "x"), Of("GRC", 1, 1, "b", "c"));

        Assert.Equal(["1 GRC 1 a", "3 GRC 2 b", "4 GRC 3 c"], await ReadParty("GRC", 0));
        Assert.Equal(["4 GRC 3 c"], await ReadParty("GRC", 2));
        Assert.Empty(await ReadParty("GRC", 3));
        Assert.Empty(await ReadParty("GRC", long.MaxValue));
    }

    [Fact]
    public async Task A_long_history_is_read_whole()
    {
        const int Entries = 1_000;
        await Open("GRC");
        var payloads = Enumerable.Range(1, Entries).Select(i => $"entry {i}").ToArray();
        await Commit(Of("GRC", 1, 0, payloads));

        Assert.Equal(Enumerable.Range(1, Entries).Select(i => $"{i} GRC {i} entry {i}"), await ReadParty("GRC", 0));
    }

    [Fact]
    public async Task All_are_read_by_position_up_to_the_limit()
    {
        await Open("GRC", "BGR");
        await Commit(Of("GRC", 1, 0, "a"), Of("BGR", 1, 0, "b"), Of("GRC", 1, 1, "c"));

        Assert.Equal(["1 GRC 1 a", "2 BGR 1 b"], (await Journal.ReadAllAsync(0, 2, Cancellation)).Select(Text));
        Assert.Equal(["3 GRC 2 c"], (await Journal.ReadAllAsync(2, 2, Cancellation)).Select(Text));
        Assert.Empty(await Journal.ReadAllAsync(3, 2, Cancellation));
        Assert.Empty(await Journal.ReadAllAsync(long.MaxValue, 2, Cancellation));
    }

    [Fact]
    public async Task Of_large_entries_fewer_are_read_at_once_and_the_next_call_goes_on()
    {
        await Open("GRC");
        var payload = new byte[(IJournal.ReadBytesMax / 3) + 1];
        new Random(20_261_130).NextBytes(payload);
        for (var version = 0; version < 5; version++)
            Assert.Equal([Committed(version + 1)], await Commit(new Append("GRC", 1, version, [payload])));

        Assert.Equal([1, 2, 3], await Positions(0, 10));
        Assert.Equal([4, 5], await Positions(3, 10));
        Assert.Equal([2, 3], await Positions(1, 2));
        Assert.Equal(
            [2, 3, 4, 5],
            await Journal.ReadPartyAsync("GRC", 1, Cancellation).Select(e => e.Version).ToListAsync(Cancellation));

        async Task<IEnumerable<long>> Positions(long after, int limit)
        {
            var read = await Journal.ReadAllAsync(after, limit, Cancellation);
            Assert.Equal(read[^1].Position < 5, IJournal.MayGoOn(read, limit));
            return read.Select(e => e.Position);
        }
    }

    [Fact]
    public async Task Parties_with_entries_are_listed_in_ordinal_order()
    {
        await Open("b", "B", "a1", "A", "empty", "a");
        await Commit([.. ((string[])["b", "B", "a1", "A", "a"]).Select(party => Of(party, 1, 0, "x"))]);

        Assert.Equal(["A", "B", "a", "a1", "b"], await Journal.ListPartiesAsync("", 10, Cancellation));
        Assert.Equal(["A", "B"], await Journal.ListPartiesAsync("", 2, Cancellation));
        Assert.Equal(["a", "a1"], await Journal.ListPartiesAsync("B", 2, Cancellation));
        Assert.Equal(["b"], await Journal.ListPartiesAsync("a1", 2, Cancellation));
        Assert.Empty(await Journal.ListPartiesAsync("b", 2, Cancellation));
    }

    [Fact]
    public async Task Payloads_come_back_as_they_were_and_stay_so_when_the_buffer_is_used_again()
    {
        var every = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var buffer = every.ToArray();
        await Open("GRC");
        await Journal.CommitAsync(
            [new Append("GRC", 1, 0, [buffer, buffer.AsMemory(10, 5)])], Cancellation);
        Array.Clear(buffer);

        var read = await Journal.ReadAllAsync(0, 10, Cancellation);

        Assert.Equal(every, read[0].Payload.ToArray());
        Assert.Equal(every.AsSpan(10, 5), read[1].Payload.Span);
    }

    [Fact]
    public async Task Many_at_once_leave_no_gap_and_no_double()
    {
        const int Each = 25;
        string[] parties = ["BGR", "GRC", "HRV", "SVN"];
        await Open(parties);

        var outcomes = await Task.WhenAll(parties.Select(party => Task.Run(
            async () =>
            {
                var mine = new List<AppendOutcome>();
                for (var version = 0; version < Each; version++)
                    mine.AddRange(await Commit(Of(party, 1, version, $"{version}")));
                return mine;
            },
            Cancellation)));

        Assert.All(outcomes.SelectMany(o => o), o => Assert.Equal(AppendResult.Committed, o.Result));
        var all = await Journal.ReadAllAsync(0, 1_000, Cancellation);
        Assert.Equal(Enumerable.Range(1, parties.Length * Each).Select(i => (long)i), all.Select(e => e.Position));
        foreach (var ofParty in all.GroupBy(e => e.Party))
            Assert.Equal(Enumerable.Range(1, Each).Select(i => (long)i), ofParty.Select(e => e.Version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GR C")]
    [InlineData("ΕΛΛ")]
    [InlineData("A-code-that-is-a-good-deal-longer-than-any-code-that-anyone-has-used")]
    public async Task A_malformed_party_is_refused(string party)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Journal.OpenAsync(party, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Commit(Of(party, 1, 0, "a")));
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Journal.GetVersionAsync(party, Cancellation));
    }

    [Fact]
    public async Task A_malformed_append_is_refused_with_all_of_its_commit()
    {
        await Open("GRC");
        Append[] malformed =
        [
            Of("GRC", 0, 0, "a"), Of("GRC", 1, -1, "a"), Of("GRC", 1, 0), Of("GRC", 1, 0, "a", ""),
        ];

        foreach (var append in malformed)
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Commit(Of("GRC", 1, 0, "a"), append));

        Assert.Empty(await ReadAll());
    }

    [Fact]
    public async Task A_limit_below_1_and_a_place_below_0_are_refused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Journal.ReadAllAsync(0, 0, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Journal.ReadAllAsync(-1, 1, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Journal.ListPartiesAsync("", 0, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await ReadParty("GRC", -1));
    }

    protected static Append Of(string party, long epoch, long expectedVersion, params string[] payloads) => new(
        party, epoch, expectedVersion, [.. payloads.Select(p => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(p)))]);

    protected static AppendOutcome Committed(long position) => new(AppendResult.Committed, position);

    protected static AppendOutcome Refused(AppendResult why) => new(why, 0);

    /// <summary>An entry as one line: position, party, version, payload.</summary>
    protected static string Text(JournalEntry entry) =>
        $"{entry.Position} {entry.Party} {entry.Version} {Encoding.UTF8.GetString(entry.Payload.Span)}";

    protected async Task Open(params string[] parties)
    {
        foreach (var party in parties)
            await Journal.OpenAsync(party, Cancellation);
    }

    protected ValueTask<IReadOnlyList<AppendOutcome>> Commit(params Append[] appends) =>
        Journal.CommitAsync(appends, Cancellation);

    protected async Task<IEnumerable<string>> ReadAll() =>
        (await Journal.ReadAllAsync(0, 1_000, Cancellation)).Select(Text);

    protected async Task<List<string>> ReadParty(string party, long afterVersion)
    {
        var read = new List<string>();
        await foreach (var entry in Journal.ReadPartyAsync(party, afterVersion, Cancellation))
            read.Add(Text(entry));
        return read;
    }
}
