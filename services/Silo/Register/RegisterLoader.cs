using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Silo.Register;

/// <summary>
/// At the first start of a register, records the real states and what depositaries received from them, as the
/// depositary would. A start that was broken off is made good by the next one: what is there already is a repeat.
/// </summary>
internal sealed partial class RegisterLoader(IGrainFactory grains, TimeProvider time, ILogger<RegisterLoader> log)
    : IHostedService
{
    private const int AtOnce = 32;

    /// <summary>How long a state is tried whose silo has just gone, or whose journal is away.</summary>
    private static readonly TimeSpan TriedFor = TimeSpan.FromMinutes(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var states = RegisterFiles.ReadStates();
        var recorded = 0;
        await Parallel.ForEachAsync(
            states, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (state, cancellation) => Interlocked.Add(ref recorded, await TryLoadAsync(state, cancellation)));
        if (recorded > 0)
        {
            LogRecorded(recorded, states.Count);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<int> TryLoadAsync(RegisteredState state, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await LoadAsync(state);
            }
            catch (Exception e) when (IsPassing(e) && time.GetElapsedTime(since) < TriedFor)
            {
                LogAgain(state.Code, e.Message);
                await Task.Delay(Limits.RetryDelay, time, cancellation);
            }
        }
    }

    private static bool IsPassing(Exception exception) =>
        exception is OrleansException or TimeoutException
        || exception is RefusedException
        {
            Status.Code: (int)Google.Rpc.Code.Unavailable
            or (int)Google.Rpc.Code.ResourceExhausted
        };

    /// <summary>How many notifications were not there yet.</summary>
    private async Task<int> LoadAsync(RegisteredState state)
    {
        var party = grains.Party(state.Code);
        try
        {
            await party.Register(new RegisterRequest { DisplayName = state.Name });
            var recorded = 0;
            foreach (var notification in state.Notifications)
            {
                var answer = await party.Record(new RecordRequest
                {
                    NotificationId = notification.Id,
                    Notification = notification.ToMessage(state.Code),
                });
                recorded += answer.Replayed ? 0 : 1;
            }

            return recorded;
        }
        catch (RefusedException e) when (e.Status.Code is (int)Google.Rpc.Code.DataLoss)
        {
            // It is quarantined, and the alert is given: all others must be able to start.
            return 0;
        }
        catch (RefusedException e) when (e.Status.Code == (int)Google.Rpc.Code.AlreadyExists)
        {
            // The depositary of this register has recorded it otherwise: that stands.
            LogKept(state.Code, e.Message);
            return 0;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Recorded {Notifications} notifications of {Count} states")]
    private partial void LogRecorded(int notifications, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Party} cannot be recorded yet, trying again: {Reason}")]
    private partial void LogAgain(string party, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Party} is kept as it was recorded before: {Reason}")]
    private partial void LogKept(string party, string reason);
}
