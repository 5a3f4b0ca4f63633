using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.Extensions.Logging;
using Treaty.Grid.V1;
using Status = Google.Rpc.Status;

namespace Treaty.Grid.Contracts;

/// <summary>
/// A call that was refused, with what the caller is to be told: a <c>google.rpc.Status</c> with <c>ErrorInfo</c>.
/// </summary>
[GenerateSerializer]
[Alias("treaty.grid.refused")]
public sealed class RefusedException : Exception
{
    /// <summary>The domain of every <c>ErrorInfo</c> of the grid.</summary>
    public const string Domain = "treaty.grid";

    /// <summary>Refuses with a status made by <see cref="Refuse"/>.</summary>
    public RefusedException(Status status) : base(status.Message) => Encoded = status.ToByteArray();

    [Id(0)]
    private byte[] Encoded { get; }

    /// <summary>What the caller is to be told.</summary>
    public Status Status => Status.Parser.ParseFrom(Encoded);

    /// <summary>
    /// How loudly to write such a status down: what is because of the journal, the one who writes it has said, once.
    /// </summary>
    public static LogLevel LevelOf(Status status) =>
        status.Details.Any(d =>
            d.TryUnpack<ErrorInfo>(out var info) && info.Reason == NameOf(ErrorReason.JournalUnavailable))
            ? LogLevel.Debug
            : LogLevel.Warning;

    /// <summary>A status with its reason, and with the variable parts of its text as metadata.</summary>
    public static Status Refuse(
        Code code, ErrorReason reason, string message, IEnumerable<KeyValuePair<string, string>>? metadata = null,
        IMessage? detail = null)
    {
        var info = new ErrorInfo { Domain = Domain, Reason = NameOf(reason) };
        foreach (var (key, value) in metadata ?? [])
        {
            info.Metadata[key] = value;
        }

        var status = new Status { Code = (int)code, Message = message, Details = { Any.Pack(info) } };
        if (detail is not null)
        {
            status.Details.Add(Any.Pack(detail));
        }

        return status;
    }

    /// <summary>A status for one field that is not as it should be.</summary>
    public static Status RefuseField(string field, string description) => Refuse(
        Code.InvalidArgument, ErrorReason.StatementInvalid, $"{field}: {description}",
        detail: new BadRequest
        {
            FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = description } },
        });

    /// <summary>A status for what may be tried again after a while.</summary>
    public static Status RetryLater(
        Code code, ErrorReason reason, string message, TimeSpan delay,
        IEnumerable<KeyValuePair<string, string>>? metadata = null) =>
        Refuse(code, reason, message, metadata, new RetryInfo { RetryDelay = delay.ToDuration() });

    /// <summary>The reason as callers see it: the name of the enum value in the contract, without its prefix.</summary>
    public static string NameOf(ErrorReason reason)
    {
        var name = ErrorReasonReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)reason).Name;
        return name["ERROR_REASON_".Length..];
    }
}
