using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Processes;

/// <summary>The database goes away under a register that goes on, and comes back.</summary>
public sealed class PostgresRestartTests
{
    private const int Seed = 20_241_126;

    [Fact]
    public async Task While_its_database_is_away_a_register_asks_for_patience_and_then_goes_on_by_itself()
    {
        PostgresHome.Need();
        await using var server = await PostgresServer.StartAsync();
        await using var register = new RunningRegister(
            [], "--register", "empty", "--journal", "postgres", "--postgres", server.ConnectionString);
        await register.StartAsync();
        var traffic = new Traffic(register, Seed);
        await traffic.BeginAsync();
        foreach (var end in new Func<Task>[] { server.StopAsync, server.KillAsync })
        {
            await traffic.MoreAsync(200);
            await end();
            await traffic.MoreToldAsync(20);
            var said = register.Said.Length;
            Assert.NotEmpty(await Reads.AllAsync(register, traffic.Filed.Values.First().Request));
            await traffic.MoreToldAsync(20);
            Quiet.Since(register, said);
            await server.RestartAsync();
        }

        await traffic.MoreAsync(200);
        await traffic.EndAsync();
        Assert.Empty(await Reads.AllAsync(register, traffic.Filed.Values.First().Request));
        Assert.Contains("JOURNAL_UNAVAILABLE", traffic.Told.Keys);
        await new Audit(traffic).RunAsync(register, () => new PostgresJournal(server.ConnectionString));
    }
}
