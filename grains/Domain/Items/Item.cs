using System.Collections.Frozen;

namespace Treaty.Grid.Items;

/// <summary>What can set an item off, by its design.</summary>
public enum ItemActivation
{
    /// <summary>Nothing by itself, or it does not matter.</summary>
    None,

    /// <summary>A person (Article 2(1) of the Mine Ban Convention).</summary>
    Victim,

    /// <summary>A person or an operator: a mine only if used the first way.</summary>
    VictimOrCommand,

    /// <summary>A vehicle.</summary>
    Vehicle,
}

/// <summary>One type in the taxonomy.</summary>
/// <param name="Id">Stable for ever.</param>
/// <param name="DisplayName">As the sources call it.</param>
/// <param name="Class">Such as <c>ap_blast</c>, <c>ap_directional</c>, <c>av</c> or <c>component</c>.</param>
/// <param name="Activation">By design.</param>
/// <param name="Scatterable">Made to be laid from a distance.</param>
/// <param name="Maker">ISO 3166 alpha-3 of the state of its maker at the time; empty if not known.</param>
/// <param name="Source">Where this comes from.</param>
public sealed record Item(
    string Id, string DisplayName, string Class, ItemActivation Activation, bool Scatterable, string Maker,
    string Source)
{
    private const string Unspecified = "_unspecified";

    /// <summary>In which it is counted: <c>each</c>, or <c>mg</c>.</summary>
    public string Unit { get; init; } = "each";

    /// <summary>What is known of every piece of it, such as whether it can be detected.</summary>
    public ImmutableSortedDictionary<string, string> Characteristics { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Other names under which it is reported; for ever, like the id.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>Counts up whenever what is said here of the type is changed.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What it comes in, and how many of it that holds; null if it is counted by itself only.</summary>
    public Container? Container { get; init; }

    /// <summary>Covers any type: a total that is not split. Its class ends so.</summary>
    public bool IsUnspecified => Class.EndsWith(Unspecified, StringComparison.Ordinal);
}

/// <summary>A round, cassette or box that a type comes in.</summary>
/// <param name="Unit">As it is called: <c>KSF-1 cassette</c>.</param>
/// <param name="Count">How many of the type it holds.</param>
public sealed record Container(string Unit, int Count);

/// <summary>The shared, versioned list of types.</summary>
public sealed class Taxonomy
{
    private readonly FrozenDictionary<string, Item> _byId;
    private readonly FrozenDictionary<string, string> _aliases;

    public Taxonomy(string version, IEnumerable<Item> items)
    {
        Version = version;
        Items = items.ToImmutableSortedDictionary(i => i.Id, i => i, StringComparer.Ordinal);
        _aliases = Items.Values
            .SelectMany(i => i.Aliases.Select(a => KeyValuePair.Create(a, i.Id)))
            .ToFrozenDictionary(StringComparer.Ordinal);
        _byId = Items.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public string Version { get; }

    /// <summary>By id.</summary>
    public ImmutableSortedDictionary<string, Item> Items { get; }

    /// <summary>The item with that id, or null: then it is quarantined until it is mapped.</summary>
    public Item? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The id of what is reported under a name: an id, an alias, or what nobody knows.</summary>
    public string IdOf(string name) => _aliases.GetValueOrDefault(name, name);

    /// <summary>With more types, or other versions of some.</summary>
    public Taxonomy With(IEnumerable<Item> items) =>
        new(Version, Items.SetItems(items.Select(i => KeyValuePair.Create(i.Id, i))).Values);
}
