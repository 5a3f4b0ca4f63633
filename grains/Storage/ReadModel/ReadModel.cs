using System.Data.Common;

namespace Treaty.Grid.Storage;

/// <summary>
/// What spans parties or needs other orders than the journal's: lists of transfers, findings and duties, and where in
/// the journal the statements of a party stand. All of it follows from the journal, in order of position; it may lag
/// behind, and says how far it has come.
/// </summary>
/// <remarks>
/// What the tables hold changes together with the position, or not at all. A home differs in how it connects, and in
/// the types of its columns.
/// </remarks>
public abstract partial class ReadModel : IAsyncDisposable
{
    /// <summary>Raised with every change of the tables, or of what is written to them: they are made anew.</summary>
    internal const long SchemaVersion = 7;

    /// <summary>Longer than any lag of a model that keeps up, and shorter than callers wait.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);

    /// <summary>Callers that wait for a position: beyond it something is wrong, and one more mends nothing.</summary>
    public const int WaitsMax = 1_000;

    // For what another process has written; this one's own writer says so at once.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    private readonly TimeProvider _time;
    private TaskCompletionSource _advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waits;
    private long _written;

    private protected ReadModel(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
    }

    /// <summary>Raised when a caller of this process begins to wait for what is not in the model yet.</summary>
    public event Action? Awaited;

    /// <summary>
    /// The position up to which this process knows the model to be written; where it is the one that writes, that is
    /// all there is.
    /// </summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>
    /// The right to write, with the tables made ready; null while another process of the cluster has it. Dispose of it
    /// after a failure and ask again.
    /// </summary>
    public async Task<ReadModelWriter?> OpenWriterAsync(CancellationToken cancellation)
    {
        var writer = await ConnectAsync(cancellation);
        try
        {
            if (await LeadAsync(writer.Connection, cancellation))
            {
                await writer.PrepareAsync(cancellation);
                return writer;
            }

            await writer.DisposeAsync();
            return null;
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// One that writes beside whoever has the right to. Both may try the same, and one of them then does nothing: for
    /// what an operator asks for, not for every day.
    /// </summary>
    public async Task<ReadModelWriter> OpenSecondWriterAsync(CancellationToken cancellation)
    {
        var writer = await ConnectAsync(cancellation);
        try
        {
            await writer.PrepareAsync(cancellation);
            return writer;
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }
    }

    /// <summary>The position of the last entry that is in the model.</summary>
    public async Task<long> GetPositionAsync(CancellationToken cancellation) =>
        await FindPositionAsync(cancellation) ?? 0;

    /// <summary>Returns when the entry at a position is in the model.</summary>
    /// <exception cref="ReadModelBehindException">It is not yet, and was waited for long enough.</exception>
    public async Task WaitForAsync(long position, CancellationToken cancellation)
    {
        if (position <= 0)
            return;
        var began = _time.GetTimestamp();
        var isLast = Interlocked.Increment(ref _waits) > WaitsMax;
        var isBehind = false;
        try
        {
            while (true)
            {
                // Taken before the look at the position, so that what comes after it is not missed.
                var advanced = Volatile.Read(ref _advanced).Task;
                var reached = await GetPositionAsync(cancellation);
                if (reached >= position)
                    return;
                if (isLast || _time.GetElapsedTime(began) >= WaitMax)
                    throw new ReadModelBehindException(position, reached);
                if (!isBehind)
                {
                    isBehind = true;
                    Awaited?.Invoke();
                }

                await Task.WhenAny(advanced, Task.Delay(PollInterval, _time, cancellation));
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waits);
        }
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Makes the checkpoint's table, if it is not there.</summary>
    internal abstract string CheckpointSql { get; }

    /// <summary>Drops all other tables that are there, and makes them.</summary>
    internal abstract string TablesSql { get; }

    /// <summary>Writes rows on a connection of <see cref="ConnectWriterAsync"/>.</summary>
    internal abstract IRowWriter WriteRowsOn(DbConnection connection);

    internal void Advance(long position)
    {
        Volatile.Write(ref _written, position);
        Interlocked
            .Exchange(ref _advanced, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .SetResult();
    }

    internal static DbCommand Command(
        DbConnection connection, string sql, params IReadOnlyList<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.Add(Parameter(command.CreateParameter(), name, value));
        return command;
    }

    internal static DbParameter Parameter(DbParameter parameter, string name, object value)
    {
        (parameter.ParameterName, parameter.Value) = (name, value);
        return parameter;
    }

    /// <summary>Null where the tables are of another build.</summary>
    private async Task<long?> FindPositionAsync(CancellationToken cancellation)
    {
        await using var connection = await ConnectReaderAsync(cancellation);
        await using var command = Command(connection, ReadModelSql.GetPosition, ("@schema", SchemaVersion));
        return (long?)await command.ExecuteScalarAsync(cancellation);
    }

    private async Task<ReadModelWriter> ConnectAsync(CancellationToken cancellation) =>
        new(this, await ConnectWriterAsync(cancellation));

    private protected abstract ValueTask<DbConnection> ConnectReaderAsync(CancellationToken cancellation);

    /// <summary>A connection of its own, in no pool: what it locks ends with it.</summary>
    private protected abstract ValueTask<DbConnection> ConnectWriterAsync(CancellationToken cancellation);

    /// <summary>Whether this connection may write; where there is one process only, it may.</summary>
    private protected virtual ValueTask<bool> LeadAsync(DbConnection connection, CancellationToken cancellation) =>
        ValueTask.FromResult(true);
}

/// <summary>
/// The read model has not come as far as a position that was asked for. Ask again later; nothing is wrong with what was
/// recorded.
/// </summary>
public sealed class ReadModelBehindException(long position, long reached) : Exception(
    $"The lists stand at position {reached} and have not come to {position}.")
{
    public long Position { get; } = position;

    public long Reached { get; } = reached;
}
