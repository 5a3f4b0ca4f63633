using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Treaty.Grid.Storage;

/// <summary>
/// Writes rows on one connection to SQLite, each by a statement that was prepared once and whose columns are bound
/// without a detour over objects.
/// </summary>
/// <param name="connection">Its owner disposes of it after this.</param>
/// <param name="running">Called before each statement.</param>
internal sealed class SqliteRows(SqliteConnection connection, Action? running = null) : IRowWriter
{
    private static readonly RowStatement<AssessedTransfer> ReassessTransfer =
        RowStatements.UpsertTransfer.Like(ReadModelSql.SqliteReassessTransfer);

    private readonly Statement<AddedNotice> _notice = new(connection, RowStatements.InsertNotice);
    private readonly Statement<AddedDeclaration> _declaration = new(connection, RowStatements.InsertDeclaration);
    private readonly Statement<AssessedTransfer> _transfer = new(connection, RowStatements.UpsertTransfer);
    private readonly Statement<AssessedTransfer> _again = new(connection, ReassessTransfer);
    private readonly Statement<RaisedFinding> _finding = new(connection, RowStatements.UpsertFinding);
    private readonly Statement<ClosedFinding> _closed = new(connection, RowStatements.CloseFinding);
    private readonly Statement<SetDuty> _duty = new(connection, RowStatements.UpsertDuty);
    private readonly Statement<GoneDuty> _gone = new(connection, RowStatements.DeleteDuty);
    private readonly Statement<SkippedEntry> _skipped = new(connection, RowStatements.InsertSkipped);

    public ValueTask WriteAsync(Changes changes, CancellationToken cancellation)
    {
        Run(_notice, changes.Notices);
        Run(_declaration, changes.Declarations);
        foreach (var transfer in changes.Transfers)
        {
            // Most changes leave alone what most indexes are over; then there is no need to touch them.
            if (Run(_again, transfer) == 0)
                Run(_transfer, transfer);
        }

        Run(_finding, changes.Raised);
        Run(_closed, changes.Closed);
        Run(_duty, changes.Duties);
        Run(_gone, changes.GoneDuties);
        Run(_skipped, changes.Skipped);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var statement in new IDisposable[]
        {
            _notice, _declaration, _transfer, _again, _finding, _closed, _duty, _gone, _skipped,
        })
        {
            statement.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private void Run<T>(Statement<T> statement, IReadOnlyList<T> rows)
    {
        for (var i = 0; i < rows.Count; i++)
            Run(statement, rows[i]);
    }

    private int Run<T>(Statement<T> statement, T row)
    {
        running?.Invoke();
        return statement.Run(row);
    }

    /// <summary>Prepared at its first use: before, there may be no table.</summary>
    private sealed class Statement<T>(SqliteConnection connection, RowStatement<T> written) : IDisposable
    {
        // An empty span has no address, and would be bound as NULL.
        private static readonly byte[] Empty = [0];

        private sqlite3_stmt? _prepared;
        private RowStatement<T>.Column[] _columns = [];
        private int[] _indexes = [];
        private byte[] _buffer = new byte[256];

        /// <summary>How many rows it inserted, changed or deleted.</summary>
        public int Run(T row)
        {
            var prepared = _prepared ??= Prepare();
            for (var i = 0; i < _columns.Length; i++)
            {
                if (_indexes[i] > 0)
                    Check(Bind(prepared, _indexes[i], _columns[i], row));
            }

            try
            {
                Check(raw.sqlite3_step(prepared));
            }
            finally
            {
                raw.sqlite3_reset(prepared);
            }

            return raw.sqlite3_changes(connection.Handle);
        }

        public void Dispose() => _prepared?.Dispose();

        private sqlite3_stmt Prepare()
        {
            Check(raw.sqlite3_prepare_v2(connection.Handle, written.ForOne(), out var prepared));
            _columns = [.. written.Columns];
            _indexes = [.. _columns.Select(c => raw.sqlite3_bind_parameter_index(prepared, $"@{c.Name}"))];
            return prepared;
        }

        private void Check(int code) => SqliteException.ThrowExceptionForRC(code, connection.Handle);

        private int Bind(sqlite3_stmt prepared, int index, RowStatement<T>.Column column, T row)
        {
            if (column.Text is { } text)
                return Bind(prepared, index, text(row));
            if (column.Number is { } number)
                return raw.sqlite3_bind_int64(prepared, index, number(row));
            if (column.Truth is { } truth)
                return raw.sqlite3_bind_int64(prepared, index, truth(row) ? 1 : 0);
            var bytes = column.Bytes!(row);
            return bytes.Length == 0
                ? raw.sqlite3_bind_zeroblob(prepared, index, 0)
                : raw.sqlite3_bind_blob(prepared, index, bytes);
        }

        private int Bind(sqlite3_stmt prepared, int index, string text)
        {
            if (text.Length == 0)
                return raw.sqlite3_bind_text(prepared, index, utf8z.FromSpan(Empty));
            var most = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (_buffer.Length < most)
                _buffer = new byte[most];
            return raw.sqlite3_bind_text(
                prepared, index, _buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, _buffer)));
        }
    }
}
