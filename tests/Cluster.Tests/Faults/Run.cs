using System.Collections.Concurrent;
using Google.Rpc;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>
/// The workload, once, by a client that sends the same ids again as the errors say, through silos that are replaced
/// when they freeze; then the audit.
/// </summary>
/// <param name="open">The store, as a new process opens it.</param>
/// <param name="scripts">What befalls the writes of the first, second, … silo; nothing those after.</param>
internal sealed class Run(Func<IJournal> open, params Func<int, Fault>[] scripts) : IAsyncDisposable
{
    // Far more than any script needs: beyond it something waits for ever.
    private const int AttemptsMax = 200;

    // RetryInfo asks for a second, for the sake of a real store: here it is only checked to be there.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<(string Party, string Id), long> _receipts = [];
    private readonly SemaphoreSlim _replacing = new(1);
    private RunningSilo? _silo;
    private int _silos;

    /// <summary>How often each reason was given for not answering.</summary>
    public ConcurrentDictionary<string, int> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>The position that each id was acknowledged with.</summary>
    public IReadOnlyDictionary<(string Party, string Id), long> Receipts => _receipts;

    /// <summary>Of what may wait for the journal, in each silo.</summary>
    public JournalWriterLimits? Limits { get; init; }

    public OneDay Time { get; } = new();

    /// <summary>How many silos it took.</summary>
    public int Silos => _silos;

    public RunningSilo Silo => _silo ?? throw new InvalidOperationException("Not started.");

    public Task StartAsync() => ReplaceAsync(null);

    /// <summary>Starts, and sends everything, one by one or each round at once, until it is acknowledged.</summary>
    public async Task PlayAsync(bool atOnce)
    {
        await StartAsync();
        foreach (var round in Workload.Rounds)
        {
            foreach (var requests in round.Chunk(atOnce ? round.Count : 1))
                await Task.WhenAll(requests.Select(r => SendAsync(r, untilComplete: false)));
        }

        // A repeat gets the first receipt; and what was pending completes without anyone asking.
        foreach (var request in Workload.Requests)
            await SendAsync(request, untilComplete: true);
    }

    public async ValueTask DisposeAsync()
    {
        _replacing.Dispose();
        if (_silo is not null)
            await _silo.KillAsync();
    }

    /// <summary>Sends one request until it is acknowledged.</summary>
    public async Task<Acknowledgement> SendAsync(Request request, bool untilComplete)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            if (await TryAsync(request, Silo) is { } answer)
            {
                var receipt = _receipts.GetOrAdd((request.Party, request.Id), answer.Position);
                Assert.Equal(receipt, answer.Position);
                if (answer.IsComplete || !untilComplete)
                    return answer;
            }
        }

        throw new InvalidOperationException($"{request.Party} {request.Id} is never answered: {Told()}");
    }

    /// <summary>Sends it once; null if it has to be sent again.</summary>
    private async Task<Acknowledgement?> TryAsync(Request request, RunningSilo silo)
    {
        var call = CallAsync();
        await Task.WhenAny(call, silo.Journal.Frozen);
        if (silo.Journal.Frozen.IsCompleted && !call.IsCompletedSuccessfully)
        {
            // Whatever a silo that is gone says, if it says anything: its process would have said nothing.
            _ = call.ContinueWith(static c => c.Exception, TaskScheduler.Default);
            await ReplaceAsync(silo);
            return null;
        }

        try
        {
            return await call;
        }
        catch (RefusedException e) when (e.Status.Code is (int)Code.Unavailable or (int)Code.ResourceExhausted)
        {
            var details = e.Status.Details;
            var reason = details.Single(d => d.Is(ErrorInfo.Descriptor)).Unpack<ErrorInfo>().Reason;
            Assert.Contains(details, d => d.Is(RetryInfo.Descriptor));
            return await PauseAsync(reason);
        }
        catch (OrleansException e)
        {
            // The gateway calls it an unknown outcome: a party may be moved too often for a call to find it.
            return await PauseAsync(e.GetType().Name);
        }

        // Another caller may be throwing the silo away just now: then finding the grain fails, as the call would.
        async Task<Acknowledgement> CallAsync() => await request.Send(silo[request.Party]);
    }

    private async Task<Acknowledgement?> PauseAsync(string reason)
    {
        Errors.AddOrUpdate(reason, 1, (_, times) => times + 1);
        await Task.Delay(Pause);
        return null;
    }

    private async Task ReplaceAsync(RunningSilo? gone)
    {
        await _replacing.WaitAsync();
        try
        {
            // Several callers see the same silo go.
            if (_silo != gone)
                return;
            if (gone is not null)
                await gone.KillAsync();
            var script = _silos < scripts.Length ? scripts[_silos] : static _ => Fault.None;
            _silos++;
            _silo = await RunningSilo.StartAsync(new FaultyJournal(open(), script), Time, limits: Limits);
        }
        finally
        {
            _replacing.Release();
        }
    }

    private string Told() => string.Join(", ", Errors.Select(e => $"{e.Key} {e.Value}"));
}
