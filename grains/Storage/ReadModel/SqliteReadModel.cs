using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Treaty.Grid.Storage;

/// <summary>
/// The read model of one process, in <c>readmodel.db</c> of a directory: a file of its own, so that it never holds up
/// the journal's writer.
/// </summary>
public class SqliteReadModel : ReadModel
{
    private const string DatabaseFile = "readmodel.db";

    // Only a second writer could hold it up, for one transaction.
    private const int BusySecondsMax = 5;

    private readonly string _directory;
    private readonly bool _isTemporary;
    private readonly string _writers;
    private readonly string _readers;
    private readonly string _tidier;

    public SqliteReadModel(string dataDirectory, TimeProvider time)
        : this(Path.GetFullPath(dataDirectory), time, isTemporary: false)
    {
    }

    private SqliteReadModel(string directory, TimeProvider time, bool isTemporary) : base(time)
    {
        (_directory, _isTemporary) = (directory, isTemporary);
        var path = Path.Combine(directory, DatabaseFile);
        _writers = ConnectionTo(path, SqliteOpenMode.ReadWriteCreate, pooling: false);
        _readers = ConnectionTo(path, SqliteOpenMode.ReadOnly, pooling: true);
        _tidier = ConnectionTo(path, SqliteOpenMode.ReadWrite, pooling: false);
    }

    internal override string CheckpointSql => ReadModelSql.SqliteCheckpoint;

    internal override string TablesSql => ReadModelSql.SqliteTables;

    internal override IRowWriter WriteRowsOn(DbConnection connection) => new SqliteRows((SqliteConnection)connection);

    /// <summary>One that goes away when it is closed, beside a journal that does.</summary>
    public static SqliteReadModel Temporary(TimeProvider time) =>
        new(Directory.CreateTempSubdirectory("treaty-grid-").FullName, time, isTemporary: true);

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        using (var reader = new SqliteConnection(_readers))
            SqliteConnection.ClearPool(reader);
        if (!_isTemporary)
            Tidy();
        else if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The last connection to close takes the write-ahead log away, if it may write.</summary>
    private void Tidy()
    {
        try
        {
            using var last = new SqliteConnection(_tidier);
            last.Open();
            using var command = Command(last, ReadModelSql.SqliteTidy);
            command.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // There is none yet, or the disk is full: the next start goes on with what is there.
        }
    }

    private protected override async ValueTask<DbConnection> ConnectReaderAsync(CancellationToken cancellation) =>
        await OpenAsync(_readers, cancellation);

    private protected override async ValueTask<DbConnection> ConnectWriterAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(_directory);
        var connection = await OpenAsync(_writers, cancellation);
        await using var command = Command(connection, ReadModelSql.SqliteConnection);
        await command.ExecuteNonQueryAsync(cancellation);
        return connection;
    }

    private static async Task<SqliteConnection> OpenAsync(string connectionString, CancellationToken cancellation)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static string ConnectionTo(string path, SqliteOpenMode mode, bool pooling) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = pooling,
            DefaultTimeout = BusySecondsMax,
        }.ToString();
}
