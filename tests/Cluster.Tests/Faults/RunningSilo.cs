using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Treaty.Grid.Contracts;
using Treaty.Grid.Grains;
using Treaty.Grid.Silo.Register;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>The product's silo within this process, on a journal of the test's, with an empty register.</summary>
internal sealed class RunningSilo : IAsyncDisposable
{
    // A port that was free a moment ago may be taken by another test by now.
    private const int PortsTriedMax = 5;

    private static readonly Rulebook Rulebook = RegisterFiles.ReadRulebook();

    private readonly IHost _host;
    private bool _isKilled;

    private RunningSilo(IHost host, FaultyJournal journal) => (_host, Journal) = (host, journal);

    public FaultyJournal Journal { get; }

    public IPartyGrain this[string party] =>
        _host.Services.GetRequiredService<IGrainFactory>().GetGrain<IPartyGrain>(party);

    public JournalWriter Writer => _host.Services.GetRequiredService<JournalWriter>();

    public static async Task<RunningSilo> StartAsync(
        FaultyJournal journal, TimeProvider time, ISnapshotStore? snapshots = null,
        JournalWriterLimits? limits = null, ReadModel? model = null)
    {
        for (var tried = 1; ; tried++)
        {
            var builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Services.AddSingleton<IJournal>(journal);
            builder.Services.AddSingleton(time).AddSingleton(Rulebook);
            builder.Services.AddSingleton(limits ?? new JournalWriterLimits());
            builder.Services.AddSingleton(snapshots ?? new MemorySnapshotStore());
            builder.Services.AddSingleton(_ => model ?? SqliteReadModel.Temporary(time));
            builder.UseOrleans(silo => silo
                .UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0)
                .AddTreatyGridGrains());
            var host = builder.Build();
            try
            {
                await host.StartAsync();
                return new RunningSilo(host, journal);
            }
            catch (SocketException) when (tried < PortsTriedMax)
            {
                host.Dispose();
            }
        }
    }

    /// <summary>
    /// Throws it away as it is: nothing that it still does reaches the store. Once more is no mistake: whoever could
    /// not start the next one cleans up after this one.
    /// </summary>
    public async Task KillAsync()
    {
        if (_isKilled)
            return;
        _isKilled = true;
        Journal.Kill();
        await _host.StopAsync(new CancellationToken(canceled: true));
        // They were told to end, not waited for; what one of them still writes would stand in the way of removing it.
        foreach (var service in _host.Services.GetServices<IHostedService>().OfType<BackgroundService>())
            await (service.ExecuteTask ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
        await Journal.DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
