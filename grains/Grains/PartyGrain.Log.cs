using Microsoft.Extensions.Logging;

namespace Treaty.Grid.Grains;

internal sealed partial class PartyGrain
{
    [LoggerMessage(
        EventId = 1, Level = LogLevel.Warning,
        Message = "{Party} is given up by this silo and will be loaded again: {Reason}")]
    private partial void LogPoisoned(string party, string reason);

    [LoggerMessage(
        EventId = 2, Level = LogLevel.Warning,
        Message = "{Party} could not deliver to {Peer}, attempt {Attempt}; it goes on trying")]
    private partial void LogDeliveryFailed(Exception exception, string party, string peer, int attempt);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "{Party} could not decide: a mistake in the program")]
    private partial void LogBroken(Exception exception, string party);
}
