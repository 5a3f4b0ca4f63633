using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Grains;

/// <summary>
/// Takes every entry of the journal into the read model, in order of position. In a cluster one silo does, and another
/// goes on if it stops. An entry that cannot be taken in is left out, and said: it must not stop the others.
/// </summary>
internal sealed partial class Projector : BackgroundService
{
    // Whoever is behind has them: what they change is written once for all, page by page of a table.
    private const int EntriesAtOnce = 4_000;

    // Full, or longer than this, a step says that lists fall behind. They then get their share of the machine: no more
    // is filed in a second than 4/5 of what they take, so that they catch up. Where that is little, filing goes first.
    private static readonly TimeSpan StepMax = TimeSpan.FromMilliseconds(300);
    private const double FiledPerTaken = 0.8;
    private static readonly TimeSpan TimePerEntryMax = TimeSpan.FromSeconds(1) / 2_000;

    // Under load many commits then share one of the model's, and what they change of one row is written once. Whoever
    // waits for one of them ends the pause once it has lasted the least.
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(100);

    // Other silos' commits are looked for; this one's own are told. The longer nothing came, the rarer.
    private static readonly TimeSpan PollMin = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PollMax = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(10);

    // While another silo writes.
    private static readonly TimeSpan LeadInterval = TimeSpan.FromSeconds(1);

    // The store refused the same entry as often, alone, and took something else in its place: it is the entry.
    private const int AttemptsMax = 3;

    private readonly IJournal _journal;
    private readonly ReadModel _model;
    private readonly JournalWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _committed = new(0, 1);
    private readonly SemaphoreSlim _awaited = new(0, 1);

    private int _failures;

    // Of a batch that was refused, what is still taken one by one, so that the good ones pass.
    private int _single;

    public Projector(
        IJournal journal, ReadModel model, JournalWriter writer, TimeProvider time, ILogger<Projector> log)
    {
        (_journal, _model, _writer, _time, _log) = (journal, model, writer, time, log);
        writer.Committed += NoteCommit;
        model.Awaited += NoteWait;
    }

    /// <summary>Makes the model anew from the first entry to the last; lists are short until it is done.</summary>
    /// <param name="progress">How many entries are in the model, and how many there are.</param>
    public async Task RebuildAsync(IProgress<(long Done, long Total)> progress, CancellationToken cancellation)
    {
        await using var writer = await _model.OpenSecondWriterAsync(cancellation);
        await writer.ResetAsync(cancellation);
        long done, total;
        do
        {
            await StepAsync(writer, cancellation);
            (done, total) = (await writer.GetPositionAsync(cancellation), await _journal.GetHeadAsync(cancellation));
            progress.Report((done, total));
        }
        while (done < total);
    }

    public override void Dispose()
    {
        _writer.Committed -= NoteCommit;
        _model.Awaited -= NoteWait;
        _committed.Dispose();
        _awaited.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What follows may run long before it waits for anything: the start of the silo must not wait for it.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LeadAsync(stoppingToken);
                await Task.Delay(LeadInterval, _time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Said once: a store that is gone stays so for a while.
                if (_failures++ == 0)
                    LogFailed(e);
                var delay = RetryMin * Math.Pow(2, Math.Min(_failures - 1, 10));
                await Task.Delay(delay < RetryMax ? delay : RetryMax, _time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Follows the journal as long as it may write; returns at once where another silo does.</summary>
    private async Task LeadAsync(CancellationToken cancellation)
    {
        await using var writer = await _model.OpenWriterAsync(cancellation);
        if (writer is null)
            return;
        try
        {
            await FollowAsync(writer, cancellation);
        }
        finally
        {
            _writer.TimePerEntry = TimeSpan.Zero;
        }
    }

    private async Task FollowAsync(ReadModelWriter writer, CancellationToken cancellation)
    {
        var poll = PollMin;
        while (true)
        {
            var started = _time.GetTimestamp();
            var (taken, isMore) = await StepAsync(writer, cancellation);
            _writer.TimePerEntry = PaceAfter(taken, isMore, _time.GetElapsedTime(started));
            if (isMore)
                continue;
            if (taken > 0)
            {
                poll = PollMin;
                await PauseAsync(cancellation);
            }
            else
            {
                await WaitAsync(_committed, poll, cancellation);
                poll = poll * 2 < PollMax ? poll * 2 : PollMax;
            }
        }
    }

    /// <summary>The time that each entry filed takes at least, so that lists stay close to what was filed.</summary>
    private static TimeSpan PaceAfter(int taken, bool isMore, TimeSpan step)
    {
        if (taken == 0 || (!isMore && step <= StepMax))
            return TimeSpan.Zero;
        var perEntry = step / taken / FiledPerTaken;
        return perEntry < TimePerEntryMax ? perEntry : TimePerEntryMax;
    }

    /// <summary>Takes in what comes next. Returns how many entries it was, and whether there may be more.</summary>
    private async Task<(int Taken, bool IsMore)> StepAsync(ReadModelWriter writer, CancellationToken cancellation)
    {
        var position = await writer.GetPositionAsync(cancellation);
        var entries = await _journal.ReadAllAsync(position, _single > 0 ? 1 : EntriesAtOnce, cancellation);
        if (entries.Count == 0)
        {
            await MeasureAsync(writer, position, cancellation);
            return (0, false);
        }

        IReadOnlyList<SkippedEntry>? skipped;
        try
        {
            skipped = await writer.ApplyAsync(entries, cancellation);
        }
        catch (DbException e) when (!e.IsTransient && entries.Count == 1 && _failures >= AttemptsMax)
        {
            skipped = await writer.SkipAsync(entries[0], e.Message, cancellation);
        }
        catch (DbException)
        {
            _single = Math.Max(_single, entries.Count);
            throw;
        }

        // Otherwise another has written meanwhile: it goes on from there.
        if (skipped is null)
            return (0, true);
        foreach (var entry in skipped)
        {
            LogSkipped(entry.Position, entry.Party, entry.Reason);
            GrainTelemetry.ProjectorSkipped.Add(1);
        }

        if (_failures > 0)
            LogWorksAgain();
        (_failures, _single) = (0, Math.Max(0, _single - 1));
        GrainTelemetry.ProjectorPosition.Record(entries[^1].Position);
        return (entries.Count, _single > 0 || IJournal.MayGoOn(entries, EntriesAtOnce));
    }

    private async Task MeasureAsync(ReadModelWriter writer, long position, CancellationToken cancellation)
    {
        var head = await _journal.GetHeadAsync(cancellation);
        GrainTelemetry.ProjectorPosition.Record(position);
        GrainTelemetry.ProjectorLag.Record(Math.Max(0, head - position));
        if (head >= position)
            return;
        // Positions are never taken back: these tables are of another journal.
        LogForeign(position, head);
        await writer.ResetAsync(cancellation);
    }

    private async Task PauseAsync(CancellationToken cancellation)
    {
        await Task.Delay(PauseMin, _time, cancellation);
        // Where others write too, callers wait in their processes as well, and cannot say so here.
        if (!_journal.IsShared)
            await WaitAsync(_awaited, PauseMax - PauseMin, cancellation);
    }

    private async Task WaitAsync(SemaphoreSlim nudge, TimeSpan longest, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(nudge.WaitAsync(end.Token), Task.Delay(longest, _time, end.Token));
        await end.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    private void NoteCommit() => Nudge(_committed);

    /// <summary>What is waited for has been committed before, so that the next step brings it.</summary>
    private void NoteWait() => Nudge(_awaited);

    private static void Nudge(SemaphoreSlim nudge)
    {
        try
        {
            if (nudge.CurrentCount == 0)
                nudge.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Two at once are one nudge; after the end there is nobody to tell.
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error, Message = "Entry {Position} of {Party} is in no list, it cannot be taken in: {Reason}")]
    private partial void LogSkipped(long position, string party, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The read model cannot be written; lists lag until it can")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The read model can be written again")]
    private partial void LogWorksAgain();

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The read model stands at {Position} and the journal ends at {Head}: it is made anew")]
    private partial void LogForeign(long position, long head);
}
