namespace Treaty.Grid.Gateway.Batching;

internal sealed partial class PartyBatcher
{
    [LoggerMessage(EventId = 1, Message = "Filing {Notices} notices of {Party} failed: {Reason}")]
    private partial void LogFailed(LogLevel level, string party, int notices, string reason);

    [LoggerMessage(2, LogLevel.Error, "Filing notices of {Party} failed unexpectedly, trace {TraceId}.")]
    private partial void LogUnexpected(Exception exception, string party, string traceId);
}
