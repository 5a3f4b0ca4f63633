using Google.Rpc;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>A store that stands still, and more to write than may wait for it.</summary>
public sealed class FullWriterTests
{
    // Wide: it tells a hanging call from a busy machine.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_comes_when_too_much_waits_for_the_journal_is_refused_and_no_party_leaves_memory()
    {
        var store = new MemoryJournal();
        var next = Fault.None;
        await using var run = new Run(() => store, _ => Interlocked.Exchange(ref next, Fault.None))
        {
            Limits = new JournalWriterLimits { QueuedAppendsMax = 20 },
        };
        await run.PlayAsync(atOnce: false);

        // One is being written, and eleven wait: more than half of what may.
        next = Fault.FreezeBefore;
        var filed = new List<Task<Acknowledgement>> { FileAsync(0) };
        await run.Silo.Journal.Frozen.WaitAsync(Cancellation);
        filed.AddRange(Enumerable.Range(1, 11).Select(n => FileAsync(n)));
        while (!run.Silo.Writer.IsFuller(0.5))
            await Task.Delay(TimeSpan.FromMilliseconds(1), Cancellation);

        for (var again = 0; again < 5; again++)
        {
            var refused = await Assert.ThrowsAsync<RefusedException>(
                () => FileAsync(12).WaitAsync(Soon, Cancellation));
            Assert.Equal((int)Code.ResourceExhausted, refused.Status.Code);
            Assert.Equal("OVERLOADED", refused.Status.GetDetail<ErrorInfo>()!.Reason);
            Assert.NotNull(refused.Status.GetDetail<RetryInfo>());
        }

        run.Silo.Journal.Resume();
        var positions = (await Task.WhenAll(filed)).Select(f => f.Position).ToList();
        var refiled = await FileAsync(12);
        Assert.DoesNotContain(refiled.Position, positions);

        // None was opened again for it.
        var calm = new MemoryJournal();
        await using var undisturbed = new Run(() => calm);
        await undisturbed.PlayAsync(atOnce: false);
        foreach (var party in Workload.Parties)
        {
            var (expected, actual) = (
                await calm.OpenAsync(party, Cancellation), await store.OpenAsync(party, Cancellation));
            Assert.Equal((party, expected.Epoch), (party, actual.Epoch));
        }

        Task<Acknowledgement> FileAsync(int number) => Request(number).Send(run.Silo[Request(number).Party]);
    }

    private static Request Request(int number)
    {
        var (from, to) = (Workload.Parties[number % 4], Workload.Parties[(number + 1) % 4]);
        return Workload.File(
            from, $"full-{number}",
            Statements.Dispatch(from, to, $"F-{number}", 5, Statements.Day(2024, 11, 21), Purpose.Destruction));
    }
}
