using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Silo.Register;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;
using Date = Google.Type.Date;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>
/// A year of the real register, in which nobody files a report: what falls due is found on its day, once, and nothing
/// else is; a restart in the middle makes no difference.
/// </summary>
public sealed class YearTests
{
    private static readonly DateOnly Opened = new(2026, 1, 15);

    /// <summary>The days after a due day, and some on which nothing is due.</summary>
    private static readonly DateOnly[] Days =
    [
        new(2026, 2, 1), new(2026, 3, 2), new(2026, 3, 3), new(2026, 3, 11), new(2026, 4, 1), new(2026, 4, 30),
        new(2026, 5, 1), new(2026, 5, 2), new(2026, 6, 8), new(2026, 9, 1), new(2026, 12, 31), new(2027, 1, 12),
    ];

    private static readonly IReadOnlyList<RegisteredState> States = RegisterFiles.ReadStates();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_a_year_of_197_parties_what_is_due_is_found_once_and_nothing_else(bool isRestarted)
    {
        Assert.Equal(197, States.Count);
        var data = Directory.CreateTempSubdirectory("treaty-grid-");
        var clock = new Leap(Noon(Opened));
        var silo = await StartAsync(data, clock);
        try
        {
            await OpenAsync(silo);
            var before = await silo.Journal.GetHeadAsync(Cancellation);
            var expected = await ExpectedAsync(silo);
            Assert.True(expected.Count > States.Count, $"Only {expected.Count} things are due: nothing is shown.");
            foreach (var (index, day) in Days.Index())
            {
                if (isRestarted && index == Days.Length / 2)
                {
                    await silo.DisposeAsync();
                    clock.Now = Noon(day);
                    silo = await StartAsync(data, clock);
                }

                clock.Now = Noon(day);
                var due = Text(expected.Where(e => e.Due < day));
                await Eventually.Async(
                    () => FoundAsync(silo, before), found => found == due, $"What is found by {day:O}, {due}");
            }

            // Nothing is found again, or besides, as days go by.
            await Task.Delay(Leap.Tick * 10, Cancellation);
            Assert.Equal(Text(expected), await FoundAsync(silo, before));
        }
        finally
        {
            await silo.DisposeAsync();
            data.Delete(recursive: true);
        }
    }

    private static Task<RunningSilo> StartAsync(DirectoryInfo data, Leap clock) => RunningSilo.StartAsync(
        new FaultyJournal(new SqliteJournal(data.FullName, TimeProvider.System), _ => Fault.None), clock);

    /// <summary>The real register; a dispatch that is never answered, mines that are never destroyed, and a request for
    /// clarification.</summary>
    private static async Task OpenAsync(RunningSilo silo)
    {
        await Parallel.ForEachAsync(States, Cancellation, async (state, _) =>
        {
            await silo[state.Code].Register(new RegisterRequest { DisplayName = state.Name });
            foreach (var notification in state.Notifications)
            {
                await RecordAsync(silo, state.Code, notification.Id, notification.ToMessage(state.Code));
            }
        });
        await FileAsync(silo, "JOR", "D1", Dispatch("JOR", "IRQ", "T1", 10, Day(2026, 1, 14), Purpose.Training));
        await FileAsync(silo, "HRV", "D2", Dispatch("HRV", "DEU", "T2", 10, Day(2026, 1, 5), Purpose.Destruction));
        await FileAsync(silo, "DEU", "R2", Receipt("HRV", "DEU", "T2", 10, Day(2026, 1, 6), Purpose.Destruction));
        await RecordAsync(silo, "ERI", "asked", new DepositaryNotification
        {
            Convention = "conventions/apmbc",
            Kind = DepositaryNotification.Types.Kind.ClarificationRequested,
            Date = Day(2026, 2, 1),
            Clarification = "Q1",
            Asserters = { "NOR" },
            Source = "test",
        });
    }

    /// <summary>
    /// What the texts ask in that year, from the days on which the conventions entered into force for each state: the
    /// last day in time, and what is found after it.
    /// </summary>
    private static async Task<List<(DateOnly Due, string What)>> ExpectedAsync(RunningSilo silo)
    {
        var expected = new List<(DateOnly, string)>
        {
            // The month of the dispatch ends on 31 January; thirty days later the other side's notice is due.
            (new(2026, 3, 2), "APM-50 IRQ parties/JOR/transfers/IRQ~T1"),
            // Twenty-eight days after the request.
            (new(2026, 3, 1), "APM-70 ERI "),
            // The certificate is due a year after 15 January, the day on which the receipt was recorded: not yet.
        };
        foreach (var state in States)
        {
            foreach (var (convention, number, initial, yearly) in Reports)
            {
                if (await MembershipAsync(silo, state.Code, convention, Days[^1]) is { EntryIntoForce: { } day })
                {
                    var first = initial(ToDay(day));
                    await AddAsync(convention, $"{number}0 {state.Code} ", first);
                    await AddAsync(convention, $"{number}1 {state.Code} ", first <= yearly ? yearly : null);
                }

                async Task AddAsync(string convention, string what, DateOnly? due)
                {
                    if (due >= Opened && due < Days[^1]
                        && (await MembershipAsync(silo, state.Code, convention, due.Value))?.Status
                            is MembershipStatus.InForce or MembershipStatus.WithdrawalNotified)
                    {
                        expected.Add((due.Value, what));
                    }
                }
            }
        }

        return expected;
    }

    private static async Task<Membership?> MembershipAsync(
        RunningSilo silo, string party, string convention, DateOnly day) =>
        (await silo[party].GetParty(new GetPartyRequest
        {
            Name = $"parties/{party}",
            AsOf = Day(day.Year, day.Month, day.Day),
        })).Memberships.FirstOrDefault(m => m.Convention == $"conventions/{convention}");

    /// <summary>When a state that is bound by then owes its first report, and the one on the year before.</summary>
    private static readonly (
        string Convention, string Number, Func<DateOnly, DateOnly> Initial, DateOnly Yearly)[] Reports =
    [
        // Article 7: within 180 days of entry into force, and by 30 April.
        ("apmbc", "APM-3", entry => entry.AddDays(180), new(2026, 4, 30)),
        ("ccm", "CCM-3", entry => entry.AddDays(180), new(2026, 4, 30)),
        // Article 13: within a year, and by 31 May with a week of grace.
        ("att", "ATT-3", entry => entry.AddYears(1), new(2026, 6, 7)),
    ];

    /// <summary>
    /// What was found since, each as often as it was recorded: rule, party and transfer, where the party concerned
    /// records it.
    /// </summary>
    private static async Task<string> FoundAsync(RunningSilo silo, long since)
    {
        var found = new List<string>();
        while (await silo.Journal.ReadAllAsync(since, 1_000, Cancellation) is { Count: > 0 } page)
        {
            found.AddRange(page.SelectMany(stored => J.Entry.Parser.ParseFrom(stored.Payload.Span).Events
                .Select(e => e.FindingRaised?.Finding)
                .OfType<Finding>()
                .Where(f => f.Party == stored.Party)
                .Select(f => $"{f.Rule} {f.Party} {f.Transfer}")));
            since = page[^1].Position;
        }

        return string.Join("; ", found.Order(StringComparer.Ordinal));
    }

    private static string Text(IEnumerable<(DateOnly Due, string What)> expected) =>
        string.Join("; ", expected.Select(e => e.What).Order(StringComparer.Ordinal));

    private static async Task FileAsync(RunningSilo silo, string party, string id, Notice notice)
    {
        var answer = await silo[party].File(
            new FileRequest { Items = { new FileItem { NoticeId = id, Notice = notice } } });
        Assert.Equal(CrossCheck.Complete, answer.Results[0].Response?.CrossCheck);
    }

    private static async Task RecordAsync(
        RunningSilo silo, string party, string id, DepositaryNotification notification) =>
        await silo[party].Record(new RecordRequest { NotificationId = id, Notification = notification });

    private static DateOnly ToDay(Date date) => new(date.Year, date.Month, date.Day);

    private static DateTimeOffset Noon(DateOnly day) => new(day, new TimeOnly(12, 0), TimeSpan.Zero);
}
