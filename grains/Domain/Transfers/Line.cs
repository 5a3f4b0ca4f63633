using Treaty.Grid.Items;
using Treaty.Grid.Stockpiles;

namespace Treaty.Grid.Transfers;

/// <summary>How exact a quantity is. Numbers are those of the contract.</summary>
public enum QuantityBasis
{
    /// <summary>Taken as exact.</summary>
    Unspecified = 0,
    Exact = 1,
    Approximate = 2,
    Undisclosed = 3,
}

/// <summary>What sets a mine off, as reported. Numbers are those of the contract.</summary>
public enum ReportedActivation
{
    Unspecified = 0,
    Victim = 1,
    Command = 2,
}

/// <summary>Which way a receipt differs, as the recipient declares it. Numbers are those of the contract.</summary>
public enum ExceptionKind
{
    /// <summary>Missing on arrival; not in the line's quantity.</summary>
    Short = 1,

    /// <summary>More than was dispatched; contained in the line's quantity.</summary>
    Excess = 2,

    /// <summary>Not accepted; not in the line's quantity.</summary>
    Damaged = 3,

    /// <summary>Not accepted; not in the line's quantity.</summary>
    Refused = 4,
}

/// <summary>A part of a line with a lot number.</summary>
public readonly record struct Lot(string Number, long Quantity);

/// <summary>The unit in which a quantity was reported, beside the count of single mines.</summary>
public sealed record Packaging(string Unit, long Units);

/// <summary>A count on a receipt which the recipient declares apart.</summary>
public sealed record ReceiptException(ExceptionKind Kind, long Quantity, string Reason);

/// <summary>One type of mine in a statement.</summary>
/// <param name="Item">The item's id, known to the taxonomy or not.</param>
/// <param name="Quantity">In the item's base unit; 0 when undisclosed.</param>
public sealed record Line(string Item, long Quantity)
{
    /// <summary>The name under which the item was reported, where that is another than its id.</summary>
    public string? Alias { get; init; }

    /// <summary>The name under which the item was reported.</summary>
    public string Stated => Alias ?? Item;

    public QuantityBasis Basis { get; init; }

    /// <summary>What they do not cover has no lot number.</summary>
    public ImmutableArray<Lot> Lots { get; init; } = [];

    public Packaging? Packaging { get; init; }

    /// <summary>On receipts only.</summary>
    public ImmutableArray<ReceiptException> Exceptions { get; init; } = [];

    public ReportedActivation Activation { get; init; }

    /// <summary>The class it leaves, or arrives in; unspecified lets the books choose.</summary>
    public Place Class { get; init; }

    /// <summary>What is stated of these pieces, by name, such as whether they can be detected.</summary>
    public ImmutableSortedDictionary<string, string> Characteristics { get; init; } = NoCharacteristics;

    public static ImmutableSortedDictionary<string, string> NoCharacteristics { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>With the ids of what is reported under aliases.</summary>
    public static ImmutableArray<Line> Resolved(ImmutableArray<Line> lines, Taxonomy taxonomy) =>
        [.. lines.Select(line => taxonomy.IdOf(line.Stated) is var id && id == line.Stated
            ? line with { Item = id, Alias = null }
            : line with { Item = id, Alias = line.Stated })];

    public long InLots => Lots.IsEmpty ? 0 : Lots.Sum(l => l.Quantity);

    /// <summary>False on a receipt of which nothing was accepted.</summary>
    public bool IsMoved => Quantity > 0 || Basis == QuantityBasis.Undisclosed;

    /// <summary>The sum of the exceptions of one kind.</summary>
    public long Excepted(ExceptionKind kind) => Exceptions.IsEmpty
        ? 0
        : Exceptions.Where(e => e.Kind == kind).Sum(e => e.Quantity);

    /// <summary>
    /// The first line field in which two statements differ, whatever the order of their lines and lots; null if none.
    /// </summary>
    public static string? FirstDifference(ImmutableArray<Line> left, ImmutableArray<Line> right)
    {
        var (ours, theirs) = (Normalised(left), Normalised(right));
        if (!ours.Select(l => (l.Stated, l.Class)).SequenceEqual(theirs.Select(l => (l.Stated, l.Class))))
        {
            return "lines";
        }

        var index = 0;
        foreach (var (one, other) in ours.Zip(theirs))
        {
            if (one.FirstDifference(other) is { } field)
            {
                return $"lines[{index}].{field}";
            }

            index++;
        }

        return null;
    }

    private static IEnumerable<Line> Normalised(ImmutableArray<Line> lines) => lines
        .OrderBy(l => l.Stated, StringComparer.Ordinal)
        .ThenBy(l => l.Class)
        .ToArray();

    private string? FirstDifference(Line other) =>
        Quantity != other.Quantity ? "quantity"
        : Exactness != other.Exactness ? "basis"
        : !Lots.Order(LotOrder).SequenceEqual(other.Lots.Order(LotOrder)) ? "lots"
        : Packaging != other.Packaging ? "packaging"
        : !Exceptions.SequenceEqual(other.Exceptions) ? "exceptions"
        : Activation != other.Activation ? "activation"
        : !Characteristics.SequenceEqual(other.Characteristics) ? "characteristics"
        : null;

    private static readonly Comparer<Lot> LotOrder =
        Comparer<Lot>.Create((a, b) => string.CompareOrdinal(a.Number, b.Number));

    /// <summary>The basis with its default filled in.</summary>
    public QuantityBasis Exactness => Basis == QuantityBasis.Unspecified ? QuantityBasis.Exact : Basis;
}
