using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>
/// An answer to many notices about one transfer must not hold the transfer, with all of them, as often: no message
/// between silo and gateway could take it, and what is filed could never be acknowledged.
/// </summary>
public sealed class LargeAnswerTests
{
    private const int Notices = 40;

    [Fact]
    public async Task A_transfer_is_said_once_and_without_its_notices_where_they_are_not_asked_for()
    {
        await using var silo = await RunningSilo.StartAsync(
            new FaultyJournal(new MemoryJournal(), _ => Fault.None), new OneDay());
        foreach (var party in new[] { "GRC", "BGR" })
            await silo[party].Register(new RegisterRequest { DisplayName = party });

        var apart = await silo["GRC"].File(Batch(apart: true));
        Assert.All(apart.Results, r => Assert.Null(r.Response.Transfer));
        Assert.Equal([0, Notices], apart.Transfers.Select(t => t.Notices.Count).Order());
        Assert.All(apart.TransferOf, (number, i) =>
            Assert.Equal(IsBrief(i) ? 0 : Notices, apart.Transfers[number - 1].Notices.Count));

        // A gateway of the release before asks for neither.
        var whole = await silo["GRC"].File(Batch(apart: false));
        Assert.Empty(whole.Transfers);
        Assert.All(whole.Results, (r, i) =>
            Assert.Equal(IsBrief(i) ? 0 : Notices, r.Response.Transfer.Notices.Count));
        Assert.All(whole.Results, r => Assert.True(r.Response.Replayed));
        Assert.InRange(apart.CalculateSize(), 1, whole.CalculateSize() / 5);
    }

    private static bool IsBrief(int item) => item % 2 == 1;

    private static FileRequest Batch(bool apart) => new()
    {
        TransfersApart = apart,
        Items =
        {
            Enumerable.Range(0, Notices).Select(n => new FileItem
            {
                NoticeId = $"N-{n}",
                Notice = Statements.Dispatch(
                    "GRC", "BGR", "T-1", n + 1, Statements.Day(2007, 5, 4), Purpose.Destruction),
                Brief = IsBrief(n),
            }),
        },
    };
}
