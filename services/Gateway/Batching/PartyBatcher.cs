using System.Collections.Concurrent;
using System.Diagnostics;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Errors;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Batching;

/// <summary>
/// Gathers the notices of all requests by their filer. One call is under way per party; what comes meanwhile goes into
/// the next one together. A lone request waits for nobody.
/// </summary>
internal sealed partial class PartyBatcher(IGrainFactory grains, TimeProvider time, ILogger<PartyBatcher> log)
{
    /// <summary>More links than this tell nobody anything, and exporters cut them off.</summary>
    private const int LinksMax = 128;

    /// <summary>
    /// How long the first of a party's notices may have waited for their turn when more come. A call that itself waits
    /// for the other side's answer, as long as it may, is no overload; more than that is a grain that does not keep up.
    /// </summary>
    private static readonly TimeSpan TurnWaitMax = Limits.CrossCheckWaitMax + TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Notices of all parties, waiting and under way: twenty full batches, some seconds' work of a silo. Beyond it the
    /// last would wait longer than its caller.
    /// </summary>
    private const int NoticesMax = 20 * Limits.BatchNoticesMax;

    /// <summary>In bytes: they are held as objects of several times that size.</summary>
    private const long BytesMax = 16L * Limits.MessageBytesMax;

    private readonly ConcurrentDictionary<string, PartyQueue> _queues = new(StringComparer.Ordinal);
    private readonly ILogger _log = log;
    private long _notices;
    private long _bytes;

    /// <summary>Parties for which something waits or is under way.</summary>
    public int BusyParties => _queues.Count;

    /// <summary>
    /// Files notices, and returns a result for each in their order. A caller that no longer waits takes its notices
    /// along as long as they wait here; once they are on their way to the grain they are filed all the same.
    /// </summary>
    /// <exception cref="RefusedException">OVERLOADED: too much waits, or for too long. None was taken.</exception>
    public async Task<IReadOnlyList<SubmitResult>> FileAsync(
        string party, IReadOnlyList<FileItem> items, CancellationToken cancellation)
    {
        using var span = Telemetry.Source.StartActivity("gateway.file");
        span?.SetTag("treatygrid.party", party);
        var request = new WaitingNotices(items, time.GetTimestamp(), cancellation);
        Enqueue(party, request);
        var results = await request.Answer.WaitAsync(cancellation);
        span?.SetTag("treatygrid.batch.size", request.BatchNotices);
        return results;
    }

    private void Enqueue(string party, WaitingNotices request)
    {
        // Before there is a queue for it, which nobody would take away again.
        if (!TryTake(request))
            throw new RefusedException(Failures.Overloaded(TimeSpan.Zero));
        while (true)
        {
            var queue = _queues.GetOrAdd(party, static _ => new PartyQueue());
            lock (queue)
            {
                if (queue.IsRetired)
                    continue;
                var waited = queue.WaitsSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
                if (waited > TurnWaitMax || !queue.HasRoomFor(request))
                {
                    Release(request);
                    throw new RefusedException(Failures.Overloaded(TimeSpan.Zero));
                }

                queue.Add(request);
                if (queue.IsServed)
                    return;
                queue.IsServed = true;
            }

            // The first request's trace and deadline are no business of those that come after it.
            using (ExecutionContext.SuppressFlow())
                _ = Task.Run(() => ServeAsync(party, queue));
            return;
        }
    }

    /// <summary>Alone, even what is over the limit is taken: it would never find more room.</summary>
    private bool TryTake(WaitingNotices request)
    {
        var notices = Interlocked.Add(ref _notices, request.Items.Count);
        var bytes = Interlocked.Add(ref _bytes, request.Bytes);
        if ((notices <= NoticesMax && bytes <= BytesMax) || notices == request.Items.Count)
            return true;
        Release(request);
        return false;
    }

    private void Release(WaitingNotices request)
    {
        Interlocked.Add(ref _notices, -request.Items.Count);
        Interlocked.Add(ref _bytes, -request.Bytes);
    }

    private async Task ServeAsync(string party, PartyQueue queue)
    {
        while (true)
        {
            List<WaitingNotices> batch;
            lock (queue)
            {
                if (queue.IsEmpty)
                {
                    queue.IsRetired = true;
                    _queues.TryRemove(KeyValuePair.Create(party, queue));
                    return;
                }

                batch = queue.TakeBatch();
            }

            var wanted = batch.FindAll(r => !r.IsAbandoned);
            if (wanted.Count > 0)
                await CallAsync(party, wanted);
            batch.ForEach(Release);
        }
    }

    private async Task CallAsync(string party, List<WaitingNotices> batch)
    {
        var call = new FileRequest { TransfersApart = true };
        foreach (var request in batch)
            call.Items.AddRange(request.Items);
        foreach (var request in batch)
            request.BatchNotices = call.Items.Count;
        using var span = StartSpan(party, batch, call);
        try
        {
            var response = await grains.Party(party).File(call);
            if (response.Results.Count != call.Items.Count)
            {
                throw new InvalidOperationException(
                    $"{party} gave {response.Results.Count} results for {call.Items.Count} notices.");
            }

            Distribute(batch, response);
        }
        catch (Exception e)
        {
            Fail(party, batch, e);
            span?.SetStatus(ActivityStatusCode.Error, e.GetType().Name);
        }
    }

    private static void Distribute(List<WaitingNotices> batch, FileResponse response)
    {
        for (var i = 0; i < response.TransferOf.Count && response.Transfers.Count > 0; i++)
        {
            if (response.TransferOf[i] is > 0 and var number)
                response.Results[i].Response.Transfer = response.Transfers[number - 1];
        }

        var next = 0;
        foreach (var request in batch)
        {
            var results = new SubmitResult[request.Items.Count];
            for (var i = 0; i < results.Length; i++)
                results[i] = response.Results[next++];
            request.Succeed(results);
        }
    }

    private void Fail(string party, List<WaitingNotices> batch, Exception exception)
    {
        var explained = Failures.Explain(exception);
        if (explained is null)
        {
            LogUnexpected(exception, party, TraceOf(batch[0]));
        }
        else
        {
            var (level, notices) = (RefusedException.LevelOf(explained), batch.Sum(r => r.Items.Count));
            LogFailed(level, party, notices, explained.Message);
        }

        foreach (var request in batch)
            request.Fail(explained ?? Failures.Unexpected(TraceOf(batch[0])));
    }

    /// <summary>A span of its own, linked to those whose work it carries: it is the child of none of them.</summary>
    private static Activity? StartSpan(string party, List<WaitingNotices> batch, FileRequest call)
    {
        if (!Telemetry.Source.HasListeners())
            return null;
        var links = new List<ActivityLink>();
        foreach (var request in batch.Take(LinksMax))
        {
            if (ActivityContext.TryParse(request.Items[0].Traceparent, null, out var context))
                links.Add(new ActivityLink(context));
        }

        var span = Telemetry.Source.StartActivity(
            ActivityKind.Internal, parentContext: default, links: links, name: "gateway.batch");
        span?.SetTag("treatygrid.party", party);
        span?.SetTag("treatygrid.batch.size", call.Items.Count);
        return span;
    }

    private static string TraceOf(WaitingNotices request) =>
        ActivityContext.TryParse(request.Items[0].Traceparent, null, out var context)
            ? context.TraceId.ToString()
            : "unknown";
}
