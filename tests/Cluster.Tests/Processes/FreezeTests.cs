using Grpc.Core;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Processes;

/// <summary>
/// A register that is frozen while it serves, and goes on after another has taken its parties over: the database is the
/// witness of who wrote under which right. TREATY_GRID_FREEZES says how often.
/// </summary>
public sealed class FreezeTests(PostgresHome postgres, ITestOutputHelper output)
{
    private const int Seed = 20_241_125;
    private const int FreezesByDefault = 2;
    private const int BetweenMax = 150;

    [Fact]
    public async Task Thawed_after_another_took_over_a_register_writes_nothing_under_its_old_right()
    {
        var freezes = KillTests.Number("TREATY_GRID_FREEZES", FreezesByDefault);
        var random = new Random(Seed);
        var database = await postgres.BorrowAsync();
        var serving = RegisterOf(database, 0);
        var refusals = 0;
        Traffic traffic;
        try
        {
            await serving.StartAsync();
            await database.RunAsync(Witness.Begin);
            traffic = new Traffic(serving, Seed);
            await traffic.BeginAsync();
            for (var freeze = 1; freeze <= freezes; freeze++)
            {
                await traffic.MoreAsync(random.Next(1, BetweenMax));
                await FreezeAsync(serving, freeze % 2 == 0 ? null : database);
                var next = RegisterOf(database, freeze);
                var frozen = serving;
                serving = next;
                await using (frozen)
                {
                    await next.StartAsync();
                    traffic.TurnTo(next);
                    await traffic.MoreAsync(1);
                    frozen.Thaw();
                    await AskAsync(frozen, traffic, freeze);
                    Assert.Contains("was refused: StaleEpoch", frozen.Said, StringComparison.Ordinal);
                    refusals++;
                    await frozen.KillAsync();
                }
            }

            await traffic.EndAsync();
            Assert.Equal(0, await database.AskAsync<long>(Witness.WrittenWithoutRight));
            Assert.Equal(freezes + 1, await database.AskAsync<long>(
                "SELECT count(DISTINCT silo) FROM witness.written"));
            await new Audit(traffic).RunAsync(serving, () => new PostgresJournal(database.ConnectionString));
        }
        finally
        {
            await serving.DisposeAsync();
        }

        await database.RunAsync(Witness.End);
        await postgres.ReturnAsync(database);
        output.WriteLine(
            $"Seed {Seed}: {freezes} freezes, {refusals} thawed registers refused; {traffic.Filed.Count} notices "
            + $"acknowledged, {traffic.Retries} retries, {traffic.Replayed} replayed; none written without right.");
    }

    private static RunningRegister RegisterOf(PostgresDatabase database, int number) => new(
        [], "--register", "empty", "--journal", "postgres", "--postgres",
        database.With(settings => settings.Options = Witness.As($"{number}")).ConnectionString);

    /// <summary>Anywhere; or, where a database is given, inside its commit, which then ends without it.</summary>
    private static async Task FreezeAsync(RunningRegister register, PostgresDatabase? database)
    {
        if (database is null)
        {
            register.Freeze();
            return;
        }

        await using var holder = await database.ConnectAsync();
        await using var held = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var hold = holder.CreateCommand();
        hold.CommandText = "SELECT FROM treaty_grid.head WHERE id FOR UPDATE";
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await database.UntilWaitingAsync(1);
        register.Freeze();
    }

    /// <summary>
    /// Files for every party at the one that was thawed. It may open a party anew, and then it is in its right; what it
    /// acknowledges is audited with the rest. What it does not, the other is asked for with the same ids.
    /// </summary>
    private static async Task AskAsync(RunningRegister thawed, Traffic traffic, int freeze)
    {
        foreach (var party in Traffic.Parties)
        {
            var peer = Traffic.Parties[(Traffic.Parties.ToList().IndexOf(party) + 1) % Traffic.Parties.Count];
            var dispatch = Traffic.RequestOf(
                party, $"Z-{freeze}", Traffic.DispatchOf(party, peer, $"Z-{freeze}", 1));
            Receipt? receipt = null;
            try
            {
                receipt = (await new Caller(thawed, party).SubmitAsync(dispatch)).Receipt;
            }
            catch (RpcException e)
            {
                Traffic.PassesIn(e.GetRpcStatus()!);
            }

            await traffic.FileAsync(party, [dispatch]);
            if (receipt is not null)
                Assert.Equal(receipt, traffic.Filed[$"parties/{party}/notices/Z-{freeze}"].Receipt);
            await traffic.FileAsync(peer, [Traffic.RequestOf(
                peer, $"ZR-{freeze}", Traffic.ReceiptOf(party, peer, $"Z-{freeze}", 1))]);
        }
    }
}
