using Npgsql;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>The contract on PostgreSQL, and what several processes on it may do.</summary>
public sealed class PostgresReadModelTests(PostgresHome postgres) : BatchedEntries
{
    private PostgresDatabase? _database;

    protected override async ValueTask<ReadModel> MakeAsync(TimeProvider time)
    {
        _database ??= await postgres.BorrowAsync();
        return new PostgresReadModel(_database.ConnectionString, time);
    }

    protected override async Task<string> DumpAsync()
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database!.ConnectionString)
        {
            SearchPath = "treaty_grid_model",
            Pooling = false,
        }.ToString());
        return await TableDump.OfAsync(connection, Cancellation);
    }

    protected override async ValueTask RemoveAsync()
    {
        if (_database is not null)
            await postgres.ReturnAsync(_database);
    }

    [Fact]
    public async Task One_writes_and_the_next_only_when_it_is_gone()
    {
        await using var other = await MakeAsync(TimeProvider.System);
        Assert.Null(await other.OpenWriterAsync(Cancellation));
        await Writer.DisposeAsync();
        ReadModelWriter? next = null;
        while (next is null)
            next = await other.OpenWriterAsync(Cancellation);
        await next.DisposeAsync();
    }
}
