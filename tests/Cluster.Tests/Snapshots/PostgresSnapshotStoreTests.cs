using Microsoft.Extensions.Logging.Abstractions;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

/// <summary>The contract on PostgreSQL.</summary>
public sealed class PostgresSnapshotStoreTests(PostgresHome postgres) : StoredSnapshotsContract
{
    private PostgresDatabase? _database;

    private PostgresDatabase Database => _database ?? throw new InvalidOperationException("Not started.");

    public override async ValueTask InitializeAsync()
    {
        _database = await postgres.BorrowAsync();
        await base.InitializeAsync();
    }

    protected override ISnapshotStore Make(long filterBytesMax) => new PostgresSnapshotStore(
        Database.ConnectionString, NullLogger<PostgresSnapshotStore>.Instance, filterBytesMax);

    protected override async ValueTask RemoveAsync() => await postgres.ReturnAsync(Database);

    protected override async Task DamageAsync(string table, string column)
    {
        var name = table == "snapshot" ? table : $"mention_{table}";
        await Database.RunAsync(
            $"UPDATE treaty_grid.{name}_1 SET {column} = set_bit({column}, 9, 1 - get_bit({column}, 9))");
    }

    [Fact]
    public async Task Many_may_start_at_once_on_an_empty_database()
    {
        await Database.RunAsync("DROP SCHEMA treaty_grid CASCADE");

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
        await using var nowhere = new PostgresSnapshotStore(
            "Host=127.0.0.1;Port=1;Database=none;Username=nobody", NullLogger<PostgresSnapshotStore>.Instance);
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await nowhere.StartAsync(Cancellation));
        await Database.RunAsync("ALTER TABLE treaty_grid.snapshot_1 RENAME TO away");

        await Assert.ThrowsAsync<JournalUnavailableException>(() => Save("GRC", 2, 1, "lost"));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => Load("GRC"));

        await Database.RunAsync("ALTER TABLE treaty_grid.away RENAME TO snapshot_1");
        Assert.Equal("1 one", await Load("GRC"));
        Assert.Equal([1], await Find("GRC", 7));
    }
}
