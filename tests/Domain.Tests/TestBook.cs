using System.Collections.Immutable;
using Treaty.Grid.Conventions;
using Treaty.Grid.Items;

namespace Treaty.Grid.Domain.Tests;

/// <summary>The rulebook of the tests: the real conventions, and one item of each kind that rules tell apart.</summary>
public static class TestBook
{
    public static Taxonomy Taxonomy { get; } = new("test",
    [
        Item("APM-UNSPECIFIED", "ap_unspecified", ItemActivation.Victim),
        Item("DM31", "ap_fragmentation_bounding", ItemActivation.Victim),
        Item("PMA-2", "ap_blast", ItemActivation.Victim),
        Item("PMR-2A", "ap_fragmentation_stake", ItemActivation.Victim),
        Item("M14", "ap_blast", ItemActivation.Victim),
        Item("M18A1", "ap_directional", ItemActivation.VictimOrCommand),
        Item("TM-62", "av", ItemActivation.Vehicle),
        Item("M605-FUZE", "component", ItemActivation.None),
        Item("PFM-1", "ap_blast", ItemActivation.Victim) with
        {
            Aliases = ["PFM1"], Container = new Container("cassette", 72),
        },
    ]);

    /// <summary>The packs that come with the program.</summary>
    public static ImmutableArray<Convention> Packs { get; } =
        [.. PackFile.Shipped.Select(pack => PackFile.Read(pack.Content))];

    /// <summary>No report is owed, unless a test says from when.</summary>
    public static Rulebook Rulebook { get; } = new Rulebook(Packs, Taxonomy).AssessedFrom(DateOnly.MaxValue);

    /// <summary>The convention of most tests.</summary>
    public static Jurisdiction MineBan { get; } = Rulebook.Primary!;

    /// <summary>A rulebook that knows one more type.</summary>
    public static Rulebook Knowing(Rulebook rulebook, Item item) =>
        new(rulebook.Conventions.Values, rulebook.Taxonomy.With([item]));

    /// <summary>The same, with a number of retained mines above which a training transfer is looked at.</summary>
    public static Rulebook WithRetainedThreshold(long threshold) => Rulebook.With(
        MineBan.Convention with { Terms = MineBan.Terms with { RetainedThreshold = threshold } });

    public static Item Item(string id, string kind, ItemActivation activation) =>
        new(id, id, kind, activation, false, "", "test");
}
