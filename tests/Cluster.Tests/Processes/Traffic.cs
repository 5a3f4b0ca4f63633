using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Rpc;
using Grpc.Core;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.Processes;

/// <summary>
/// Clients that file dispatches, receipts and destructions between a few parties, alone and in batches. Each sends the
/// same ids again, as the errors say, until all of a shipment is acknowledged; everything acknowledged is written down.
/// </summary>
internal sealed class Traffic
{
    private const int Clients = 6;
    private const int BatchMax = 20;
    private const int RepeatedAtOnce = 200;

    // They tell what never comes from a busy machine, and say nothing about speed.
    private static readonly TimeSpan AcknowledgedMax = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static readonly Google.Type.Date Date = Day(2007, 5, 4);

    private static readonly HashSet<string> PassingReasons =
        ["JOURNAL_UNAVAILABLE", "OUTCOME_UNKNOWN", "OVERLOADED"];

    // The one error that says: this id is taken by something else.
    private const string Conflict = "NOTICE_ID_CONFLICT";

    private readonly int _seed;
    private readonly ConcurrentDictionary<string, Acknowledged> _acknowledged = [];
    private readonly ConcurrentDictionary<string, int> _told = [];
    private readonly List<Task> _clients = [];
    private Way _way;
    private volatile bool _isStopping;
    private int _retries;
    private int _replayed;
    private int _conflicts;

    public Traffic(Door register, int seed)
    {
        _seed = seed;
        _way = new Way(register, new CancellationTokenSource());
    }

    public static IReadOnlyList<string> Parties { get; } = ["BEL", "BGR", "GRC", "UKR"];

    /// <summary>Between which parties shipments go; all are registered at the beginning.</summary>
    public IReadOnlyList<string> Filers { get; init; } = Parties;

    /// <summary>How long a client waits for an answer before it takes the outcome for unknown.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a client rests between shipments: all that is filed is asked for again at the end.</summary>
    public TimeSpan Rest { get; init; }

    /// <summary>By the name of the notice.</summary>
    public IReadOnlyDictionary<string, Acknowledged> Filed => _acknowledged;

    /// <summary>How often each reason was given for trying again later.</summary>
    public IReadOnlyDictionary<string, int> Told => _told;

    /// <summary>Attempts that were not answered, or not with a receipt for all, and so were made again.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <summary>Answers to attempts whose first try had been recorded though its answer was lost.</summary>
    public int Replayed => Volatile.Read(ref _replayed);

    /// <summary>Something else under an id that was taken, and refused.</summary>
    public int Conflicts => Volatile.Read(ref _conflicts);

    /// <summary>Ends with the first client that ends; before the end of all that is one that failed.</summary>
    public Task<Task> AnyEnded => Task.WhenAny(_clients);

    public async Task BeginAsync()
    {
        var depositary = new Caller(_way.Register, "depositary");
        foreach (var party in Filers)
            await depositary.RegisterAsync(party, party);
        for (var client = 0; client < Clients; client++)
        {
            var random = new Random(_seed + client);
            var name = client;
            _clients.Add(Task.Run(() => ShipAsync(name, random)));
        }
    }

    /// <summary>From here on all clients go to this register; what they wait for elsewhere they give up.</summary>
    public void TurnTo(Door register)
    {
        var former = Interlocked.Exchange(ref _way, new Way(register, new CancellationTokenSource()));
        former.Leave.Cancel();
    }

    /// <summary>Returns when so many more are acknowledged.</summary>
    public Task MoreAsync(int notices)
    {
        var enough = _acknowledged.Count + notices;
        return UntilAsync(() => _acknowledged.Count >= enough, $"{notices} more notices are acknowledged");
    }

    /// <summary>Returns when so many more attempts were told to try again later.</summary>
    public Task MoreToldAsync(int attempts)
    {
        var enough = _told.Values.Sum() + attempts;
        return UntilAsync(() => _told.Values.Sum() >= enough, $"{attempts} more attempts are told to wait");
    }

    /// <summary>Returns when each client has finished the shipment that it is at.</summary>
    public Task EndAsync()
    {
        _isStopping = true;
        return Task.WhenAll(_clients);
    }

    /// <summary>Sends everything once more. Each must be answered as it was, and before long be checked.</summary>
    /// <returns>How many are not cross-checked.</returns>
    public async Task<int> RepeatAllAsync()
    {
        var before = _acknowledged.Count;
        var began = Stopwatch.GetTimestamp();
        var left = _acknowledged.Values.ToList();
        do
        {
            foreach (var some in left
                .GroupBy(a => a.Request.Parent)
                .SelectMany(party => party.Select(a => a.Request).Chunk(RepeatedAtOnce)))
            {
                await FileAsync(some[0].Parent.Split('/')[1], some, isRepeat: true);
            }

            left = [.. _acknowledged.Values.Where(a => a.CrossCheck != CrossCheck.Complete)];
        }
        while (left.Count > 0 && Stopwatch.GetElapsedTime(began) < AcknowledgedMax);

        Assert.Equal(before, _acknowledged.Count);
        return left.Count;
    }

    /// <summary>Sends until all are acknowledged.</summary>
    /// <param name="entry">Through which of the ways in, as long as there is more than one; null for any.</param>
    public async Task FileAsync(
        string party, IReadOnlyList<SubmitNoticeRequest> requests, bool isRepeat = false, int? entry = null)
    {
        var began = Stopwatch.GetTimestamp();
        for (var attempt = 1; requests.Count > 0; attempt++)
        {
            if (Stopwatch.GetElapsedTime(began) > AcknowledgedMax)
                Assert.Fail($"{party}: {requests[0].NoticeId} was not acknowledged in {attempt} attempts.");
            requests = await TryAsync(party, requests, isRepeat, entry);
        }
    }

    /// <summary>How long an error says to wait; fails if it is none that passes.</summary>
    public static TimeSpan PassesIn(Google.Rpc.Status status)
    {
        var reason = status.GetDetail<ErrorInfo>()?.Reason ?? "";
        var retry = status.GetDetail<RetryInfo>();
        if ((Code)status.Code is not (Code.Unavailable or Code.ResourceExhausted)
            || retry is null || !PassingReasons.Contains(reason))
        {
            Assert.Fail($"A client was told {status}");
        }

        return retry.RetryDelay.ToTimeSpan();
    }

    public static SubmitNoticeRequest RequestOf(string party, string id, Notice notice) =>
        new() { Parent = $"parties/{party}", NoticeId = id, Notice = notice };

    public static Notice DispatchOf(string sender, string recipient, string reference, long quantity) =>
        Dispatch(sender, recipient, reference, quantity, Date, Purpose.Destruction);

    public static Notice ReceiptOf(string sender, string recipient, string reference, long quantity) =>
        Receipt(sender, recipient, reference, quantity, Date, Purpose.Destruction);

    private static Notice DestructionOf(string sender, string recipient, string reference, long quantity) =>
        Certificate(sender, recipient, reference, quantity, Date, final: true);

    private async Task ShipAsync(int client, Random random)
    {
        for (var n = 0; !_isStopping; n++)
        {
            var sender = Filers[random.Next(Filers.Count)];
            var recipient = Filers.Where(p => p != sender).ElementAt(random.Next(Filers.Count - 1));
            var count = random.Next(3) == 0 ? random.Next(2, BatchMax) : 1;
            var shipments = Enumerable.Range(0, count)
                .Select(i => (Reference: $"{client}-{n}-{i}", Quantity: (long)random.Next(1, 1_000)))
                .ToList();
            SubmitNoticeRequest[] dispatches =
                [.. shipments.Select(s => RequestOf(
                    sender, $"D-{s.Reference}", DispatchOf(sender, recipient, s.Reference, s.Quantity)))];
            await FileAsync(sender, dispatches);
            await FileAsync(recipient, [.. shipments.Select(s => RequestOf(
                recipient, $"R-{s.Reference}", ReceiptOf(sender, recipient, s.Reference, s.Quantity)))]);
            await FileAsync(recipient, [.. shipments.Select(s => RequestOf(
                recipient, $"X-{s.Reference}", DestructionOf(sender, recipient, s.Reference, s.Quantity)))]);

            // Some never trust an answer, and ask at every door.
            if (random.Next(5) == 0)
            {
                for (var entry = 0; entry < _way.Register.Each.Count; entry++)
                    await FileAsync(sender, dispatches, isRepeat: true, entry);
            }

            // Some forget that they have used an id.
            if (random.Next(5) == 0)
                await ContradictAsync(sender, dispatches[^1]);
            await Task.Delay(Rest);
        }
    }

    /// <summary>Files something else under an id that is taken, until that is refused as it must be.</summary>
    private async Task ContradictAsync(string party, SubmitNoticeRequest filed)
    {
        var other = filed.Clone();
        other.Notice.Lines[0].Quantity++;
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < AcknowledgedMax)
        {
            try
            {
                var answer = await CallerOf(party, entry: null).SubmitAsync(other);
                Assert.Fail($"{party} filed {filed.NoticeId} as {filed}, and then as {other}: {answer}");
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
            {
                Assert.Equal(Conflict, e.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
                Interlocked.Increment(ref _conflicts);
                return;
            }
            catch (RpcException e)
            {
                await Task.Delay(NoteUnanswered(e));
            }
            catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
            {
                await Task.Delay(Pause);
            }
        }

        Assert.Fail($"{party}: nobody said whether {filed.NoticeId} can be filed as something else.");
    }

    private Caller CallerOf(string party, int? entry)
    {
        var way = Volatile.Read(ref _way);
        var each = way.Register.Each;
        return new Caller(entry is { } n && each.Count > 0 ? each[n % each.Count] : way.Register, party)
        {
            Cancellation = way.Leave.Token,
            Deadline = Deadline,
        };
    }

    /// <summary>Those that are still not acknowledged.</summary>
    private async Task<IReadOnlyList<SubmitNoticeRequest>> TryAsync(
        string party, IReadOnlyList<SubmitNoticeRequest> requests, bool isRepeat, int? entry)
    {
        try
        {
            var caller = CallerOf(party, entry);
            if (requests is [var request])
            {
                Acknowledge(request, await caller.SubmitAsync(request), isRepeat);
                return [];
            }

            var left = new List<SubmitNoticeRequest>();
            var wait = TimeSpan.Zero;
            foreach (var (one, result) in requests.Zip(await caller.BatchAsync(requests)))
            {
                if (result.Response is { } response)
                {
                    Acknowledge(one, response, isRepeat);
                    continue;
                }

                left.Add(one);
                wait = Note(result.Error);
            }

            if (left.Count > 0)
                Interlocked.Increment(ref _retries);
            await Task.Delay(wait);
            return left;
        }
        catch (RpcException e)
        {
            await Task.Delay(NoteUnanswered(e));
            return requests;
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            // It is being started again.
            await Task.Delay(Pause);
            return requests;
        }
    }

    /// <summary>
    /// How long to wait before the same is sent again. Where nobody answered, or the caller gave up waiting, the
    /// outcome is not known, and the same ids tell it.
    /// </summary>
    private TimeSpan NoteUnanswered(RpcException e)
    {
        Interlocked.Increment(ref _retries);
        return e.StatusCode is not (StatusCode.DeadlineExceeded or StatusCode.Cancelled)
            && e.GetRpcStatus() is { } status ? Note(status) : Pause;
    }

    private TimeSpan Note(Google.Rpc.Status status)
    {
        var wait = PassesIn(status);
        _told.AddOrUpdate(status.GetDetail<ErrorInfo>()!.Reason, 1, (_, count) => count + 1);
        return wait;
    }

    private void Acknowledge(SubmitNoticeRequest request, SubmitNoticeResponse answer, bool isRepeat)
    {
        var name = $"{request.Parent}/notices/{request.NoticeId}";
        Assert.Equal(name, answer.Notice.Name);
        var now = new Acknowledged(request, answer.Receipt, answer.CrossCheck);
        if (!_acknowledged.TryAdd(name, now))
        {
            Assert.True(isRepeat && answer.Replayed, $"{name} was recorded a second time.");
            Assert.Equal(_acknowledged[name].Receipt, answer.Receipt);
            _acknowledged[name] = now;
        }
        else
        {
            Assert.False(isRepeat, $"{name} was never acknowledged.");
            if (answer.Replayed)
                Interlocked.Increment(ref _replayed);
        }
    }

    private async Task UntilAsync(Func<bool> isSo, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (_clients.Find(c => c.IsFaulted) is { } failed)
                await failed;
            if (Stopwatch.GetElapsedTime(began) > AcknowledgedMax)
                Assert.Fail($"{what}: not within {AcknowledgedMax}. It said:\n{_way.Register.Said}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    private sealed record Way(Door Register, CancellationTokenSource Leave);
}

/// <summary>What a client holds in its hands.</summary>
internal sealed record Acknowledged(SubmitNoticeRequest Request, Receipt Receipt, CrossCheck CrossCheck);
