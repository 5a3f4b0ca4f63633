using Microsoft.Data.Sqlite;
using Treaty.Grid.Storage.Sqlite;

namespace Treaty.Grid.Storage;

/// <summary>
/// The journal of one process, in <c>journal.db</c> of its data directory: one writer, readers that never block it,
/// and a lock that keeps every other process out.
/// </summary>
/// <remarks>
/// SQLite has no asynchronous calls: each runs on the thread of its caller for as long as the disk takes.
/// </remarks>
public sealed partial class SqliteJournal : IJournal
{
    /// <summary>Its file in the data directory.</summary>
    public const string DatabaseFile = "journal.db";

    private const long ApplicationId = 0x54_47_52_4A; // 'TGRJ', as Schema.sql writes it
    private const long SchemaVersion = 2;

    // Its entries are not compressed. They stay as they are, and new ones go among them.
    private const long SchemaVersionBefore = 1;

    // Nobody else writes, so a wait means a stranger's tool on the file: wait for it a little, then say so.
    private const int BusySecondsMax = 5;

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly string _writerConnection;
    private readonly string _readerConnection;

    // One at a time writes, starts or stops; every field that changes belongs to whoever is inside.
    private readonly SemaphoreSlim _gate = new(1);
    private DirectoryLock? _lock;
    private volatile bool _started;
    private volatile bool _disposed;

    public SqliteJournal(string dataDirectory, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        ArgumentNullException.ThrowIfNull(time);
        _directory = Path.GetFullPath(dataDirectory);
        _time = time;
        var path = Path.Combine(_directory, DatabaseFile);
        _writerConnection = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = BusySecondsMax,
        }.ToString();
        _readerConnection = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = true,
            DefaultTimeout = BusySecondsMax,
        }.ToString();
    }

    public async ValueTask StartAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_started)
                throw new InvalidOperationException("The journal was started already.");
            Directory.CreateDirectory(_directory);
            _lock = DirectoryLock.Take(_directory, _time);
            try
            {
                _writer = Connect();
                _started = true;
            }
            finally
            {
                if (!_started)
                    ReleaseLock();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            _disposed = true;
            // Readers first: the last connection to close tidies the write-ahead log away, and only the writer may.
            using (var reader = new SqliteConnection(_readerConnection))
                SqliteConnection.ClearPool(reader);
            Forget();
            ReleaseLock();
        }
        finally
        {
            _gate.Release();
        }
    }

    private void ReleaseLock()
    {
        _lock?.Dispose();
        _lock = null;
    }

    private void RefuseUnlessUsable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_started)
            throw new InvalidOperationException("Start the journal first.");
    }

    private SqliteWriter Connect()
    {
        var connection = new SqliteConnection(_writerConnection);
        try
        {
            connection.Open();
            PrepareSchema(connection);
            if (Ask<string>(connection, "PRAGMA journal_mode = WAL;") != "wal")
            {
                throw new JournalUnusableException(
                    $"SQLite cannot keep a write-ahead log in {_directory}. Put the data directory on a local disk.");
            }

            Run(connection, Sql.Connection);
            return new SqliteWriter(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void PrepareSchema(SqliteConnection connection)
    {
        var application = Ask<long>(connection, "PRAGMA application_id;");
        var version = Ask<long>(connection, "PRAGMA user_version;");
        var path = Path.Combine(_directory, DatabaseFile);
        if (application == 0 && version == 0 && Ask<long>(connection, "SELECT count(*) FROM sqlite_schema;") == 0)
        {
            Run(connection, $"BEGIN IMMEDIATE;\n{Sql.Schema}\nCOMMIT;");
            return;
        }

        if (application != ApplicationId)
            throw new JournalUnusableException($"{path} is not a journal of Treaty Grid. Move it elsewhere.");
        if (version == SchemaVersionBefore)
        {
            Run(connection, $"PRAGMA user_version = {SchemaVersion};");
            return;
        }

        if (version != SchemaVersion)
        {
            throw new JournalUnusableException(
                $"{path} has schema {version}, and this build knows {SchemaVersion}: a newer build wrote it. Start "
                + "that build or a later one; this one leaves the file as it is.");
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
}
