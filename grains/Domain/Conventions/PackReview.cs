using Treaty.Grid.Findings;
using Treaty.Grid.Items;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Conventions;

/// <summary>Something in a pack that cannot be, though it has the form of one.</summary>
/// <param name="Pack">The index of the pack among those reviewed.</param>
/// <param name="Path">Where in it, such as <c>rules[3].when.items[0]</c>.</param>
/// <param name="Problem">What is wrong, and the remedy.</param>
public sealed record PackViolation(int Pack, string Path, string Problem);

/// <summary>
/// What must hold of packs beyond their form: what they name is there, once, and leads nowhere in circles.
/// </summary>
public static class PackReview
{
    /// <summary>The taxonomy with the shipped packs has half as many classes.</summary>
    private const int NamedMax = 50;

    /// <summary>All that is wrong with packs that are to be used together, in their order.</summary>
    public static IReadOnlyList<PackViolation> Of(IReadOnlyList<Convention> packs, Taxonomy taxonomy)
    {
        var violations = new List<PackViolation>();
        var known = taxonomy.Items.Values.Concat(packs.SelectMany(p => p.Types)).ToList();
        for (var index = 0; index < packs.Count; index++)
        {
            violations.AddRange(OfOne(packs[index])
                .Concat(UnknownItems(packs[index], known))
                .Select(v => new PackViolation(index, v.Path, v.Problem)));
        }

        violations.AddRange(Repeated(packs, p => [p.Id], _ => "id", "pack", "Keep one of the two files."));
        violations.AddRange(Repeated(
            packs, p => p.Rules.Select(r => r.Id), i => $"rules[{i}].id", "rule", "Give it an id of its own."));
        violations.AddRange(Repeated(
            packs, p => p.Types.Select(t => t.Id), i => $"types[{i}].id", "type", "Leave it to the first pack."));
        violations.AddRange(packs.SelectMany((pack, index) => pack.Types.Select((type, at) => (index, type, at)))
            .Where(t => taxonomy.Find(taxonomy.IdOf(t.type.Id)) is not null)
            .Select(t => new PackViolation(
                t.index, $"types[{t.at}].id",
                $"The taxonomy has {t.type.Id} already. Leave it out, and name its class in a category.")));
        violations.AddRange(RepeatedAliases(packs, taxonomy));
        foreach (var index in packs.Select((pack, at) => (pack, at)).Where(p => p.pack.IsPrimary).Skip(1))
        {
            violations.Add(new PackViolation(
                index.at, "primary", $"{packs.First(p => p.IsPrimary).Id} is the primary pack. Leave it out here."));
        }

        return violations;
    }

    /// <summary>A name means one type: the id of it, or an alias.</summary>
    private static IEnumerable<PackViolation> RepeatedAliases(IReadOnlyList<Convention> packs, Taxonomy taxonomy)
    {
        var named = taxonomy.Items.Values
            .Concat(packs.SelectMany(p => p.Types))
            .SelectMany(t => t.Aliases.Append(t.Id))
            .CountBy(name => name, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        return
            from pack in packs.Index()
            from type in pack.Item.Types.Index()
            from alias in type.Item.Aliases.Index()
            where named[alias.Item] > 1
            select new PackViolation(
                pack.Index, $"types[{type.Index}].aliases[{alias.Index}]",
                $"{alias.Item} names another type too. Leave it out of one of them.");
    }

    private static IEnumerable<(string Path, string Problem)> OfOne(Convention pack) =>
        Circles(pack)
            .Concat(UnknownCategories(pack))
            .Concat(UnknownPurposes(pack))
            .Concat(CommonAgain(pack))
            .Concat(MissingTerms(pack))
            .Concat(Unread(pack))
            .Concat(Unasked(pack))
            .Concat(Within(pack.Categories.Select(c => c.Id), i => $"categories[{i}].id", "category"))
            .Concat(Within(pack.Purposes, i => $"purposes[{i}].id", "purpose"));

    /// <summary>Each category is followed once, however many include it.</summary>
    private static IEnumerable<(string, string)> Circles(Convention pack)
    {
        var byId = pack.Categories.ToLookup(c => c.Id, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        var circles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var category in pack.Categories)
        {
            Follow(category.Id);
        }

        return pack.Categories.Index()
            .Where(c => circles.ContainsKey(c.Item.Id))
            .Select(c => (
                $"categories[{c.Index}].includes",
                $"It includes itself: {circles[c.Item.Id]}. Leave one of these out."));

        void Follow(string id)
        {
            if (done.Contains(id))
            {
                return;
            }

            if (path.IndexOf(id) is >= 0 and var start)
            {
                circles.TryAdd(id, string.Join(" includes ", path.Skip(start).Append(id)));
                return;
            }

            path.Add(id);
            foreach (var next in byId[id].SelectMany(c => c.Includes))
            {
                Follow(next);
            }

            path.RemoveAt(path.Count - 1);
            done.Add(id);
        }
    }

    private static IEnumerable<(string, string)> UnknownCategories(Convention pack)
    {
        var known = pack.Categories.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        return pack.Categories.SelectMany((c, i) => c.Includes.Select((name, at) =>
                (name, Path: $"categories[{i}].includes[{at}]")))
            .Concat(pack.Rules.SelectMany((r, i) => r.When.Items.Select((name, at) =>
                (name, Path: $"rules[{i}].when.items[{at}]"))))
            .Concat(pack.Rules.SelectMany((r, i) => r.When.ExceptItems.Select((name, at) =>
                (name, Path: $"rules[{i}].when.except.items[{at}]"))))
            .Where(n => !known.Contains(n.name))
            .Select(n => (n.Path, $"There is no category {n.name}. Categories here: {string.Join(", ", known)}."));
    }

    private static IEnumerable<(string, string)> UnknownPurposes(Convention pack)
    {
        var known = Notice.CommonPurposes.Concat(pack.Purposes).ToHashSet(StringComparer.Ordinal);
        return pack.Rules.SelectMany((r, i) => r.When.Purposes.Select((name, at) =>
                (name, Path: $"rules[{i}].when.purposes[{at}]")))
            .Concat(pack.Rules.SelectMany((r, i) => r.When.ExceptPurposes.Select((name, at) =>
                (name, Path: $"rules[{i}].when.except_purposes[{at}]"))))
            .Where(n => !known.Contains(n.name))
            .Select(n => (
                n.Path,
                $"There is no purpose {n.name}. Add it to purposes, with its article, or use one of "
                    + $"{string.Join(", ", known)}."));
    }

    private static IEnumerable<(string, string)> CommonAgain(Convention pack) => pack.Purposes.Index()
        .Where(p => Notice.CommonPurposes.Contains(p.Item))
        .Select(p => (
            $"purposes[{p.Index}].id",
            $"Every convention has the purpose {p.Item}. Leave it out, or give one of its own another id."));

    /// <summary>A category of what no type is would cover nothing, and say nothing of it.</summary>
    private static IEnumerable<(string Path, string Problem)> UnknownItems(
        Convention pack, IReadOnlyList<Item> known)
    {
        var ids = known.Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        var aliases = known.SelectMany(i => i.Aliases.Select(a => (Alias: a, i.Id))).ToLookup(a => a.Alias, a => a.Id);
        var classes = known.Select(i => i.Class).ToImmutableSortedSet(StringComparer.Ordinal);
        var named = string.Join(", ", classes.Take(NamedMax)) + (classes.Count > NamedMax ? ", …" : "");
        foreach (var (index, category) in pack.Categories.Index())
        {
            foreach (var (at, name) in category.Classes.Index().Where(c => !classes.Contains(c.Item)))
            {
                yield return (
                    $"categories[{index}].classes[{at}]",
                    $"No type is of the class {name}. Add one to types, or use one of {named}.");
            }

            foreach (var (at, id) in category.Items.Index().Where(i => !ids.Contains(i.Item)))
            {
                yield return (
                    $"categories[{index}].items[{at}]",
                    aliases[id].FirstOrDefault() is { } other
                        ? $"{id} is another name of {other}. Name {other} here."
                        : $"There is no type {id}. Add it to types, or leave it out.");
            }
        }
    }

    /// <summary>What a check does not read would seem to narrow it down.</summary>
    private static IEnumerable<(string, string)> Unread(Convention pack)
    {
        foreach (var (index, rule) in pack.Rules.Index())
        {
            foreach (var part in rule.When.Parts.Where(p => !rule.Check.Reads.Contains(p)))
            {
                yield return (
                    $"rules[{index}].when.{part}",
                    $"{rule.Check.Id} does not read {part}. Leave it out"
                        + (rule.Check.Reads.IsEmpty ? "." : $"; it reads {string.Join(", ", rule.Check.Reads)}."));
            }

            if (rule.Check == Checks.YearlyReportOverdue && !rule.When.Items.IsEmpty && rule.When.AbovePerYear == 0)
            {
                yield return (
                    $"rules[{index}].when.items",
                    $"{rule.Check.Id} reads items with above_per_year only. Add that, or leave them out.");
            }
        }
    }

    /// <summary>Rules that nothing would ask.</summary>
    private static IEnumerable<(string, string)> Unasked(Convention pack)
    {
        if (pack.IsPrimary && pack.Rules.IsEmpty)
        {
            yield return ("rules", "The primary pack judges nothing. Add rules, or leave primary out.");
        }

        foreach (var group in pack.Rules.Index().Where(r => !r.Item.Check.Repeats).GroupBy(r => r.Item.Check))
        {
            foreach (var (index, _) in group.Skip(1))
            {
                yield return (
                    $"rules[{index}].check",
                    $"{group.First().Item.Id} asks {group.Key.Id}, and only one rule can. Leave one of the two out.");
            }
        }
    }

    /// <summary>A check that measures by a period which the pack does not give would never be made.</summary>
    private static IEnumerable<(string, string)> MissingTerms(Convention pack)
    {
        var terms = pack.Terms;
        var needed = new Dictionary<Check, (string Name, bool IsThere)>
        {
            [Checks.StockPastDeadline] = ("deadlines.stock_destruction", terms.StockDestruction is not null),
            [Checks.StockFoundAfterCompletion] = ("deadlines.found_stock", terms.FoundStock is not null),
            [Checks.CertificateOverdue] = ("deadlines.certificate", terms.Certificate is not null),
            [Checks.InitialReportOverdue] = ("deadlines.initial_report", terms.InitialReport is not null),
            [Checks.YearlyReportOverdue] = ("deadlines.yearly_report", terms.YearlyReport is not null),
            [Checks.ClarificationUnanswered] = ("deadlines.clarification_reply", terms.ClarificationReply is not null),
        };
        for (var index = 0; index < pack.Rules.Length; index++)
        {
            var rule = pack.Rules[index];
            if (needed.TryGetValue(rule.Check, out var period) && !period.IsThere)
            {
                yield return ($"rules[{index}].check", $"{rule.Check.Id} needs {period.Name}. Add that.");
            }

            if (rule.Check == Checks.CharacteristicsUnstated && rule.When.Unstated.IsEmpty)
            {
                yield return ($"rules[{index}].check", $"{rule.Check.Id} needs when.unstated. Add that.");
            }
        }
    }

    private static IEnumerable<(string, string)> Within(
        IEnumerable<string> ids, Func<int, string> path, string what) => ids
        .Select((id, index) => (id, index))
        .GroupBy(i => i.id, StringComparer.Ordinal)
        .SelectMany(g => g.Skip(1))
        .Select(i => (path(i.index), $"There is another {what} {i.id}. Rename one of the two."));

    private static IEnumerable<PackViolation> Repeated(
        IReadOnlyList<Convention> packs, Func<Convention, IEnumerable<string>> ids, Func<int, string> path, string what,
        string remedy) => packs
        .SelectMany((pack, at) => ids(pack).Select((id, index) => (id, index, at)))
        .GroupBy(i => i.id, StringComparer.Ordinal)
        .SelectMany(g => g.Skip(1).Select(i => new PackViolation(
            i.at, path(i.index), $"There is another {what} {i.id}, in {packs[g.First().at].Id}. {remedy}")));
}
