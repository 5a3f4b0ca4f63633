using Microsoft.Data.Sqlite;
using Treaty.Grid.Storage.Snapshots;

namespace Treaty.Grid.Storage.Sqlite.Snapshots;

/// <summary>One party in <c>snapshots.db</c>, within one transaction.</summary>
internal sealed class SqliteSnapshotRows : ISnapshotRows
{
    private readonly SqliteConnection _connection;
    private readonly string _party;
    private readonly SemaphoreSlim _place;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    /// <param name="connection">Open, with its pragmas; owned from here on.</param>
    /// <param name="place">Left at the end.</param>
    public SqliteSnapshotRows(SqliteConnection connection, string party, bool write, SemaphoreSlim place)
    {
        _connection = connection;
        _party = party;
        _place = place;
        Run(write ? "BEGIN IMMEDIATE;" : "BEGIN;");
    }

    public ValueTask<long> GetVersionAsync(CancellationToken cancellation) =>
        new(Read(Sql.GetVersion, row => row.GetInt64(0))[0]);

    public ValueTask<(long Version, byte[] State)?> GetSnapshotAsync(CancellationToken cancellation)
    {
        var snapshots = Read(Sql.GetSnapshot, row => (row.GetInt64(0), Blob(row, 1)));
        return new(snapshots.Count == 0 ? null : snapshots[0]);
    }

    public ValueTask<bool> ReplaceSnapshotAsync(
        long basedOn, long version, byte[] state, CancellationToken cancellation) =>
        new(1 == (basedOn == 0
            ? Run(Sql.InsertSnapshot, ("@version", version), ("@state", state))
            : Run(Sql.ReplaceSnapshot, ("@version", version), ("@state", state), ("@basedOn", basedOn))));

    public ValueTask<Run[]> ListRunsAsync(CancellationToken cancellation) =>
        new([.. Read(Sql.ListRuns, row => new Run(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)))]);

    public ValueTask<byte[]> GetFilterAsync(long run, CancellationToken cancellation) =>
        new(Read(Sql.GetFilter, row => Blob(row, 0), ("@run", run))[0]);

    public ValueTask<List<byte[]>> FindPagesAsync(
        long run, IReadOnlyList<Mention> bounds, CancellationToken cancellation)
    {
        var pages = new Dictionary<(long, long), byte[]>();
        foreach (var bound in bounds)
        {
            foreach (var (first, page) in Read(
                Sql.FindPage,
                row => ((row.GetInt64(0), row.GetInt64(1)), Blob(row, 2)),
                ("@run", run), ("@key", MentionPage.Signed(bound.Key)), ("@version", bound.Version)))
            {
                pages[first] = page;
            }
        }

        return new([.. pages.Values]);
    }

    public ValueTask<List<byte[]>> ReadPagesAsync(
        long run, Mention after, int limit, CancellationToken cancellation) =>
        new(Read(
            Sql.ReadPages,
            row => Blob(row, 0),
            ("@run", run), ("@key", MentionPage.Signed(after.Key)), ("@version", after.Version), ("@limit", limit)));

    public ValueTask InsertPagesAsync(
        long run, IReadOnlyList<MentionPage> pages, CancellationToken cancellation)
    {
        foreach (var (first, page) in pages)
        {
            Run(
                Sql.InsertPage,
                ("@run", run), ("@key", MentionPage.Signed(first.Key)), ("@version", first.Version),
                ("@mentions", page));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask InsertRunAsync(Run run, byte[] filter, CancellationToken cancellation)
    {
        Run(
            Sql.InsertRun,
            ("@run", run.Version), ("@mentions", run.Mentions), ("@keys", run.Keys), ("@filter", filter));
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteRunsAsync(long from, long below, CancellationToken cancellation)
    {
        Run(Sql.DeleteRuns, ("@from", from), ("@below", below));
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteAsync(CancellationToken cancellation)
    {
        Run(Sql.DeleteParty);
        return ValueTask.CompletedTask;
    }

    public ValueTask CommitAsync(CancellationToken cancellation)
    {
        Run("COMMIT;");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            // What was not committed is undone here: the pool would hand it to the next.
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
                Run("ROLLBACK;");
        }
        finally
        {
            foreach (var command in _commands.Values)
                command.Dispose();
            _connection.Dispose();
            _place.Release();
        }

        return ValueTask.CompletedTask;
    }

    private List<T> Read<T>(
        string sql, Func<SqliteDataReader, T> take, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var rows = Command(sql, parameters).ExecuteReader();
        var taken = new List<T>();
        while (rows.Read())
            taken.Add(take(rows));
        return taken;
    }

    private int Run(string sql, params ReadOnlySpan<(string Name, object Value)> parameters) =>
        Command(sql, parameters).ExecuteNonQuery();

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            _commands.Add(sql, command = _connection.CreateCommand());
            command.CommandText = sql;
            command.Parameters.AddWithValue("@party", _party);
            foreach (var (name, _) in parameters)
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        for (var i = 0; i < parameters.Length; i++)
            command.Parameters[i + 1].Value = parameters[i].Value;
        return command;
    }

    private static byte[] Blob(SqliteDataReader row, int column) => row.GetFieldValue<byte[]>(column);
}
