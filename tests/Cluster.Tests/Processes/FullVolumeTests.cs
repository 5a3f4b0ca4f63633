using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Processes;

/// <summary>The volume below a register's store is full, and later is not.</summary>
public sealed class FullVolumeTests
{
    private const int Seed = 20_241_127;

    [Fact]
    public async Task While_the_volume_of_SQLite_is_full_nothing_is_filed_and_everything_is_read()
    {
        await using var register = new RunningRegister([], "--register", "empty");
        using var volume = SmallVolume.Under(register.DataDirectory, megabytes: 48);
        var traffic = await BeginAsync(register);
        volume.Fill();
        Assert.Empty(await WhileFullAsync(register, traffic));
        volume.Free();
        await EndAsync(register, traffic, () => new SqliteJournal(register.DataDirectory, TimeProvider.System));
    }

    [Fact]
    public async Task While_the_data_volume_of_PostgreSQL_is_full_nothing_is_filed_that_is_not_durable()
    {
        PostgresHome.Need();
        await using var server = await PostgresServer.StartAsync();
        await server.StopAsync();
        var log = Path.Combine(Path.GetDirectoryName(server.Data)!, "wal");
        Directory.Move(Path.Combine(server.Data, "pg_wal"), log);
        Directory.CreateSymbolicLink(Path.Combine(server.Data, "pg_wal"), log);
        using var volume = SmallVolume.Under(server.Data, megabytes: 128);
        await server.RestartAsync();
        await using var register = RegisterOf(server);
        var traffic = await BeginAsync(register);
        volume.Fill();
        await WhileFullAsync(register, traffic);
        volume.Free();
        if (!server.IsRunning)
        {
            // It may have found that it cannot go on; a supervisor starts it again.
            await server.StopAsync();
            await server.RestartAsync();
        }

        await EndAsync(register, traffic, () => new PostgresJournal(server.ConnectionString));
    }

    [Fact]
    public async Task When_the_log_volume_of_PostgreSQL_is_full_it_breaks_down_and_what_was_acknowledged_stays()
    {
        PostgresHome.Need();
        await using var server = await PostgresServer.StartAsync();
        await server.StopAsync();
        using var volume = SmallVolume.Under(Path.Combine(server.Data, "pg_wal"), megabytes: 64);
        await server.RestartAsync();
        await using var register = RegisterOf(server);
        var traffic = await BeginAsync(register);
        volume.Fill();
        await WhileFullAsync(register, traffic, server);
        Assert.False(server.IsRunning);
        volume.Free();
        await server.StopAsync();
        await server.RestartAsync();
        await EndAsync(register, traffic, () => new PostgresJournal(server.ConnectionString));
    }

    private static RunningRegister RegisterOf(PostgresServer server) => new(
        [], "--register", "empty", "--journal", "postgres", "--postgres", server.ConnectionString);

    private static async Task<Traffic> BeginAsync(RunningRegister register)
    {
        await register.StartAsync();
        var traffic = new Traffic(register, Seed);
        await traffic.BeginAsync();
        await traffic.MoreAsync(100);
        return traffic;
    }

    /// <summary>What could not be read.</summary>
    private static async Task<IReadOnlyList<string>> WhileFullAsync(
        RunningRegister register, Traffic traffic, PostgresServer? until = null)
    {
        do
        {
            await traffic.MoreToldAsync(20);
        }
        while (until?.IsRunning ?? false);

        var said = register.Said.Length;
        var unanswered = await Reads.AllAsync(register, traffic.Filed.Values.First().Request);
        await traffic.MoreToldAsync(20);
        Quiet.Since(register, said);
        return unanswered;
    }

    private static async Task EndAsync(RunningRegister register, Traffic traffic, Func<IJournal> open)
    {
        var running = register.ProcessId;
        await traffic.MoreAsync(100);
        await traffic.EndAsync();
        Assert.Empty(await Reads.AllAsync(register, traffic.Filed.Values.First().Request));
        Assert.Equal(running, register.ProcessId);
        await new Audit(traffic).RunAsync(register, open);
    }
}
