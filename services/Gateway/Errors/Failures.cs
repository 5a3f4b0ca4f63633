using Google.Rpc;
using Grpc.Core;
using Treaty.Grid.Contracts;
using Treaty.Grid.V1;
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

    /// <summary>A refusal, an overload, or an unknown outcome; null when it is a mistake of the program.</summary>
    public static Status? Explain(Exception exception) => exception switch
    {
        RefusedException refused => refused.Status,
        LimitExceededException or GatewayTooBusyException => Overloaded(),
        TimeoutException or OrleansException => RefusedException.RetryLater(
            Code.Unavailable, ErrorReason.OutcomeUnknown,
            "No answer came in time. What was sent may have been recorded: send the same ids again, which is safe.",
            Limits.RetryDelay),
        OperationCanceledException => RefusedException.Refuse(
            Code.Cancelled, ErrorReason.OutcomeUnknown,
            "The caller gave up waiting. What was sent may have been recorded: send the same ids again."),
        _ => null,
    };

    public static Status Overloaded() => RefusedException.RetryLater(
        Code.ResourceExhausted, ErrorReason.Overloaded,
        "Too much is waiting, and nothing of this was recorded. Wait, then send the same ids.", Limits.RetryDelay);

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
