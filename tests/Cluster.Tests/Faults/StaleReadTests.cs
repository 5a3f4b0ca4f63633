using Google.Rpc;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>
/// Two silos that do not know of each other, on one journal: what one that was cut off, or frozen, still believes is
/// its party was taken over by the other. It must not answer from what it has in memory.
/// </summary>
public sealed class StaleReadTests(PostgresHome postgres)
{
    private const int AttemptsMax = 20;

    private static readonly (string Name, Func<IPartyGrain, string, Task<bool>> Shows)[] Reads =
    [
        ("GetParty", async (party, id) => (await party.GetParty(
            new GetPartyRequest { Name = "parties/GRC" })).Position >= await PositionAsync(party, id)),
        ("GetNotice", async (party, id) =>
            (await party.GetNotice(new GetNoticeRequest { Name = $"parties/GRC/notices/{id}" })).Transfer == id),
        ("GetTransfer", async (party, id) => (await party.GetTransfer(
            new GetTransferRequest { Name = Statements.TransferName("GRC", "BGR", id) })).Notices.Count == 1),
        ("GetStockpile", async (party, id) => (await party.GetStockpile(
            new GetStockpileRequest { Parent = "parties/GRC" })).Holdings
                .Sum(h => h.HoldingClass == HoldingClass.InTransit ? h.Quantity : 0) == long.Parse(id[1..])),
        ("Assess", async (party, id) => (await party.Assess(
            new AssessRequest { NoticeId = id, Notice = Dispatch(id) })).Response.Receipt is not null),

        // What the other side has recorded may be what these find missing, or another.
        ("Declare", async (party, _) => (await party.Declare(Correction(isDryRun: false))).Replayed),
        ("Declare, a dry run", async (party, _) => (await party.Declare(Correction(isDryRun: true))).Replayed),
        ("Register", async (party, _) =>
            (await party.Register(new RegisterRequest { DisplayName = "Hellas" })).DisplayName == "Hellas"),
        ("Register again", async (party, id) => (await party.Register(
            new RegisterRequest { DisplayName = "GRC" })).Position >= await PositionAsync(party, id)),
    ];

    [Fact]
    public async Task What_another_silo_has_taken_over_is_not_answered_from_memory()
    {
        var database = await postgres.BorrowAsync();
        var time = new OneDay();
        await using (var cutOff = await StartAsync(database, time))
        await using (var other = await StartAsync(database, time))
        {
            foreach (var party in new[] { "GRC", "BGR" })
                await cutOff[party].Register(new RegisterRequest { DisplayName = party });
            var refused = 0;
            for (var n = 1; n <= Reads.Length; n++)
            {
                // It believes that the party is its own; then the other files for it.
                await UntilAnsweredAsync(() => cutOff["GRC"].GetParty(new GetPartyRequest { Name = "parties/GRC" }));
                var id = $"T{n}";
                await UntilAnsweredAsync(() => other["GRC"].File(
                    new FileRequest { Items = { new FileItem { NoticeId = id, Notice = Dispatch(id) } } }));
                var (name, shows) = Reads[n - 1];
                try
                {
                    Assert.True(await shows(cutOff["GRC"], id), $"{name} does not show {id}.");
                }
                catch (RefusedException e)
                {
                    Assert.True(e.Status.Code == (int)Code.Unavailable, $"{name}: {e.Status}");
                    refused++;
                }
            }

            // An answer would be right as well, had it loaded the party anew; it has no reason to before it asks.
            Assert.Equal(Reads.Length, refused);
        }

        await postgres.ReturnAsync(database);
    }

    private static async Task<RunningSilo> StartAsync(PostgresDatabase database, TimeProvider time) =>
        await RunningSilo.StartAsync(
            new FaultyJournal(new PostgresJournal(database.ConnectionString), _ => Fault.None), time);

    private static Notice Dispatch(string id) =>
        Statements.Dispatch("GRC", "BGR", id, 1, Statements.Day(2007, 5, 4), Purpose.Destruction);

    private static DeclareRequest Correction(bool isDryRun) => new()
    {
        DeclarationId = "D-2",
        Declaration = new Declaration
        {
            Discovery = new StockDiscovery(),
            AsOf = Statements.Day(2007, 5, 4),
            Supersedes = "parties/GRC/declarations/D-1",
        },
        ValidateOnly = isDryRun,
    };

    private static async Task<long> PositionAsync(IPartyGrain party, string id) =>
        (await party.GetTransfer(new GetTransferRequest { Name = Statements.TransferName("GRC", "BGR", id) })).Position;

    /// <summary>Whoever was fenced loads the party again when it is asked again.</summary>
    private static async Task UntilAnsweredAsync<T>(Func<ValueTask<T>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ask();
                return;
            }
            catch (RefusedException e) when (e.Status.Code == (int)Code.Unavailable && attempt < AttemptsMax)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }
}
