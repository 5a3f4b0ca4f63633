using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Treaty.Grid.Storage;

/// <summary>
/// The one hand that writes for all parties of a silo. What waits while a commit is under way goes into the next one
/// together: the more there is to write, the less each entry costs.
/// </summary>
/// <remarks>
/// For each party things happen in the order in which they were asked for, openings and appends alike; so an append
/// never slips in behind an opening that came before it. The writer does not own the journal.
/// </remarks>
public sealed partial class JournalWriter : IAsyncDisposable
{
    // Timers know no less.
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(1);

    private readonly IJournal _journal;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly JournalWriterLimits _limits;
    private readonly Channel<Waiting> _queue;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;

    private long _queuedBytes;
    private long _failures;
    private long _lastCommitTicks;
    private int _lastCommitAppends = 1;
    private long _ticksPerEntry;

    // The loop's own.
    private long _failuresInRow;
    private bool _saidFailing;
    private long? _saidAt;
    private TimeSpan _ahead;

    /// <summary>Starts at once, on a journal that has been started.</summary>
    public JournalWriter(
        IJournal journal, TimeProvider time, ILogger<JournalWriter> log, JournalWriterLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        _journal = journal;
        _time = time;
        _log = log;
        _limits = limits ?? new JournalWriterLimits();
        _queue = Channel.CreateBounded<Waiting>(
            new BoundedChannelOptions(_limits.QueuedAppendsMax) { SingleReader = true });
        // Whatever surrounds the first caller (its trace, its grain, its scheduler) is no business of the loop.
        using (ExecutionContext.SuppressFlow())
            _loop = Task.Run(RunAsync);
    }

    /// <summary>Raised after every commit, by the one loop that commits: handlers return at once.</summary>
    public event Action? Committed;

    /// <summary>
    /// Makes the entries of one party durable, and returns the position of the first of them when they are. A
    /// cancellation counts only while the append waits; it then was not written.
    /// </summary>
    /// <param name="append">Its payloads must not change until this returns.</param>
    /// <param name="traces">Whose work it is, for the links from the commit's span; none for nobody's.</param>
    /// <param name="cancellation">Withdraws the append while it waits.</param>
    /// <exception cref="JournalFencedException">Refused; open the party again and load it.</exception>
    /// <exception cref="JournalOverloadedException">Not written, too much is waiting; later perhaps.</exception>
    /// <exception cref="JournalUnavailableException">Not written; the same may be sent again.</exception>
    /// <exception cref="JournalOutcomeUnknownException">Written or not; open the party again and load it.</exception>
    public ValueTask<long> AppendAsync(
        Append append, IReadOnlyList<ActivityContext> traces, CancellationToken cancellation)
    {
        WellFormed.Append(append);
        ArgumentNullException.ThrowIfNull(traces);
        return Enqueue(new WaitingAppend(append, traces), cancellation);
    }

    /// <summary>
    /// Opens a party for writing, as <see cref="IJournal.OpenAsync"/> does, after all appends of that party that
    /// were asked for before. When it throws, no right was given out: open again.
    /// </summary>
    /// <exception cref="JournalOverloadedException">Not opened, too much is waiting; later perhaps.</exception>
    /// <exception cref="JournalUnavailableException">Not opened; try again.</exception>
    public ValueTask<OpenedParty> OpenAsync(string party, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        return Enqueue(new WaitingOpen(party), cancellation);
    }

    /// <summary>
    /// Returns when everything asked for before is settled: durable, or refused to its caller's face. Throws when a
    /// commit failed meanwhile, so that returning means nothing was lost.
    /// </summary>
    /// <exception cref="JournalOverloadedException">Too much is waiting; later perhaps.</exception>
    /// <exception cref="JournalUnavailableException">A commit failed meanwhile, or the writer has stopped.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellation) =>
        await Enqueue(new WaitingFlush(Volatile.Read(ref _failures)), cancellation);

    /// <summary>
    /// Whether more than a share of what may wait does. Whoever asks before it decides what to write need not take
    /// anything back.
    /// </summary>
    public bool IsFuller(double share) =>
        _queue.Reader.Count > share * _limits.QueuedAppendsMax
        || Volatile.Read(ref _queuedBytes) > share * _limits.QueuedBytesMax;

    /// <summary>
    /// The time that each entry takes at least; zero, and the store sets the pace, unless whoever follows the journal
    /// asks for more.
    /// </summary>
    public TimeSpan TimePerEntry
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _ticksPerEntry));
        set
        {
            if (Interlocked.Exchange(ref _ticksPerEntry, value.Ticks) != value.Ticks)
                Pace.Record(value.TotalSeconds);
        }
    }

    /// <summary>Completes when nothing more can be written: it was disposed of, or is broken.</summary>
    public Task Ended => _loop;

    /// <summary>Writes what waits, then stops. Whoever comes later is told to go elsewhere.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.TrySetResult();
        _queue.Writer.TryComplete();
        await _loop;
    }

    private ValueTask<T> Enqueue<T>(Waiting<T> waiting, CancellationToken cancellation)
    {
        if (!waiting.WithdrawOn(cancellation))
            return ValueTask.FromCanceled<T>(cancellation);
        // Counted before it is visible: the loop may take it, and count it off, before TryWrite returns.
        var bytes = Interlocked.Add(ref _queuedBytes, waiting.Bytes);
        QueueDepth.Add(1);
        // Alone, even what is over the limit may pass: it would never find more room than that.
        var fits = bytes <= _limits.QueuedBytesMax || bytes == waiting.Bytes;
        if (fits && _queue.Writer.TryWrite(waiting))
            return new ValueTask<T>(waiting.Answer);

        waiting.Take();
        CountOff(waiting);
        return ValueTask.FromException<T>(
            _stop.Task.IsCompleted ? Stopped() : new JournalOverloadedException(EstimateDrain()));
    }

    private void CountOff(Waiting waiting)
    {
        Interlocked.Add(ref _queuedBytes, -waiting.Bytes);
        QueueDepth.Add(-1);
    }

    private async Task RunAsync()
    {
        var group = new Group(_limits);
        try
        {
            while (await _queue.Reader.WaitToReadAsync())
            {
                group = Drain();
                var started = _time.GetTimestamp();
                await OpenAsync(group);
                await CommitAsync(group);
                foreach (var flush in group.Flushes)
                    Settle(flush);
                await KeepPaceAsync(started, group.AppendedEntries * TimePerEntry);
            }
        }
        catch (Exception e)
        {
            // A mistake in the loop itself. Nobody may wait for ever for an answer that cannot come.
            LogLoopBroken(e);
            _stop.TrySetResult();
            _queue.Writer.TryComplete();
            foreach (var waiting in group.All)
                waiting.Fail(waiting is WaitingAppend a ? Explain(a.Append.Party, e) : Stopped());
            while (_queue.Reader.TryRead(out var waiting))
            {
                CountOff(waiting);
                if (waiting.Take())
                    waiting.Fail(Stopped());
            }
        }
    }

    /// <summary>
    /// Waits until a commit has lasted as long as it should, or the end is near. What is too short to wait for is left
    /// to the next one.
    /// </summary>
    private async Task KeepPaceAsync(long started, TimeSpan lasts)
    {
        var ahead = _ahead + lasts - _time.GetElapsedTime(started);
        _ahead = ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero;
        if (_ahead < PauseMin)
            return;
        started = _time.GetTimestamp();
        await Task.WhenAny(Task.Delay(_ahead, _time), _stop.Task);
        _ahead -= _time.GetElapsedTime(started);
    }

    private Group Drain()
    {
        var group = new Group(_limits);
        while (_queue.Reader.TryPeek(out var next) && group.HasRoomFor(next))
        {
            _queue.Reader.TryRead(out _);
            CountOff(next);
            if (next.Take())
                group.Add(next);
        }

        return group;
    }

    /// <summary>
    /// The openings of a group go before its appends: none of them is of a party that appends earlier in the group.
    /// </summary>
    private async Task OpenAsync(Group group)
    {
        if (group.Opens.Count == 0)
            return;
        try
        {
            var opened = await _journal.OpenManyAsync([.. group.Opens.Select(o => o.Party)], CancellationToken.None);
            RequireOnePerQuestion(opened.Count, group.Opens.Count);
            // No news: on a full disk parties may still be opened while no entry can be written.
            for (var i = 0; i < opened.Count; i++)
                group.Opens[i].Succeed(opened[i]);
        }
        catch (Exception e)
        {
            NoteFailure(e, group.Opens.Count);
            foreach (var open in group.Opens)
                open.Fail(new JournalUnavailableException($"{open.Party} could not be opened: {e.Message}", e));
        }
    }

    private async Task CommitAsync(Group group)
    {
        if (group.Appends.Count == 0)
            return;
        using var span = StartSpan(group);
        var started = _time.GetTimestamp();
        try
        {
            var outcomes = await _journal.CommitAsync(group.Commit, CancellationToken.None);
            RequireOnePerQuestion(outcomes.Count, group.Appends.Count);
            // A commit that refused all of its appends wrote nothing, and so says nothing of whether writing works.
            if (outcomes.Any(o => o.Result == AppendResult.Committed))
                NoteSuccess();
            Measure(group, started, failure: null);
            Describe(span, outcomes);
            for (var i = 0; i < outcomes.Count; i++)
                Answer(group.Appends[i], outcomes[i]);
            Committed?.Invoke();
        }
        catch (Exception e)
        {
            NoteFailure(e, group.Appends.Count);
            Measure(group, started, e);
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            foreach (var waiting in group.Appends)
                waiting.Fail(Explain(waiting.Append.Party, e));
        }
    }

    private void Answer(WaitingAppend waiting, AppendOutcome outcome)
    {
        if (outcome.Result == AppendResult.Committed)
        {
            waiting.Succeed(outcome.FirstPosition);
            return;
        }

        LogRefused(waiting.Append.Party, outcome.Result, waiting.Append.Epoch, waiting.Append.ExpectedVersion);
        waiting.Fail(new JournalFencedException(waiting.Append.Party, outcome.Result));
    }

    /// <summary>Only the journal itself can say that nothing was written; from anything else nothing follows.</summary>
    private static JournalException Explain(string party, Exception e) => e is JournalUnavailableException
        ? new JournalUnavailableException(e.Message, e)
        : new JournalOutcomeUnknownException(party, e);

    private void Settle(WaitingFlush flush)
    {
        if (flush.FailuresBefore == Volatile.Read(ref _failures))
            flush.Succeed(true);
        else
            flush.Fail(new JournalUnavailableException("A commit failed while what was asked for before it waited."));
    }

    private void NoteSuccess()
    {
        if (_saidFailing)
            LogWorksAgain(_failuresInRow);
        (_failuresInRow, _saidFailing) = (0, false);
    }

    /// <summary>
    /// A store that is gone fails thousands of times a minute, and one that is full may write the small and not the
    /// large: it is said once, once more when it writes again, and then not for a while.
    /// </summary>
    private void NoteFailure(Exception e, int waiting)
    {
        Interlocked.Increment(ref _failures);
        _failuresInRow++;
        if (_saidFailing || _saidAt is { } said && _time.GetElapsedTime(said) < _limits.SayFailingEvery)
            return;
        LogFailed(e, waiting);
        (_saidFailing, _saidAt) = (true, _time.GetTimestamp());
    }

    private static void RequireOnePerQuestion(int answers, int questions)
    {
        if (answers != questions)
            throw new InvalidOperationException($"The journal gave {answers} answers to {questions} questions.");
    }

    /// <summary>About how long what waits now will take.</summary>
    public TimeSpan EstimateDrain()
    {
        var commits = 1 + _queue.Reader.Count / Volatile.Read(ref _lastCommitAppends);
        var drain = TimeSpan.FromTicks(Volatile.Read(ref _lastCommitTicks)) * commits;
        return TimeSpan.FromTicks(long.Clamp(drain.Ticks, _limits.RetryAfterMin.Ticks, _limits.RetryAfterMax.Ticks));
    }

    private static JournalUnavailableException Stopped() => new("The journal writer of this silo has stopped.");
}
