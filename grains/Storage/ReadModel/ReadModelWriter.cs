using System.Data.Common;

namespace Treaty.Grid.Storage;

/// <summary>
/// The one that may write to the read model, on a connection of its own. If another came to write meanwhile, what it
/// does changes nothing: each transaction starts from the position it knows, or not at all.
/// </summary>
public sealed class ReadModelWriter : IAsyncDisposable
{
    private readonly ReadModel _model;
    private readonly DbConnection _connection;
    private readonly IRowWriter _rows;

    internal ReadModelWriter(ReadModel model, DbConnection connection) =>
        (_model, _connection, _rows) = (model, connection, model.WriteRowsOn(connection));

    internal DbConnection Connection => _connection;

    /// <summary>The position of the last entry that is in the model.</summary>
    public async Task<long> GetPositionAsync(CancellationToken cancellation) =>
        await FindPositionAsync(cancellation) ?? throw new InvalidOperationException(
            "The read model has the tables of another build, which is at work on it.");

    /// <summary>
    /// Takes in entries that follow one another in the journal: all of them in one transaction, and the position with
    /// them. What cannot be read is taken down as skipped.
    /// </summary>
    /// <returns>Those skipped; null, and nothing is changed, if the model does not stand right before them.</returns>
    public Task<IReadOnlyList<SkippedEntry>?> ApplyAsync(
        IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var changes = new Changes();
        foreach (var entry in entries)
        {
            try
            {
                // All of them before the first is taken: an entry comes in whole or not at all.
                foreach (var change in Projection.Of(entry))
                    changes.Add(change);
            }
            catch (Exception e)
            {
                // Whatever it is, it is in these bytes, and will be there at the next attempt.
                changes.Add(Skipped(entry, e.Message));
            }
        }

        return WriteAsync(entries[0].Position - 1, entries[^1].Position, changes, cancellation);
    }

    /// <summary>Leaves out one entry, the next, which can be read and yet not be written.</summary>
    /// <returns>As <see cref="ApplyAsync"/>.</returns>
    public Task<IReadOnlyList<SkippedEntry>?> SkipAsync(
        JournalEntry entry, string reason, CancellationToken cancellation)
    {
        var changes = new Changes();
        changes.Add(Skipped(entry, reason));
        return WriteAsync(entry.Position - 1, entry.Position, changes, cancellation);
    }

    /// <summary>Empties the model: it then stands before the first entry.</summary>
    public async Task ResetAsync(CancellationToken cancellation)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellation);
        // The checkpoint first, as whoever applies does: neither then waits for the other with a table in hand.
        await RunAsync(transaction, ReadModelSql.ResetCheckpoint, cancellation, ("@schema", ReadModel.SchemaVersion));
        await RunAsync(transaction, _model.TablesSql, cancellation);
        await transaction.CommitAsync(cancellation);
        _model.Advance(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync();
        await _connection.DisposeAsync();
    }

    internal async Task PrepareAsync(CancellationToken cancellation)
    {
        await RunAsync(null, _model.CheckpointSql, cancellation);
        if (await FindPositionAsync(cancellation) is { } position)
            _model.Advance(position);
        else
            await ResetAsync(cancellation);
    }

    private async Task<IReadOnlyList<SkippedEntry>?> WriteAsync(
        long from, long to, Changes changes, CancellationToken cancellation)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellation);
        var moved = await RunAsync(
            transaction, ReadModelSql.MoveCheckpoint, cancellation,
            ("@from", from), ("@to", to), ("@schema", ReadModel.SchemaVersion));
        if (moved != 1)
            return null;
        await _rows.WriteAsync(changes, cancellation);
        await transaction.CommitAsync(cancellation);
        _model.Advance(to);
        return changes.Skipped;
    }

    private async Task<long?> FindPositionAsync(CancellationToken cancellation)
    {
        await using var command = ReadModel.Command(
            _connection, ReadModelSql.GetPosition, ("@schema", ReadModel.SchemaVersion));
        return (long?)await command.ExecuteScalarAsync(cancellation);
    }

    private async Task<int> RunAsync(
        DbTransaction? transaction, string sql, CancellationToken cancellation,
        params (string Name, object Value)[] parameters)
    {
        await using var command = ReadModel.Command(_connection, sql, parameters);
        command.Transaction = transaction;
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private static SkippedEntry Skipped(JournalEntry entry, string reason) =>
        new(entry.Position, entry.Party, entry.Version, reason);
}
