using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Treaty.Grid.Cluster.Tests.ReadModels;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Journal;

public sealed class JournalWriterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_append_returns_the_position_of_its_first_entry()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        var grc = await writer.OpenAsync("GRC", Cancellation);

        Assert.Equal(1, await Append(writer, "GRC", grc.Epoch, 0, entries: 2));
        Assert.Equal(3, await Append(writer, "GRC", grc.Epoch, 2));
        Assert.Equal(3, await journal.GetHeadAsync(Cancellation));
    }

    [Fact]
    public async Task A_hundred_that_wait_go_into_one_commit()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        var parties = Enumerable.Range(0, 101).Select(i => $"P{i:D3}").ToArray();
        foreach (var party in parties)
            await journal.OpenAsync(party, Cancellation);

        journal.Asked.Clear();
        var first = await HoldUp(journal, writer, parties[0]);
        var others = parties.Skip(1).Select(p => Append(writer, p, 1, 0)).ToArray();
        Assert.All(others, o => Assert.False(o.IsCompleted));
        journal.Release();

        Assert.Equal(1, await first);
        Assert.Equal(Enumerable.Range(2, 100).Select(i => (long)i), await Task.WhenAll(others));
        Assert.Equal([1, 100], journal.Commits);
    }

    [Fact]
    public async Task A_commit_carries_no_more_entries_and_bytes_than_its_limits()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(
            journal, new JournalWriterLimits { CommitEntriesMax = 10, CommitBytesMax = 1_000 });
        foreach (var party in (string[])["A", "B", "C", "D", "E"])
            await journal.OpenAsync(party, Cancellation);

        var first = await HoldUp(journal, writer, "A");
        Task<long>[] others =
        [
            Append(writer, "B", 1, 0, entries: 6),
            Append(writer, "C", 1, 0, entries: 5),
            Append(writer, "D", 1, 0, entries: 30),
            Append(writer, "E", 1, 0, entries: 2, size: 400),
            Append(writer, "E", 1, 2, entries: 1, size: 400),
        ];
        journal.Release();
        await first;

        await AssertPositions([2, 8, 13, 43, 45], others);
        Assert.Equal([1, 6, 5, 30, 2, 1], journal.Commits);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_says_when_to_come_again()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal, new JournalWriterLimits { QueuedAppendsMax = 3 });
        await journal.OpenAsync("GRC", Cancellation);
        var first = await HoldUp(journal, writer, "GRC");
        Task<long>[] waiting = [.. Enumerable.Range(1, 3).Select(v => Append(writer, "GRC", 1, v))];

        var refusal = await Assert.ThrowsAsync<JournalOverloadedException>(() => Append(writer, "GRC", 1, 4));
        await Assert.ThrowsAsync<JournalOverloadedException>(
            async () => await writer.OpenAsync("GRC", Cancellation));
        journal.Release();

        Assert.InRange(refusal.RetryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        await AssertPositions([2, 3, 4], waiting);
        Assert.Equal(1, await first);
        Assert.Equal(5, await Append(writer, "GRC", 1, 4));
    }

    [Fact]
    public async Task Large_entries_fill_the_queue_by_their_bytes()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal, new JournalWriterLimits { QueuedBytesMax = 1_000 });
        await journal.OpenAsync("GRC", Cancellation);
        var first = await HoldUp(journal, writer, "GRC");
        var large = Append(writer, "GRC", 1, 1, size: 5_000);

        await Assert.ThrowsAsync<JournalOverloadedException>(() => Append(writer, "GRC", 1, 2, size: 10));
        journal.Release();

        await AssertPositions([1, 2], first, large);
        Assert.Equal(3, await Append(writer, "GRC", 1, 2, size: 10));
    }

    [Theory]
    [InlineData(1, 1, AppendResult.StaleEpoch)]
    [InlineData(2, 0, AppendResult.UnexpectedVersion)]
    public async Task A_refused_append_is_fenced_alone(long epoch, long expectedVersion, AppendResult refusal)
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        foreach (var party in (string[])["GRC", "GRC", "BGR"])
            await writer.OpenAsync(party, Cancellation);
        await Append(writer, "GRC", 2, 0);
        var first = await HoldUp(journal, writer, "BGR");
        var fenced = Append(writer, "GRC", epoch, expectedVersion);
        var sound = Append(writer, "BGR", 1, 1);
        journal.Release();

        var fence = await Assert.ThrowsAsync<JournalFencedException>(() => fenced);
        Assert.Equal(("GRC", refusal), (fence.Party, fence.Refusal));
        await AssertPositions([2, 3], first, sound);
    }

    [Fact]
    public async Task An_opening_keeps_its_place_among_the_appends_of_its_party()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        foreach (var party in (string[])["GRC", "BGR"])
            await journal.OpenAsync(party, Cancellation);
        journal.Asked.Clear();

        var first = await HoldUp(journal, writer, "BGR");
        var before = Append(writer, "GRC", 1, 0);
        var other = writer.OpenAsync("HRV", Cancellation).AsTask();
        var opening = writer.OpenAsync("GRC", Cancellation).AsTask();
        var behind = Append(writer, "GRC", 1, 1);
        journal.Release();

        await AssertPositions([1, 2], first, before);
        Assert.Equal(new OpenedParty(1, 0), await other);
        Assert.Equal(new OpenedParty(2, 1), await opening);
        await Assert.ThrowsAsync<JournalFencedException>(() => behind);
        Assert.Equal(["append BGR", "open HRV", "append GRC", "open GRC", "append GRC"], journal.Asked);
    }

    [Fact]
    public async Task Openings_that_wait_are_made_together()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        await journal.OpenAsync("GRC", Cancellation);
        journal.Asked.Clear();
        var first = await HoldUp(journal, writer, "GRC");

        Task<OpenedParty>[] openings =
            [.. ((string[])["A", "B", "C"]).Select(p => writer.OpenAsync(p, Cancellation).AsTask())];
        journal.Release();

        Assert.All(await Task.WhenAll(openings), o => Assert.Equal(new OpenedParty(1, 0), o));
        Assert.Equal(["append GRC", "open A B C"], journal.Asked);
        await first;
    }

    [Fact]
    public async Task A_commit_that_throws_after_writing_has_an_unknown_outcome_for_each_that_waited()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        foreach (var party in (string[])["GRC", "BGR"])
            await writer.OpenAsync(party, Cancellation);
        var first = await HoldUp(journal, writer, "GRC");
        journal.FailAfter = new IOException("answer lost");
        Task<long>[] waiting = [Append(writer, "GRC", 1, 1), Append(writer, "BGR", 1, 0)];
        journal.Release();
        await first;

        foreach (var append in waiting)
            await Assert.ThrowsAsync<JournalOutcomeUnknownException>(() => append);
        Assert.Equal(3, await journal.GetHeadAsync(Cancellation));
        Assert.Equal(new OpenedParty(2, 2), await writer.OpenAsync("GRC", Cancellation));
        Assert.Equal(4, await Append(writer, "GRC", 2, 2));
    }

    [Fact]
    public async Task A_commit_that_throws_without_a_word_has_an_unknown_outcome_too()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        await writer.OpenAsync("GRC", Cancellation);
        journal.FailBefore = new IOException("gone");

        var unknown = await Assert.ThrowsAsync<JournalOutcomeUnknownException>(() => Append(writer, "GRC", 1, 0));

        Assert.Equal("GRC", unknown.Party);
        Assert.IsType<IOException>(unknown.InnerException);
    }

    [Fact]
    public async Task What_the_journal_knows_it_did_not_write_is_unavailable_and_may_be_sent_again()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        await writer.OpenAsync("GRC", Cancellation);
        journal.FailBefore = new JournalUnavailableException("disk full");

        await Assert.ThrowsAsync<JournalUnavailableException>(() => Append(writer, "GRC", 1, 0));

        Assert.Equal(1, await Append(writer, "GRC", 1, 0));
    }

    [Fact]
    public async Task A_flush_returns_when_all_before_it_is_durable()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        await journal.OpenAsync("GRC", Cancellation);
        var first = await HoldUp(journal, writer, "GRC");
        var second = Append(writer, "GRC", 1, 1);
        var flush = writer.FlushAsync(Cancellation).AsTask();

        Assert.False(flush.IsCompleted);
        journal.Release();
        await flush;

        Assert.Equal(2, await journal.GetHeadAsync(Cancellation));
        await AssertPositions([1, 2], first, second);
    }

    [Fact]
    public async Task A_flush_says_when_something_before_it_was_lost()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        await journal.OpenAsync("GRC", Cancellation);
        journal.FailBefore = new JournalUnavailableException("disk full");
        var first = await HoldUp(journal, writer, "GRC");
        var flush = writer.FlushAsync(Cancellation).AsTask();
        journal.Release();

        await Assert.ThrowsAsync<JournalUnavailableException>(() => first);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => flush);
        await writer.FlushAsync(Cancellation);
    }

    [Fact]
    public async Task What_is_withdrawn_while_it_waits_is_not_written()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        await journal.OpenAsync("GRC", Cancellation);
        var first = await HoldUp(journal, writer, "GRC");
        using var withdrawal = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var withdrawn = writer.AppendAsync(Of("GRC", 1, 1), [], withdrawal.Token).AsTask();
        var next = Append(writer, "GRC", 1, 1, entries: 2);
        await withdrawal.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => withdrawn);
        journal.Release();
        await AssertPositions([1, 2], first, next);
        Assert.Equal([1, 2], journal.Commits);
    }

    [Fact]
    public async Task What_is_under_way_cannot_be_withdrawn()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        await journal.OpenAsync("GRC", Cancellation);
        using var withdrawal = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        journal.ForgetArrivals();
        journal.Close();
        var append = writer.AppendAsync(Of("GRC", 1, 0), [], withdrawal.Token).AsTask();
        await journal.ArrivalAsync(Cancellation);
        await withdrawal.CancelAsync();
        journal.Release();

        Assert.Equal(1, await append);
    }

    [Fact]
    public async Task The_end_writes_what_waits_and_then_refuses()
    {
        await using var journal = new GatedJournal();
        var writer = Writer(journal);
        await journal.OpenAsync("GRC", Cancellation);
        var first = await HoldUp(journal, writer, "GRC");
        var second = Append(writer, "GRC", 1, 1);
        var end = writer.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<JournalUnavailableException>(() => Append(writer, "GRC", 1, 2));
        Assert.False(end.IsCompleted);
        journal.Release();
        await end;
        await writer.DisposeAsync();

        await AssertPositions([1, 2], first, second);
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await writer.FlushAsync(Cancellation));
    }

    [Fact]
    public async Task It_writes_no_faster_than_the_pace_it_is_given_and_says_so_to_whom_it_refuses()
    {
        await using var journal = new GatedJournal();
        var clock = new StandingClock();
        await using var writer = new JournalWriter(journal, clock, NullLogger<JournalWriter>.Instance);
        await journal.OpenAsync("GRC", Cancellation);
        writer.TimePerEntry = TimeSpan.FromMilliseconds(100);

        Assert.Equal(1, await Append(writer, "GRC", 1, 0, entries: 3));
        await clock.UntilAsync(TimeSpan.FromMilliseconds(300));
        Assert.Equal(TimeSpan.FromMilliseconds(300), writer.EstimateDrain());
        var second = Append(writer, "GRC", 1, 3);
        clock.Move(TimeSpan.FromMilliseconds(299));
        await clock.UntilAsync(TimeSpan.FromMilliseconds(1));
        Assert.False(second.IsCompleted);
        Assert.Equal([3], journal.Commits);
        clock.Move(TimeSpan.FromMilliseconds(1));
        Assert.Equal(4, await second);

        // The end waits for no pace.
        await clock.UntilAsync(TimeSpan.FromMilliseconds(100));
        var last = Append(writer, "GRC", 1, 4);
        await writer.DisposeAsync();
        Assert.Equal(5, await last);
    }

    [Fact]
    public async Task An_append_goes_on_where_its_caller_was()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        await journal.OpenAsync("GRC", Cancellation);
        var pair = new ConcurrentExclusiveSchedulerPair();

        var (before, after) = await Task.Factory.StartNew(
            async () =>
            {
                var started = TaskScheduler.Current;
                await writer.AppendAsync(Of("GRC", 1, 0), [], Cancellation);
                return (started, TaskScheduler.Current);
            },
            Cancellation, TaskCreationOptions.None, pair.ExclusiveScheduler).Unwrap();

        Assert.Same(pair.ExclusiveScheduler, before);
        Assert.Same(pair.ExclusiveScheduler, after);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_caller_that_lingers_does_not_hold_the_writer()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        await journal.OpenAsync("GRC", cancellation);
        using var linger = new ManualResetEventSlim();
        var lingering = Task.Run(
            async () =>
            {
                await Append(writer, "GRC", 1, 0);
                linger.Wait(cancellation);
            },
            cancellation);
        await journal.ArrivalAsync(cancellation);
        await journal.ArrivalAsync(cancellation);

        Assert.Equal(2, await Append(writer, "GRC", 1, 1));
        linger.Set();
        await lingering;
    }

    [Fact]
    public async Task The_span_of_a_commit_is_no_ones_child_and_links_to_the_appends_it_carries()
    {
        // Whoever builds the writer, or appends, may well be inside a span of its own.
        using var around = new Activity("request").Start();
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal, new JournalWriterLimits { TraceLinksMax = 2 });
        await journal.OpenAsync("GRC", Cancellation);
        var traces = Enumerable.Range(0, 3).Select(_ => new ActivityContext(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded)).ToArray();
        var spans = new List<Activity>();
        using var listener = Listen(spans, traces[0].TraceId);

        var first = await HoldUp(journal, writer, "GRC");
        Task<long>[] waiting =
        [
            Append(writer, "GRC", 1, 1),
            Append(writer, "GRC", 1, 2, trace: traces[0]),
            Append(writer, "GRC", 1, 3, entries: 4, trace: traces[1]),
            Append(writer, "GRC", 1, 7, trace: traces[2]),
        ];
        journal.Release();
        await Task.WhenAll([first, .. waiting]);
        await writer.DisposeAsync();

        var span = Assert.Single(spans);
        Assert.Equal("journal.commit", span.OperationName);
        Assert.Null(span.Parent);
        Assert.Equal(default, span.ParentSpanId);
        Assert.Equal(traces.Take(2), span.Links.Select(l => l.Context));
        Assert.Equal(4, span.GetTagItem("journal.appends"));
        Assert.Equal(7, span.GetTagItem("journal.entries"));
        Assert.Equal(2L, span.GetTagItem("journal.first_position"));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Fact]
    public async Task The_span_of_a_failed_commit_says_so()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);
        await writer.OpenAsync("GRC", Cancellation);
        var trace = new ActivityContext(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        var spans = new List<Activity>();
        using var listener = Listen(spans, trace.TraceId);
        journal.FailBefore = new IOException("gone");

        await Assert.ThrowsAsync<JournalOutcomeUnknownException>(() => Append(writer, "GRC", 1, 0, trace: trace));
        await writer.DisposeAsync();

        var span = Assert.Single(spans);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Null(span.GetTagItem("journal.first_position"));
    }

    [Fact]
    public async Task A_malformed_append_never_waits()
    {
        await using var journal = new GatedJournal();
        await using var writer = Writer(journal);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => Append(writer, "GRC", 1, 0, entries: 0));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Append(writer, "GRC", 0, 0));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await writer.OpenAsync("", Cancellation));
    }

    private static JournalWriter Writer(IJournal journal, JournalWriterLimits? limits = null) =>
        new(journal, TimeProvider.System, NullLogger<JournalWriter>.Instance, limits);

    private static Append Of(string party, long epoch, long expectedVersion, int entries = 1, int size = 3) =>
        new(party, epoch, expectedVersion, [.. Enumerable.Repeat(new ReadOnlyMemory<byte>(new byte[size]), entries)]);

    private static async Task<long> Append(
        JournalWriter writer,
        string party,
        long epoch,
        long expectedVersion,
        int entries = 1,
        int size = 3,
        ActivityContext trace = default) =>
        await writer.AppendAsync(Of(party, epoch, expectedVersion, entries, size), [trace], Cancellation);

    private static async Task AssertPositions(long[] expected, params Task<long>[] appends) =>
        Assert.Equal(expected, await Task.WhenAll(appends));

    /// <summary>
    /// Closes the gate and sends one append of a party just opened into it: whatever is asked for next has to wait
    /// until the gate is opened, and so will be drained together.
    /// </summary>
    private static async Task<Task<long>> HoldUp(GatedJournal journal, JournalWriter writer, string party)
    {
        journal.ForgetArrivals();
        journal.Close();
        var version = await journal.GetVersionAsync(party, Cancellation);
        var first = Append(writer, party, 1, version);
        await journal.ArrivalAsync(Cancellation);
        return first;
    }

    private static ActivityListener Listen(List<Activity> spans, ActivityTraceId linked)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == JournalWriter.TelemetryName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            // Other tests write at the same time: only the spans that link to this one's trace count.
            ActivityStopped = span =>
            {
                if (span.Links.Any(l => l.Context.TraceId == linked))
                    spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
