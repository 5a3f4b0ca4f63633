using Treaty.Grid.Auditor;
using Treaty.Grid.Load;
using Treaty.Grid.Load.Verifying;

namespace Treaty.Grid.Cluster.Tests.UnderLoad;

/// <summary>What is sent when, before anything is sent.</summary>
public sealed class PlanTests
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);
    private static readonly string[] Codes = ["L0000000", "L0000001", "L0000002"];

    [Fact]
    public void A_constant_rate_is_even()
    {
        var due = Schedule.Of("constant", 10, TimeSpan.Zero, TimeSpan.FromSeconds(2)).Arrivals(1).ToList();
        Assert.Equal(20, due.Count);
        Assert.All(due.Select((at, i) => (at, i)), a => Assert.Equal(a.i / 10.0, a.at, 9));
    }

    [Theory]
    [InlineData("poisson", 10_000)]
    [InlineData("step:500,1k,1.5k", 10_000)]
    [InlineData("ramp:0..2k", 10_000)]
    [InlineData("ramp:2k..0", 10_000)]
    public void An_arrival_by_chance_adds_up_and_never_goes_back(string arrival, int expected)
    {
        var schedule = Schedule.Of(arrival, 1_000, TimeSpan.Zero, Ten);
        var due = schedule.Arrivals(7).ToList();
        Assert.InRange(due.Count, expected * 0.95, expected * 1.05);
        Assert.Equal(due.Order(), due);
        Assert.InRange(due[^1], 9, 10);
        Assert.Equal(due, schedule.Arrivals(7));
        Assert.NotEqual(due, schedule.Arrivals(8));
    }

    [Fact]
    public void A_ramp_rises_and_the_warm_up_has_the_first_rate()
    {
        var schedule = Schedule.Of("ramp:100..900", 1, Ten, Ten, share: 0.5);
        Assert.Equal(50, schedule.RateAt(5));
        Assert.Equal(250, schedule.RateAt(15), 9);
        var due = schedule.Arrivals(1).ToList();
        Assert.InRange(due.Count(d => d < 10), 420, 580);
        Assert.InRange(due.Count(d => d is >= 10 and < 15), 600, 900);
        Assert.InRange(due.Count(d => d >= 15), 1_550, 1_950);
    }

    [Theory]
    [InlineData("sometimes")]
    [InlineData("ramp:1k")]
    [InlineData("step:fast")]
    public void An_arrival_that_is_none_is_refused(string arrival) =>
        Assert.Throws<SwitchException>(() => Schedule.Of(arrival, 1, TimeSpan.Zero, Ten));

    [Fact]
    public void A_mix_is_drawn_in_proportion()
    {
        var (mix, chance) = (Mix.Parse("match=3,short=1"), new Chance(1));
        var drawn = Enumerable.Range(0, 10_000).Select(_ => mix.Draw(chance.Even())).ToList();
        Assert.InRange(drawn.Count(k => k == StoryKind.Short), 2_300, 2_700);
        Assert.Equal(10_000, drawn.Count(k => k is StoryKind.Short or StoryKind.Match));
        Assert.Equal("match=0.75,short=0.25", mix.ToString());
        Assert.Throws<SwitchException>(() => Mix.Parse("match=1,wrong=1"));
        Assert.Throws<SwitchException>(() => Mix.Parse("match=0"));
    }

    [Fact]
    public void The_standard_mix_has_a_discrepancy_in_a_hundred()
    {
        var (mix, chance) = (Mix.Parse(Mix.Standard), new Chance(1));
        var kinds = Enumerable.Range(0, 100_000).Select(_ => mix.Draw(chance.Even()));
        Assert.InRange(kinds.Count(k => k is not (StoryKind.Match or StoryKind.Permitted)), 900, 1_100);
    }

    [Fact]
    public void A_few_are_hot_if_that_is_asked_for()
    {
        var (even, hot, chance) = (new Zipf(100, 0), new Zipf(100, 1.2), new Chance(1));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => even.Pick(chance.Even()) == 0), 50, 150);
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => hot.Pick(chance.Even()) == 0), 2_000, 4_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Each_request_is_of_one_party_and_each_notice_is_sent_once_and_in_order(int batch)
    {
        var ledger = new Ledger(new StoryBook("t", Codes));
        var plan = new StoryPlan(
            ledger, Schedule.Of("poisson", 100, TimeSpan.Zero, Ten),
            new Draw(3, batch, 0, 0.2, 0.5, Mix.Parse("match=1,permitted=1,missing=1")));
        var requests = plan.Requests().ToList();
        Assert.All(requests, r => Assert.Equal(batch, r.Steps.Length));
        Assert.All(requests, r => Assert.All(
            r.Steps, s => Assert.Equal(r.Caller, Codes[ledger[s.Story].FilerOf(s.Part)])));
        var steps = requests.SelectMany(r => r.Steps).ToList();
        Assert.Equal(steps.Count, steps.Distinct().Count());
        Assert.All(
            steps.GroupBy(s => s.Story),
            story => Assert.Equal(Enumerable.Range(0, story.Count()), story.Select(s => s.Part)));
        Assert.Contains(steps, s => s.Part == 2);
    }

    /// <summary>The auditor's word on each kind, as it is told to its end.</summary>
    [Theory]
    [InlineData("Match", "")]
    [InlineData("Permitted", "")]
    [InlineData("Short", "APM-51 L0000000 warning, APM-51 L0000001 warning")]
    [InlineData("Excess", "APM-51 L0000000 warning, APM-51 L0000001 warning")]
    [InlineData("Item", "APM-52 L0000000 warning, APM-52 L0000001 warning")]
    [InlineData("Missing", "APM-50 L0000001 data")]
    [InlineData("Late", "APM-54 L0000000 data, APM-54 L0000001 data")]
    [InlineData("Duplicate", "APM-50 L0000001 data, APM-55 L0000000 review")]
    [InlineData("Conflict", "")]
    [InlineData("Prohibited", "APM-01 L0000000 breach, APM-02 L0000001 breach")]
    [InlineData("Repeat", "")]
    public void A_story_leads_to_the_findings_of_its_kind(string kind, string findings)
    {
        var story = new Story(Enum.Parse<StoryKind>(kind), 0, 1);
        var ledger = new Ledger(new StoryBook("t", Codes));
        ledger.Add(story);
        for (var part = 0; part < story.Parts; part++)
            ledger.Note(new Step(0, part), 100 + part);
        if (story.Kind == StoryKind.Conflict)
            ledger.Note(new Step(0, 2), Ledger.Refused);
        if (story.Kind == StoryKind.Repeat)
            ledger.Note(new Step(0, 2), 100);
        var truth = new Truth(
            ledger, Roster.Of(Codes.Select(c => new Country(c) { Deposited = new DateOnly(1998, 6, 1) })),
            new DateOnly(2026, 1, 1));
        Assert.Null(truth.Wrong(0));
        Assert.Equal(
            findings,
            string.Join(", ", truth.FindingsOf(0).Select(f => $"{f.Rule} {f.Party} {f.Severity}").Order(
                StringComparer.Ordinal)));
        var held = Codes.Sum(c => c == Codes[2] ? 0 : truth.BalancesOf(0, c).Values.Sum());
        Assert.Equal(0, held + truth.LeftTheBooks());
    }
}
