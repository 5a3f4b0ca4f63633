namespace Treaty.Grid.Auditor.Linearizability;

/// <summary>
/// What many clients asked of the file of one party, and what they were told. Clients may add to it at the same time.
/// Attempts that were refused for good, and reads that failed, are left out.
/// </summary>
public sealed class FileHistory
{
    private readonly Lock _lock = new();
    private readonly List<Operation> _operations = [];

    /// <summary>All so far, in the order in which they were added, which says nothing.</summary>
    public IReadOnlyList<Operation> Operations
    {
        get
        {
            lock (_lock) return [.. _operations];
        }
    }

    /// <summary>An attempt to append; without a position its outcome is unknown, whenever it was over.</summary>
    public FileHistory Append(string id, long invoked, long? completed = null, long? position = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (position is null) return Add(new Append(id, invoked, null, null));
        if (completed is null) throw new ArgumentException("A position comes with an answer.", nameof(completed));
        return Add(new Append(id, invoked, completed, position));
    }

    /// <summary>An answered read: strong without <paramref name="atLeast"/>.</summary>
    public FileHistory Read(
        long invoked, long completed, IReadOnlyList<string> ids, long position, long? atLeast = null) =>
        Add(new Read(invoked, completed, [.. ids], position, atLeast));

    public override string ToString() => string.Join('\n', Operations.OrderBy(o => o.Invoked));

    private FileHistory Add(Operation operation)
    {
        if (operation.Completed < operation.Invoked)
            throw new ArgumentException($"Answered before it was sent: {operation}", nameof(operation));
        if (operation is Append { Position: < 0 } or Read { Position: < 0 })
            throw new ArgumentException($"No position is below 0: {operation}", nameof(operation));
        lock (_lock) _operations.Add(operation);
        return this;
    }
}
