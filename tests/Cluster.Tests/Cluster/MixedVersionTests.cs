using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Cluster.Tests.Processes;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>
/// Silos and gateways of the release before (deploy/previous-release) and of today, in one cluster, as during an
/// upgrade and on the way back. TREATY_GRID_PREVIOUS says where the former's build lies; <c>.ci/run</c> makes it.
/// </summary>
[Collection(Alone.Name)]
public sealed class MixedVersionTests(PostgresHome postgres)
{
    private const string Variable = "TREATY_GRID_PREVIOUS";
    private const int Seed = 20_241_129;

    private static readonly string[] All = ["silo-1", "silo-2", "silo-3", "gateway-1", "gateway-2"];

    [Fact]
    public async Task An_upgrade_and_the_way_back_lose_nothing_while_old_and_new_serve_together()
    {
        var builds = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(
            string.IsNullOrEmpty(builds), $"{Variable} does not say where a build of the release before is.");
        var database = await postgres.BorrowAsync();
        await using var pair = new Pair(database.ConnectionString, "--register", "empty")
        {
            Builds = _ => builds,
        };
        await pair.StartAsync(3, 2);
        var traffic = new Traffic(pair, Seed);
        await traffic.BeginAsync();

        // There, one by one; then back, the schema being today's.
        foreach (var build in new[] { null, builds })
        {
            foreach (var name in All)
            {
                await traffic.MoreAsync(20);
                Assert.Equal(0, await pair.TerminateAsync(name));
                pair.Builds = _ => build;
                await pair.StartAsync(name);
            }
        }

        await traffic.MoreAsync(200);
        await traffic.EndAsync();
        await new Audit(traffic).RunAsync(
            pair, () => pair.DisposeAsync().AsTask(), () => new PostgresJournal(database.ConnectionString));
        await postgres.ReturnAsync(database);
    }
}
