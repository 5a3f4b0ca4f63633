using System.Data.Common;
using Npgsql;
using Treaty.Grid.Storage.Postgres;

namespace Treaty.Grid.Storage;

/// <summary>
/// The read model of a cluster, in the schema <c>treaty_grid_model</c> of a database. Any process may read it; the one
/// whose session holds its advisory lock writes.
/// </summary>
public sealed class PostgresReadModel : ReadModel
{
    private const string Schema = "treaty_grid_model";

    // 'TGRM': any number would do, as long as nobody else takes it.
    private const long LeadKey = 0x54_47_52_4D;

    // The statements of the writer and the lists that are asked for most.
    private const int PreparedMax = 50;

    // Readers; the writer's is one more.
    private const int ConnectionsMax = 8;

    // A page is read in milliseconds; whoever takes longer holds a connection that others wait for.
    private const int CommandSecondsMax = 10;

    private readonly NpgsqlDataSource _readers;
    private readonly NpgsqlDataSource _writers;

    public PostgresReadModel(string connectionString, TimeProvider time) : base(time)
    {
        var readers = ConnectionSettings.Of(connectionString);
        readers.SearchPath = Schema;
        readers.MaxPoolSize = ConnectionsMax;
        readers.CommandTimeout = CommandSecondsMax;
        readers.MaxAutoPrepare = PreparedMax;
        _readers = NpgsqlDataSource.Create(readers);
        _writers = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(readers.ToString()) { Pooling = false });
    }

    internal override string CheckpointSql => ReadModelSql.PostgresCheckpoint;

    internal override string TablesSql => ReadModelSql.PostgresTables;

    internal override IRowWriter WriteRowsOn(DbConnection connection) => new PostgresRows((NpgsqlConnection)connection);

    public override async ValueTask DisposeAsync()
    {
        await _readers.DisposeAsync();
        await _writers.DisposeAsync();
    }

    private protected override async ValueTask<DbConnection> ConnectReaderAsync(CancellationToken cancellation) =>
        await _readers.OpenConnectionAsync(cancellation);

    private protected override async ValueTask<DbConnection> ConnectWriterAsync(CancellationToken cancellation) =>
        await _writers.OpenConnectionAsync(cancellation);

    private protected override async ValueTask<bool> LeadAsync(
        DbConnection connection, CancellationToken cancellation)
    {
        await using var command = Command(connection, ReadModelSql.PostgresLead, ("@key", LeadKey));
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
