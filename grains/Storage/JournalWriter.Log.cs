using Microsoft.Extensions.Logging;

namespace Treaty.Grid.Storage;

public sealed partial class JournalWriter
{
    [LoggerMessage(1, LogLevel.Error,
        "The journal does not write; {Waiting} that waited were told so. Said again only when it works again.")]
    private partial void LogFailed(Exception exception, int waiting);

    [LoggerMessage(2, LogLevel.Warning, "The journal writes again, after {Failures} failures in a row.")]
    private partial void LogWorksAgain(long failures);

    [LoggerMessage(3, LogLevel.Warning,
        "An append of {Party} was refused: {Refusal}, under epoch {Epoch} after version {ExpectedVersion}.")]
    private partial void LogRefused(string party, AppendResult refusal, long epoch, long expectedVersion);

    [LoggerMessage(4, LogLevel.Critical, "The journal writer broke and has stopped; this silo can write no more.")]
    private partial void LogLoopBroken(Exception exception);
}
