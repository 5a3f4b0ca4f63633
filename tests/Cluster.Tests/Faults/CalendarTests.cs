using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>What the passing of time brings, while nobody calls.</summary>
public sealed class CalendarTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_falls_due_is_found_without_anyone_calling_and_after_downtime()
    {
        var data = Directory.CreateTempSubdirectory("treaty-grid-");
        var clock = new Leap(new DateTimeOffset(2024, 11, 29, 12, 0, 0, TimeSpan.Zero));
        try
        {
            await using (var silo = await StartAsync(data, clock))
            {
                await JoinAsync(silo, "JOR");
                await JoinAsync(silo, "SYR");
                await silo["JOR"].File(new FileRequest
                {
                    Items =
                    {
                        new FileItem
                        {
                            NoticeId = "D",
                            Notice = Statements.Dispatch(
                                "JOR", "SYR", "T-1", 10, Statements.Day(2024, 11, 21), Purpose.Training),
                        },
                    },
                });

                // In time until 30 December: the day after, both sides have it on record, once.
                clock.Now = new DateTimeOffset(2024, 12, 30, 12, 0, 0, TimeSpan.Zero);
                await Task.Delay(Leap.Tick * 10, Cancellation);
                Assert.Empty(await OverdueAsync(silo, "APM-50"));
                clock.Now = new DateTimeOffset(2024, 12, 31, 12, 0, 0, TimeSpan.Zero);
                await FoundAsync(silo, "APM-50", "JOR", "SYR");
                clock.Now = new DateTimeOffset(2025, 1, 1, 12, 0, 0, TimeSpan.Zero);
                await Task.Delay(Leap.Tick * 10, Cancellation);
                Assert.Equal(2, (await OverdueAsync(silo, "APM-50")).Count);
            }

            clock.Now = new DateTimeOffset(2025, 5, 1, 0, 0, 1, TimeSpan.Zero);
            await using (var silo = await StartAsync(data, clock))
            {
                await FoundAsync(silo, "APM-31", "JOR", "SYR");
            }
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static Task<RunningSilo> StartAsync(DirectoryInfo data, Leap clock) => RunningSilo.StartAsync(
        new FaultyJournal(new SqliteJournal(data.FullName, TimeProvider.System), _ => Fault.None), clock);

    private static async Task JoinAsync(RunningSilo silo, string party)
    {
        await silo[party].Register(new RegisterRequest { DisplayName = party });
        await silo[party].Record(new RecordRequest
        {
            NotificationId = "accession",
            Notification = new DepositaryNotification
            {
                Convention = "conventions/apmbc",
                Kind = DepositaryNotification.Types.Kind.Accession,
                Date = Statements.Day(1998, 11, 13),
                Source = "test",
            },
        });
    }

    private static async Task FoundAsync(RunningSilo silo, string rule, params string[] parties) =>
        await Eventually.Async(
            () => OverdueAsync(silo, rule), found => found.Order().SequenceEqual(parties),
            $"{rule} is on record for {string.Join(", ", parties)}");

    /// <summary>In whose journal it was recorded that something is overdue, once for each time.</summary>
    private static async Task<IReadOnlyList<string>> OverdueAsync(RunningSilo silo, string rule) =>
    [
        .. (await silo.Journal.ReadAllAsync(0, 1_000, Cancellation))
            .Where(stored => J.Entry.Parser.ParseFrom(stored.Payload.Span).Events.Any(e =>
                e.FindingRaised?.Finding is { Severity: Severity.Warning } finding && finding.Rule == rule))
            .Select(stored => stored.Party),
    ];
}
