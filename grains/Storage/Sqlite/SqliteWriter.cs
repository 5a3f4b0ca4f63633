using Microsoft.Data.Sqlite;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Storage.Sqlite;

/// <summary>
/// The one connection that writes, with its statements prepared once. For one thread at a time. Closing it undoes a
/// transaction that was begun and not committed.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<SqliteCommand> _commands = [];

    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _getFence;
    private readonly SqliteCommand _getHead;
    private readonly SqliteCommand _raiseEpoch;
    private readonly SqliteCommand _raiseVersion;
    private readonly SqliteCommand _insertEntry;

    /// <param name="connection">Open, with its pragmas and schema in place; owned from here on.</param>
    public SqliteWriter(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE;");
        _commit = Prepare("COMMIT;");
        _getHead = Prepare(Sql.GetHead);
        _getFence = Prepare(Sql.GetFence, ("@party", SqliteType.Text));
        _raiseEpoch = Prepare(Sql.RaiseEpoch, ("@party", SqliteType.Text), ("@epoch", SqliteType.Integer));
        _raiseVersion = Prepare(Sql.RaiseVersion, ("@party", SqliteType.Text), ("@version", SqliteType.Integer));
        _insertEntry = Prepare(
            Sql.InsertEntry,
            ("@position", SqliteType.Integer),
            ("@party", SqliteType.Text),
            ("@version", SqliteType.Integer),
            ("@payload", SqliteType.Blob));
    }

    public void Begin() => _begin.ExecuteNonQuery();

    public void Commit() => _commit.ExecuteNonQuery();

    public long GetHead() => (long)_getHead.ExecuteScalar()!;

    /// <summary>The epoch given out last and the version of a party; both 0 when it was never opened.</summary>
    public Fence GetFence(string party)
    {
        _getFence.Parameters[0].Value = party;
        using var row = _getFence.ExecuteReader();
        return row.Read() ? new Fence(row.GetInt64(0), row.GetInt64(1)) : default;
    }

    public void RaiseEpoch(string party, long epoch)
    {
        _raiseEpoch.Parameters[0].Value = party;
        _raiseEpoch.Parameters[1].Value = epoch;
        ExpectOneRow(_raiseEpoch.ExecuteNonQuery(), party);
    }

    public void RaiseVersion(string party, long version)
    {
        _raiseVersion.Parameters[0].Value = party;
        _raiseVersion.Parameters[1].Value = version;
        ExpectOneRow(_raiseVersion.ExecuteNonQuery(), party);
    }

    public void Insert(long position, string party, long version, ReadOnlyMemory<byte> payload)
    {
        var parameters = _insertEntry.Parameters;
        parameters[0].Value = position;
        parameters[1].Value = party;
        parameters[2].Value = version;
        parameters[3].Value = Compression.Compress(payload.Span);
        ExpectOneRow(_insertEntry.ExecuteNonQuery(), party);
    }

    public void Dispose()
    {
        foreach (var command in _commands)
            command.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<(string Name, SqliteType Type)> parameters)
    {
        var command = _connection.CreateCommand();
        _commands.Add(command);
        command.CommandText = sql;
        foreach (var (name, type) in parameters)
            command.Parameters.Add(name, type);
        command.Prepare();
        return command;
    }

    private static void ExpectOneRow(int rows, string party)
    {
        if (rows != 1)
            throw new InvalidOperationException($"A write for {party} touched {rows} rows in place of one.");
    }
}

/// <summary>Who may append to a party and at which version: the epoch given out last and the last version.</summary>
internal readonly record struct Fence(long Epoch, long Version);
