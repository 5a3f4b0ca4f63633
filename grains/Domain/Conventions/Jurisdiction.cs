using System.Collections.Frozen;
using Treaty.Grid.Findings;
using Treaty.Grid.Items;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Conventions;

/// <summary>One convention over the taxonomy: what of it falls under it, and what is judged there.</summary>
public sealed class Jurisdiction
{
    private readonly FrozenDictionary<string, ImmutableArray<ItemCategory>> _categories;
    private readonly FrozenSet<string> _mayCover;
    private readonly FrozenDictionary<Check, ImmutableArray<Rule>> _rules;

    public Jurisdiction(Convention convention, Taxonomy taxonomy)
    {
        (Convention, Taxonomy) = (convention, taxonomy);
        var all = ItemsOf(convention, taxonomy);
        _categories = taxonomy.Items.Values
            .Select(item => (
                item.Id, Categories: convention.Categories.Where(c => all[c.Id].Contains(item.Id)).ToImmutableArray()))
            .Where(i => !i.Categories.IsEmpty)
            .ToFrozenDictionary(i => i.Id, i => i.Categories, StringComparer.Ordinal);
        _rules = convention.Rules
            .GroupBy(r => r.Check)
            .ToFrozenDictionary(g => g.Key, g => g.ToImmutableArray());
        _mayCover = _categories
            .Where(i => i.Value.Any(c => c.Coverage != Coverage.Never))
            .Select(i => i.Key)
            .ToFrozenSet(StringComparer.Ordinal);
    }

    public Convention Convention { get; }

    public Taxonomy Taxonomy { get; }

    public string Id => Convention.Id;

    public Terms Terms => Convention.Terms;

    /// <summary>The rules that ask one question, in the order of the pack.</summary>
    public ImmutableArray<Rule> Of(Check check) => _rules.GetValueOrDefault(check, []);

    /// <summary>The one rule that asks a question; null if none does.</summary>
    public Rule? The(Check check) => _rules.TryGetValue(check, out var rules) ? rules[0] : null;

    /// <summary>Established to be what the convention is about: by design, or by what is reported of its use.</summary>
    public bool Covers(Line line) => Covers(line, Scope.Everything);

    /// <summary>The same, of what a rule is asked about.</summary>
    public bool Covers(Line line, Scope scope)
    {
        foreach (var category in CategoriesOf(line.Item))
        {
            if (category.Coverage == Coverage.Always
                || (category.Coverage == Coverage.IfSetOffByAPerson && line.Activation == ReportedActivation.Victim))
            {
                return scope.Items.IsEmpty || IsIn(line.Item, scope.Items);
            }
        }

        return false;
    }

    /// <summary>What the convention is about, whatever is reported of its use.</summary>
    public bool CoversAlways(string item) => CategoriesOf(item).Any(static c => c.Coverage == Coverage.Always);

    /// <summary>Not known to be something else; an unknown type is judged once it is mapped.</summary>
    public bool MayCover(string item) => _mayCover.Contains(item);

    /// <summary>The same; and what nobody knows, for the convention that such is under.</summary>
    public bool MayConcern(string item) =>
        MayCover(item) || (Convention.IsPrimary && Taxonomy.Find(item) is null);

    /// <summary>In a category of the convention, if only in one that it does not cover.</summary>
    public bool Names(string item) => _categories.ContainsKey(item);

    /// <summary>It names the item; or nobody knows the item, and it is the convention for such.</summary>
    public bool IsConcernedBy(string item) =>
        Names(item) || (Convention.IsPrimary && Taxonomy.Find(item) is null);

    /// <summary>The item is of no category that the convention covers, and of one that it names.</summary>
    public bool Excludes(Line line) => CategoriesOf(line.Item) is { IsEmpty: false } categories
        && categories.All(c => c.Coverage == Coverage.Never
            || (c.Coverage == Coverage.IfSetOffByAPerson && line.Activation == ReportedActivation.Command));

    /// <summary>Covered if a person sets it off, and not said to be fired by command.</summary>
    public bool IsUnclear(Line line) => line.Activation != ReportedActivation.Command
        && CategoriesOf(line.Item).Any(c => c.Coverage == Coverage.IfSetOffByAPerson);

    public bool IsIn(string item, ImmutableArray<string> categories)
    {
        foreach (var category in categories.IsEmpty ? [] : CategoriesOf(item))
        {
            if (categories.Contains(category.Id))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is known of a line's item: what the line states, and else what the taxonomy does.</summary>
    public ImmutableSortedDictionary<string, string> CharacteristicsOf(Line line) =>
        Taxonomy.Find(line.Item) is { Characteristics.IsEmpty: false } item
            ? item.Characteristics.SetItems(line.Characteristics)
            : line.Characteristics;

    /// <summary>The lines of an act that a rule is asked about; none if it is not about the act.</summary>
    public IReadOnlyList<Line> LinesUnder(Scope scope, FiledNotice filed)
    {
        var notice = filed.Notice;
        if (!scope.IncludesAct(notice) || !IsToWhom(scope.Recipient, filed))
        {
            return [];
        }

        var (lines, sum) = ((List<Line>?)null, 0L);
        foreach (var line in notice.Lines)
        {
            if (line.IsMoved && Covers(line, scope)
                && (scope.Stated.IsEmpty || scope.StatedIn(CharacteristicsOf(line)) is not null)
                && !(IsIn(line.Item, scope.ExceptItems) && line.Quantity <= scope.ExceptQuantityMax))
            {
                (lines ??= []).Add(line);
                sum += line.Quantity;
            }
        }

        return lines is null || sum > scope.QuantityMax ? [] : lines;
    }

    /// <summary>The items of each category, with those of all that it includes.</summary>
    private static Dictionary<string, HashSet<string>> ItemsOf(Convention convention, Taxonomy taxonomy)
    {
        var byId = convention.Categories.ToDictionary(c => c.Id, StringComparer.Ordinal);
        var all = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var category in convention.Categories)
        {
            Of(category);
        }

        return all;

        HashSet<string> Of(ItemCategory category)
        {
            if (!all.TryGetValue(category.Id, out var items))
            {
                items = taxonomy.Items.Values.Where(category.Has).Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
                all.Add(category.Id, items);
                foreach (var included in category.Includes)
                {
                    items.UnionWith(Of(byId[included]));
                }
            }

            return items;
        }
    }

    private bool IsToWhom(RecipientScope scope, FiledNotice filed)
    {
        if (scope == RecipientScope.Any)
        {
            return true;
        }

        if (scope == RecipientScope.NoState)
        {
            return !filed.Notice.IsToState;
        }

        var standings = filed.Notice.Filer == filed.Notice.Transfer.Recipient ? filed.Filer : filed.Counterpart;
        var isBound = standings?.Under(Id) is { } standing ? standing.IsBound
            : filed.Notice.IsToState ? (bool?)null
            : false;
        return isBound == (scope == RecipientScope.Bound);
    }

    private ImmutableArray<ItemCategory> CategoriesOf(string item) => _categories.GetValueOrDefault(item, []);
}
