using Orleans.Messaging;

namespace Treaty.Grid.Gateway;

/// <summary>
/// Gives up calls that wait for a silo which is no longer there. A call goes to one silo and may be handed on to another:
/// if that one freezes or is cut off, nobody tells whoever waits for the answer, and it would wait until the call's time
/// is over, long after another silo has taken the parties over.
/// </summary>
internal sealed partial class SiloLoss(IGatewayListProvider silos, TimeProvider time, ILogger<SiloLoss> log)
    : BackgroundService, IOutgoingGrainCallFilter
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Most calls are not for the silo that is gone: they get the time that a call takes.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private TaskCompletionSource _loss = NewLoss();

    public async Task Invoke(IOutgoingGrainCallContext context)
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
