using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Grains;

/// <summary>
/// Lets days pass for parties that nobody calls: when something that is owed is overdue, its party judges the day, and
/// what it finds is recorded. It follows the duties of the read model, and so comes to those as well that fell due
/// while no silo ran.
/// </summary>
internal sealed partial class Calendar(
    ReadModel model, IJournal journal, IGrainFactory grains, TimeProvider time, ILogger<Calendar> log)
    : BackgroundService
{
    private const int DutiesAtOnce = 500;

    /// <summary>How soon after a start, or after midnight (UTC), it looks; and tries again after a failure.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>For duties that are recorded late.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);

    /// <summary>Who has judged the day.</summary>
    private readonly HashSet<string> _judged = new(StringComparer.Ordinal);

    private DateOnly _day;
    private long? _looked;
    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PassAsync(stoppingToken);
                _isFailing = false;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Said once: a read model that is gone stays so for a while.
                if (!_isFailing)
                {
                    LogFailed(e);
                }

                _isFailing = true;
            }
        }
    }

    private async Task PassAsync(CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (today != _day)
        {
            _judged.Clear();
            (_day, _looked) = (today, null);
        }

        if (_looked is { } looked && time.GetElapsedTime(looked) < LookAgain)
        {
            return;
        }

        var (began, head) = (time.GetTimestamp(), await journal.GetHeadAsync(cancellation));
        var overdue = Condition.All(Condition.Below("due", Iso(today)), Condition.Equal("met", 0L));
        IReadOnlyList<string>? after = null;
        var all = true;
        long reached;
        do
        {
            var page = await model.ListDutiesAsync(new ListQuery(null, overdue, after, DutiesAtOnce), cancellation);
            foreach (var party in page.Rows.Select(r => r.Value.Party).Distinct(StringComparer.Ordinal))
            {
                cancellation.ThrowIfCancellationRequested();
                all &= _judged.Contains(party) || await JudgeAsync(party);
            }

            reached = page.Position;
            after = page.Rows.Count < DutiesAtOnce ? null : page.Rows[^1].Key;
        }
        while (after is not null);

        // After a start the read model may still be on its way.
        _looked = all && reached >= head ? began : null;
    }

    private async Task<bool> JudgeAsync(string party)
    {
        try
        {
            await grains.Party(party).JudgeDay();
            return _judged.Add(party);
        }
        catch (RefusedException e) when (e.Status.Code == (int)Google.Rpc.Code.DataLoss)
        {
            // It is quarantined, and its operator knows.
            return true;
        }
        catch (Exception e)
        {
            // One party that cannot be reached must not keep the others waiting; it is called again.
            LogCannotJudge(e, party);
            return false;
        }
    }

    private static string Iso(DateOnly day) =>
        day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Party} has something overdue and cannot judge the day yet")]
    private partial void LogCannotJudge(Exception exception, string party);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "What is overdue cannot be read, and is not found by itself meanwhile")]
    private partial void LogFailed(Exception exception);
}
