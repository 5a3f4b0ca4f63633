using Treaty.Grid.Gateway.Identity;

namespace Treaty.Grid.Gateway;

internal sealed partial class Gatekeeper
{
    [LoggerMessage(1, LogLevel.Warning, "{Method} was refused to {Party}: {Reason}")]
    private partial void LogDenied(Caller party, string method, string reason);

    [LoggerMessage(2, LogLevel.Error, "{Method} failed unexpectedly, trace {TraceId}.")]
    private partial void LogUnexpected(Exception exception, string method, string traceId);
}
