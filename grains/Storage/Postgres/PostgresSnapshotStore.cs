using System.Data;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;
using Treaty.Grid.Storage.Postgres.Snapshots;
using Treaty.Grid.Storage.Snapshots;
using SnapshotSql = Treaty.Grid.Storage.Postgres.Snapshots.Sql;

namespace Treaty.Grid.Storage;

/// <summary>The snapshots of a cluster, beside its journal.</summary>
public sealed class PostgresSnapshotStore : SnapshotStore
{
    private readonly NpgsqlDataSource _database;

    /// <param name="database">Its owner closes it, after the store.</param>
    public PostgresSnapshotStore(
        NpgsqlDataSource database,
        ILogger<PostgresSnapshotStore> logger,
        long filterBytesMax = FilterBytesDefault)
        : base(logger, filterBytesMax)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
    }

    private protected override async ValueTask PrepareAsync(CancellationToken cancellation)
    {
        try
        {
            await using var connection = await _database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await using var command = new NpgsqlCommand(SnapshotSql.Schema, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }
        catch (NpgsqlException e)
        {
            throw new JournalUnavailableException($"The snapshots cannot be made ready: {e.Message}", e);
        }
    }

    private protected override async ValueTask<ISnapshotRows> BeginAsync(
        string party, bool write, CancellationToken cancellation)
    {
        var connection = await _database.OpenConnectionAsync(cancellation);
        try
        {
            // A save that waited for another must then see what that one wrote.
            var transaction = await connection.BeginTransactionAsync(
                write ? IsolationLevel.ReadCommitted : IsolationLevel.RepeatableRead, cancellation);
            return new PostgresSnapshotRows(connection, transaction, party);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private protected override bool IsDamage(DbException failure) =>
        failure.SqlState is PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted;

    private protected override ValueTask CloseAsync() => ValueTask.CompletedTask;
}
