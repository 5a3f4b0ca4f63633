using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Grains;

/// <summary>
/// Wakes parties that have something undelivered and that nobody calls: after a start, and after a silo gave a party
/// up. It follows the journal in order of position, and keeps in mind only pairs of parties that are not even; from
/// time to time it puts them down, so that the next start need not read all that lies before.
/// </summary>
internal sealed partial class Sweeper(
    IJournal journal, ReadModel model, IGrainFactory grains, TimeProvider time, ILogger<Sweeper> log)
    : BackgroundService
{
    /// <summary>After so many entries: they are read in about a second.</summary>
    internal const int KeptEvery = 20_000;

    private const int EntriesAtOnce = 1_000;

    /// <summary>Of more nothing is put down, and the next start reads from further back.</summary>
    private const int KeptPairsMax = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string From, string To), Pair> _uneven = [];
    private long _position;
    private long _kept = -1;
    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                if (_kept < 0)
                {
                    await ResumeAsync(stoppingToken);
                }

                while (await FollowAsync(stoppingToken))
                {
                    // More to read: go on at once.
                }

                if (_isFailing)
                {
                    _isFailing = false;
                    LogWorksAgain();
                }

                await WakeAsync();
                await KeepAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Said once: a journal that is gone stays so for a while.
                if (!_isFailing)
                {
                    _isFailing = true;
                    LogFailed(e);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Goes on from what was put down, unless that was of another journal, a longer one.</summary>
    private async Task ResumeAsync(CancellationToken cancellation)
    {
        if (await model.FindUndeliveredAsync(cancellation) is { } kept
            && kept.Position <= await journal.GetHeadAsync(cancellation))
        {
            _position = kept.Position;
            foreach (var (from, to, sent, taken) in kept.Pairs)
            {
                _uneven[(from, to)] = new Pair(sent, taken, time.GetTimestamp());
            }
        }

        _kept = _position;
    }

    private async Task<bool> FollowAsync(CancellationToken cancellation)
    {
        var entries = await journal.ReadAllAsync(_position, EntriesAtOnce, cancellation);
        foreach (var stored in entries)
        {
            foreach (var letter in Letters.Of(stored))
            {
                Note(letter);
            }

            _position = stored.Position;
        }

        return IJournal.MayGoOn(entries, EntriesAtOnce);
    }

    private async Task KeepAsync(CancellationToken cancellation)
    {
        if (_position - _kept >= KeptEvery && _uneven.Count <= KeptPairsMax)
        {
            var pairs = _uneven.Select(p => new UnevenPair(p.Key.From, p.Key.To, p.Value.Sent, p.Value.Taken));
            await model.KeepUndeliveredAsync(new Undelivered(_position, [.. pairs]), cancellation);
            _kept = _position;
        }
    }

    private void Note(Letter letter)
    {
        var pair = (letter.From, letter.To);
        var last = _uneven.GetValueOrDefault(pair);
        var next = new Pair(
            Math.Max(last.Sent, letter.Sent), Math.Max(last.Taken, letter.Taken), time.GetTimestamp());
        if (next.Sent > next.Taken)
        {
            _uneven[pair] = next;
        }
        else
        {
            _uneven.Remove(pair);
        }
    }

    /// <summary>Those for which nothing has moved for a while; a pump that is at work needs no waking.</summary>
    private async Task WakeAsync()
    {
        foreach (var from in _uneven
            .Where(p => time.GetElapsedTime(p.Value.Moved) >= Interval)
            .Select(p => p.Key.From)
            .Distinct(StringComparer.Ordinal)
            .ToList())
        {
            try
            {
                LogWakes(from);
                await grains.Party(from).Kick();
            }
            catch (RefusedException e) when (
                e.Status.Code is (int)Google.Rpc.Code.Unavailable or (int)Google.Rpc.Code.DataLoss)
            {
                // The journal is away, or the party quarantined: whoever finds that says so.
            }
            catch (Exception e)
            {
                // One party that cannot be woken must not keep the others asleep.
                LogCannotWake(e, from);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Party} has messages that are not delivered: waking it")]
    private partial void LogWakes(string party);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Party} has undelivered messages and cannot be woken")]
    private partial void LogCannotWake(Exception exception, string party);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Cannot look for undelivered messages; said again only when it works")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looks for undelivered messages again")]
    private partial void LogWorksAgain();

    /// <summary>The last numbers sent and taken between two parties, and when either last changed.</summary>
    private readonly record struct Pair(long Sent, long Taken, long Moved);
}
