using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>A read model that counts what SQLite does for its readers, which does not depend on the machine.</summary>
internal sealed class CountingReadModel(string directory) : SqliteReadModel(directory, TimeProvider.System)
{
    private const int StepsAtOnce = 10;

    /// <summary>Instructions of SQLite's virtual machine, to the ten.</summary>
    public long Steps { get; set; }

    private protected override async ValueTask<DbConnection> ConnectReaderAsync(CancellationToken cancellation)
    {
        var connection = await base.ConnectReaderAsync(cancellation);
        raw.sqlite3_progress_handler(((SqliteConnection)connection).Handle, StepsAtOnce, Count, null);
        return connection;
    }

    private int Count(object? state)
    {
        Steps += StepsAtOnce;
        return 0;
    }
}
