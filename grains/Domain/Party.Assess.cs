using Treaty.Grid.Findings;
using Treaty.Grid.Transfers;

namespace Treaty.Grid;

public sealed partial record Party
{
    /// <summary>What this party finds in one of its files, on a day: about either side, and about itself.</summary>
    public IEnumerable<Finding> Assess(TransferFile file, Rulebook rulebook, DateOnly asOf) => file.Key.IsSide(Code)
        ? TransferRules.Judge(file, rulebook, asOf)
            .Concat(ReportRules.Judge(file, rulebook))
            .Concat(HolderRules.Judge(this, file, rulebook))
        : HolderRules.JudgeTransit(this, file, rulebook);

    /// <summary>
    /// The findings about one file as of a day: as recorded, but for those that the passing of time alone can raise or
    /// change, which are judged for that day. Closed ones are as recorded.
    /// </summary>
    public IEnumerable<Finding> FindingsOn(DateOnly asOf, TransferFile file, Rulebook rulebook) =>
        Overlay(file.Key.ToString(), Assess(file, rulebook, asOf), rulebook);

    /// <summary>All findings that this party has recorded, or finds by then, as of a day.</summary>
    public IEnumerable<Finding> FindingsOn(DateOnly asOf, Rulebook rulebook)
    {
        var files = Files.Values.ToDictionary(f => f.Key.ToString(), StringComparer.Ordinal);
        return Findings.Keys
            .Concat(files.Keys)
            .Append("")
            .Distinct(StringComparer.Ordinal)
            .SelectMany(about => Overlay(
                about,
                about.Length == 0 ? StockRules.Judge(this, rulebook, asOf)
                : files.TryGetValue(about, out var file) ? Assess(file, rulebook, asOf)
                : [],
                rulebook));
    }

    /// <summary>One of them; null if it was never recorded and is not found by then.</summary>
    public Finding? FindingOn(DateOnly asOf, FindingKey key, Rulebook rulebook)
    {
        var judged = key.About.Length == 0 ? StockRules.Judge(this, rulebook, asOf)
            : key.Transfer is { } transfer && Files.TryGetValue(transfer, out var file)
                ? Assess(file, rulebook, asOf)
            : [];
        return Overlay(key.About, judged, rulebook).FirstOrDefault(f => f.Key == key);
    }

    /// <summary>Those about the party as such: its memberships, its stock and its declarations.</summary>
    public IEnumerable<Finding> OwnFindingsOn(DateOnly asOf, Rulebook rulebook) => Findings
        .Where(f => f.Key.Length > 0 && f.Value[0].Transfer.Length == 0)
        .SelectMany(f => f.Value)
        .Concat(Overlay("", StockRules.Judge(this, rulebook, asOf), rulebook));

    private IEnumerable<Finding> Overlay(string about, IEnumerable<Finding> judged, Rulebook rulebook)
    {
        var recorded = Findings.GetValueOrDefault(about, []);
        var byTime = judged.Where(f => rulebook.IsByTime(f.Key.Rule)).ToDictionary(f => f.Key);
        foreach (var finding in recorded)
        {
            if (!rulebook.IsByTime(finding.Key.Rule))
            {
                yield return finding;
            }
            else if (byTime.Remove(finding.Key, out var now))
            {
                yield return finding.Closed is null && finding.Says(now)
                    ? finding
                    : now with { Revision = finding.Revision + 1 };
            }
            else if (finding.Closed is not null)
            {
                yield return finding;
            }
        }

        foreach (var finding in byTime.Values)
        {
            yield return finding;
        }
    }
}
