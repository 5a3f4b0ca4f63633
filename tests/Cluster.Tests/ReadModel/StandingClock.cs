using Treaty.Grid.Cluster.Tests.EndToEnd;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>A clock that stands still until a test moves it; what waits on it then goes on, and not before.</summary>
internal sealed class StandingClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Wait> _waits = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
            return _now.Ticks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var wait = new Wait(this, () => callback(state));
        wait.Change(dueTime, period);
        return wait;
    }

    public void Move(TimeSpan time)
    {
        List<Wait> over;
        lock (_lock)
        {
            _now += time;
            over = _waits.FindAll(w => w.Due <= _now);
            _waits.RemoveAll(over.Contains);
        }

        foreach (var wait in over)
            wait.End();
    }

    /// <summary>Returns when a wait that is this long from now on is the only one.</summary>
    public Task UntilAsync(TimeSpan left) => Eventually.Async(
        () =>
        {
            lock (_lock)
                return Task.FromResult(string.Join(", ", _waits.Select(w => w.Due - _now)));
        },
        waits => waits == $"{left}", $"it waits for {left}");

    private sealed class Wait(StandingClock clock, Action end) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void End() => end();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._waits.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = clock._now + dueTime;
                clock._waits.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
                clock._waits.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
