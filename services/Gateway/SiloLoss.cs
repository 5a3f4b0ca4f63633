using Orleans.Messaging;
using Treaty.Grid.Contracts;

namespace Treaty.Grid.Gateway;

/// <summary>
/// What becomes of calls while silos come and go. A call that is turned away, because its party is just moving or its
/// silo has just gone, is made again: ids make that safe, and callers hardly notice a rolling restart.
/// </summary>
/// <remarks>
/// It also gives up calls that wait for a silo which is no longer there. A call goes to one silo and may be handed on
/// to another: if that one freezes or is cut off, nobody tells whoever waits for the answer, and it would wait until
/// the call's time is over, long after another silo has taken the parties over. A silo that stops as planned leaves the
/// list as well; by then what it was asked is answered, or handed over.
/// </remarks>
internal sealed partial class SiloLoss(IGatewayListProvider silos, TimeProvider time, ILogger<SiloLoss> log)
    : BackgroundService, IOutgoingGrainCallFilter
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Most calls are not for the silo that is gone: they get the time that a call takes.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>A party moves within some hundred milliseconds; after a kill it takes seconds: that is told.</summary>
    private const int AttemptsMax = 4;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(150);

    private TaskCompletionSource _loss = NewLoss();

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        for (var attempt = 1; ; attempt++)
        {
            await InvokeOnceAsync(context);
            if (attempt == AttemptsMax || !MayRepeat(context))
                return;
            await Task.Delay(RetryAfter, time);
        }
    }

    /// <summary>
    /// Turned away, and the answer to a second call is that to the first: not of an assessment anew, which tells what
    /// it has changed.
    /// </summary>
    private static bool MayRepeat(IOutgoingGrainCallContext context) =>
        context.Response?.Exception is OrleansMessageRejectionException
        && context.MethodName != nameof(IPartyGrain.Reassess);

    private async Task InvokeOnceAsync(IOutgoingGrainCallContext context)
    {
        var loss = Volatile.Read(ref _loss).Task;
        var call = context.Invoke();
        if (await Task.WhenAny(call, loss) != call)
        {
            try
            {
                await call.WaitAsync(Grace, time);
            }
            catch (TimeoutException) when (!call.IsCompleted)
            {
                throw new SiloUnavailableException("A silo is gone while its answer was waited for.");
            }
        }

        await call;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        HashSet<Uri> known = [];
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = (await silos.GetGateways()).ToHashSet();
                if (known.Except(now).ToList() is { Count: > 0 } gone)
                {
                    foreach (var silo in gone)
                        LogGone(silo);
                    Interlocked.Exchange(ref _loss, NewLoss()).SetResult();
                }

                known = now;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Without the table nobody can be declared dead either. The client says that it cannot be read.
            }
        }
    }

    private static TaskCompletionSource NewLoss() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Information, Message = "A silo is gone: {Silo}")]
    private partial void LogGone(Uri silo);
}
