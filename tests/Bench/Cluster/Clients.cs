using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Rpc;
using Grpc.Core;
using Treaty.Grid.Cluster.Tests.Cluster;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.V1;

namespace Treaty.Grid.Bench.Cluster;

/// <summary>
/// Clients of a cluster at a constant rate, each for one party, that do what a client should: send the same id again,
/// through another gateway, as soon as the errors say. What they measure counts from the moment at which a call was
/// due.
/// </summary>
internal sealed class Clients(Pair pair, int parties, TimeSpan every)
{
    // Longer than a filer waits for the other side's word.
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>By then a call has failed.</summary>
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(60);

    private readonly ConcurrentBag<Call> _calls = [];
    private readonly ConcurrentDictionary<string, int> _errors = [];
    private readonly List<Task> _clients = [];
    private volatile bool _isStopping;
    private int _run;

    public IReadOnlyDictionary<string, int> Errors => _errors;

    public async Task RegisterAsync()
    {
        for (var n = 0; n < parties; n++)
        {
            await RetryAsync(() => new PartyService.PartyServiceClient(pair.Channel).RegisterPartyAsync(
                new RegisterPartyRequest { PartyId = CodeOf(n), Party = new V1.Party { DisplayName = CodeOf(n) } },
                Options("depositary")).ResponseAsync);
        }
    }

    public void Begin()
    {
        (_isStopping, _run) = (false, _run + 1);
        _calls.Clear();
        _errors.Clear();
        for (var n = 0; n < parties; n++)
        {
            var party = n;
            _clients.Add(Task.Run(() => FileAsync(party)));
        }
    }

    /// <summary>All calls since the beginning, once each has been answered or has failed.</summary>
    public async Task<IReadOnlyList<Call>> EndAsync()
    {
        _isStopping = true;
        await Task.WhenAll(_clients);
        _clients.Clear();
        return [.. _calls];
    }

    private static string CodeOf(int party) => $"P{party:000}";

    private static CallOptions Options(string caller) => new CallOptions(new Metadata { { "x-party", caller } })
        .WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime + AttemptMax);

    /// <summary>Open loop: a call that is due does not wait for the one before.</summary>
    private async Task FileAsync(int party)
    {
        var began = Stopwatch.GetTimestamp();
        var calls = new List<Task>();
        for (var n = 0; !_isStopping; n++)
        {
            var due = (every * n) + (every * party / parties);
            var early = due - Stopwatch.GetElapsedTime(began);
            if (early > TimeSpan.Zero)
                await Task.Delay(early);
            calls.Add(FileAsync(party, n, began + (long)(due.TotalSeconds * Stopwatch.Frequency)));
        }

        await Task.WhenAll(calls);
    }

    private async Task FileAsync(int party, int number, long due)
    {
        var (sender, recipient) = (CodeOf(party), CodeOf((party + 1) % parties));
        var id = $"N{_run}-{number}";
        var request = new SubmitNoticeRequest
        {
            Parent = $"parties/{sender}",
            NoticeId = id,
            Notice = Statements.Dispatch(sender, recipient, id, 1, Statements.Day(2007, 5, 4)),
        };
        var isAnswered = await RetryAsync(
            () => new NoticeService.NoticeServiceClient(pair.Channel)
                .SubmitNoticeAsync(request, Options(sender)).ResponseAsync);
        _calls.Add(new Call(due, Stopwatch.GetElapsedTime(due), isAnswered));
    }

    private async Task<bool> RetryAsync<T>(Func<Task<T>> call)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < CallMax)
        {
            try
            {
                await call();
                return true;
            }
            catch (RpcException e)
            {
                var status = e.GetRpcStatus();
                var reason = status?.GetDetail<ErrorInfo>()?.Reason ?? e.StatusCode.ToString();
                _errors.AddOrUpdate(reason, 1, (_, count) => count + 1);
                await Task.Delay(status?.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan() ?? Pause);
            }
            catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
            {
                // The gateway has just gone.
                _errors.AddOrUpdate("GATEWAY_GONE", 1, (_, count) => count + 1);
                await Task.Delay(Pause);
            }
        }

        return false;
    }
}

/// <summary>A call with all its attempts.</summary>
/// <param name="Due">When it was to be made, as a timestamp.</param>
/// <param name="Took">From then to the answer.</param>
/// <param name="IsAnswered">Within the time that it had.</param>
internal sealed record Call(long Due, TimeSpan Took, bool IsAnswered);
