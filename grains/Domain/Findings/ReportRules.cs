using Treaty.Grid.Items;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Findings;

/// <summary>
/// The rules about what is reported, whatever it is about: APM-41, 60 and 61. Each is a finding on the reporter.
/// </summary>
public static class ReportRules
{
    /// <summary>
    /// Established to be an anti-personnel mine: by design, or, for a type that can also be fired by command, by what
    /// is reported of its use (Article 2(1)).
    /// </summary>
    public static bool IsMine(Line line, Taxonomy taxonomy) => taxonomy.Find(line.Item)?.Activation switch
    {
        ItemActivation.Victim => true,
        ItemActivation.VictimOrCommand => line.Activation == ReportedActivation.Victim,
        _ => false,
    };

    /// <summary>Findings about the notices of one transfer, on whoever filed them.</summary>
    public static IEnumerable<Finding> Judge(TransferFile file, Rulebook rulebook) => file.Notices
        .GroupBy(n => n.Notice.Filer, StringComparer.Ordinal)
        .SelectMany(notices => Judge(
            [.. notices.Select(n => (n.Notice.Name, n.Notice.Lines, n.Notice.StatedTotal))],
            notices.Key, file.Key.ToString(), file.Key.Name, rulebook));

    /// <summary>Findings about one declaration.</summary>
    public static IEnumerable<Finding> Judge(Declaration declaration, string party, Rulebook rulebook) => Judge(
        [($"parties/{party}/declarations/{declaration.Id}", declaration.Lines, declaration.StatedTotal)],
        party, declaration.Id, "", rulebook);

    private static IEnumerable<Finding> Judge(
        IReadOnlyList<(string Name, ImmutableArray<Line> Lines, long? StatedTotal)> statements, string party,
        string about, string transfer, Rulebook rulebook)
    {
        if (Sums(statements) is { } sums)
        {
            yield return Find(
                MineBanRules.PartsAndTotalDiffer, Severity.Data, "What is stated does not add up: " + sums.Message,
                sums.Inputs);
        }

        var lines = statements.SelectMany(s => s.Lines).ToList();
        var unknown = Items(lines.Where(l => rulebook.Taxonomy.Find(l.Item) is null));
        if (unknown.Count > 0)
        {
            yield return Find(
                MineBanRules.ItemUnknown, Severity.Data,
                $"The taxonomy does not know {string.Join(", ", unknown)}: recorded, quarantined, and judged once "
                    + "mapped.",
                new Inputs().Add("items", unknown).Add("taxonomy", rulebook.Taxonomy.Version));
        }

        var other = Items(lines.Where(l => IsOther(l, rulebook.Taxonomy)));
        var unclear = Items(lines.Where(l => IsUnclear(l, rulebook.Taxonomy)));
        if (other.Count + unclear.Count > 0)
        {
            var inputs = new Inputs();
            _ = other.Count == 0 ? inputs : inputs.Add("not_a_mine", other);
            _ = unclear.Count == 0 ? inputs : inputs.Add("mine_if_set_off_by_a_person", unclear);
            yield return Find(
                MineBanRules.NotAMine, unclear.Count > 0 ? Severity.Review : Severity.Data,
                (other.Count == 0 ? "" : $"Not anti-personnel mines: {string.Join(", ", other)}.")
                    + (other.Count * unclear.Count == 0 ? "" : " ")
                    + (unclear.Count == 0 ? ""
                        : $"Anti-personnel mines only if a person sets them off: {string.Join(", ", unclear)}."),
                inputs);
        }

        Finding Find(Rule rule, Severity severity, string message, Inputs inputs) =>
            new(new FindingKey(rule.Id, about, party), severity)
            {
                Article = rule.Article,
                Convention = rulebook.MineBan.Id,
                PackVersion = rulebook.MineBan.PackVersion,
                Message = message,
                Inputs = inputs.Build(),
                Transfer = transfer,
                Notices = transfer.Length == 0 ? [] : [.. statements.Select(s => s.Name)],
            };
    }

    /// <summary>By taxonomy a component or an anti-vehicle mine, or by report fired by command only.</summary>
    private static bool IsOther(Line line, Taxonomy taxonomy) => taxonomy.Find(line.Item) is { } item
        && (item.Activation is ItemActivation.None or ItemActivation.Vehicle
            || (item.Activation == ItemActivation.VictimOrCommand && line.Activation == ReportedActivation.Command));

    /// <summary>A directional or bounding type that can be fired by command, and is not said to be.</summary>
    private static bool IsUnclear(Line line, Taxonomy taxonomy) =>
        taxonomy.Find(line.Item) is { Activation: ItemActivation.VictimOrCommand }
        && line.Activation != ReportedActivation.Command;

    private static List<string> Items(IEnumerable<Line> lines) =>
        [.. lines.Select(l => l.Item).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static (string Message, Inputs Inputs)? Sums(
        IReadOnlyList<(string Name, ImmutableArray<Line> Lines, long? StatedTotal)> statements)
    {
        var parts = new List<string>();
        var inputs = new Inputs();
        foreach (var (name, lines, stated) in statements)
        {
            var sum = lines.Sum(l => l.Quantity);
            var isOpen = lines.Any(l => l.Exactness == QuantityBasis.Undisclosed);
            if (stated is { } total && (isOpen ? total < sum : total != sum))
            {
                parts.Add($"the lines give {Inputs.Text(sum)}, the total stated is {Inputs.Text(total)}.");
                inputs.Add($"{name}.sum", sum).Add($"{name}.stated_total", total);
            }

            foreach (var line in lines.Where(l => l.InLots > l.Quantity))
            {
                parts.Add(
                    $"lots of {line.Item} give {Inputs.Text(line.InLots)}, the line {Inputs.Text(line.Quantity)}.");
                inputs.Add($"{name}.{line.Item}.lots", line.InLots).Add($"{name}.{line.Item}.quantity", line.Quantity);
            }
        }

        return parts.Count == 0 ? null : (string.Join(" ", parts), inputs);
    }
}
