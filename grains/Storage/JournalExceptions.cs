namespace Treaty.Grid.Storage;

/// <summary>What the journal could not do. Each kind says what the caller should do next.</summary>
public abstract class JournalException : Exception
{
    private protected JournalException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>
/// The append was refused: the caller no longer speaks for the party, or does not know where it stands.
/// Nothing was written. Give up the party's state, open it again and load it; never retry under this epoch.
/// </summary>
public sealed class JournalFencedException(string party, AppendResult refusal) : JournalException(
    $"The append of {party} was refused ({refusal}): open the party again and load it before anything else.")
{
    public string Party { get; } = party;

    /// <summary>Which of the two refusals it was.</summary>
    public AppendResult Refusal { get; } = refusal;
}

/// <summary>
/// Too much is waiting already. Nothing was written: the same append may be sent again, after
/// <see cref="RetryAfter"/>; better still, let the client wait that long.
/// </summary>
public sealed class JournalOverloadedException(TimeSpan retryAfter) : JournalException(
    $"The journal has too much waiting; try again in {retryAfter.TotalMilliseconds:0} ms.")
{
    /// <summary>About how long what waits now will take.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>
/// The journal cannot be reached or cannot write now, or is stopping. It is known that nothing was written: the same
/// append may be sent again, by another silo if this one stops.
/// </summary>
public sealed class JournalUnavailableException(string message, Exception? inner = null)
    : JournalException(message, inner);

/// <summary>
/// The commit that carried the append broke off: the entries may be durable or not. Say neither yes nor no to
/// anybody. Open the party again, which settles it, and load it: what is there then was written.
/// </summary>
public sealed class JournalOutcomeUnknownException(string party, Exception inner) : JournalException(
    $"It is unknown whether the append of {party} was written: open the party again and load it.", inner)
{
    public string Party { get; } = party;
}

/// <summary>
/// Another process holds the data directory; this one must not start. Stop the holder, or give this process a data
/// directory of its own. Nothing needs to be deleted: the lock ends with the process that holds it.
/// </summary>
public sealed class JournalInUseException(string directory, string holder, Exception? inner = null) : JournalException(
    $"The data directory {directory} is in use by {holder}. Stop that process, or start this one with a data "
    + "directory of its own. There is no lock to delete: it ends with its process.", inner)
{
    public string Directory { get; } = directory;

    /// <summary>The process that holds it, as it wrote itself down: id, host and since when.</summary>
    public string Holder { get; } = holder;
}

/// <summary>
/// What lies in the data directory is not a journal that this build can keep. The message says what the operator can
/// do; trying again changes nothing.
/// </summary>
public sealed class JournalUnusableException(string message, Exception? inner = null)
    : JournalException(message, inner);
