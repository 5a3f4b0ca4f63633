using System.Runtime.CompilerServices;
using System.Text;
using Treaty.Grid.Findings;

namespace Treaty.Grid.Domain.Tests.Rules;

/// <summary>The reference page of the rules is what the code says, and nothing else.</summary>
public sealed class RulePageTests
{
    private const string Rewrite = "TREATY_GRID_WRITE_RULES";

    [Fact]
    public void The_reference_page_says_what_the_code_says()
    {
        var (path, page) = (PathOfPage(), Page());
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
            File.WriteAllText(path, page);
        Assert.True(
            File.ReadAllText(path) == page,
            $"{path} is not what the code says. Run this test once with {Rewrite}=1, and read what changed.");
    }

    [Fact]
    public void Every_rule_is_explained_in_one_sentence_with_one_of_remedy()
    {
        foreach (var rule in MineBanRules.All.Values)
        {
            Assert.NotEmpty(rule.Title);
            Assert.Equal(rule.Inputs.IsEmpty, rule == MineBanRules.BoundUntilWithdrawalTakesEffect);
            foreach (var text in new[] { rule.Explanation, rule.Remedy })
            {
                Assert.EndsWith(".", text, StringComparison.Ordinal);
                Assert.DoesNotContain(". ", text, StringComparison.Ordinal);
            }
        }
    }

    private static string Page()
    {
        var page = new StringBuilder(
            """
            # Rules of the Mine Ban Convention

            What the grid finds under the Anti-Personnel Mine Ban Convention, made from the code: severity is the
            gravest that a rule can have, inputs are the facts that a finding of it names. Findings speak of apparent
            breaches; only the States Parties judge. ConventionService serves the same.


            """);
        foreach (var rule in MineBanRules.All.Values)
        {
            page.Append($"## {rule.Id}: {rule.Title}\n\n");
            var article = rule.Article.StartsWith("VCLT", StringComparison.Ordinal) ? "" : "Article ";
            page.Append($"{article}{rule.Article}. {rule.Severity}.\n\n");
            page.Append($"{rule.Explanation}\n\n");
            page.Append($"*Remedy.* {rule.Remedy}\n\n");
            if (!rule.Inputs.IsEmpty)
                page.Append($"*Inputs.* {string.Join(", ", rule.Inputs.Select(i => $"`{i}`"))}\n\n");
        }

        page.Append("## What shows each rule\n\nTests of `RuleTests`, by what they say after the rule's id.\n\n");
        page.Append("| Rule | Raised when | Not raised when |\n|---|---|---|\n");
        foreach (var rule in MineBanRules.All.Keys.Except([MineBanRules.BoundUntilWithdrawalTakesEffect.Id]))
            page.Append($"| {rule} | {Cases(rule, "raised_when_")} | {Cases(rule, "not_raised_when_")} |\n");
        return page.ToString();
    }

    private static string Cases(string rule, string kind)
    {
        var stem = $"{rule.Replace('-', '_')}_{kind}";
        return string.Join("; ", RuleTests.Cases
            .Where(c => c.StartsWith(stem, StringComparison.Ordinal))
            .Select(c => c[stem.Length..].Replace('_', ' '))
            .Order(StringComparer.Ordinal));
    }

    private static string PathOfPage([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../grains/RULES.md"));
}
