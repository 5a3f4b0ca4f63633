namespace Treaty.Grid.Gateway;

/// <summary>
/// Looks for silos until there are some, and says why there are none: a wrong password, a database that is away, or a
/// cluster that has not started yet. What stays the same is said once.
/// </summary>
internal sealed partial class SiloSearch(TimeProvider time, ILogger<SiloSearch> log) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private string _said = "";

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        var reason = exception.GetBaseException().Message;
        if (reason != _said)
        {
            _said = reason;
            LogNone(reason);
        }

        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "No silo can be reached, looking on; said again only when it changes: {Reason}")]
    private partial void LogNone(string reason);
}
