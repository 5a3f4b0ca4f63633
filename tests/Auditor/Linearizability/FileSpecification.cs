using System.Collections.Immutable;

namespace Treaty.Grid.Auditor.Linearizability;

/// <summary>
/// The file of a party, asked one thing at a time: a list of ids, each appended once, at positions that only rise. It
/// shares the journal with others, so positions have gaps, and a read may speak up to one beyond the last entry.
/// </summary>
public sealed class FileSpecification : ISpecification<FileSpecification.State, Operation>
{
    private readonly Dictionary<string, long> _positions = new(StringComparer.Ordinal);

    /// <param name="operations">Among them the answer that says where an id is, which may come late.</param>
    public FileSpecification(IEnumerable<Operation> operations)
    {
        foreach (Append append in operations.OfType<Append>())
        {
            if (append.Position is { } position) _positions.TryAdd(append.Id, position);
        }
    }

    public State Initial { get; } = new([], -1, -1);

    /// <summary>A read that is not strong may have happened before it was sent.</summary>
    public static IReadOnlyList<Call<Operation>> Calls(IEnumerable<Operation> operations) =>
    [
        .. operations.Select(o => new Call<Operation>(
            o, o is Read { AtLeast: not null } ? long.MinValue : o.Invoked, o.Completed)),
    ];

    public bool TryApply(State state, Operation operation, out State next)
    {
        next = state;
        switch (operation)
        {
            case Read read:
                next = state with { Floor = Math.Max(state.Floor, read.Position) };
                return read.Position >= state.Last
                    && read.Position >= (read.AtLeast ?? 0)
                    && read.Ids.SequenceEqual(state.Ids);
            case Append append:
                bool isKnown = _positions.TryGetValue(append.Id, out long position);
                if (append.Position is { } told && told != position) return false;
                if (state.Ids.Contains(append.Id)) return true;
                // Where nobody knows: as early as can be, which leaves the most to what follows.
                if (!isKnown) position = checked(state.Floor + 1);
                next = new State(state.Ids.Add(append.Id), position, position);
                return position > state.Floor;
            default:
                throw new ArgumentException(operation.GetType().Name, nameof(operation));
        }
    }

    /// <param name="Last">The position of the last entry.</param>
    /// <param name="Floor">What comes now is above it: some answer speaks up to there.</param>
    public sealed record State(ImmutableList<string> Ids, long Last, long Floor)
    {
        public bool Equals(State? other) =>
            other is not null && Last == other.Last && Floor == other.Floor && Ids.SequenceEqual(other.Ids);

        public override int GetHashCode() =>
            Ids.Aggregate(HashCode.Combine(Last, Floor), (hash, id) => HashCode.Combine(hash, id));
    }
}
