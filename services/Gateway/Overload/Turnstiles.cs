using Grpc.AspNetCore.Server;
using Treaty.Grid.Gateway.Errors;
using Treaty.Grid.Gateway.Json;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Overload;

/// <summary>
/// Refuses what would wait too long before a byte of it is read: clients that come again and again must cost less than
/// the work that they keep waiting. Health and reflection pass always, or an overload would look like a breakdown.
/// </summary>
internal sealed class Turnstiles(RequestDelegate next, TimeProvider time)
{
    private static readonly object Unserved = new();
    private static readonly object Unended = new();

    private static readonly string[] Filing =
    [
        nameof(NoticeService.NoticeServiceBase.SubmitNotice),
        nameof(NoticeService.NoticeServiceBase.BatchSubmitNotices),
    ];

    // Reads are soon answered, and would seem to make room for many notices.
    private readonly Turnstile _filings = new(time);
    private readonly Turnstile _others = new(time);

    /// <summary>The request was let in, and then had no answer but to come again.</summary>
    public static void NoteUnserved(HttpContext context) => context.Items[Unserved] = true;

    /// <summary>Nobody waits for it any more, and it still goes on: its place is not free before it ends.</summary>
    public static void NoteUnended(HttpContext context, Task work) => context.Items[Unended] = work;

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

        try
        {
            await next(context);
        }
        finally
        {
            var answered = !context.RequestAborted.IsCancellationRequested && !context.Items.ContainsKey(Unserved);
            if (context.Items.TryGetValue(Unended, out var unended) && unended is Task work)
                _ = work.ContinueWith(_ => turnstile.Leave(answered), TaskScheduler.Default);
            else
                turnstile.Leave(answered);
        }
    }
}
