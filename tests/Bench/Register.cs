using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Grains;
using Treaty.Grid.Silo;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;
using SiloParty = Treaty.Grid.V1.Party;

namespace Treaty.Grid.Bench;

/// <summary>
/// A silo in this process on SQLite, as services/Silo composes it, with two senders: behind one lie many closed
/// transfers, behind the other few.
/// </summary>
internal sealed class Register : IAsyncDisposable
{
    private const long FewTransfers = 1_000;

    // A party without a snapshot is loaded in several calls, each of which gives up after its time-out.
    private static readonly TimeSpan OpenMax = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan CloseMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private readonly IHost _host;
    private readonly MeterListener _listener = new();
    private long _filterBytes;

    private Register(IHost host)
    {
        _host = host;
        var rulebook = host.Services.GetRequiredService<Rulebook>();
        Few = new History("FEW", "FEWTO", Journal, rulebook);
        Many = new History("MANY", "MANYTO", Journal, rulebook);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "treatygrid.index.filters")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, bytes, _, _) => Interlocked.Add(ref _filterBytes, bytes));
        _listener.Start();
    }

    public History Few { get; }

    public History Many { get; }

    /// <summary>
    /// How long each party took to open for the first time, when it had no snapshot, and in how many calls.
    /// </summary>
    public List<(string Party, long Entries, TimeSpan Time, int Calls)> Folded { get; } = [];

    /// <summary>What the index's filters take in memory, of all parties.</summary>
    public long FilterBytes => Interlocked.Read(ref _filterBytes);

    private IJournal Journal => _host.Services.GetRequiredService<IJournal>();

    private IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<Register> StartAsync(Run run, CancellationToken cancellation)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(
        [
            new($"{SiloHosting.Section}:Data", run.Stores.NewDirectory()),
            new($"{SiloHosting.Section}:Register", "empty"),
        ]);
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Error);
        builder.AddTreatyGridSilo();

        // They would read through the whole history meanwhile; the projector is measured by itself.
        foreach (var service in builder.Services
            .Where(s => s.ImplementationType == typeof(Projector) || s.ImplementationType == typeof(Sweeper))
            .ToList())
        {
            builder.Services.Remove(service);
        }

        var host = builder.Build();
        await host.StartAsync(cancellation);
        var register = new Register(host);
        try
        {
            await register.FillAsync(run, cancellation);
            return register;
        }
        catch
        {
            await register.DisposeAsync();
            throw;
        }
    }

    /// <summary>Any call to a party that needs nothing but the party.</summary>
    public async Task<SiloParty> GetAsync(string party) => await Grains.GetGrain<IPartyGrain>(party)
        .GetParty(new GetPartyRequest { Name = $"parties/{party}" });

    /// <summary>Files the dispatches of transfers, and returns what was answered to each.</summary>
    public async Task<IReadOnlyList<SubmitResult>> FileAsync(History history, IEnumerable<long> transfers)
    {
        var request = new FileRequest();
        foreach (var notice in transfers.Select(history.Dispatch))
            request.Items.Add(new FileItem { NoticeId = notice.Id, Notice = notice.ToMessage() });
        var response = await Grains.GetGrain<IPartyGrain>(history.Sender).File(request);
        if (response.Results.FirstOrDefault(r => r.Error is not null) is { } refused)
            throw new InvalidOperationException($"{history.Sender} was refused: {refused.Error.Message}");
        return response.Results;
    }

    /// <summary>Takes a party out of memory: the next call opens it.</summary>
    public async Task CloseAsync(string party)
    {
        var grain = Grains.GetGrain<IPartyGrain>(party);
        var management = Grains.GetGrain<IManagementGrain>(0);
        if (!await IsActiveAsync())
            return;
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        var began = Stopwatch.GetTimestamp();
        while (await IsActiveAsync())
        {
            if (Stopwatch.GetElapsedTime(began) > CloseMax)
                throw new TimeoutException($"{party} does not leave memory.");
            await Task.Delay(Poll);
        }

        async Task<bool> IsActiveAsync() =>
            (await management.GetActiveGrains(GrainType.Create("party"))).Contains(grain.GetGrainId());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
        _listener.Dispose();
    }

    private async Task FillAsync(Run run, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var (history, transfers) in new[] { (Few, FewTransfers), (Many, run.ManyTransfers) })
        {
            await history.RecordAsync(
                transfers,
                done => run.Say($"history: {done:N0} of {transfers:N0} transfers of {history.Sender}", every: 50_000,
                    done),
                cancellation);
        }

        run.Say($"history: written in {Stopwatch.GetElapsedTime(began).TotalSeconds:N0} s");
        foreach (var (party, history) in new[]
        {
            (Few.Sender, Few), (Few.Recipient, Few), (Many.Sender, Many), (Many.Recipient, Many),
        })
        {
            await FoldAsync(party, history.Entries, run, cancellation);
        }
    }

    private async Task FoldAsync(string party, long entries, Run run, CancellationToken cancellation)
    {
        run.Say($"history: opening {party} for the first time");
        var began = Stopwatch.GetTimestamp();
        for (var calls = 1; ; calls++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                await GetAsync(party);
                Folded.Add((party, entries, Stopwatch.GetElapsedTime(began), calls));
                return;
            }
            catch (Exception e) when (Stopwatch.GetElapsedTime(began) < OpenMax)
            {
                run.Say($"history: {party} after {Stopwatch.GetElapsedTime(began).TotalSeconds:N0} s: {e.Message}");
            }
        }
    }
}
