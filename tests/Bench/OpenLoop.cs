using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.V1;

namespace Treaty.Grid.Bench;

/// <summary>
/// Callers that do not wait for each other: each request goes when it is due. Every second one is the receipt of what
/// the one before dispatched.
/// </summary>
internal sealed class OpenLoop : IDisposable
{
    private const int Parties = 50;
    private const int SettledAfter = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SettledMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);

    private readonly (string Code, GrpcChannel Channel)[] _parties;
    private readonly int _batch;
    private long _next;

    private OpenLoop((string Code, GrpcChannel Channel)[] parties, int batch) =>
        (_parties, _batch) = (parties, batch);

    /// <summary>The first states of the register, each with a channel of its own.</summary>
    public static async Task<OpenLoop> ToAsync(Door door, int batch)
    {
        var states = await new Caller(door, "operator").AllPartiesAsync(Statements.Day(2024, 1, 1), 200);
        var address = door.Channel.Target;
        return new OpenLoop(
            [
                .. states.Take(Parties).Select(s => (
                    s.Name["parties/".Length..],
                    GrpcChannel.ForAddress($"http://{address}", new GrpcChannelOptions
                    {
                        MaxReceiveMessageSize = 64 * 1024 * 1024,
                    }))),
            ],
            batch);
    }

    /// <summary>Offers so many requests a second, and returns when the last is answered or given up.</summary>
    public async Task<Figures> OfferAsync(double rate, TimeSpan time)
    {
        var count = (int)(rate * time.TotalSeconds);
        var outcomes = new ConcurrentBag<(StatusCode Code, TimeSpan Latency)>();
        var under = new Task[count];
        var began = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < count;)
        {
            for (; sent < count && sent / rate <= Stopwatch.GetElapsedTime(began).TotalSeconds; sent++)
            {
                var (number, due) = (_next++, TimeSpan.FromSeconds(sent / rate));
                under[sent] = Task.Run(async () =>
                {
                    var left = Patience - (Stopwatch.GetElapsedTime(began) - due);
                    var code = left > TimeSpan.Zero ? await SendAsync(number, left) : StatusCode.DeadlineExceeded;
                    outcomes.Add((code, Stopwatch.GetElapsedTime(began) - due));
                });
            }

            await Task.Delay(Tick, TimeProvider.System);
        }

        await Task.WhenAll(under);
        return new Figures(time, [.. outcomes]);
    }

    /// <summary>Waits until requests one by one are answered soon again: what was left behind is done.</summary>
    public async Task SettleAsync()
    {
        var began = Stopwatch.GetTimestamp();
        for (var soon = 0; soon < SettledAfter && Stopwatch.GetElapsedTime(began) < SettledMax;)
        {
            var sent = Stopwatch.GetTimestamp();
            var code = await SendAsync(_next++, Patience);
            soon = code == StatusCode.OK && Stopwatch.GetElapsedTime(sent) < Soon ? soon + 1 : 0;
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    public void Dispose()
    {
        foreach (var (_, channel) in _parties)
            channel.Dispose();
    }

    private async Task<StatusCode> SendAsync(long number, TimeSpan patience)
    {
        var (transfer, isReceipt) = (number / 2, number % 2 == 1);
        var sender = _parties[transfer % Parties];
        var recipient = _parties[(transfer + 1 + (transfer / Parties % (Parties - 1))) % Parties];
        var filer = isReceipt ? recipient : sender;
        var client = new NoticeService.NoticeServiceClient(filer.Channel);
        var options = new CallOptions(new Metadata { { "x-party", filer.Code } })
            .WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime + patience);
        var requests = Enumerable.Range(0, _batch).Select(item =>
        {
            var reference = string.Create(CultureInfo.InvariantCulture, $"L-{transfer}-{item}");
            var day = Statements.Day(2007, 5, isReceipt ? 7 : 4);
            return new SubmitNoticeRequest
            {
                Parent = $"parties/{filer.Code}",
                NoticeId = (isReceipt ? "R-" : "D-") + reference,
                Notice = isReceipt
                    ? Statements.Receipt(sender.Code, recipient.Code, reference, 10, day)
                    : Statements.Dispatch(sender.Code, recipient.Code, reference, 10, day),
            };
        });
        try
        {
            if (_batch == 1)
            {
                await client.SubmitNoticeAsync(requests.Single(), options);
                return StatusCode.OK;
            }

            var batch = new BatchSubmitNoticesRequest { Parent = $"parties/{filer.Code}", Requests = { requests } };
            var answer = await client.BatchSubmitNoticesAsync(batch, options);
            return (StatusCode)(answer.Results.Select(r => r.Error?.Code ?? 0).Max());
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }
}

/// <summary>What became of a load.</summary>
internal sealed class Figures
{
    private readonly double _seconds;
    private readonly string _codes;

    public Figures(TimeSpan time, IReadOnlyList<(StatusCode Code, TimeSpan Latency)> outcomes)
    {
        _seconds = time.TotalSeconds;
        var answered = outcomes.Where(o => o.Code == StatusCode.OK).Select(o => o.Latency).Order().ToArray();
        Offered = outcomes.Count / _seconds;
        Late = outcomes.Count(o => o.Code == StatusCode.DeadlineExceeded) / _seconds;
        Refused = outcomes.Count(o => o.Code == StatusCode.ResourceExhausted) / _seconds;
        InTime = answered.Length / _seconds;
        Other = Offered - Late - Refused - InTime;
        Other = Math.Abs(Other) < 1e-6 ? 0 : Other;
        if (answered.Length > 0)
            (Median, Slow) = (answered[answered.Length / 2], answered[answered.Length * 99 / 100]);
        _codes = string.Join(
            ' ', outcomes.GroupBy(o => o.Code).OrderBy(g => g.Key).Select(g => $"{g.Key} {g.Count()}"));
    }

    /// <summary>Requests per second, as all that follow.</summary>
    public double Offered { get; }

    public double InTime { get; }

    public double Refused { get; }

    /// <summary>Given up by their callers.</summary>
    public double Late { get; }

    public double Other { get; }

    /// <summary>Of those answered.</summary>
    public TimeSpan Median { get; }

    /// <summary>Within which 99 of 100 of those answered were.</summary>
    public TimeSpan Slow { get; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Offered:0}/s offered, p99 {Slow.TotalMilliseconds:0} ms, in all {_codes}");
}
