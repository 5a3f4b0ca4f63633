namespace Treaty.Grid.Domain.Tests.Rules;

/// <summary>
/// The cases of the packs that need no test of their own in code: each is a few lines of a scenario under a heading
/// that says what it shows, one file a convention.
/// </summary>
public sealed partial class RuleTests
{
    private const string Heading = "## ";

    private static string CaseFolder => Path.Combine(AppContext.BaseDirectory, "Rules", "Cases");

    /// <summary>By what they show: the rule, <c>raised when</c> or <c>not raised when</c>, and the case.</summary>
    private static IReadOnlyDictionary<string, string> Told => PackCases.All;

    public static TheoryData<string> ToldCases => [.. Told.Keys];

    [Theory]
    [MemberData(nameof(ToldCases))]
    public void A_case_of_a_pack_holds(string shows)
    {
        var rule = shows.Split(' ')[0];
        if (shows.StartsWith($"{rule} raised when ", StringComparison.Ordinal))
            Play(rule, Told[shows]);
        else
            DoesNotPlay(rule, Told[shows]);
    }

    /// <summary>Apart, since the names of all cases are made of these.</summary>
    private static class PackCases
    {
        public static readonly IReadOnlyDictionary<string, string> All = ReadCases();
    }

    private static Dictionary<string, string> ReadCases()
    {
        var cases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(CaseFolder, "*.txt").Order(StringComparer.Ordinal))
        {
            var parts = File.ReadAllText(file).ReplaceLineEndings("\n").Split("\n" + Heading);
            foreach (var part in parts.Skip(1))
            {
                var end = part.IndexOf('\n', StringComparison.Ordinal);
                cases.Add(part[..end].Trim(), parts[0] + part[end..]);
            }
        }

        return cases;
    }
}
