using Treaty.Grid.Conventions;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Properties;

/// <summary>What was found about acts stands until somebody has it judged anew, whatever day or pack comes.</summary>
public sealed class ReassessmentTests
{
    private static readonly DateTimeOffset Then = new(2024, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_day_that_passes_under_a_pack_without_the_rule_closes_nothing()
    {
        var world = Opened();
        var lenient = world with
        {
            Rulebook = world.Rulebook.With(world.MineBan with
            {
                Rules = [.. world.MineBan.Rules.Where(r => r.Id != "APM-01")],
            }),
        };

        Assert.IsType<Repeated>(lenient.Ask("AAA", new JudgeDay(Then.AddDays(1))).Decision);
        Assert.Contains("APM-01", Open(lenient, "AAA"));

        var anew = lenient.Record("AAA", Anew(lenient, "AAA")).DeliverAll(Then.AddDays(2));
        Assert.DoesNotContain("APM-01", Open(anew, "AAA"));
        Assert.Equal(
            "AAA was assessed anew by what is known now: No pack has the rule any more.",
            anew["AAA"].Findings.Values.SelectMany(f => f).Single(f => f.Key.Rule == "APM-01").Closed);
    }

    [Fact]
    public void A_state_on_the_route_is_judged_by_where_it_was_known_to_stand()
    {
        var world = Opened();
        Assert.Contains("APM-04", Open(world, "CCC"));

        world = world.Record("CCC", Notification("w", NotificationKind.Withdrawal, new DateOnly(2020, 1, 1)));
        world = world.Ask("CCC", new JudgeDay(Then.AddDays(2))).World;
        Assert.Contains("APM-04", Open(world, "CCC"));

        world = world.Record("CCC", Anew(world, "CCC"));
        Assert.DoesNotContain("APM-04", Open(world, "CCC"));
        Assert.Empty(world.Post);
        world.Check();
    }

    private static World Opened()
    {
        var world = new World(TestBook.Rulebook);
        foreach (var code in new[] { "AAA", "BBB", "CCC" })
        {
            world = world.Record(code, new RegisterParty(code, Then));
            world = world.Record(code, Notification("r", NotificationKind.Ratification, new DateOnly(2000, 1, 1)));
        }

        var notice = new Notice(
            "n", "AAA", NoticeKind.Dispatch, new TransferKey("AAA", "BBB", "T"), Purpose.OperationalUse,
            new DateOnly(2024, 2, 1), [new Line("PMA-2", 10)])
        {
            Transit = ["CCC"],
        };
        return world.Record("AAA", new FileNotice(notice, Then)).DeliverAll(Then);
    }

    private static RecordNotification Notification(string id, NotificationKind kind, DateOnly day) =>
        new(new DepositaryNotification(id, TestBook.MineBan.Id, kind, day, null, [], "test"), Then);

    private static Reassess Anew(World world, string code) =>
        new([.. world[code].Files.Keys], [], IsWhole: true, Then.AddDays(2));

    private static IEnumerable<string> Open(World world, string code) => world[code].Findings.Values
        .SelectMany(f => f)
        .Where(f => f.Closed is null)
        .Select(f => f.Key.Rule);
}
