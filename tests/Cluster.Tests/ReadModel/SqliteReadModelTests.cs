using Microsoft.Data.Sqlite;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>The contract on SQLite, and what is said about its file.</summary>
public sealed class SqliteReadModelTests : BatchedEntries
{
    private readonly string _directory = Directory.CreateTempSubdirectory("treaty-grid-model-").FullName;

    protected override ValueTask<ReadModel> MakeAsync(TimeProvider time) =>
        ValueTask.FromResult<ReadModel>(new SqliteReadModel(_directory, time));

    protected override async Task<string> DumpAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={_directory}/readmodel.db;Pooling=false");
        return await TableDump.OfAsync(connection, Cancellation);
    }

    protected override ValueTask RemoveAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Tables_of_another_build_are_made_anew()
    {
        Made.Add("GRC", MadeEntries.Owed("APM-20", "Destroy", "2026-01-01"));
        await ApplyAsync();
        await Writer.DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={_directory}/readmodel.db;Pooling=false"))
        {
            await connection.OpenAsync(Cancellation);
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE checkpoint SET schema_version = schema_version + 1;"
                + "ALTER TABLE transfer RENAME COLUMN opened TO another;";
            await command.ExecuteNonQueryAsync(Cancellation);
        }

        Assert.Equal(0, await Model.GetPositionAsync(Cancellation));
        var meanwhile = await Transfers(All());
        Assert.Empty(meanwhile.Rows);
        Assert.Equal(0, meanwhile.Position);
        await using var writer = await Model.OpenWriterAsync(Cancellation);

        Assert.Equal(0, await writer!.GetPositionAsync(Cancellation));
        Assert.Empty((await Model.ListDutiesAsync(All(), Cancellation)).Rows);
    }

    [Fact]
    public async Task Closed_it_is_one_file()
    {
        var directory = Directory.CreateDirectory(Path.Combine(_directory, "other")).FullName;
        await using (var model = new SqliteReadModel(directory, TimeProvider.System))
        {
            // The writer goes first, as the projector does; the reader is in the pool.
            await using (await model.OpenWriterAsync(Cancellation))
                Assert.Equal(0, await model.GetPositionAsync(Cancellation));
        }

        Assert.Equal(["readmodel.db"], Directory.EnumerateFiles(directory).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_temporary_one_leaves_nothing_behind()
    {
        var before = Folders();
        await using (var model = SqliteReadModel.Temporary(TimeProvider.System))
        {
            await using var writer = await model.OpenWriterAsync(Cancellation);
            Assert.Equal(0, await model.GetPositionAsync(Cancellation));
        }

        Assert.DoesNotContain(Folders().Except(before), d => File.Exists(Path.Combine(d, "readmodel.db")));

        static string[] Folders() => Directory.GetDirectories(Path.GetTempPath(), "treaty-grid-*");
    }
}
