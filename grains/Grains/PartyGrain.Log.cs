using Microsoft.Extensions.Logging;

namespace Treaty.Grid.Grains;

internal sealed partial class PartyGrain
{
    [LoggerMessage(
        EventId = 1,
        Message = "{Party} is given up by this silo and will be loaded again: {Reason}")]
    private partial void LogPoisoned(LogLevel level, string party, string reason);

    [LoggerMessage(
        EventId = 2,
        Message = "{Party} could not deliver to {Peer}; it goes on trying: {Reason}")]
    private partial void LogDeliveryFailed(LogLevel level, string party, string peer, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "{Party} could not decide: a mistake in the program")]
    private partial void LogBroken(Exception exception, string party);

    // The sweeper says when the journal cannot be read; this comes with every call.
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Party} could not be loaded; trying again when it is called")]
    private partial void LogNotLoaded(Exception exception, string party);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Party} can be read and not written: {Reason}")]
    private partial void LogNotOpened(string party, string reason);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "{Party} is quarantined: its entries cannot be folded. Every call to it is refused; all other "
            + "parties go on. Check it with `journal verify`, then start a build that can read it, or restore "
            + "the journal")]
    private partial void LogQuarantined(Exception exception, string party);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Party} could not write down what rode with it")]
    private partial void LogNotFlushed(Exception exception, string party);
}
