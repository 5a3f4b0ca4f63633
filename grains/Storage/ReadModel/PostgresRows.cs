using Npgsql;

namespace Treaty.Grid.Storage;

/// <summary>
/// Writes rows on one connection to PostgreSQL: those of a table by one statement, all of them in one round trip.
/// </summary>
internal sealed class PostgresRows(NpgsqlConnection connection) : IRowWriter
{
    private static readonly RowStatement<ClosedFinding> CloseFindings =
        RowStatements.CloseFinding.Like(ReadModelSql.PostgresCloseFinding);

    private static readonly RowStatement<GoneDuty> DeleteDuties =
        RowStatements.DeleteDuty.Like(ReadModelSql.PostgresDeleteDuty);

    public async ValueTask WriteAsync(Changes changes, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, RowStatements.InsertNotice, changes.Notices);
        Add(batch, RowStatements.InsertDeclaration, changes.Declarations);
        Add(batch, RowStatements.UpsertTransfer, changes.Transfers);
        Add(batch, RowStatements.UpsertFinding, changes.Raised);
        Add(batch, CloseFindings, changes.Closed);
        Add(batch, RowStatements.UpsertDuty, changes.Duties);
        Add(batch, DeleteDuties, changes.GoneDuties);
        Add(batch, RowStatements.InsertSkipped, changes.Skipped);
        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void Add<T>(NpgsqlBatch batch, RowStatement<T> statement, IReadOnlyList<T> rows)
    {
        if (rows.Count == 0)
            return;
        var command = new NpgsqlBatchCommand(statement.ForMany());
        foreach (var column in statement.Columns)
            command.Parameters.Add(Parameter(column, rows));
        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter Parameter<T>(RowStatement<T>.Column column, IReadOnlyList<T> rows)
    {
        if (column.Text is { } text)
            return Parameter(rows, text);
        if (column.Number is { } number)
            return Parameter(rows, number);
        return column.Truth is { } truth ? Parameter(rows, truth) : Parameter(rows, column.Bytes!);
    }

    private static NpgsqlParameter<TValue[]> Parameter<T, TValue>(IReadOnlyList<T> rows, Func<T, TValue> of)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = of(rows[i]);
        return new NpgsqlParameter<TValue[]> { TypedValue = values };
    }
}
