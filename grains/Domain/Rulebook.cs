using System.Collections.Frozen;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Items;
using Treaty.Grid.Transfers;

namespace Treaty.Grid;

/// <summary>What every decision is made by: the conventions and the taxonomy in force in this register.</summary>
public sealed class Rulebook
{
    private readonly FrozenDictionary<string, (Jurisdiction Law, Rule Rule)> _rules;

    /// <summary>By item, the conventions that name it; one array for all items of the same ones.</summary>
    private readonly FrozenDictionary<string, ImmutableArray<Jurisdiction>> _concerned;
    private readonly ImmutableArray<Jurisdiction> _primary;

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
            .ToFrozenDictionary(r => r.Rule.Id, StringComparer.Ordinal);
        _primary = Primary is { } primary ? [primary] : [];
        var arrays = new Dictionary<string, ImmutableArray<Jurisdiction>>(StringComparer.Ordinal);
        _concerned = Taxonomy.Items.Keys.ToFrozenDictionary(
            item => item,
            item =>
            {
                var concerned = Jurisdictions.Where(j => j.Names(item)).ToImmutableArray();
                var names = string.Join(' ', concerned.Select(j => j.Id));
                return arrays.TryGetValue(names, out var same) ? same : arrays[names] = concerned;
            },
            StringComparer.Ordinal);
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
        var concerned = ImmutableArray<Jurisdiction>.Empty;
        foreach (var line in lines)
        {
            concerned = With(concerned, line);
        }

        return concerned.IsEmpty ? _primary : concerned;
    }

    /// <summary>The conventions under which a file of a transfer is judged.</summary>
    public ImmutableArray<Jurisdiction> ConcernedBy(TransferFile file)
    {
        var concerned = ImmutableArray<Jurisdiction>.Empty;
        foreach (var filed in file.Notices)
        {
            concerned = With(concerned, filed.Notice);
        }

        foreach (var filed in file.Replaced)
        {
            concerned = filed.Notice.Transfer == file.Key ? With(concerned, filed.Notice) : concerned;
        }

        return concerned.IsEmpty ? _primary : concerned;
    }

    private ImmutableArray<Jurisdiction> With(ImmutableArray<Jurisdiction> concerned, Notice notice)
    {
        foreach (var line in notice.Lines)
        {
            concerned = With(concerned, line);
        }

        return concerned;
    }

    /// <summary>With the conventions that a line's item concerns: an item that nobody knows, the primary one.</summary>
    private ImmutableArray<Jurisdiction> With(ImmutableArray<Jurisdiction> concerned, Line line)
    {
        var more = _concerned.GetValueOrDefault(line.Item, _primary);
        return concerned == more || more.IsEmpty ? concerned
            : concerned.IsEmpty ? more
            : [.. Jurisdictions.Where(j => concerned.Contains(j) || more.Contains(j))];
    }

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
        return Standings.Of(
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
