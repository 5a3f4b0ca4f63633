using System.Globalization;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.ReadModels.MadeEntries;
using J = Treaty.Grid.Journal.V1;
using Match = Treaty.Grid.V1.Match;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>What every home of the read model must keep. A home differs in how it is made.</summary>
public abstract class ReadModelContract : IAsyncLifetime
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    private readonly MadeEntries _made = new();
    private ReadModel? _model;
    private ReadModelWriter? _writer;

    protected ReadModel Model => _model ?? throw new InvalidOperationException("Not started.");

    private protected MadeEntries Made => _made;

    protected ReadModelWriter Writer => _writer ?? throw new InvalidOperationException("Not started.");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _model = await MakeAsync(TimeProvider.System);

        // A session that led in the test before is gone a moment after it was closed.
        while ((_writer = await Model.OpenWriterAsync(Cancellation)) is null)
            await Task.Delay(TimeSpan.FromMilliseconds(10), Cancellation);
        await Writer.ResetAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_writer is not null)
            await _writer.DisposeAsync();
        if (_model is not null)
            await _model.DisposeAsync();
        await RemoveAsync();
    }

    /// <summary>A model of this home; every one made during a test has the same tables.</summary>
    protected abstract ValueTask<ReadModel> MakeAsync(TimeProvider time);

    protected virtual ValueTask RemoveAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_is_undelivered_is_kept_of_the_latest_position()
    {
        Assert.Null(await Model.FindUndeliveredAsync(Cancellation));
        var (first, second, third) = (Of(10, 1), Of(20, 2), Of(15, 3));
        foreach (var undelivered in new[] { first, second, third })
            await Model.KeepUndeliveredAsync(undelivered, Cancellation);
        await Writer.ResetAsync(Cancellation);
        var kept = await Model.FindUndeliveredAsync(Cancellation);
        Assert.Equal(second.Position, kept?.Position);
        Assert.Equal(second.Pairs, kept?.Pairs);

        static Undelivered Of(long position, long sent) => new(
            position, [new UnevenPair("GRC", "BGR", sent, 0), new UnevenPair("BGR", "GRC", 7, 3)]);
    }

    [Fact]
    public async Task An_empty_model_stands_at_0_and_says_so_in_every_list()
    {
        Assert.Equal(0, await Model.GetPositionAsync(Cancellation));
        var page = await Model.ListFindingsAsync(All(), Cancellation);
        Assert.Empty(page.Rows);
        Assert.Equal(0, page.Position);
    }

    [Fact]
    public async Task Entries_are_taken_in_once_and_only_next_after_those_before()
    {
        Made.Add("GRC", Filed("N1", NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01"));
        var first = Made.TakeNew();
        Made.Add("GRC", Filed("N2", NoticeKind.Loss, "GRC", "BGR", "2026-01-02"));
        var second = Made.TakeNew();

        Assert.Null(await Writer.ApplyAsync(second, Cancellation));
        Assert.Equal(0, await Model.GetPositionAsync(Cancellation));
        Assert.NotNull(await Writer.ApplyAsync(first, Cancellation));
        Assert.Null(await Writer.ApplyAsync(first, Cancellation));
        Assert.NotNull(await Writer.ApplyAsync(second, Cancellation));

        Assert.Equal([new(1, 0), new(2, 0)], Values(await Model.ListNoticesAsync(Of("GRC"), Cancellation)));
        Assert.Equal(2, await Writer.GetPositionAsync(Cancellation));
    }

    [Fact]
    public async Task A_writer_that_was_overtaken_changes_nothing()
    {
        await using var other = await Model.OpenSecondWriterAsync(Cancellation);
        Made.Add("GRC", Owed("APM-20", "Destroy", "2026-01-01"));
        var entries = Made.TakeNew();

        Assert.NotNull(await other.ApplyAsync(entries, Cancellation));
        Assert.Null(await Writer.ApplyAsync(entries, Cancellation));

        Assert.Single((await Model.ListDutiesAsync(All(), Cancellation)).Rows);
    }

    [Fact]
    public async Task Statements_are_listed_by_party_in_the_order_of_filing()
    {
        Made.Add("GRC", Filed("N1", NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01"));
        Made.Add("BGR", Filed("N1", NoticeKind.Receipt, "GRC", "BGR", "2026-01-03"), Declared("D0", "2025-12-31"));
        Made.Add("GRC", Declared("D1", "2025-12-31"));
        Made.Add("GRC", Filed("N2", NoticeKind.Loss, "GRC", "BGR", "2026-01-02"));
        await ApplyAsync();

        var page = await Model.ListNoticesAsync(Of("GRC"), Cancellation);
        Assert.Equal([new(1, 0), new(3, 0)], Values(page));
        Assert.Equal(4, page.Position);
        Assert.Equal([2], Values(await Model.ListDeclarationsAsync(Of("GRC"), Cancellation)));
        Assert.Equal([1], Values(await Model.ListDeclarationsAsync(Of("BGR"), Cancellation)));
        Assert.Equal([new(3, 0)], Values(await Model.ListNoticesAsync(
            Of("GRC") with { Filter = Condition.Equal("kind", (long)NoticeKind.Loss) }, Cancellation)));
    }

    [Fact]
    public async Task Notices_of_one_entry_are_listed_each_in_its_order()
    {
        Made.Add(
            "GRC", Filed("C-w1", NoticeKind.Cancellation, "GRC", "BGR", "2026-01-01"),
            Assessed(NameOf("GRC", "BGR", "T1"), "2026-01-01"),
            Filed("C-1", NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01"));
        Made.Add("GRC", Filed("N2", NoticeKind.Loss, "GRC", "BGR", "2026-01-02"));
        await ApplyAsync();

        Assert.Equal(
            [new(1, 0), new(1, 2), new(2, 0)], Values(await Model.ListNoticesAsync(Of("GRC"), Cancellation)));
        var first = await Model.ListNoticesAsync(Of("GRC") with { Limit = 1 }, Cancellation);
        Assert.Equal(
            [new(1, 2), new(2, 0)],
            Values(await Model.ListNoticesAsync(Of("GRC") with { After = first.Rows[0].Key }, Cancellation)));
        Assert.Equal([new(1, 2)], Values(await Model.ListNoticesAsync(
            Of("GRC") with { Filter = Condition.Equal("kind", (long)NoticeKind.Dispatch) }, Cancellation)));
    }

    [Fact]
    public async Task A_transfer_is_as_its_file_says_now_and_over_all_parties_once()
    {
        var (one, other) = (NameOf("GRC", "BGR", "T1"), NameOf("GRC", "BGR", "T2"));
        Made.Add("GRC", Assessed(one, "2026-01-01", "2026-06-30", "BGR"));
        Made.Add("BGR", Assessed(one, "2026-01-01", "2026-06-30", "BGR"), Assessed(other, "2026-01-02"));
        Made.Add("ROU", Assessed(one, "2026-01-01"));
        Made.Add("GRC", Assessed(one, "2026-01-01", pairing: Pairing.Paired));
        await ApplyAsync();

        var ours = Assert.Single((await Transfers(Of("GRC"))).Rows).Value;
        Assert.Equal(
            new Transfer
            {
                Name = one,
                Sender = "GRC",
                Recipient = "BGR",
                Purpose = Purpose.Destruction,
                Movement = Movement.Dispatched,
                Pairing = Pairing.Paired,
                Match = Match.Matched,
                Completed = true,
                Position = 4,
            },
            ours.Transfer);
        Assert.Equal((new DateOnly(2026, 1, 1), null), (ours.Since, ours.Due));
        var all = await Transfers(All());
        Assert.Equal([one, other], Values(all).Select(r => r.Transfer.Name));
        Assert.Equal([Pairing.Paired, Pairing.SenderOnly], Values(all).Select(r => r.Transfer.Pairing));
    }

    [Fact]
    public async Task One_side_alone_is_unconfirmed_once_the_others_time_is_over()
    {
        Made.Add("GRC", Assessed(NameOf("GRC", "BGR", "T1"), "2026-01-01", "2026-06-30", "BGR"));
        Made.Add("GRC", Assessed(NameOf("GRC", "BGR", "T2"), "2026-01-02"));
        await ApplyAsync();

        Assert.Equal([Pairing.SenderOnly, Pairing.SenderOnly], await On(new DateOnly(2026, 6, 30)));
        Assert.Equal([Pairing.Unconfirmed, Pairing.SenderOnly], await On(new DateOnly(2026, 7, 1)));

        async Task<IEnumerable<Pairing>> On(DateOnly day) => Values(await Model.ListTransfersAsync(
            Of("GRC"), TransferOrder.Since, false, day, Cancellation)).Select(r => r.Transfer.Pairing);
    }

    [Fact]
    public async Task Transfers_come_by_age_or_by_change_in_either_direction()
    {
        Made.Add("GRC", Assessed(NameOf("GRC", "BGR", "new"), "2026-03-01"));
        Made.Add("GRC", Assessed(NameOf("GRC", "BGR", "old"), "2026-01-01"));
        Made.Add("GRC", Assessed(NameOf("GRC", "BGR", "middle"), "2026-02-01"));
        await ApplyAsync();

        Assert.Equal("old middle new", await NamesAsync(TransferOrder.Since));
        Assert.Equal("new middle old", await NamesAsync(TransferOrder.Since, descending: true));
        Assert.Equal("new old middle", await NamesAsync(TransferOrder.Position));
        Assert.Equal("middle old new", await NamesAsync(TransferOrder.Position, descending: true));
        Assert.Equal("middle new old", await NamesAsync(TransferOrder.Name));
    }

    [Fact]
    public async Task Transfers_of_one_day_come_as_their_files_began_whatever_changed_since()
    {
        Made.Add("GRC", Of("z"), Of("y"), Of("x"));
        Made.Add("GRC", Of("first"));
        // A change moves it to the end of the changes, and leaves it where it began.
        Made.Add("GRC", Assessed(NameOf("GRC", "BGR", "y"), "2026-01-01", pairing: Pairing.Paired));
        await ApplyAsync();
        Made.Add("GRC", Of("another"), Assessed(NameOf("GRC", "BGR", "x"), "2026-01-01", awaited: "BGR"));
        await ApplyAsync();

        Assert.Equal("z y x first another", await NamesAsync(TransferOrder.Since));
        Assert.Equal("another first x y z", await NamesAsync(TransferOrder.Since, descending: true));
        Assert.Equal("z first y another x", await NamesAsync(TransferOrder.Position));

        // The other side's file began with another one, and does not count where all are listed.
        Made.Add("BGR", Of("another"), Of("z"));
        Made.Add("BGR", Assessed(NameOf("BGR", "GRC", "theirs"), "2026-01-01"));
        await ApplyAsync();
        Assert.Equal("z y x first another theirs", await NamesAsync(TransferOrder.Since, party: null));
        Assert.Equal(
            "theirs another first x y z", await NamesAsync(TransferOrder.Since, descending: true, party: null));

        static J.Event Of(string reference) => Assessed(NameOf("GRC", "BGR", reference), "2026-01-01");
    }

    [Fact]
    public async Task A_finding_is_listed_once_the_gravest_first_as_the_party_itself_has_it()
    {
        Made.Add("GRC", Raised("BGR", "APM-50~x", Severity.Data), Raised("GRC", "APM-06~x", Severity.Warning));
        Made.Add("ROU", Raised("BGR", "APM-50~x", Severity.Data));
        Made.Add("BGR", Raised("BGR", "APM-50~x", Severity.Breach, position: 1));
        Made.Add("GRC", Raised("NONSTATE", "APM-01~x", Severity.Review));
        Made.Add("ROU", Raised("NONSTATE", "APM-01~x", Severity.Review));
        await ApplyAsync();

        Assert.Equal(
            ["BGR APM-50 5 at 1", "GRC APM-06 4 at 1", "NONSTATE APM-01 3 at 4"],
            Values(await Model.ListFindingsAsync(All(), Cancellation)).Select(Line));
        Assert.Equal(
            ["BGR APM-50 5 at 1"], Values(await Model.ListFindingsAsync(Of("BGR"), Cancellation)).Select(Line));

        static string Line(Finding f) => $"{f.Party} {f.Rule} {(int)f.Severity} at {f.Position}";
    }

    [Fact]
    public async Task A_finding_that_was_closed_says_why_and_may_be_raised_anew()
    {
        Made.Add("GRC", Raised("GRC", "APM-06~x", Severity.Warning, "2026-01-01"));
        Made.Add("GRC", Closed("GRC", "APM-06~x", "certified"));
        await ApplyAsync();
        var closed = Assert.Single((await Model.ListFindingsAsync(All(), Cancellation)).Rows).Value;
        Assert.Equal((FindingStatus.Closed, "certified", 2L), (closed.Status, closed.ClosedReason, closed.Position));
        Assert.Equal(Severity.Warning, closed.Severity);
        Assert.Equal(0, closed.RecordTime.Nanos);
        var open = All() with { Filter = Condition.Equal("status", (long)FindingStatus.Open) };
        Assert.Empty((await Model.ListFindingsAsync(open, Cancellation)).Rows);

        Made.Add("GRC", Raised("GRC", "APM-06~x", Severity.Breach));
        await ApplyAsync();
        var again = Assert.Single((await Model.ListFindingsAsync(open, Cancellation)).Rows).Value;
        Assert.Equal((Severity.Breach, "", 3L), (again.Severity, again.ClosedReason, again.Position));
    }

    [Fact]
    public async Task Duties_are_listed_by_day_until_they_are_gone()
    {
        Made.Add("GRC", Owed("APM-20", "Destroy all", "2026-05-01"), Owed("APM-50", "Report", "2026-07-01"));
        Made.Add("BGR", Owed("APM-50", "Report", "2026-06-01", transfer: "x"));
        await ApplyAsync();
        Assert.Equal(["APM-20", "APM-50 x", "APM-50"], await Duties());

        Made.Add("GRC", Owed("APM-20", "", ""), Owed("APM-50", "Report", "2026-05-01", met: true));
        await ApplyAsync();
        Assert.Equal(["APM-50 met", "APM-50 x"], await Duties());

        async Task<IEnumerable<string>> Duties() => Values(await Model.ListDutiesAsync(All(), Cancellation))
            .Select(d => $"{d.Rule} {d.Transfer} {(d.IsMet ? "met" : "")}".Replace("  ", " ").Trim());
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_is_left_out_and_taken_down()
    {
        Made.Add("GRC", Filed("N1", NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01"));
        Made.AddBytes("BGR", [0xFF, 0xFF, 0xFF]);
        Made.Add("ROU", Assessed("no name", "2026-01-01"), Owed("APM-20", "Destroy", "2026-01-01"));
        Made.Add("GRC", Filed("N2", NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01"));
        var skipped = await Writer.ApplyAsync(Made.TakeNew(), Cancellation);

        Assert.Equal([(2L, "BGR", 1L), (3L, "ROU", 1L)], skipped!.Select(s => (s.Position, s.Party, s.Version)));
        Assert.Equal(skipped, await Model.ListSkippedAsync(10, Cancellation));
        Assert.Equal([new(1, 0), new(2, 0)], Values(await Model.ListNoticesAsync(Of("GRC"), Cancellation)));
        Assert.Empty((await Model.ListDutiesAsync(All(), Cancellation)).Rows);
        Assert.Equal(4, await Model.GetPositionAsync(Cancellation));
    }

    [Fact]
    public async Task After_a_reset_the_same_entries_make_the_same_lists()
    {
        Made.Add("GRC", Assessed(NameOf("GRC", "BGR", "T1"), "2026-01-01"), Raised("GRC", "APM-06~x", Severity.Data));
        Made.Add("GRC", Closed("GRC", "APM-06~x", "gone"), Owed("APM-20", "Destroy", "2026-05-01"));
        var entries = Made.TakeNew();
        await Writer.ApplyAsync(entries, Cancellation);
        var before = await Lists();

        await Writer.ResetAsync(Cancellation);
        Assert.NotEqual(before, await Lists());
        Assert.Equal(0, await Model.GetPositionAsync(Cancellation));
        await Writer.ApplyAsync(entries, Cancellation);
        Assert.Equal(before, await Lists());

        async Task<string> Lists() => string.Join('\n', [
            .. Values(await Transfers(All())).Select(r => $"{r}"),
            .. Values(await Model.ListFindingsAsync(All(), Cancellation)).Select(f => $"{f}"),
            .. Values(await Model.ListDutiesAsync(All(), Cancellation)).Select(d => $"{d}")]);
    }

    [Fact]
    public async Task Paging_while_others_write_neither_skips_nor_repeats()
    {
        var random = new Random(20_261_123);
        for (var i = 0; i < 200; i++)
            Made.Add("GRC", Assessed(NameOf("GRC", "BGR", $"T{i:D3}"), RandomDay(random)));
        await ApplyAsync();
        var (seen, after, written) = (new List<string>(), default(IReadOnlyList<string>), 200);
        while (true)
        {
            var page = await Transfers(new ListQuery("GRC", Condition.True, after, random.Next(1, 12)));
            if (page.Rows.Count == 0)
                break;
            seen.AddRange(page.Rows.Select(r => r.Value.Transfer.Name));
            after = page.Rows[^1].Key;
            for (var i = 0; i < 3; i++)
                Made.Add("GRC", Assessed(NameOf("GRC", "BGR", $"T{written++:D3}"), RandomDay(random)));
            // And what is there changes where it stands.
            Made.Add("GRC", Assessed(NameOf("GRC", "BGR", "T000"), DayOf(await Transfers(Of("GRC")), "T000")));
            await ApplyAsync();
        }

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty(Enumerable.Range(0, 200).Select(i => NameOf("GRC", "BGR", $"T{i:D3}")).Except(seen));

        static string DayOf(ListPage<TransferRow> page, string reference) => page.Rows
            .Single(r => r.Value.Transfer.Name.EndsWith(reference, StringComparison.Ordinal))
            .Key[0];
    }

    [Fact]
    public async Task A_position_is_waited_for_and_in_the_end_not_any_longer()
    {
        Made.Add("GRC", Owed("APM-20", "Destroy", "2026-01-01"));
        await Model.WaitForAsync(0, Cancellation);
        var waiting = Model.WaitForAsync(1, Cancellation);
        Assert.False(waiting.IsCompleted);
        await ApplyAsync();
        await waiting;

        await using var hurried = await MakeAsync(new Hurry());
        var behind = await Assert.ThrowsAsync<ReadModelBehindException>(() => hurried.WaitForAsync(2, Cancellation));
        Assert.Equal((2, 1), (behind.Position, behind.Reached));
    }

    [Fact]
    public async Task A_key_of_another_list_is_refused()
    {
        await Assert.ThrowsAsync<FormatException>(
            () => Model.ListNoticesAsync(Of("GRC") with { After = ["x"] }, Cancellation));
        await Assert.ThrowsAsync<FormatException>(
            () => Model.ListNoticesAsync(Of("GRC") with { After = ["1", "2", "3"] }, Cancellation));
    }

    private protected static ListQuery All() => new(null, Condition.True, null, 1_000);

    private protected static ListQuery Of(string party) => All() with { Party = party };

    private protected async Task ApplyAsync() => Assert.Empty(
        (await Writer.ApplyAsync(Made.TakeNew(), Cancellation))!);

    private protected Task<ListPage<TransferRow>> Transfers(ListQuery query) =>
        Model.ListTransfersAsync(query, TransferOrder.Since, false, Today, Cancellation);

    /// <summary>The references of the transfers of one party, or of all, read one by one.</summary>
    private async Task<string> NamesAsync(TransferOrder order, bool descending = false, string? party = "GRC")
    {
        var (names, after) = (new List<string>(), default(IReadOnlyList<string>));
        while (true)
        {
            var page = await Model.ListTransfersAsync(
                new ListQuery(party, Condition.True, after, 1), order, descending, Today, Cancellation);
            if (page.Rows.Count == 0)
                return string.Join(' ', names);
            names.Add(page.Rows[0].Value.Transfer.Name.Split('~')[1]);
            after = page.Rows[0].Key;
        }
    }

    private protected static IEnumerable<T> Values<T>(ListPage<T> page) => page.Rows.Select(r => r.Value);

    private protected static string RandomDay(Random random) =>
        new DateOnly(2026, 1, 1).AddDays(random.Next(300)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A clock on which every look takes a second, and nothing is waited for.</summary>
    private sealed class Hurry : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref _seconds);

        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
