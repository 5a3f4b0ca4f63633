namespace Treaty.Grid.Silo.Operations;

/// <summary>What is wrong with one entry of the journal.</summary>
/// <param name="Position">Where it stands, or should stand.</param>
/// <param name="Party">Whose it is; empty if that is not known.</param>
/// <param name="Version">Within the party; 0 if that is not known.</param>
internal readonly record struct Damage(long Position, string Party, long Version, string What)
{
    public override string ToString() => Party.Length == 0
        ? $"position {Position}: {What}"
        : $"position {Position}, {Party} version {Version}: {What}";
}

/// <summary>All damage is counted; the first of it by position is named.</summary>
internal sealed class DamageReport
{
    /// <summary>One fault often leads to others: the first say most.</summary>
    public const int NamedMax = 20;

    private readonly List<Damage> _named = [];

    public long Count { get; private set; }

    /// <summary>By position; of one position in the order in which they were found.</summary>
    public IReadOnlyList<Damage> Named => _named;

    public void Add(Damage damage)
    {
        Count++;
        _named.Insert(_named.FindLastIndex(d => d.Position <= damage.Position) + 1, damage);
        if (_named.Count > NamedMax)
        {
            _named.RemoveAt(NamedMax);
        }
    }
}
