using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

/// <summary>The contract on SQLite, and what only a file can get wrong.</summary>
public sealed class SqliteSnapshotStoreTests : StoredSnapshotsContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("treaty-grid-snapshots-").FullName;

    private string File => Path.Combine(_directory, "snapshots.db");

    protected override ISnapshotStore Make(long filterBytesMax) =>
        new SqliteSnapshotStore(_directory, NullLogger<SqliteSnapshotStore>.Instance, filterBytesMax);

    protected override ValueTask RemoveAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    protected override async Task DamageAsync(string table, string column) => await Change(
        $"UPDATE {table} SET {column} = CAST(substr({column}, 1, 1) || X'FF' || substr({column}, 3) AS BLOB)");

    [Fact]
    public async Task A_file_that_is_no_database_is_dropped_at_the_start()
    {
        await Store.DisposeAsync();
        await System.IO.File.WriteAllTextAsync(File, new string('x', 9_000), Cancellation);

        await ReopenAsync();

        Assert.Null(await Load("GRC"));
        Assert.True(await Save("GRC", 1, 0, "one", new Mention(7, 1)));
        Assert.Equal([1], await Find("GRC", 7));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 2")]
    [InlineData("PRAGMA application_id = 7")]
    public async Task A_file_of_another_schema_is_dropped_at_the_start(string change)
    {
        await Save("GRC", 1, 0, "one", new Mention(7, 1));
        await Store.DisposeAsync();
        await Change(change);

        await ReopenAsync();

        Assert.Null(await Load("GRC"));
        Assert.Empty(await Find("GRC", 7));
        Assert.True(await Save("GRC", 1, 0, "one", new Mention(7, 1)));
    }

    [Fact]
    public async Task A_file_that_rots_while_it_is_open_is_dropped()
    {
        await Save("GRC", 1, 0, "one", new Mention(7, 1));
        await ReopenAsync();
        await using (var file = System.IO.File.OpenWrite(File))
        {
            file.Seek(100, SeekOrigin.Begin);
            await file.WriteAsync(new byte[file.Length - 100], Cancellation);
        }

        Assert.Null(await Load("GRC"));
        Assert.True(await Save("GRC", 1, 0, "again", new Mention(7, 1)));
        Assert.Equal([1], await Find("GRC", 7));
    }

    [Fact]
    public async Task A_save_that_breaks_off_changes_nothing_and_is_called_unavailable()
    {
        await Save("GRC", 1, 0, "one", new Mention(7, 1));
        Assert.Equal([1], await Find("GRC", 7));
        await Change("CREATE TRIGGER full BEFORE INSERT ON run BEGIN SELECT RAISE(ABORT, 'disk full'); END");

        var failure = await Assert.ThrowsAsync<JournalUnavailableException>(
            () => Save("GRC", 2, 1, "lost", new Mention(8, 2)));

        Assert.Contains("disk full", failure.Message);
        Assert.Equal("1 one", await Load("GRC"));
        Assert.Empty(await Find("GRC", 8));
        await Change("DROP TRIGGER full");
        Assert.True(await Save("GRC", 2, 1, "two", new Mention(8, 2)));
        Assert.Equal([1, 2], await Find("GRC", 7, 8));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_called_unavailable()
    {
        var taken = Path.Combine(_directory, "taken");
        Directory.CreateDirectory(Path.Combine(taken, "snapshots.db"));
        await using var store = new SqliteSnapshotStore(taken, NullLogger<SqliteSnapshotStore>.Instance);

        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await store.StartAsync(Cancellation));
    }

    /// <summary>Does to the file what the store itself never would.</summary>
    private async Task Change(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
