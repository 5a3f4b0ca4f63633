using System.Collections.Concurrent;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>
/// Real time on a day that does not end, for all silos of a run: two runs must not differ by the midnight between them.
/// </summary>
internal sealed class OneDay : TimeProvider
{
    private static readonly DateTimeOffset Morning = new(2024, 11, 29, 6, 0, 0, TimeSpan.Zero);
    private readonly long _started = System.GetTimestamp();
    private long _passed;

    /// <summary>What was waited for, in the order of beginning.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = [];

    public override DateTimeOffset GetUtcNow() => Morning + System.GetElapsedTime(_started);

    public override long GetTimestamp() => System.GetTimestamp() + Volatile.Read(ref _passed);

    /// <summary>
    /// For whoever measures how long something lasts; it is no later on this day, and no timer is due.
    /// </summary>
    public void Pass(TimeSpan time) =>
        Interlocked.Add(ref _passed, (long)(time.TotalSeconds * TimestampFrequency));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
