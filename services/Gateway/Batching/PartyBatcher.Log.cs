using Microsoft.Extensions.Logging;

namespace Treaty.Grid.Gateway.Batching;

internal sealed partial class PartyBatcher
{
    [LoggerMessage(1, LogLevel.Warning, "Filing {Notices} notices of {Party} failed: {Reason}")]
    private partial void LogFailed(string party, int notices, string reason);

    [LoggerMessage(2, LogLevel.Error, "Filing notices of {Party} failed unexpectedly, trace {TraceId}.")]
    private partial void LogUnexpected(Exception exception, string party, string traceId);
}
