using Grpc.AspNetCore.Server;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Errors;
using Treaty.Grid.Gateway.Json;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Overload;

/// <summary>
/// Refuses what would wait too long before a byte of it is read: clients that come again and again must cost less than
/// the work that they keep waiting. A batch is weighed once more when it was read. Health and reflection pass always,
/// or an overload would look like a breakdown.
/// </summary>
internal sealed class Turnstiles(RequestDelegate next, TimeProvider time)
{
    private static readonly string[] Filing =
    [
        nameof(NoticeService.NoticeServiceBase.SubmitNotice),
        nameof(NoticeService.NoticeServiceBase.BatchSubmitNotices),
    ];

    // Reads are soon answered, and would seem to make room for many notices.
    private readonly Turnstile _filings = new(time);
    private readonly Turnstile _others = new(time);

    /// <summary>The request was let in, and then had no answer but to come again.</summary>
    public static void NoteUnserved(HttpContext context) => Visit.Of(context)?.IsServed = false;

    /// <summary>Nobody waits for it any more, and it still goes on: its place is not free before it ends.</summary>
    public static void NoteUnended(HttpContext context, Task work) => Visit.Of(context)?.Unended = work;

    /// <summary>It carries so many, which is known only once it was read.</summary>
    /// <exception cref="RefusedException">There is no room for them.</exception>
    public static void NoteSize(HttpContext context, int size)
    {
        if (size < 2 || Visit.Of(context) is not { } visit)
            return;
        if (!visit.Turnstile.TryGrow(size, out var wait))
            throw new RefusedException(Failures.Overloaded(wait));
        visit.Size = size;
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is not { } method
            || !method.ServiceName.StartsWith("treaty.", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var turnstile = Filing.Contains(method.Name) ? _filings : _others;
        if (!turnstile.TryEnter(out var wait))
        {
            var status = Failures.Overloaded(wait);
            await (Failures.IsGrpc(context.Request)
                ? Failures.WriteGrpcAsync(context.Response, status)
                : StatusJson.WriteAsync(context.Response, status));
            return;
        }

        var visit = new Visit(turnstile);
        context.Items[typeof(Visit)] = visit;
        try
        {
            await next(context);
        }
        finally
        {
            var answered = !context.RequestAborted.IsCancellationRequested && visit.IsServed;
            if (visit.Unended is { } work)
                _ = work.ContinueWith(_ => turnstile.Leave(answered, visit.Size), TaskScheduler.Default);
            else
                turnstile.Leave(answered, visit.Size);
        }
    }

    /// <summary>A request that was let in.</summary>
    private sealed class Visit(Turnstile turnstile)
    {
        public Turnstile Turnstile => turnstile;

        public int Size { get; set; } = 1;

        public bool IsServed { get; set; } = true;

        public Task? Unended { get; set; }

        public static Visit? Of(HttpContext context) =>
            context.Items.TryGetValue(typeof(Visit), out var visit) ? (Visit?)visit : null;
    }
}
