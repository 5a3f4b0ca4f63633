using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Items;
using Treaty.Grid.Transfers;

namespace Treaty.Grid;

/// <summary>What every decision is made by: the conventions and the taxonomy in force in this register.</summary>
public sealed class Rulebook
{
    private readonly ImmutableDictionary<string, (Jurisdiction Law, Rule Rule)> _rules;

    /// <param name="conventions">No two of one id, nor with a rule of one id.</param>
    /// <param name="taxonomy">The shared list; what conventions add to it is added here.</param>
    public Rulebook(IEnumerable<Convention> conventions, Taxonomy taxonomy)
    {
        Conventions = conventions.ToImmutableSortedDictionary(c => c.Id, c => c, StringComparer.Ordinal);
        Taxonomy = taxonomy.With(Conventions.Values.SelectMany(c => c.Types));
        Jurisdictions =
        [
            .. Conventions.Values.Where(c => !c.Rules.IsEmpty).Select(c => new Jurisdiction(c, Taxonomy)),
        ];
        Primary = Jurisdictions.FirstOrDefault(j => j.Convention.IsPrimary);
        _rules = Jurisdictions
            .SelectMany(j => j.Convention.Rules.Select(r => (Law: j, Rule: r)))
            .ToImmutableDictionary(r => r.Rule.Id, StringComparer.Ordinal);
    }

    /// <summary>By id.</summary>
    public ImmutableSortedDictionary<string, Convention> Conventions { get; }

    public Taxonomy Taxonomy { get; }

    /// <summary>The conventions under which something is judged, in the order of their ids.</summary>
    public ImmutableArray<Jurisdiction> Jurisdictions { get; }

    /// <summary>For statements that name no convention and items that nobody knows; null if none is.</summary>
    public Jurisdiction? Primary { get; }

    /// <summary>What is judged under a convention; null if nothing is. Empty stands for the primary one.</summary>
    public Jurisdiction? Find(string convention) =>
        convention.Length == 0 ? Primary : Jurisdictions.FirstOrDefault(j => j.Id == convention);

    /// <summary>A rule, and whose it is; null if no convention has it any more.</summary>
    public (Jurisdiction Law, Rule Rule)? FindRule(string id) => _rules.TryGetValue(id, out var rule) ? rule : null;

    /// <summary>Whether time alone can raise a rule; findings of unknown rules stay as they were recorded.</summary>
    public bool IsByTime(string rule) => FindRule(rule)?.Rule.Check.ByTime ?? false;

    /// <summary>
    /// The conventions that items concern: those that name one of them. Of items that none names, the primary one.
    /// </summary>
    public ImmutableArray<Jurisdiction> ConcernedBy(IEnumerable<Line> lines)
    {
        var items = lines.Select(l => l.Item).Distinct(StringComparer.Ordinal).ToList();
        var concerned = Jurisdictions.Where(j => items.Exists(j.IsConcernedBy)).ToImmutableArray();
        return !concerned.IsEmpty ? concerned : Primary is { } primary ? [primary] : [];
    }

    /// <summary>The conventions under which a file of a transfer is judged.</summary>
    public ImmutableArray<Jurisdiction> ConcernedBy(TransferFile file) =>
        ConcernedBy(file.History.SelectMany(n => n.Notice.Lines));

    /// <summary>The tolerances that the two sides of a file are held to: of the first convention it concerns.</summary>
    public Terms TermsOf(TransferFile file) =>
        ConcernedBy(file) is [var first, ..] ? first.Terms : Terms.Default;

    /// <summary>
    /// Where a party stands on the day of an act, under every convention that the act's items concern: of unknown items
    /// under all, since they may be mapped to any.
    /// </summary>
    public Standings StandingsOf(Party party, Notice notice)
    {
        var all = notice.Lines.IsEmpty || notice.Lines.Any(l => Taxonomy.Find(l.Item) is null);
        return new Standings(
        [
            .. (all ? Jurisdictions : ConcernedBy(notice.Lines))
                .Select(j => party.MembershipOn(j.Convention, notice.Date).Standing),
        ]);
    }

    /// <summary>With another convention, or another version of one.</summary>
    public Rulebook With(Convention convention) => new(Conventions.SetItem(convention.Id, convention).Values, Taxonomy);

    /// <summary>With the day before which no report that is due is called missed.</summary>
    public Rulebook AssessedFrom(DateOnly day) => new(
        Conventions.Values.Select(c => c with { Terms = c.Terms with { AssessFrom = day } }), Taxonomy);
}
