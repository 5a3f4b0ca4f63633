using Microsoft.Data.Sqlite;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;

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
    public async Task A_page_of_any_list_costs_what_is_on_it_and_not_what_is_in_the_register()
    {
        const int Parties = 20;
        const int Rows = 2_000;
        for (var i = 0; i < Rows; i++)
        {
            var (party, id) = ($"P{i % Parties:D2}", $"T{i:D4}");
            Made.Add(
                party,
                MadeEntries.Filed($"N{i}", NoticeKind.Dispatch, party, "BGR", "2026-01-01"),
                MadeEntries.Assessed(
                    MadeEntries.NameOf(party, "BGR", id), "2026-01-01", awaited: i % 2 == 0 ? "" : party),
                MadeEntries.Raised(party, $"APM-06~{id}", Severity.Warning),
                MadeEntries.Owed("APM-20", "Destroy", "2026-01-01", transfer: id));
        }

        await ApplyAsync();
        await using var model = new CountingReadModel(_directory);
        var costs = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (whose, query) in new[] { ("all", All()), ("own", Of("P19")) })
        {
            foreach (var order in Enum.GetValues<TransferOrder>().Where(o => whose == "own" || o != TransferOrder.Name))
            {
                foreach (var descending in new[] { false, true })
                {
                    await CostAsync($"{whose} {order} {descending}", query, q =>
                        model.ListTransfersAsync(q, order, descending, new DateOnly(2026, 11, 30), Cancellation));
                }
            }

            await CostAsync($"{whose} findings", query, q => model.ListFindingsAsync(q, Cancellation));
            await CostAsync($"{whose} duties", query, q => model.ListDutiesAsync(q, Cancellation));
        }

        await CostAsync("own notices", Of("P19"), q => model.ListNoticesAsync(q, Cancellation));
        var awaited = Condition.All(Condition.Equal("awaited", "P19"), Condition.Stated("awaited"));
        await CostAsync("inbox", Of("P19") with { Filter = awaited }, q =>
            model.ListTransfersAsync(q, TransferOrder.Since, false, new DateOnly(2026, 11, 30), Cancellation));

        // In instructions of SQLite, two pages of ten rows; what looks at every row takes at least 5,000.
        Assert.All(costs, cost => Assert.True(
            cost.Value < 3_000, $"{cost.Key} took {cost.Value} steps; all: {string.Join(", ", costs)}"));

        async Task CostAsync<T>(string list, ListQuery query, Func<ListQuery, Task<ListPage<T>>> read)
        {
            model.Steps = 0;
            var first = await read(query with { Limit = 10 });
            Assert.Equal(10, first.Rows.Count);
            Assert.Equal(10, (await read(query with { Limit = 10, After = first.Rows[^1].Key })).Rows.Count);
            costs.Add(list, model.Steps);
        }
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
