using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Silo.Register;

/// <summary>
/// At the first start of a register, records the real states and what depositaries received from them, as the
/// depositary would. A start that was broken off is made good by the next one: what is there already is a repeat.
/// </summary>
internal sealed partial class RegisterLoader(IGrainFactory grains, ILogger<RegisterLoader> log) : IHostedService
{
    private const int AtOnce = 32;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var states = RegisterFiles.ReadStates();

        // The last state is loaded after all others: if it is there, only it can be incomplete.
        var last = states[^1];
        if (!await IsRegisteredAsync(last))
        {
            LogLoading(states.Count);
            await Parallel.ForEachAsync(
                states.SkipLast(1),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (state, _) => await LoadAsync(state));
        }

        await LoadAsync(last);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> IsRegisteredAsync(RegisteredState state)
    {
        try
        {
            await grains.GetGrain<IPartyGrain>(state.Code).GetParty(new V1.GetPartyRequest());
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    private async Task LoadAsync(RegisteredState state)
    {
        var party = grains.GetGrain<IPartyGrain>(state.Code);
        await party.Register(new RegisterRequest { DisplayName = state.Name });
        foreach (var notification in state.Notifications)
        {
            await party.Record(new RecordRequest
            {
                NotificationId = notification.Id,
                Notification = notification.ToMessage(state.Code),
            });
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information, Message = "First start: recording {Count} states and their memberships")]
    private partial void LogLoading(int count);
}
