using Treaty.Grid.Conventions;
using Treaty.Grid.Items;

namespace Treaty.Grid;

/// <summary>What every decision is made by: the conventions and the taxonomy in force in this register.</summary>
public sealed record Rulebook(ImmutableSortedDictionary<string, Convention> Conventions, Taxonomy Taxonomy)
{
    /// <summary>The convention whose rules are judged here.</summary>
    public Convention MineBan => Conventions[KnownConventions.MineBan.Id];

    /// <summary>With the day before which no report that is due is called missed.</summary>
    public Rulebook AssessedFrom(DateOnly day) => this with
    {
        Conventions = Conventions.SetItem(MineBan.Id, MineBan with { Terms = Terms with { AssessFrom = day } }),
    };

    /// <summary>Its deadlines and tolerances.</summary>
    public Terms Terms => MineBan.Terms
        ?? throw new InvalidOperationException($"{MineBan.Id} is judged and has no terms: add them to the convention.");
}
