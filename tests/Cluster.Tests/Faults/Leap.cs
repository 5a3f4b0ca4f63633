namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>A clock that is set, and on which a minute is over soon.</summary>
internal sealed class Leap(DateTimeOffset now) : TimeProvider
{
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        period == TimeSpan.FromMinutes(1)
            ? base.CreateTimer(callback, state, Tick, Tick)
            : base.CreateTimer(callback, state, dueTime, period);
}
