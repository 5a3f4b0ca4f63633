using System.Collections.Concurrent;
using System.Diagnostics;
using HdrHistogram;
using Treaty.Grid.Load.Http2;

namespace Treaty.Grid.Load;

/// <summary>How a plan is carried out.</summary>
/// <param name="Warmup">What is due before is sent and not measured.</param>
/// <param name="Timeout">After which the server is to give up a request.</param>
/// <param name="Progress">Hears each second how it goes.</param>
internal sealed record Course(int Connections, TimeSpan Warmup, TimeSpan Timeout, TextWriter Progress)
{
    /// <summary>Where it is entered what became of each notice.</summary>
    public Ledger? Ledger { get; init; }

    /// <summary>How often it is asked how far the lists have come; never unless it is set.</summary>
    public TimeSpan LagEvery { get; init; }

    /// <summary>
    /// Above 0 it is a closed loop: whatever the plan says, so many callers each have a request under way, or wait as
    /// long as a refusal asked them to (a second where the connection broke) and say the same again, and the server
    /// sets the pace. Latency then counts from when a request was sent, and hides what callers with a plan would wait.
    /// </summary>
    public int InFlight { get; init; }
}

/// <summary>Sends what a plan says when it says so, whatever is answered, and yields what came of it.</summary>
internal sealed class Generator(Target target, IPlan plan, Course course)
{
    private const int FlushedAtOnce = 32;

    /// <summary>Requests that wait for a stream; beyond it they are not sent, and counted so.</summary>
    private const int WaitingMax = 500_000;

    private const int LookedAtEach = 1_000;

    private const string NotSent = "NOT_SENT";

    /// <summary>What a caller of a closed loop waits whose connection broke: the server may need time.</summary>
    private static readonly TimeSpan LostPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly long RoomPoll = Stopwatch.Frequency / 10_000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    private readonly Tally _tally = new();
    private readonly LongHistogram _slip = Histograms.New();
    private readonly LongHistogram _recentSlip = Histograms.New();
    private readonly HashSet<Connection> _touched = [];

    // Of a closed loop, what was refused for a while that is over, or got lost.
    private readonly ConcurrentQueue<Request> _again = [];
    private long _began;
    private long _offered;
    private long _sent;
    private long _underWay;
    private long _lastAnswer;
    private volatile bool _isStopped;

    public async Task<Result> RunAsync()
    {
        using var lines = await Lines.OpenAsync(target, course.Connections, course.Timeout);
        var pauses = GC.GetTotalPauseDuration();
        _began = Stopwatch.GetTimestamp() + (long)(Lead.TotalSeconds * Stopwatch.Frequency);
        var watch = new Watch(target, lines, plan, course, this, _began);
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                Dispatch(lines);
                sent.SetResult();
            }
            catch (Exception e)
            {
                sent.SetException(e);
            }
        })
        {
            IsBackground = true,
            Priority = ThreadPriority.AboveNormal,
        }.Start();
        var series = await watch.RunAsync(sent.Task);
        var lag = course.LagEvery > TimeSpan.Zero ? await Lag.OfAsync(lines, course.Ledger) : null;
        var waiting = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _underWay) > 0 && Stopwatch.GetElapsedTime(waiting) < course.Timeout + Grace)
            await Task.Delay(Poll, TimeProvider.System);
        lines.Dispose();
        // Of a closed loop what counts is answered while it runs: as much is under way at its end as at its beginning.
        if (!IsClosed)
            watch.Finish();
        var (latency, service) = (Histograms.New(), Histograms.New());
        var outcomes = _tally.Sum(latency, service);
        return new Result
        {
            Seconds = plan.Seconds - course.Warmup.TotalSeconds,
            Took = TookUntil(IsClosed ? 0 : Volatile.Read(ref _lastAnswer)) - course.Warmup.TotalSeconds,
            Offered = _offered,
            Outcomes = outcomes,
            Latency = latency,
            Service = service,
            Slip = _slip,
            Series = series,
            OwnProcessor = watch.OwnProcessor,
            ServerProcessor = watch.ServerProcessor,
            OwnPauses = GC.GetTotalPauseDuration() - pauses,
            Lag = lag,
        };
    }

    /// <summary>Ends it early: what is due later is not sent.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>
    /// What has come since this was last asked: outcomes, notices sent, and the latest the generator was.
    /// </summary>
    public (Dictionary<string, long> Outcomes, long Sent, double Slip) TakeRecent(LongHistogram latency)
    {
        double slip;
        lock (_recentSlip)
        {
            slip = _recentSlip.Max();
            _recentSlip.Reset();
        }

        return (_tally.TakeRecent(latency), Interlocked.Exchange(ref _sent, 0), slip);
    }

    private void Dispatch(Lines lines)
    {
        Action<Call> done = Take;
        var (requests, unflushed, isFull) = (0L, 0, false);
        foreach (var planned in WithThoseRefused(plan.Requests()))
        {
            var request = IsClosed ? WhenThereIsRoom(planned) : planned;
            var due = _began + (long)(request.Due * Stopwatch.Frequency);
            long now;
            while ((now = Stopwatch.GetTimestamp()) < due && !_isStopped)
            {
                Flush();
                Pace.Wait(due);
            }

            if (_isStopped || request.Due > plan.Seconds)
                break;
            Note(request, Stopwatch.GetElapsedTime(due, now));
            if (++requests % LookedAtEach == 0)
                isFull = lines.Load.Waiting > WaitingMax;
            if (isFull)
            {
                _tally.Count(IsMeasured(request), NotSent, request.Notices);
                continue;
            }

            Interlocked.Increment(ref _underWay);
            var connection = lines.Next();
            connection.Send(new Call
            {
                Headers = lines.HeadersOf(request.IsBatch ? Target.BatchSubmit : Target.Submit, request.Caller),
                Body = request.Body,
                Done = done,
                Tag = request,
                Due = due,
            });
            _touched.Add(connection);
            if (++unflushed == FlushedAtOnce)
            {
                Flush();
                unflushed = 0;
            }
        }

        Flush();
    }

    /// <summary>What callers of a closed loop have to say again comes before what they would say next.</summary>
    private IEnumerable<Request> WithThoseRefused(IEnumerable<Request> planned)
    {
        foreach (var request in planned)
        {
            while (_again.TryDequeue(out var refused))
                yield return refused;
            yield return request;
        }
    }

    /// <summary>The request as of when another may be under way, or of the plan's end.</summary>
    private Request WhenThereIsRoom(Request request)
    {
        while (true)
        {
            var at = Stopwatch.GetElapsedTime(_began).TotalSeconds;
            if (Volatile.Read(ref _underWay) < course.InFlight || at > plan.Seconds || _isStopped)
                return request with { Due = Math.Max(0, at) };
            Flush();
            Pace.Wait(Stopwatch.GetTimestamp() + RoomPoll);
        }
    }

    private bool IsClosed => course.InFlight > 0;

    private double TookUntil(long lastAnswer) =>
        Math.Max(plan.Seconds, Stopwatch.GetElapsedTime(_began, lastAnswer).TotalSeconds);

    private bool IsMeasured(Request request) => request.Due >= course.Warmup.TotalSeconds;

    private bool IsMeasured(Call call, Request request)
    {
        if (!IsClosed)
            return IsMeasured(request);
        var at = Stopwatch.GetElapsedTime(_began, call.Answered).TotalSeconds;
        return at >= course.Warmup.TotalSeconds && at < plan.Seconds;
    }

    private void Note(Request request, TimeSpan slip)
    {
        Interlocked.Add(ref _sent, request.Notices);
        if (IsMeasured(request))
        {
            _offered += request.Notices;
            _slip.Add(slip);
        }

        lock (_recentSlip)
            _recentSlip.Add(slip);
    }

    private void Flush()
    {
        foreach (var connection in _touched)
            connection.Flush();
        _touched.Clear();
    }

    private void Take(Call call)
    {
        var request = (Request)call.Tag!;
        var isMeasured = IsMeasured(call, request);
        var isAnswered = false;
        Answers.Read(call, request, course.Ledger, (outcome, notices) =>
        {
            _tally.Count(isMeasured, outcome, notices);
            isAnswered |= outcome == "OK";
        });

        // What is refused at once would make the others look fast; what was given up took as long as it took.
        if (isAnswered || call.Status is Call.NoAnswer or (int)Google.Rpc.Code.DeadlineExceeded)
        {
            var from = call.Sent == 0 ? call.Due : call.Sent;
            _tally.Time(
                isMeasured, Stopwatch.GetElapsedTime(call.Due, call.Answered),
                Stopwatch.GetElapsedTime(from, call.Answered));
        }

        Volatile.Write(ref _lastAnswer, call.Answered);
        var delay = call.Status == Call.ConnectionLost ? LostPause : call.RetryDelay;
        if (IsClosed && delay > TimeSpan.Zero)
            _ = ComeAgainAsync(request, delay.Value);
        else
            Interlocked.Decrement(ref _underWay);
    }

    /// <summary>A caller that is to come again later takes no other's place in between.</summary>
    private async Task ComeAgainAsync(Request request, TimeSpan delay)
    {
        await Task.Delay(delay, TimeProvider.System);
        _again.Enqueue(request);
        Interlocked.Decrement(ref _underWay);
    }
}
