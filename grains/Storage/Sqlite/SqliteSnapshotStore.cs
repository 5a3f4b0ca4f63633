using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Storage.Snapshots;
using Treaty.Grid.Storage.Sqlite.Snapshots;
using SnapshotSql = Treaty.Grid.Storage.Sqlite.Snapshots.Sql;

namespace Treaty.Grid.Storage;

/// <summary>
/// The snapshots of one process, in <c>snapshots.db</c> of its data directory: a file of its own, so that no save ever
/// keeps the journal's writer waiting. Start it after the journal of that directory, whose lock keeps every other
/// process out of this file too.
/// </summary>
public sealed partial class SqliteSnapshotStore : SnapshotStore
{
    /// <summary>Its file in the data directory.</summary>
    public const string DatabaseFile = "snapshots.db";

    private const long ApplicationId = 0x54_47_52_53; // 'TGRS', as Schema.sql writes it
    private const long SchemaVersion = 1;
    private const int ReadersMax = 8;
    private const int BusySecondsMax = 5;

    private readonly string _path;
    private readonly string _connectionString;
    private readonly ILogger _logger;

    // A save waits for the one before it here: it may take longer than SQLite would wait by itself.
    private readonly SemaphoreSlim _writer = new(1);
    private readonly SemaphoreSlim _readers = new(ReadersMax);
    private bool _closed;

    public SqliteSnapshotStore(
        string dataDirectory, ILogger<SqliteSnapshotStore> logger, long? filterBytesMax = null)
        : base(logger, filterBytesMax ?? FilterBytesDefault)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        _logger = logger;
        _path = Path.Combine(Path.GetFullPath(dataDirectory), DatabaseFile);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = _path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            DefaultTimeout = BusySecondsMax,
        }.ToString();
    }

    private protected override ValueTask PrepareAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        try
        {
            try
            {
                Create();
            }
            catch (DbException e) when (IsDamage(e))
            {
                LogDropped(e, _path);
                Remove();
                Create();
            }
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            throw new JournalUnavailableException($"{_path} cannot be opened: {e.Message}", e);
        }

        return ValueTask.CompletedTask;
    }

    private protected override async ValueTask<ISnapshotRows> BeginAsync(
        string party, bool write, CancellationToken cancellation)
    {
        var place = write ? _writer : _readers;
        await place.WaitAsync(cancellation);
        SqliteConnection? connection = null;
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            connection = Open();
            return new SqliteSnapshotRows(connection, party, write, place);
        }
        catch
        {
            connection?.Dispose();
            place.Release();
            throw;
        }
    }

    private protected override bool IsDamage(DbException failure) =>
        failure is SqliteException
        {
            SqliteErrorCode: SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB,
        };

    /// <summary>Where one page is rotten others may be, and cannot be told: the whole file is dropped.</summary>
    private protected override ValueTask MendAsync(string party) => AloneAsync(() =>
    {
        Remove();
        Create();
    });

    private protected override ValueTask CloseAsync() => AloneAsync(() =>
    {
        _closed = true;
        ClearPool();
    });

    /// <summary>While nobody else reads or writes.</summary>
    private async ValueTask AloneAsync(Action act)
    {
        await _writer.WaitAsync();
        for (var i = 0; i < ReadersMax; i++)
            await _readers.WaitAsync();
        try
        {
            act();
        }
        finally
        {
            _readers.Release(ReadersMax);
            _writer.Release();
        }
    }

    /// <summary>The database, if it is one and of this schema; else a new one in its place.</summary>
    private void Create()
    {
        using (var connection = Open())
        {
            var isEmpty = Ask<long>(connection, "SELECT count(*) FROM sqlite_schema;") == 0;
            if (!isEmpty && Ask<long>(connection, "PRAGMA application_id;") == ApplicationId
                && Ask<long>(connection, "PRAGMA user_version;") == SchemaVersion)
            {
                return;
            }

            if (isEmpty)
            {
                Ask<string>(connection, "PRAGMA journal_mode = WAL;");
                Run(connection, $"BEGIN IMMEDIATE;\n{SnapshotSql.Schema}\nCOMMIT;");
                return;
            }
        }

        LogDropped(null, _path);
        Remove();
        Create();
    }

    private void Remove()
    {
        ClearPool();
        foreach (var file in (ReadOnlySpan<string>)[_path, _path + "-wal", _path + "-shm"])
            File.Delete(file);
    }

    private void ClearPool()
    {
        using var any = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(any);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            Run(connection, SnapshotSql.Connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static T Ask<T>(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }

    [LoggerMessage(2, LogLevel.Warning,
        "{Path} is damaged or of another schema. It is dropped and started anew; what is lost costs time only.")]
    private partial void LogDropped(Exception? exception, string path);
}
