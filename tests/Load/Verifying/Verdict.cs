using System.Text.Json.Serialization;
using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Load.Verifying;

/// <summary>What was found about stories of one kind, against what should have been.</summary>
internal sealed record KindVerdict(string Kind)
{
    public int Stories { get; set; }

    /// <summary>On record.</summary>
    public int Notices { get; set; }

    public int Expected { get; set; }

    public int Found { get; set; }

    public int Missed => Expected - Found;

    /// <summary>Findings that should not be.</summary>
    public int Unexpected { get; set; }

    /// <summary>Of what was found, the part that should have been.</summary>
    public double Precision => Found + Unexpected == 0 ? 1 : (double)Found / (Found + Unexpected);

    /// <summary>Of what should have been found, the part that was.</summary>
    public double Recall => Expected == 0 ? 1 : (double)Found / Expected;
}

/// <summary>Whether the register holds what was said, and found what it should have.</summary>
internal sealed record Verdict
{
    private const int Shown = 10;

    public required IReadOnlyList<KindVerdict> Kinds { get; init; }

    /// <summary>Acknowledged notices, and how many of them both files hold as they were said.</summary>
    public required int Acknowledged { get; init; }

    public required int ReadBack { get; init; }

    public required int Transfers { get; init; }

    public required int Parties { get; init; }

    /// <summary>
    /// The sum of all balances, with what was destroyed and without what arrived above what was sent: nothing comes
    /// from nowhere, and nothing is lost.
    /// </summary>
    public required long Sum { get; init; }

    /// <summary>
    /// Findings about stock and reports, or under other conventions, of which the auditor knows nothing, by rule.
    /// </summary>
    public required IReadOnlyDictionary<string, int> NotJudged { get; init; }

    /// <summary>Every fault, in a sentence.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    [JsonIgnore]
    public bool IsPerfect => Faults.Count == 0;

    public void Print(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("verified: findings by kind of story");
        var table = new Table(
            "", "stories", "notices", "expected", "found", "missed", "unexpected", "precision %", "recall %");
        foreach (var kind in Kinds)
        {
            table.Add(
                kind.Kind, kind.Stories, kind.Notices, kind.Expected, kind.Found, kind.Missed, kind.Unexpected,
                Wire.Text($"{100 * kind.Precision:0.##}"), Wire.Text($"{100 * kind.Recall:0.##}"));
        }

        table.Print(output);
        output.WriteLine(Wire.Text(
            $"  {ReadBack:N0} of {Acknowledged:N0} acknowledged notices read back from the files of both sides, "
            + $"{Transfers:N0} transfers"));
        output.WriteLine(Wire.Text(
            $"  books of {Parties:N0} parties: all balances, what was destroyed, less what came in excess: {Sum:N0}"));
        if (NotJudged.Count > 0)
        {
            output.WriteLine("  not judged, about stock, reports or other conventions: "
                + string.Join(", ", NotJudged.Select(r => Wire.Text($"{r.Key} {r.Value:N0}"))));
        }

        foreach (var fault in Faults.Take(Shown))
            output.WriteLine($"!! {fault}");
        if (Faults.Count > Shown)
            output.WriteLine(Wire.Text($"!! and {Faults.Count - Shown:N0} more"));
        output.WriteLine(IsPerfect ? "  all is as it should be" : "!! NOT ALL IS AS IT SHOULD BE");
    }
}
