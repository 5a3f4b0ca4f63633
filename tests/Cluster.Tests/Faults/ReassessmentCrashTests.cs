using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>What a party has come to know of where it stood reaches the other side, whatever happens.</summary>
public sealed class ReassessmentCrashTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_not_told_before_a_crash_is_told_though_nobody_calls()
    {
        var (store, time, frozenAt) = (new MemoryJournal(), new OneDay(), int.MaxValue);
        var silo = await RunningSilo.StartAsync(
            new FaultyJournal(store, step => step == frozenAt ? Fault.FreezeAfter : Fault.None), time);
        foreach (var code in new[] { "ANN", "BER" })
        {
            await silo[code].Register(new RegisterRequest { DisplayName = code });
            await silo[code].Record(Note("in", DepositaryNotification.Types.Kind.Accession, 2020));
        }

        await Workload.File(
            "ANN", "d1", Statements.Dispatch("ANN", "BER", "T1", 10, Statements.Day(2024, 11, 3))).Send(silo["ANN"]);
        await Eventually.Async(
            () => CountAsync(store, J.Event.KindOneofCase.AnswerReceived), count => count == 1, "Answers on record");
        await silo["ANN"].Record(Note("out", DepositaryNotification.Types.Kind.Withdrawal, 2021));
        frozenAt = silo.Journal.Steps + 1;
        var asked = silo["ANN"].Reassess(
            new ReassessRequest { Request = new ReassessFindingsRequest { Parent = "parties/ANN" } }).AsTask();
        await silo.Journal.Frozen;
        _ = asked.ContinueWith(t => t.Exception, TaskScheduler.Default);
        await silo.KillAsync();
        Assert.Equal(1, await CountAsync(store, J.Event.KindOneofCase.StandingsRevised));
        Assert.Equal(0, await CountAsync(store, J.Event.KindOneofCase.StandingsDelivered));

        await using var next = await RunningSilo.StartAsync(new FaultyJournal(store, _ => Fault.None), time);
        await Eventually.Async(
            () => CountAsync(store, J.Event.KindOneofCase.StandingsDelivered), count => count == 1, "Deliveries");
    }

    private static async Task<int> CountAsync(MemoryJournal store, J.Event.KindOneofCase kind) =>
        (await store.ReadAllAsync(0, 1_000, Cancellation))
            .SelectMany(entry => J.Entry.Parser.ParseFrom(entry.Payload.Span).Events)
            .Count(e => e.KindCase == kind);

    private static RecordRequest Note(string id, DepositaryNotification.Types.Kind kind, int year) => new()
    {
        NotificationId = id,
        Notification = new DepositaryNotification
        {
            Convention = "conventions/apmbc",
            Kind = kind,
            Date = Statements.Day(year, 5, 5),
        },
    };
}
