using Treaty.Grid.Contracts;

namespace Treaty.Grid.Gateway.Batching;

/// <summary>What waits for one party's grain. Whoever touches it holds its lock.</summary>
internal sealed class PartyQueue
{
    /// <summary>A request fits by itself; many small ones fit as well as one large one.</summary>
    private const long BatchBytesMax = Limits.MessageBytesMax;

    /// <summary>As many full batches by size as the limit allows by number.</summary>
    private const long QueuedBytesMax = BatchBytesMax * (Limits.QueuedNoticesPerPartyMax / Limits.BatchNoticesMax);

    private readonly Queue<WaitingNotices> _waiting = new();
    private int _notices;
    private long _bytes;

    /// <summary>Somebody takes from it.</summary>
    public bool IsServed { get; set; }

    /// <summary>Empty, and out of use for good: make another.</summary>
    public bool IsRetired { get; set; }

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>When the first of those that wait came; null if none does.</summary>
    public long? WaitsSince => _waiting.TryPeek(out var first) ? first.Since : null;

    /// <summary>Alone, even what is over the limit may wait: it would never find more room.</summary>
    public bool HasRoomFor(WaitingNotices request) => IsEmpty
        || (_notices + request.Items.Count <= Limits.QueuedNoticesPerPartyMax
            && _bytes + request.Bytes <= QueuedBytesMax);

    public void Add(WaitingNotices request)
    {
        _waiting.Enqueue(request);
        _notices += request.Items.Count;
        _bytes += request.Bytes;
    }

    /// <summary>As many requests as go into one call, in the order in which they came; at least one.</summary>
    public List<WaitingNotices> TakeBatch()
    {
        var batch = new List<WaitingNotices>();
        var (notices, bytes) = (0, 0L);
        while (_waiting.TryPeek(out var next))
        {
            notices += next.Items.Count;
            bytes += next.Bytes;
            if (batch.Count > 0 && (notices > Limits.BatchNoticesMax || bytes > BatchBytesMax))
                break;
            batch.Add(_waiting.Dequeue());
            _notices -= next.Items.Count;
            _bytes -= next.Bytes;
        }

        return batch;
    }
}
