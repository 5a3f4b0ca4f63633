using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Statements that take the place of earlier ones, through the door.</summary>
public abstract class CorrectionTests(Door register)
{
    [Collection(SharedRegister.Name)]
    public sealed class AllInOne(RunningRegister register) : CorrectionTests(register);

    [Collection(SharedCluster.Name)]
    public sealed class InCluster(RunningCluster cluster) : CorrectionTests(cluster);

    [Fact]
    public async Task A_receipt_is_corrected_and_both_sides_see_what_holds_and_what_was_said()
    {
        var (croatia, chile) = (As("HRV"), As("CHL"));
        await croatia.SubmitAsync("D", Dispatch("HRV", "CHL", "C1", 500, Day(2007, 5, 4), Purpose.Training));
        var wrong = Receipt("HRV", "CHL", "C1", 480, Day(2007, 5, 7), Purpose.Training);
        var first = await chile.SubmitAsync("R", wrong);
        Assert.Contains(first.Transfer.Findings, f => f.Rule == "APM-51");

        var right = Receipt("HRV", "CHL", "C1", 500, Day(2007, 5, 7), Purpose.Training);
        right.Supersedes = "parties/CHL/notices/R";
        var corrected = await chile.SubmitAsync("R-2", right);

        Assert.Equal(Match.Corrected, corrected.Transfer.Match);
        Assert.DoesNotContain(corrected.Transfer.Findings, f => f.Rule == "APM-51");
        Assert.Equal(500, await chile.HoldingAsync(HoldingClass.Retained));
        var theirs = await croatia.TransferAsync(first.Transfer.Name);
        Assert.Equal(
            [("parties/HRV/notices/D", ""), ("parties/CHL/notices/R", "parties/CHL/notices/R-2"),
                ("parties/CHL/notices/R-2", "")],
            theirs.Notices.Select(n => (n.Name, n.SupersededBy)));
        Assert.Equal("parties/CHL/notices/R-2", (await chile.NoticeAsync("CHL", "R")).SupersededBy);

        var closed = (await chile.ListAsync(new ListFindingsRequest
        {
            Parent = "parties/CHL",
            ShowClosed = true,
            PageSize = 1_000,
        })).Findings.Single(f => f.Rule == "APM-51");
        Assert.Contains("parties/CHL/notices/R-2 corrects parties/CHL/notices/R", closed.ClosedReason);
        Assert.True((await chile.SubmitAsync("R", wrong)).Replayed);
        Assert.True((await chile.SubmitAsync("R-2", right)).Replayed);
    }

    [Fact]
    public async Task What_cannot_be_corrected_is_refused_with_the_field_or_with_what_is_in_effect()
    {
        var peru = As("PER");
        await peru.SubmitAsync("D", Dispatch("PER", "ECU", "C1", 500, Day(2007, 5, 4), Purpose.Training));
        var dispatch = Dispatch("PER", "ECU", "C1", 600, Day(2007, 5, 4), Purpose.Training);

        dispatch.Supersedes = "parties/PER/notices/NONE";
        await RefusedAsync(StatusCode.InvalidArgument, "STATEMENT_INVALID", "notice.supersedes");
        dispatch.Supersedes = "parties/ECU/notices/D";
        await RefusedAsync(StatusCode.InvalidArgument, "STATEMENT_INVALID", "notice.supersedes");
        dispatch.Supersedes = "parties/PER/notices/D";
        dispatch.Transfer = "C2";
        await RefusedAsync(StatusCode.InvalidArgument, "STATEMENT_INVALID", "notice.transfer");
        dispatch.Transfer = "C1";
        await peru.SubmitAsync("D-2", dispatch);
        var refused = await RefusedAsync(StatusCode.FailedPrecondition, "SUPERSEDED");
        Assert.Equal("parties/PER/notices/D-2", refused.Metadata["name"]);

        async Task<Refused> RefusedAsync(StatusCode code, string reason, params string[] fields)
        {
            var refused = await Caller.RefusedAsync(() => peru.SubmitAsync("D-3", dispatch));
            Assert.Equal((code, reason), (refused.Code, refused.Reason));
            Assert.Equal(fields, refused.Fields);
            return refused;
        }
    }

    [Fact]
    public async Task A_dispatch_is_withdrawn_and_a_declaration_taken_back()
    {
        var kenya = As("KEN");
        var opening = new Declaration
        {
            AsOf = Day(2004, 3, 1),
            StockOpening = new StockOpening { Lines = { new Line { Item = Mine, Quantity = 700 } } },
        };
        await kenya.DeclareAsync("O", opening);
        await kenya.SubmitAsync("D", Dispatch("KEN", "LVA", "C1", 100, Day(2007, 5, 4)));
        Assert.Equal(600, await kenya.HoldingAsync(HoldingClass.Operational));
        var withdrawn = await kenya.SubmitAsync("W", new Notice
        {
            Kind = NoticeKind.Cancellation,
            Transfer = "C1",
            Sender = "KEN",
            Recipient = "LVA",
            Date = Day(2007, 5, 4),
            Supersedes = "parties/KEN/notices/D",
        });
        Assert.Equal(Movement.Cancelled, withdrawn.Transfer.Movement);
        Assert.Empty(withdrawn.Transfer.Findings);
        Assert.Equal(700, await kenya.HoldingAsync(HoldingClass.Operational));

        await kenya.DeclareAsync("X", new Declaration
        {
            AsOf = Day(2006, 3, 1),
            Destruction = new StockDestruction { Lines = { new Line { Item = Mine, Quantity = 50 } } },
        });
        Assert.Equal(650, await kenya.HoldingAsync(HoldingClass.Operational));
        await kenya.DeclareAsync("X-2", new Declaration
        {
            AsOf = Day(2006, 3, 1),
            Destruction = new StockDestruction(),
            Supersedes = "parties/KEN/declarations/X",
        });
        Assert.Equal(700, await kenya.HoldingAsync(HoldingClass.Operational));
    }

    private Caller As(string code) => new(register, code);
}
