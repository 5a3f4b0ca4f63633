using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

/// <summary>The contract on PostgreSQL, in a database of its own for each test.</summary>
public sealed class PostgresSnapshotStoreTests : StoredSnapshotsContract
{
    private static readonly string? Server = Environment.GetEnvironmentVariable("TREATY_GRID_POSTGRES");
    private static int _databases;

    private readonly string _name = $"snapshots_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
    private NpgsqlDataSource? _database;

    private NpgsqlDataSource Database => _database ?? throw new InvalidOperationException("Not started.");

    public override async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(Server is null, "TREATY_GRID_POSTGRES names no server.");
        await RunOnServerAsync($"CREATE DATABASE {_name}");
        _database = Connect(new NpgsqlConnectionStringBuilder(Server) { Database = _name, MaxPoolSize = 10 });
        await base.InitializeAsync();
    }

    protected override ISnapshotStore Make(long filterBytesMax) => new PostgresSnapshotStore(
        Database, NullLogger<PostgresSnapshotStore>.Instance, filterBytesMax);

    protected override async ValueTask RemoveAsync()
    {
        await Database.DisposeAsync();
        await RunOnServerAsync($"DROP DATABASE {_name} WITH (FORCE)");
    }

    protected override async Task DamageAsync(string table, string column)
    {
        var name = table == "snapshot" ? table : $"mention_{table}";
        await using var command = Database.CreateCommand(
            $"UPDATE treaty_grid.{name}_1 SET {column} = set_bit({column}, 9, 1 - get_bit({column}, 9))");
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    [Fact]
    public async Task Many_may_start_at_once_on_an_empty_database()
    {
        await using (var command = Database.CreateCommand("DROP SCHEMA treaty_grid CASCADE"))
            await command.ExecuteNonQueryAsync(Cancellation);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            await using var store = Make(SnapshotStore.FilterBytesDefault);
            await store.StartAsync(Cancellation);
        }));

        Assert.True(await Save("GRC", 1, 0, "one"));
    }

    [Fact]
    public async Task Of_two_processes_that_save_at_once_the_one_that_comes_second_changes_nothing()
    {
        await using var other = Make(SnapshotStore.FilterBytesDefault);
        await other.StartAsync(Cancellation);
        var basedOn = 0;
        for (var round = 1; round <= 20; round++)
        {
            var saved = await Task.WhenAll(
                Save("GRC", round * 2, basedOn, "here", new Mention(7, round * 2)),
                other.SaveAsync(
                    "GRC", new Snapshot((round * 2) + 1, default), basedOn, [new(7, (round * 2) + 1)], Cancellation)
                    .AsTask());

            Assert.Single(saved, true);
            basedOn = (round * 2) + (saved[1] ? 1 : 0);
            Assert.StartsWith($"{basedOn} ", await Load("GRC"));
            Assert.Equal(round, (await Find("GRC", 7)).Count);
        }
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_called_unavailable()
    {
        await Save("GRC", 1, 0, "one", new Mention(7, 1));
        await RunOnServerAsync($"ALTER DATABASE {_name} ALLOW_CONNECTIONS false");
        await RunOnServerAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name}'");

        await Assert.ThrowsAsync<JournalUnavailableException>(() => Save("GRC", 2, 1, "lost"));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => Load("GRC"));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => Find("GRC", 7));
        await using var next = Make(SnapshotStore.FilterBytesDefault);
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await next.StartAsync(Cancellation));

        await RunOnServerAsync($"ALTER DATABASE {_name} ALLOW_CONNECTIONS true");
        Assert.Equal("1 one", await Load("GRC"));
        Assert.Equal([1], await Find("GRC", 7));
    }

    private static NpgsqlDataSource Connect(NpgsqlConnectionStringBuilder settings) =>
        NpgsqlDataSource.Create(settings);

    private static async Task RunOnServerAsync(string sql)
    {
        await using var server = Connect(new NpgsqlConnectionStringBuilder(Server) { Pooling = false });
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
