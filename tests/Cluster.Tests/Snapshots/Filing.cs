using Orleans.Core.Internal;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Faults;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

/// <summary>What parties of a silo tell, and that they leave it.</summary>
internal static class Filing
{
    public static async Task RegisterAsync(this RunningSilo silo, params IEnumerable<string> parties)
    {
        foreach (var party in parties)
            await silo[party].Register(new RegisterRequest { DisplayName = party });
    }

    /// <summary>
    /// Binds a party to the Mine Ban Convention: what it sends or gets is then open until both have told.
    /// </summary>
    public static async Task AccedeAsync(this RunningSilo silo, string party) =>
        await silo[party].Record(new RecordRequest
        {
            NotificationId = "in",
            Notification = new DepositaryNotification
            {
                Convention = "conventions/apmbc",
                Kind = DepositaryNotification.Types.Kind.Accession,
                Date = Statements.Day(1998, 11, 13),
                Source = "test",
            },
        });

    /// <summary>All at once, and none may be refused.</summary>
    public static async Task<IReadOnlyList<SubmitNoticeResponse>> FileAsync(
        this RunningSilo silo, string party, IEnumerable<(string Id, Notice Notice)> notices)
    {
        var answer = await silo[party].File(new FileRequest
        {
            Items = { notices.Select(n => new FileItem { NoticeId = n.Id, Notice = n.Notice }) },
        });
        Assert.All(answer.Results, r => Assert.NotNull(r.Response));
        return [.. answer.Results.Select(r => r.Response)];
    }

    /// <summary>An entry of the party's own, about no transfer.</summary>
    public static async Task DeclareAsync(this RunningSilo silo, string party, int number) =>
        await silo[party].Declare(new DeclareRequest
        {
            DeclarationId = $"s-{number}",
            Declaration = new Declaration
            {
                AsOf = Statements.Day(2024, 11, 21),
                StockOpening = new StockOpening
                {
                    Lines = { new Line { Item = Statements.Mine, Quantity = number } },
                },
            },
        });

    public static async Task DeactivateAsync(this RunningSilo silo, string party) =>
        await silo[party].AsReference<IGrainManagementExtension>()
            .DeactivateOnIdle(TestContext.Current.CancellationToken);
}
