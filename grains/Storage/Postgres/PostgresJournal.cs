using Npgsql;
using Treaty.Grid.Storage.Postgres;

namespace Treaty.Grid.Storage;

/// <summary>
/// The journal of a cluster, in the schema <c>treaty_grid</c> of a PostgreSQL database: any number of silos write to
/// it, one group commit at a time.
/// </summary>
/// <remarks>
/// Every write is one call of a function on the server, a transaction by itself: no silo ever holds the head while it
/// is asked for anything, so one that freezes holds up nobody.
/// </remarks>
public sealed partial class PostgresJournal : IJournal
{
    // A silo writes one commit at a time; the second is for an opening or a flush that comes from beside the writer.
    private const int WriterConnectionsMax = 2;

    // With those of the other pools it is what a silo takes of the server's: deploy/README.md adds them up.
    private const int ReaderConnectionsMax = 16;

    // Nobody but a person at a prompt can hold the head without working. The server cuts off one who was told to
    // behave as a silo does; the others wait a little longer than that.
    private const int IdleInTransactionSeconds = 10;
    private const int LockSeconds = 15;

    // The server gives up before this side does: what it gives up is known not to be written. Only where a commit waits
    // for a standby has it no limit, and this side's ends the wait: the outcome is unknown.
    private const int StatementSeconds = 30;
    private const int CommandSeconds = StatementSeconds + 5;

    // Who has given up does not listen to what the server says to that.
    private const int GiveUpAtOnce = -1;

    private readonly string _where;
    private readonly NpgsqlDataSource _writer;

    // Apart, so that a thousand parties that load leave the writer its connection.
    private readonly NpgsqlDataSource _reader;

    private volatile bool _started;
    private volatile bool _disposed;

    /// <param name="connectionString">
    /// Of Npgsql: <c>Host=db;Database=register;Username=silo;Password=…</c>. What the journal rests on (durable
    /// commits, time limits, pools) is set here and cannot be set otherwise.
    /// </param>
    /// <exception cref="ArgumentException">It cannot be understood.</exception>
    public PostgresJournal(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        _where = $"PostgreSQL ({settings.Database} at {settings.Host}:{settings.Port})";
        var writer = Configure(connectionString, "treaty-grid writer", WriterConnectionsMax);
        writer.CancellationTimeout = GiveUpAtOnce;
        _writer = NpgsqlDataSource.Create(writer);
        _reader = NpgsqlDataSource.Create(Configure(connectionString, "treaty-grid reader", ReaderConnectionsMax));
    }

    public async ValueTask StartAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_started)
            throw new InvalidOperationException("The journal was started already.");
        await using var connection = await ConnectAsync(_writer, cancellation);
        try
        {
            await MigrateAsync(connection, cancellation);
        }
        catch (NpgsqlException e)
        {
            throw new JournalUnavailableException($"The journal in {_where} cannot start: {e.Message}", e);
        }

        _started = true;
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _writer.DisposeAsync();
        await _reader.DisposeAsync();
    }

    private static NpgsqlConnectionStringBuilder Configure(string connectionString, string name, int connectionsMax)
    {
        var settings = ConnectionSettings.Of(connectionString);
        settings.ApplicationName = name;
        settings.MaxPoolSize = connectionsMax;
        settings.MinPoolSize = 0;
        settings.CommandTimeout = CommandSeconds;
        // A session is never changed after its start. To reset it would throw away the plans of the functions.
        settings.NoResetOnClose = true;
        // Of two settings of one name the server takes the last.
        settings.Options +=
            " -c synchronous_commit=on"
            + " -c client_min_messages=warning"
            + " -c default_transaction_isolation=read\\ committed"
            + $" -c idle_in_transaction_session_timeout={IdleInTransactionSeconds}s"
            + $" -c lock_timeout={LockSeconds}s"
            + $" -c statement_timeout={StatementSeconds}s";
        return settings;
    }

    /// <summary>All or nothing, and one silo after the other: PostgreSQL makes tables in a transaction too.</summary>
    /// <remarks>
    /// A release adds one schema at most, and only adds: what the next one has made serves this one as well, and so a
    /// silo of this release may still start while others are replaced.
    /// </remarks>
    private async ValueTask MigrateAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await RunAsync(connection, Sql.LockSchema, cancellation);
        var version = await AskAsync<bool>(connection, Sql.HasSchema, cancellation)
            ? await AskAsync<int>(connection, Sql.GetSchemaVersion, cancellation)
            : 0;
        if (version > Sql.Migrations.Count + 1)
        {
            throw new JournalUnusableException(
                $"The journal in {_where} has schema {version}, and this build knows {Sql.Migrations.Count}: a newer "
                + "build wrote it. Start that build or a later one; this one leaves the database as it is.");
        }

        foreach (var migration in Sql.Migrations.Skip(version))
            await RunAsync(connection, migration, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private void RefuseUnlessUsable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_started)
            throw new InvalidOperationException("Start the journal first.");
    }

    /// <summary>Whatever goes wrong in here, nothing was asked of the server yet.</summary>
    private async ValueTask<NpgsqlConnection> ConnectAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellation);
        }
        catch (Exception e) when (e is not ObjectDisposedException && !cancellation.IsCancellationRequested)
        {
            throw new JournalUnavailableException($"The journal in {_where} cannot be reached: {e.Message}", e);
        }
    }

    /// <summary>
    /// Only with ERROR has the server ended the statement and undone it. FATAL may come after the commit, and a
    /// connection that breaks says nothing.
    /// </summary>
    private static bool IsUndone(NpgsqlException e) => e is PostgresException { InvariantSeverity: "ERROR" };

    private static async ValueTask RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async ValueTask<T> AskAsync<T>(
        NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
