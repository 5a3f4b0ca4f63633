using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Treaty.Grid.Auditor.Linearizability;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>
/// Writes down what clients ask of one file and what they are told, by the one clock that all of them share.
/// </summary>
internal sealed class Recorder
{
    // Nobody answered, or nobody was there who could. Anything else is an answer, and a wrong one here.
    private static readonly StatusCode[] Unanswered =
    [
        StatusCode.Unavailable, StatusCode.ResourceExhausted, StatusCode.DeadlineExceeded, StatusCode.Cancelled,
    ];

    private readonly ConcurrentBag<(string Id, long Sent, long Done, long? Position)> _appends = [];
    private readonly ConcurrentBag<(long Sent, long Done, Answer Answer, long? AtLeast)> _reads = [];
    private int _failed;
    private long _position;

    /// <summary>The highest position at which something was acknowledged.</summary>
    public long Position => Volatile.Read(ref _position);

    public int Appends => _appends.Count;

    public int AppendsUnanswered => _appends.Count(a => a.Position is null);

    public int StrongReads => _reads.Count(r => r.AtLeast is null);

    public int OtherReads => _reads.Count(r => r.AtLeast is not null);

    public int ReadsUnanswered => Volatile.Read(ref _failed);

    /// <summary>One attempt; whether it was answered.</summary>
    /// <param name="ask">Answers with the position of the entry.</param>
    public async Task<bool> AppendAsync(string id, Func<Task<long>> ask)
    {
        var sent = Stopwatch.GetTimestamp();
        if (await AskAsync(async () => (long?)await ask()) is not { } position)
        {
            _appends.Add((id, sent, sent, null));
            return false;
        }

        _appends.Add((id, sent, Stopwatch.GetTimestamp(), position));
        for (var known = Position; known < position;)
            known = Interlocked.CompareExchange(ref _position, position, known);
        return true;
    }

    /// <summary>One read; whether it was answered.</summary>
    /// <param name="atLeast">Null for a strong one.</param>
    public async Task<bool> ReadAsync(Func<Task<Answer>> ask, long? atLeast = null)
    {
        var sent = Stopwatch.GetTimestamp();
        if (await AskAsync(ask) is not { } answer)
        {
            Interlocked.Increment(ref _failed);
            return false;
        }

        _reads.Add((sent, Stopwatch.GetTimestamp(), answer, atLeast));
        return true;
    }

    /// <summary>All that was written down. By now each append must have been answered.</summary>
    public FileHistory ToHistory()
    {
        var positions = _appends.Where(a => a.Position is not null)
            .GroupBy(a => a.Id, a => a.Position!.Value)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var history = new FileHistory();
        foreach (var (id, sent, done, position) in _appends)
            history.Append(id, sent, position is null ? null : done, position);
        foreach (var (sent, done, answer, atLeast) in _reads)
        {
            history.Read(
                sent,
                done,
                answer.IsInOrder ? answer.Ids : [.. answer.Ids.OrderBy(id => positions.GetValueOrDefault(id))],
                answer.Position,
                atLeast);
        }

        return history;
    }

    private static async Task<T?> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RpcException e) when (Unanswered.Contains(e.StatusCode))
        {
            return default;
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            // The gateway is being started again.
            return default;
        }
    }

    /// <summary>What a read shows.</summary>
    /// <param name="Position">Up to which it is complete.</param>
    /// <param name="IsInOrder">Whether the ids come in the order of the journal, or as names do.</param>
    internal sealed record Answer(IReadOnlyList<string> Ids, long Position, bool IsInOrder);
}
