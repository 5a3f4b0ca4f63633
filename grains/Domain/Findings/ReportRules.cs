using Treaty.Grid.Conventions;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Findings;

/// <summary>
/// The rules about what is reported, whatever it is about: sums, and items that are unknown or that the convention does
/// not cover. Each is a finding on the reporter.
/// </summary>
public static class ReportRules
{
    /// <summary>Findings about the notices of one transfer, on whoever filed them.</summary>
    public static IEnumerable<Finding> Judge(TransferFile file, Rulebook rulebook) =>
        IsPlain(file, rulebook) ? [] : file.Notices
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
        string about, string transfer, Rulebook rulebook) => rulebook
            .ConcernedBy(statements.SelectMany(s => s.Lines))
            .SelectMany(law => Judge(statements, party, about, transfer, law));

    private static IEnumerable<Finding> Judge(
        IReadOnlyList<(string Name, ImmutableArray<Line> Lines, long? StatedTotal)> statements, string party,
        string about, string transfer, Jurisdiction law)
    {
        if (statements.All(s => IsPlain(s.Lines, s.StatedTotal, law)))
        {
            yield break;
        }

        if (law.The(Checks.PartsAndTotalDiffer) is { } differ && Sums(statements, law) is { } sums)
        {
            yield return Find(
                differ, differ.Severity, "What is stated does not add up: " + sums.Message,
                sums.Inputs);
        }

        var lines = statements.SelectMany(s => s.Lines).ToList();
        var unknown = Items(lines.Where(l => law.Taxonomy.Find(l.Item) is null));
        if (law.Convention.IsPrimary && law.The(Checks.ItemUnknown) is { } unmapped && unknown.Count > 0)
        {
            yield return Find(
                unmapped, unmapped.Severity,
                $"The taxonomy does not know {string.Join(", ", unknown)}: recorded, quarantined, and judged once "
                    + "mapped.",
                new Inputs().Add("items", unknown).Add("taxonomy", law.Taxonomy.Version));
        }

        var other = Items(lines.Where(law.Excludes));
        var unclear = Items(lines.Where(law.IsUnclear));
        if (law.The(Checks.NotCovered) is { } outside && other.Count + unclear.Count > 0)
        {
            var inputs = new Inputs();
            _ = other.Count == 0 ? inputs : inputs.Add("not_covered", other);
            _ = unclear.Count == 0 ? inputs : inputs.Add("covered_if_set_off_by_a_person", unclear);
            var what = law.Convention.About;
            yield return Find(
                outside, unclear.Count > 0 ? outside.Severity : Severity.Data,
                (other.Count == 0 ? "" : $"Not {what}: {string.Join(", ", other)}.")
                    + (other.Count * unclear.Count == 0 ? "" : " ")
                    + (unclear.Count == 0 ? ""
                        : $"Among {what} only if a person sets them off: {string.Join(", ", unclear)}."),
                inputs);
        }

        Finding Find(Rule rule, Severity severity, string message, Inputs inputs) =>
            new(new FindingKey(rule.Id, about, party), severity)
            {
                Article = rule.Article,
                Convention = law.Id,
                PackVersion = law.Convention.PackVersion,
                Message = message,
                Inputs = inputs.Build(),
                Transfer = transfer,
                Notices = transfer.Length == 0 ? [] : [.. statements.Select(s => s.Name)],
            };
    }

    /// <summary>As most are: known types that the convention covers, of which no sum is stated.</summary>
    private static bool IsPlain(ImmutableArray<Line> lines, long? statedTotal, Jurisdiction law)
    {
        foreach (var line in lines)
        {
            if (!line.Lots.IsEmpty || line.Packaging is not null || law.Excludes(line) || law.IsUnclear(line)
                || law.Taxonomy.Find(line.Item) is null)
            {
                return false;
            }
        }

        return statedTotal is null;
    }

    private static bool IsPlain(TransferFile file, Rulebook rulebook)
    {
        foreach (var law in rulebook.ConcernedBy(file))
        {
            foreach (var filed in file.Notices)
            {
                if (!IsPlain(filed.Notice.Lines, filed.Notice.StatedTotal, law))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static List<string> Items(IEnumerable<Line> lines) =>
        [.. lines.Select(l => l.Item).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static (string Message, Inputs Inputs)? Sums(
        IReadOnlyList<(string Name, ImmutableArray<Line> Lines, long? StatedTotal)> statements, Jurisdiction law)
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

            foreach (var line in lines.Where(l => l.Exactness == QuantityBasis.Exact))
            {
                if (line.Packaging is { } packaging && law.Taxonomy.Find(line.Item)?.Container is { } container
                    && string.Equals(packaging.Unit, container.Unit, StringComparison.OrdinalIgnoreCase)
                    && (Int128)packaging.Units * container.Count != line.Quantity)
                {
                    parts.Add(
                        $"{Inputs.Text(packaging.Units)} of {container.Unit} hold {container.Count} of {line.Item} "
                        + $"each, the line gives {Inputs.Text(line.Quantity)}.");
                    inputs
                        .Add($"{name}.{line.Item}.units", packaging.Units)
                        .Add($"{name}.{line.Item}.per_unit", container.Count)
                        .Add($"{name}.{line.Item}.quantity", line.Quantity);
                }
            }
        }

        return parts.Count == 0 ? null : (string.Join(" ", parts), inputs);
    }
}
