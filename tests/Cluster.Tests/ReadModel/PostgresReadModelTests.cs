using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>The contract on PostgreSQL, and what several processes on it may do.</summary>
public sealed class PostgresReadModelTests : FilteredLists
{
    /// <summary>A connection string of a database whose read model may be emptied.</summary>
    private const string Setting = "TREATY_GRID_POSTGRES";

    protected override ValueTask<ReadModel> MakeAsync(TimeProvider time)
    {
        var connection = Environment.GetEnvironmentVariable(Setting);
        Assert.SkipWhen(string.IsNullOrEmpty(connection), $"{Setting} names no database.");
        return ValueTask.FromResult<ReadModel>(new PostgresReadModel(connection, time));
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
