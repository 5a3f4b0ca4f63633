using System.Diagnostics;
using System.Text;

namespace Treaty.Grid.Load;

/// <summary>Looks each second at how a run goes, and tells.</summary>
internal sealed class Watch(
    Target target, Lines lines, IPlan plan, Course course, Generator generator, long began)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private readonly HdrHistogram.LongHistogram _latency = Histograms.New();
    private readonly List<Second> _series = [];
    private Task<TimeSpan?>? _lag;
    private double? _lastLag;
    private long _asked;
    private long _at;
    private TimeSpan _own = Usage.Own;
    private TimeSpan _server = Usage.Processor(target.Processes);
    private (TimeSpan Own, TimeSpan Server)? _measured;

    /// <summary>From the end of the warm-up to the last answer.</summary>
    public TimeSpan OwnProcessor => _own - (_measured?.Own ?? _own);

    public TimeSpan ServerProcessor => _server - (_measured?.Server ?? _server);

    public async Task<IReadOnlyList<Second>> RunAsync(Task sent)
    {
        _at = began;
        using var timer = new PeriodicTimer(Tick, TimeProvider.System);
        var measuring = MeasureAsync(sent);
        while (true)
        {
            var ticked = timer.WaitForNextTickAsync().AsTask();
            var isLast = await Task.WhenAny(ticked, sent) == sent;
            if (isLast)
                await sent;
            Look();
            if (isLast)
            {
                await measuring;
                return _series;
            }
        }
    }

    /// <summary>What was answered after the plan's end was worked for, too.</summary>
    public void Finish() => (_own, _server) = (Usage.Own, Usage.Processor(target.Processes));

    /// <summary>Counts from the end of the warm-up, which need not be at a tick.</summary>
    private async Task MeasureAsync(Task sent)
    {
        var left = course.Warmup - Stopwatch.GetElapsedTime(began);
        if (left > TimeSpan.Zero)
            await Task.WhenAny(sent, Task.Delay(left, TimeProvider.System));
        _measured = (Usage.Own, Usage.Processor(target.Processes));
    }

    private void Look()
    {
        var now = Stopwatch.GetTimestamp();
        var seconds = Stopwatch.GetElapsedTime(_at, now).TotalSeconds;
        var at = Stopwatch.GetElapsedTime(began, now).TotalSeconds;
        if (seconds < 0.05)
            return;
        var (own, server) = (Usage.Own, Usage.Processor(target.Processes));
        var (outcomes, sent, slip) = generator.TakeRecent(_latency);
        var load = lines.Load;
        var second = new Second
        {
            At = at,
            Target = plan.RateAt(Math.Max(0, at - (seconds / 2))),
            Sent = sent / seconds,
            Answered = outcomes.GetValueOrDefault("OK") / seconds,
            Errors = outcomes.Where(o => o.Key != "OK").Sum(o => o.Value) / seconds,
            InFlight = load.Open,
            Waiting = load.Waiting,
            P50 = _latency.At(50),
            P99 = _latency.At(99),
            Max = _latency.Max(),
            Slip = slip,
            OwnProcessors = (own - _own).TotalSeconds / seconds,
            ServerProcessors = (server - _server).TotalSeconds / seconds,
            ServerMemory = Usage.Memory(target.Processes),
            ServerHandles = Usage.Handles(target.Processes),
            Lag = TakeLag(now),
        };
        (_at, _own, _server) = (now, own, server);
        _series.Add(second);
        Tell(second, outcomes);
    }

    /// <summary>Asks again once the last answer is there.</summary>
    private double? TakeLag(long now)
    {
        if (course.LagEvery == TimeSpan.Zero)
            return null;
        if (_lag is { IsCompleted: true })
        {
            _lastLag = _lag.IsCompletedSuccessfully ? _lag.Result?.TotalMilliseconds : null;
            _lag = null;
        }
        else if (_lag is null && Stopwatch.GetElapsedTime(_asked, now) >= course.LagEvery)
        {
            _asked = now;
            _lag = Lag.OfAsync(lines, course.Ledger);
        }

        return _lastLag;
    }

    private void Tell(Second second, Dictionary<string, long> outcomes)
    {
        var line = new StringBuilder();
        line.Append(Wire.Text(
            $"{(second.At < course.Warmup.TotalSeconds ? "warm-up" : "run")} {second.At,4:0} s  "));
        line.Append(Wire.Text($"target {second.Target:N0}/s  sent {second.Sent:N0}/s  ok {second.Answered:N0}/s  "));
        line.Append(Wire.Text($"in flight {second.InFlight:N0}"));
        if (second.Waiting > 0)
            line.Append(Wire.Text($", {second.Waiting:N0} waiting"));
        line.Append(Wire.Text(
            $"  ms p50 {Histograms.Text(second.P50)} p99 {Histograms.Text(second.P99)} "
            + $"max {Histograms.Text(second.Max)}"));
        line.Append(Wire.Text($"  cpu own {second.OwnProcessors:0.00}"));
        if (target.Processes.Count > 0)
            line.Append(Wire.Text($" server {second.ServerProcessors:0.00}"));
        if (second.Lag is { } lag)
            line.Append(Wire.Text($"  lag {Histograms.Text(lag)}"));
        foreach (var (outcome, count) in outcomes.Where(o => o.Key != "OK").OrderBy(o => o.Key, StringComparer.Ordinal))
            line.Append(Wire.Text($"  {outcome} {count:N0}"));
        if (second.Slip > Result.BehindMax)
            line.Append(Wire.Text($"  !! GENERATOR LATE BY {Histograms.Text(second.Slip)} ms"));
        course.Progress.WriteLine(line);
    }
}
