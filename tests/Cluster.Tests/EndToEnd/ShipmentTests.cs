using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Shipments between parties to the convention, told by both.</summary>
public abstract class ShipmentTests(Door register)
{
    [Collection(SharedRegister.Name)]
    public sealed class AllInOne(RunningRegister register) : ShipmentTests(register);

    [Collection(SharedCluster.Name)]
    public sealed class InCluster(RunningCluster cluster) : ShipmentTests(cluster);

    [Fact]
    public async Task Greek_mines_destroyed_in_Bulgaria_480_short_are_for_Bulgaria_to_account_for()
    {
        var (greece, bulgaria) = (As("GRC"), As("BGR"));
        await greece.DeclareAsync("OPENING", new Declaration
        {
            AsOf = Day(2004, 3, 1),
            StockOpening = new StockOpening { Lines = { new Line { Item = Mine, Quantity = 100_000 } } },
        });
        await bulgaria.DeclareAsync("OPENING", new Declaration
        {
            AsOf = Day(1999, 3, 1),
            StockOpening = new StockOpening(),
        });
        var dispatched = await greece.SubmitAsync(
            "D", Dispatch("GRC", "BGR", "T1", 100_000, Day(2007, 5, 4), Purpose.Destruction));
        var received = await bulgaria.SubmitAsync(
            "R", Receipt("GRC", "BGR", "T1", 100_000, Day(2007, 5, 7), Purpose.Destruction));
        Assert.Equal(Match.Matched, received.Transfer.Match);
        Assert.DoesNotContain(received.Transfer.Findings, f => f.Rule is "APM-01" or "APM-02" or "APM-51");
        await bulgaria.SubmitAsync("C1", Certificate("GRC", "BGR", "T1", 60_000, Day(2007, 6, 1), final: false));
        var last = await bulgaria.SubmitAsync(
            "C2", Certificate("GRC", "BGR", "T1", 39_520, Day(2007, 9, 1), final: true));

        var finding = Assert.Single(last.Transfer.Findings);
        Assert.Equal(("APM-07", "BGR", Severity.Warning), (finding.Rule, finding.Party, finding.Severity));
        Assert.Equal("480", finding.Inputs["outstanding"]);
        Assert.DoesNotContain(await bulgaria.FindingsAsync(), f => f.Rule == "APM-20");
        Assert.Equal(0, (await bulgaria.StockAsync()).Article4Balance);
        Assert.Equal(480, await bulgaria.HoldingAsync(HoldingClass.ReceivedForDestruction));
        await BothSidesTellTheSameAsync(dispatched.Transfer.Name, Match.Matched);
    }

    [Fact]
    public async Task What_differs_differs_in_both_sides_files()
    {
        var (spain, italy) = (As("ESP"), As("ITA"));
        var dispatched = await spain.SubmitAsync(
            "D", Dispatch("ESP", "ITA", "T1", 1_000, Day(2007, 5, 4), Purpose.Training));
        var received = await italy.SubmitAsync(
            "R", Receipt("ESP", "ITA", "T1", 900, Day(2007, 5, 7), Purpose.Training));
        var difference = Assert.Single(received.Transfer.Differences);
        Assert.Equal("quantity[PMA-2]", difference.Field);
        Assert.Equal(("1000", "900"), (difference.SenderValue, difference.RecipientValue));
        var sides = received.Transfer.Findings.Where(f => f.Rule == "APM-51").Select(f => f.Party);
        Assert.Equal(["ESP", "ITA"], sides.Order(StringComparer.Ordinal));
        await BothSidesTellTheSameAsync(dispatched.Transfer.Name, Match.Mismatched);
    }

    [Fact]
    public async Task An_item_that_nobody_knows_is_recorded_and_quarantined()
    {
        var (france, portugal) = (As("FRA"), As("PRT"));
        await france.DeclareAsync("OPENING", new Declaration
        {
            AsOf = Day(1999, 3, 1),
            StockOpening = new StockOpening { Lines = { new Line { Item = "XYZ-1", Quantity = 50 } } },
        });
        await france.SubmitAsync("D", Dispatch("FRA", "PRT", "T1", 50, Day(2007, 5, 4), item: "XYZ-1"));
        var received = await portugal.SubmitAsync(
            "R", Receipt("FRA", "PRT", "T1", 50, Day(2007, 5, 7), item: "XYZ-1"));
        Assert.Equal(Match.Matched, received.Transfer.Match);
        Assert.Equal(
            [("APM-61", "FRA", Severity.Data), ("APM-61", "PRT", Severity.Data)],
            received.Transfer.Findings.Select(f => (f.Rule, f.Party, f.Severity)));
        Assert.Equal(0, await france.HoldingAsync(HoldingClass.Quarantined, "XYZ-1"));
        Assert.Equal(50, await portugal.HoldingAsync(HoldingClass.Quarantined, "XYZ-1"));
    }

    [Fact]
    public async Task A_notice_that_reaches_a_party_by_two_ways_does_not_hold_up_the_next()
    {
        var (hungary, slovakia) = (As("HUN"), As("SVK"));
        await hungary.SubmitAsync("D", Dispatch("HUN", "SVK", "T1", 100, Day(2007, 5, 4), Purpose.Destruction));
        await slovakia.SubmitAsync("R", Receipt("HUN", "SVK", "T1", 100, Day(2007, 5, 7), Purpose.Destruction));
        var first = Dispatch("SVK", "SVN", "ON", 40, Day(2007, 6, 1), Purpose.Destruction);
        first.Transit.Add("HUN");
        var second = Dispatch("SVK", "SVN", "ON", 50, Day(2007, 6, 2), Purpose.Destruction);
        second.OnwardFrom = TransferName("HUN", "SVK", "T1");
        await slovakia.SubmitAsync("ON-1", first);
        await slovakia.SubmitAsync("ON-2", second);
        var next = Certificate("HUN", "SVK", "T1", 10, Day(2007, 7, 1), final: false);
        await Eventually.Async(
            () => slovakia.SubmitAsync("C", next), r => r.CrossCheck == CrossCheck.Complete,
            "the filer of the next notice hears from the other side");
    }

    [Fact]
    public async Task Who_names_itself_as_on_the_route_does_not_see_the_transfer()
    {
        var (iceland, norway, stranger) = (As("ISL"), As("NOR"), As("FJI"));
        var dispatched = await iceland.SubmitAsync(
            "D", Dispatch("ISL", "NOR", "T1", 7, Day(2007, 5, 4), Purpose.Training));
        await norway.SubmitAsync("R", Receipt("ISL", "NOR", "T1", 7, Day(2007, 5, 7), Purpose.Training));
        var reply = Reply("ISL", "NOR", "T1", Day(2007, 5, 8), "passed through here");
        reply.Transit.Add("FJI");
        await stranger.SubmitAsync("S", reply);
        var refused = await Caller.RefusedAsync(() => stranger.TransferAsync(dispatched.Transfer.Name));
        Assert.Equal(Grpc.Core.StatusCode.PermissionDenied, refused.Code);
    }

    [Fact]
    public async Task A_state_of_the_register_is_not_sent_to_as_if_it_were_none()
    {
        var notice = Dispatch("ISL", "NOR", "T9", 7, Day(2007, 5, 4), Purpose.Training);
        notice.RecipientKind = RecipientKind.NonState;
        var refused = await Caller.RefusedAsync(() => As("ISL").SubmitAsync("T9", notice));
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, refused.Code);
    }

    [Fact]
    public async Task A_batch_about_one_transfer_answers_once_about_it()
    {
        var cuba = As("CUB");
        var results = await cuba.BatchAsync(Enumerable.Range(0, 500).Select(n => cuba.RequestOf(
            $"B-{n}", Dispatch("CUB", "DOM", "BATCH", n + 1, Day(2007, 5, 4), Purpose.Training))));
        Assert.All(results, r => Assert.Empty(r.Response.Transfer.Notices));
        Assert.Equal(500, (await cuba.TransferAsync(results[0].Response.Transfer.Name)).Notices.Count);
    }

    private Caller As(string code) => new(register, code);

    /// <summary>Both files, and what the secretariat is shown, but for findings that need a side's own books.</summary>
    private async Task BothSidesTellTheSameAsync(string name, Match match)
    {
        var sides = name.Split('/', '~');
        var (theirs, ours) = (await As(sides[3]).TransferAsync(name), await As(sides[1]).TransferAsync(name));
        Assert.Equal(match, ours.Match);
        Assert.Equal(ours.Match, theirs.Match);
        Assert.Equal(ours.Movement, theirs.Movement);
        Assert.Equal(ours.Pairing, theirs.Pairing);
        Assert.Equal(ours.Differences, theirs.Differences);
        Assert.Equal(ours.Completed, theirs.Completed);
        Assert.Equal(ours.Notices, theirs.Notices);
        Assert.Equal(ours.Position, theirs.Position);
        Assert.Equal(ours.Findings.Select(Brief), theirs.Findings.Select(Brief));
        Assert.Equal(ours.Findings.Select(Brief), (await As("secretariat").TransferAsync(name)).Findings.Select(Brief));

        static object Brief(Finding f) =>
            (f.Name, f.Rule, f.Severity, f.Party, f.Message, f.Article, f.Due, string.Join(',', f.Notices));
    }
}
