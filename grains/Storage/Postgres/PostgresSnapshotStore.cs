using System.Data;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;
using Treaty.Grid.Storage.Postgres;
using Treaty.Grid.Storage.Postgres.Snapshots;
using Treaty.Grid.Storage.Snapshots;
using SnapshotSql = Treaty.Grid.Storage.Postgres.Snapshots.Sql;

namespace Treaty.Grid.Storage;

/// <summary>The snapshots of a cluster, beside its journal.</summary>
public sealed class PostgresSnapshotStore : SnapshotStore
{
    private const int ConnectionsMax = 8;

    // A session that froze while it saves must not keep the party's next save waiting.
    private const int IdleInTransactionSeconds = 30;

    private readonly NpgsqlDataSource _database;

    /// <param name="connectionString">Of the journal's database.</param>
    /// <exception cref="ArgumentException">It cannot be understood.</exception>
    public PostgresSnapshotStore(
        string connectionString,
        ILogger<PostgresSnapshotStore> logger,
        long? filterBytesMax = null)
        : base(logger, filterBytesMax ?? FilterBytesDefault)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var settings = ConnectionSettings.Of(connectionString);
        settings.ApplicationName = "treaty-grid snapshots";
        settings.MaxPoolSize = ConnectionsMax;
        settings.Options += $" -c idle_in_transaction_session_timeout={IdleInTransactionSeconds}s";
        _database = NpgsqlDataSource.Create(settings);
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

    private protected override ValueTask CloseAsync() => _database.DisposeAsync();
}
