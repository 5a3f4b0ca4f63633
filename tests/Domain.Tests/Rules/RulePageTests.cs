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
        foreach (var rule in TestBook.Packs.SelectMany(p => p.Rules))
        {
            Assert.NotEmpty(rule.Text.Title);
            Assert.Equal(rule.Check.Inputs.IsEmpty, rule.Check == Checks.BoundUntilWithdrawalTakesEffect);
            foreach (var text in new[] { rule.Text.Explanation, rule.Text.Remedy })
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
            # Rules by convention

            What the grid finds, made from the packs that come with it: severity is the gravest that a rule can have,
            inputs are the facts that a finding of it names. Findings speak of apparent breaches; only the States
            Parties judge. An article marked *from memory* wants to be held against the text. ConventionService serves
            the same, with the packs that an operator has added.


            """);
        foreach (var pack in TestBook.Packs)
        {
            page.Append($"## {pack.DisplayName}\n\n`{pack.Id}`, version {pack.PackVersion}. {pack.Source}\n\n");
            foreach (var rule in pack.Rules)
                Append(page, rule);
        }

        page.Append("## What shows each rule\n\nTests of `RuleTests`, by what they say after the rule's id.\n\n");
        page.Append("| Rule | Raised when | Not raised when |\n|---|---|---|\n");
        foreach (var rule in RuleTests.Judged)
            page.Append($"| {rule} | {Cases(rule, "raised_when_")} | {Cases(rule, "not_raised_when_")} |\n");
        return page.ToString();
    }

    private static void Append(StringBuilder page, Rule rule)
    {
        page.Append($"### {rule.Id}: {rule.Text.Title}\n\n");
        page.Append($"{rule.Citation}{(rule.IsFromMemory ? " (from memory)" : "")}. {rule.Severity}.\n\n");
        page.Append($"{rule.Text.Explanation}\n\n");
        page.Append($"*Remedy.* {rule.Text.Remedy}\n\n");
        if (!rule.Check.Inputs.IsEmpty)
            page.Append($"*Inputs.* {string.Join(", ", rule.Check.Inputs.Select(i => $"`{i}`"))}\n\n");
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
