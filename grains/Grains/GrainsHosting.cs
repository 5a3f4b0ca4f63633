using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Grains;

/// <summary>Puts the parties into a silo.</summary>
public static class GrainsHosting
{
    /// <summary>
    /// Adds the party grains and what serves them. The host registers an <see cref="IJournal"/>, an
    /// <see cref="ISnapshotStore"/>, a <see cref="ReadModel"/> and a <see cref="Rulebook"/>.
    /// </summary>
    public static ISiloBuilder AddTreatyGridGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services
            .AddMessageCodec()
            .AddSingleton<JournalWriter>()
            .AddSingleton<PartyRegister>()
            .AddSingleton<ReadBarrier>()
            .AddSingleton<Shipper>()
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, JournalLifecycle>()
            .AddHostedService<Sweeper>()
            .AddHostedService<Projector>()
            .AddHostedService<Calendar>()
            .Configure<GrainCollectionOptions>(options =>
            {
                options.CollectionAge = IdleMax;
                options.EnableActivationSheddingOnMemoryPressure = true;
            })
            .Configure<SiloMessagingOptions>(options =>
            {
                options.ResponseTimeout = ResponseTimeout;
                options.MaxEnqueuedRequestsHardLimit = WaitingCallsMax;
                options.MaxEnqueuedRequestsHardLimit_StatelessWorker = WaitingCallsMax;
            });
        return silo;
    }

    /// <summary>
    /// A call that takes longer is taken for lost. A step takes milliseconds, but on a busy machine many wait
    /// for their turn: to give up on them sooner, and send them again, only adds to what waits.
    /// </summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Calls that wait for one grain, as while it is loaded: as many as a gateway lets in at once. There is no limit
    /// unless one is set.
    /// </summary>
    private const int WaitingCallsMax = 10_000;

    /// <summary>
    /// A party that nobody calls, and that has nothing to deliver, leaves memory: it is loaded again from its snapshot
    /// within milliseconds, and of a million registered parties most are never called. Where many are called all the
    /// time, those called least recently leave when memory is scarce, from 80 in 100 of what the process may take.
    /// </summary>
    private static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(5);

    /// <summary>The journal is there before the first party and after the last.</summary>
    private sealed class JournalLifecycle(IJournal journal, ISnapshotStore snapshots, IServiceProvider services)
        : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle observer) => observer.Subscribe(
            nameof(JournalLifecycle), ServiceLifecycleStage.RuntimeStorageServices,
            async cancellation =>
            {
                // In this order: the journal's lock on the data directory covers the snapshots in it.
                await journal.StartAsync(cancellation);
                await snapshots.StartAsync(cancellation);

                // A silo that can write nothing must not keep its parties: its supervisor starts another.
                var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
                _ = services.GetRequiredService<JournalWriter>().Ended.ContinueWith(
                    _ => lifetime.StopApplication(), TaskScheduler.Default);
            },
            async _ => await services.GetRequiredService<JournalWriter>().DisposeAsync());
    }
}
