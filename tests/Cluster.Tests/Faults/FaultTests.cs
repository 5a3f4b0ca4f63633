using Treaty.Grid.Auditor;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>A store that fails in every way it can, and a client that does as the errors say.</summary>
public sealed class FaultTests
{
    private const int FaultPercent = 25;
    private const int FreezePercent = 1;

    private static readonly Fault[] Passing =
    [
        Fault.Delay, Fault.FailBefore, Fault.CommitThenThrow, Fault.Lost, Fault.LostThenCommit, Fault.Fence,
    ];

    private static readonly Request Next = Workload.File(
        "GRC", "g-9", Statements.Dispatch("GRC", "BGR", "T-9", 5, Statements.Day(2024, 11, 21), Purpose.Destruction));

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task Whatever_the_store_does_everything_is_there_once_in_the_end(int seed)
    {
        await using var undisturbed = new Run(InMemory());
        await undisturbed.PlayAsync(atOnce: true);

        await using var run = new Run(InMemory(), Random(seed), Random(seed + 1_000));
        await run.PlayAsync(atOnce: true);

        Assert.Equal(await JournalAudit.CheckAsync(undisturbed), await JournalAudit.CheckAsync(run));
        Assert.NotEmpty(run.Errors);
    }

    [Theory]
    [InlineData(Fault.CommitThenThrow, "OUTCOME_UNKNOWN")]
    [InlineData(Fault.Lost, "OUTCOME_UNKNOWN")]
    [InlineData(Fault.LostThenCommit, "OUTCOME_UNKNOWN")]
    [InlineData(Fault.FailBefore, "JOURNAL_UNAVAILABLE")]
    [InlineData(Fault.Fence, "JOURNAL_UNAVAILABLE")]
    internal async Task The_client_is_told_what_is_known_and_its_retry_succeeds(Fault fault, string reason)
    {
        var next = Fault.None;
        await using var run = new Run(InMemory(), _ => Interlocked.Exchange(ref next, Fault.None));
        await run.PlayAsync(atOnce: false);
        var head = await run.Silo.Journal.GetHeadAsync(CancellationToken.None);

        next = fault;
        var answer = await run.SendAsync(Next, untilComplete: true);

        Assert.Contains(reason, run.Errors);
        Assert.DoesNotContain(run.Errors, e => e.Key == "OUTCOME_UNKNOWN" && e.Key != reason);
        Assert.Equal(head + 1, answer.Position);
        Assert.Equal(answer, await run.SendAsync(Next, untilComplete: true));
        Assert.Equal(head + 2, await run.Silo.Journal.GetHeadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_silo_that_was_frozen_and_resumed_cannot_write_where_another_took_over()
    {
        var store = InMemory();
        var next = Fault.None;
        await using var run = new Run(store, _ => Interlocked.Exchange(ref next, Fault.None));
        await run.PlayAsync(atOnce: false);
        next = Fault.FreezeBefore;
        var zombie = Next.Send(run.Silo["GRC"]);
        await run.Silo.Journal.Frozen.WaitAsync(TestContext.Current.CancellationToken);

        await using var other = await RunningSilo.StartAsync(new FaultyJournal(store(), _ => Fault.None), run.Time);
        var answer = await Next.Send(other["GRC"]);
        run.Silo.Journal.Resume();

        var refusal = await Assert.ThrowsAsync<RefusedException>(() => zombie);
        Assert.Equal((int)Google.Rpc.Code.Unavailable, refusal.Status.Code);
        Assert.Equal(answer, await run.SendAsync(Next, untilComplete: true));
    }

    [Fact]
    public async Task A_peer_that_cannot_write_is_asked_again_at_longer_and_longer_intervals()
    {
        var failing = 0;
        await using var run = new Run(
            InMemory(), _ => Interlocked.Decrement(ref failing) is >= 0 and < 20 ? Fault.FailBefore : Fault.None);
        await run.PlayAsync(atOnce: false);
        var waits = run.Time.Waits.Count;

        // The filer's own write passes, the next twenty do not.
        failing = 21;
        var first = await Next.Send(run.Silo["GRC"]);
        await run.SendAsync(Next, untilComplete: true);

        Assert.False(first.IsComplete);
        Assert.Equal(
            [50, 100, 200, 400, 800, 1_600],
            run.Time.Waits.Skip(waits).Select(w => w.TotalMilliseconds)
                .Where(ms => ms is 50 or 100 or 200 or 400 or 800 or 1_600).Take(6));
    }

    private static Func<IJournal> InMemory()
    {
        var journal = new MemoryJournal();
        return () => journal;
    }

    // The same step of the same seed always meets the same fault, whichever party's write it is.
    private static Func<int, Fault> Random(int seed) => step =>
    {
        var dice = new Dice((seed * 10_000) + step);
        return dice.Chance(FreezePercent) ? dice.Chance(50) ? Fault.FreezeBefore : Fault.FreezeAfter
            : dice.Chance(FaultPercent) ? dice.Pick(Passing)
            : Fault.None;
    };
}
