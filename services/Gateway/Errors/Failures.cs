using System.Globalization;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Treaty.Grid.Contracts;
using Treaty.Grid.V1;
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;
using HttpResponse = Microsoft.AspNetCore.Http.HttpResponse;
using Status = Google.Rpc.Status;

namespace Treaty.Grid.Gateway.Errors;

/// <summary>What callers are told when something goes wrong.</summary>
internal static class Failures
{
    /// <summary>
    /// Some clients refuse more than 8 KiB of metadata, in which these bytes travel as base64, beside the rest.
    /// </summary>
    private const int StatusBytesMax = 5_000;

    private const int TagBytesMax = 4;

    private const string GrpcContentType = "application/grpc";

    /// <summary>
    /// To be refused costs little, and what stood still may go on the next moment: a silo that is gone is replaced
    /// within seconds, and whoever was told to stay away for longer would be the last to hear of it.
    /// </summary>
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Its multiples, without their whole part, lie as far from each other as can be, however many there are.
    /// </summary>
    private const double GoldenRatio = 0.618_033_988_749_895;

    private static int _told;

    /// <summary>A refusal, an overload, or an unknown outcome; null when it is a mistake of the program.</summary>
    public static Status? Explain(Exception exception) => exception switch
    {
        RefusedException refused => refused.Status,
        LimitExceededException or GatewayTooBusyException => Overloaded(Limits.RetryDelay),
        // Of a caller that gave up as well, which hears no more of it; of a call that a silo gave up, which does.
        TimeoutException or OrleansException or OperationCanceledException => RefusedException.RetryLater(
            Code.Unavailable, ErrorReason.OutcomeUnknown,
            "No answer came in time. What was sent may have been recorded: send the same ids again, which is safe.",
            Limits.RetryDelay),
        _ => null,
    };

    /// <param name="wait">How long what waits will take. Callers are told to come between once and twice that.</param>
    public static Status Overloaded(TimeSpan wait)
    {
        // Those who are refused at the same moment must not come back at the same moment.
        var spread = 1 + ((uint)Interlocked.Increment(ref _told) * GoldenRatio % 1);
        var least = wait < Limits.RetryDelay ? Limits.RetryDelay : wait > RetryDelayMax ? RetryDelayMax : wait;
        return RefusedException.RetryLater(
            Code.ResourceExhausted, ErrorReason.Overloaded,
            "Too much is waiting, and nothing of this was recorded. Wait, then send the same ids.",
            TimeSpan.FromMilliseconds(Math.Floor((least * spread).TotalMilliseconds)));
    }

    /// <summary>Whether there was no capacity for it, rather than anything wrong with it.</summary>
    public static bool IsUnserved(Status status) =>
        (Code)status.Code is Code.ResourceExhausted or Code.Unavailable;

    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>An answer that has nothing but a status, to a request of which nothing was read.</summary>
    public static Task WriteGrpcAsync(HttpResponse response, Status status)
    {
        response.ContentType = GrpcContentType;
        response.Headers["grpc-status"] = status.Code.ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(status.Message);
        response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray());
        return response.CompleteAsync();
    }

    /// <summary>Says nothing of what went wrong inside; the log does, under the trace.</summary>
    public static Status Unexpected(string traceId)
    {
        var info = new ErrorInfo
        {
            Domain = RefusedException.Domain,
            Reason = RefusedException.NameOf(ErrorReason.Internal),
            Metadata = { ["trace_id"] = traceId },
        };
        return new Status
        {
            Code = (int)Code.Internal,
            Message = $"Something went wrong inside. Send the same ids again, or quote trace {traceId} to us.",
            Details = { Google.Protobuf.WellKnownTypes.Any.Pack(info) },
        };
    }

    /// <summary>As gRPC carries it: in the metadata at the end of the answer.</summary>
    public static RpcException ToRpcException(Status status) => Fit(status).ToRpcException();

    private static Status Fit(Status status)
    {
        if (status.CalculateSize() <= StatusBytesMax)
            return status;
        var fitting = status.Clone();
        for (var i = 0; i < fitting.Details.Count; i++)
        {
            if (fitting.Details[i].TryUnpack<BadRequest>(out var bad))
                fitting.Details[i] = Google.Protobuf.WellKnownTypes.Any.Pack(Fit(bad));
        }

        return fitting;
    }

    private static BadRequest Fit(BadRequest bad)
    {
        var fitting = new BadRequest();
        var room = StatusBytesMax - 1_000;
        foreach (var violation in bad.FieldViolations)
        {
            room -= violation.CalculateSize() + TagBytesMax;
            if (room < 0)
                break;
            fitting.FieldViolations.Add(violation);
        }

        return fitting;
    }
}
