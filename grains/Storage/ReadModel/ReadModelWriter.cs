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

    // The same few statements over and over.
    private readonly Dictionary<string, DbCommand> _prepared = [];

    internal ReadModelWriter(ReadModel model, DbConnection connection) => (_model, _connection) = (model, connection);

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
        var changes = new List<Change>();
        var skipped = new List<SkippedEntry>();
        foreach (var entry in entries)
        {
            try
            {
                changes.AddRange(Projection.Of(entry));
            }
            catch (Exception e)
            {
                // Whatever it is, it is in these bytes, and will be there at the next attempt.
                skipped.Add(Skipped(entry, e.Message));
            }
        }

        return WriteAsync(entries[0].Position - 1, entries[^1].Position, changes, skipped, cancellation);
    }

    /// <summary>Leaves out one entry, the next, which can be read and yet not be written.</summary>
    /// <returns>As <see cref="ApplyAsync"/>.</returns>
    public Task<IReadOnlyList<SkippedEntry>?> SkipAsync(
        JournalEntry entry, string reason, CancellationToken cancellation) =>
        WriteAsync(entry.Position - 1, entry.Position, [], [Skipped(entry, reason)], cancellation);

    /// <summary>Empties the model: it then stands before the first entry.</summary>
    public async Task ResetAsync(CancellationToken cancellation)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellation);
        // The checkpoint first, as whoever applies does: neither then waits for the other with a table in hand.
        await RunAsync(transaction, ReadModelSql.ResetCheckpoint, cancellation, ("@schema", ReadModel.SchemaVersion));
        await RunAsync(transaction, _model.TablesSql, cancellation);
        await transaction.CommitAsync(cancellation);
        _model.Advance();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _prepared.Values)
            await command.DisposeAsync();
        await _connection.DisposeAsync();
    }

    internal async Task PrepareAsync(CancellationToken cancellation)
    {
        await RunAsync(null, _model.CheckpointSql, cancellation);
        if (await FindPositionAsync(cancellation) is null)
            await ResetAsync(cancellation);
    }

    private async Task<IReadOnlyList<SkippedEntry>?> WriteAsync(
        long from, long to, List<Change> changes, List<SkippedEntry> skipped, CancellationToken cancellation)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellation);
        var moved = await RunAsync(
            transaction, ReadModelSql.MoveCheckpoint, cancellation,
            ("@from", from), ("@to", to), ("@schema", ReadModel.SchemaVersion));
        if (moved != 1)
            return null;
        changes.AddRange(skipped.Select(Projection.Skip));
        if (_connection.CanCreateBatch)
            await RunBatchAsync(transaction, changes, cancellation);
        else
            await RunEachAsync(transaction, changes, cancellation);
        await transaction.CommitAsync(cancellation);
        _model.Advance();
        return skipped;
    }

    /// <summary>One round trip for all.</summary>
    private async Task RunBatchAsync(DbTransaction transaction, List<Change> changes, CancellationToken cancellation)
    {
        if (changes.Count == 0)
            return;
        await using var batch = _connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var change in changes)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = change.Sql;
            foreach (var (name, value) in change.Parameters)
                command.Parameters.Add(ReadModel.Parameter(command.CreateParameter(), name, value));
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private async Task RunEachAsync(DbTransaction transaction, List<Change> changes, CancellationToken cancellation)
    {
        foreach (var change in changes)
        {
            if (_prepared.TryGetValue(change.Sql, out var command))
            {
                for (var i = 0; i < change.Parameters.Count; i++)
                    command.Parameters[i].Value = change.Parameters[i].Value;
            }
            else
            {
                _prepared[change.Sql] = command = ReadModel.Command(_connection, change.Sql, change.Parameters);
            }

            command.Transaction = transaction;
            await command.ExecuteNonQueryAsync(cancellation);
        }
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
