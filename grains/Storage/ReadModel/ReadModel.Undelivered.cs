using Google.Protobuf;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Storage;

public abstract partial class ReadModel
{
    /// <summary>
    /// Whom messages of others were still on their way to at a position of the journal, as it was last kept; null if it
    /// never was.
    /// </summary>
    public async Task<Undelivered?> FindUndeliveredAsync(CancellationToken cancellation)
    {
        await using var connection = await ConnectWriterAsync(cancellation);
        await using (var make = Command(connection, CheckpointSql))
            await make.ExecuteNonQueryAsync(cancellation);
        await using var find = Command(connection, ReadModelSql.FindUndelivered);
        await using var rows = await find.ExecuteReaderAsync(cancellation);
        if (!await rows.ReadAsync(cancellation))
            return null;
        var pairs = J.Undelivered.Parser.ParseFrom(await rows.GetFieldValueAsync<byte[]>(1, cancellation)).Pairs;
        return new Undelivered(
            rows.GetInt64(0), [.. pairs.Select(p => new UnevenPair(p.From, p.To, p.Sent, p.Taken))]);
    }

    /// <summary>Keeps it instead of what was kept of earlier positions; what is kept of a later one stays.</summary>
    public async Task KeepUndeliveredAsync(Undelivered undelivered, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(undelivered);
        var pairs = new J.Undelivered
        {
            Pairs =
            {
                undelivered.Pairs.Select(p => new J.UnevenPair
                {
                    From = p.From,
                    To = p.To,
                    Sent = p.Sent,
                    Taken = p.Taken,
                }),
            },
        };
        await using var connection = await ConnectWriterAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var keep = Command(
            connection, ReadModelSql.KeepUndelivered,
            ("@position", undelivered.Position), ("@pairs", pairs.ToByteArray()));
        keep.Transaction = transaction;
        await keep.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }
}

/// <summary>Which parties had not taken all that others sent them, when the journal had come to a position.</summary>
public sealed record Undelivered(long Position, IReadOnlyList<UnevenPair> Pairs);

/// <summary>The last numbers of what one party sent another, and of what the other took.</summary>
public readonly record struct UnevenPair(string From, string To, long Sent, long Taken);
