namespace Treaty.Grid.Cluster.Tests.Gateway;

/// <summary>It stands still until a test moves it.</summary>
internal sealed class HandClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public void Move(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
