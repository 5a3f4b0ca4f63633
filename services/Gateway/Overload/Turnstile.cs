namespace Treaty.Grid.Gateway.Overload;

/// <summary>
/// Lets in as many requests as were answered within the time that callers should wait at most: whoever came after them
/// would wait longer. The faster the grid answers, the more it lets in; when it stands still, only a few. A batch
/// counts as what is in it.
/// </summary>
internal sealed class Turnstile(TimeProvider time)
{
    /// <summary>
    /// As many are always let in. It is less than a second's work of the smallest machine, and a gateway that comes out
    /// of a rest takes that much until it has seen how fast the grid is.
    /// </summary>
    public const int FreeMax = 500;

    /// <summary>
    /// However fast the grid is: each holds some ten kilobytes, and alone with a body as large as it may be, 4 MiB.
    /// </summary>
    public const int InsideMax = 10_000;

    /// <summary>
    /// Most callers still wait then, even if it takes twice as long. Those who wait as long as they may for a
    /// counterpart that is away may be half of all.
    /// </summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long _began = time.GetTimestamp();
    private int _inside;
    private int _answered;
    private int _answeredBefore;

    /// <summary>False, and how long those inside will take, when there is no room.</summary>
    public bool TryEnter(out TimeSpan wait)
    {
        lock (_lock)
        {
            return TryAdd(1, _inside, out wait);
        }
    }

    /// <summary>
    /// Once what it carries is known, a request that was let in as one counts as so many. It may still be refused, and
    /// counts as one then. The last that is let in may be larger than the room: or a large one never were.
    /// </summary>
    public bool TryGrow(int size, out TimeSpan wait)
    {
        lock (_lock)
        {
            return TryAdd(size - 1, _inside - 1, out wait);
        }
    }

    /// <param name="answered">
    /// Not when the request failed for want of capacity, or its caller gave up: that says nothing of how much can be
    /// done.
    /// </param>
    /// <param name="size">What it counted as.</param>
    public void Leave(bool answered, int size = 1)
    {
        lock (_lock)
        {
            Turn();
            _inside -= size;
            _answered += answered ? size : 0;
        }
    }

    private bool TryAdd(int size, int others, out TimeSpan wait)
    {
        Turn();
        var recently = Math.Max(_answered, _answeredBefore);
        wait = WaitMax * ((double)others / Math.Max(recently, 1));
        if (others >= Math.Clamp(recently, FreeMax, InsideMax))
            return false;
        _inside += size;
        return true;
    }

    /// <summary>Begins to count anew as often as it should be done with what it counted.</summary>
    private void Turn()
    {
        var elapsed = time.GetElapsedTime(_began);
        if (elapsed < WaitMax)
            return;
        _answeredBefore = elapsed < 2 * WaitMax ? _answered : 0;
        (_answered, _began) = (0, time.GetTimestamp());
    }
}
