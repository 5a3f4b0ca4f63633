using System.Reflection;
using Treaty.Grid.Domain.Tests.Scenarios;
using Treaty.Grid.Findings;

namespace Treaty.Grid.Domain.Tests.Rules;

/// <summary>
/// Each rule has cases that raise it and cases that do not, told in the lines of a scenario. Their names carry its id.
/// </summary>
public sealed partial class RuleTests
{
    /// <summary>
    /// States of every kind: GRC, BGR and SVK bound, USA never, SIG a signatory, DEP between deposit and entry into
    /// force in 2006, PRO the same and applying the convention provisionally.
    /// </summary>
    private const string States =
        """
        state GRC in force 2004-03-01
        state BGR in force 1999-03-01
        state SVK in force 1999-08-01
        state USA is no party
        state SIG signed 1997-12-03
        state DEP in force 2006-07-01
        state PRO applies provisionally 2006-01-01
        state PRO in force 2006-07-01

        """;

    /// <summary>The names of all cases.</summary>
    public static IReadOnlyList<string> Cases { get; } =
        [.. typeof(RuleTests).GetMethods(BindingFlags.Instance | BindingFlags.Public)
            .Where(m => m.GetCustomAttribute<FactAttribute>() is not null)
            .Select(m => m.Name)
            .Concat(Told.Keys.Select(k => k.Replace('-', '_').Replace(' ', '_')))];

    /// <summary>The ids of all rules of all packs that have findings.</summary>
    public static IReadOnlyList<string> Judged { get; } =
        [.. TestBook.Packs.SelectMany(p => p.Rules)
            .Where(r => r.Check != Checks.BoundUntilWithdrawalTakesEffect)
            .Select(r => r.Id)
            .Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_rule_has_a_case_that_raises_it_and_one_that_does_not()
    {
        foreach (var rule in Judged)
        {
            var stem = rule.Replace('-', '_');
            Assert.Contains(Cases, c => c.StartsWith($"{stem}_raised_when_", StringComparison.Ordinal));
            Assert.Contains(Cases, c => c.StartsWith($"{stem}_not_raised_when_", StringComparison.Ordinal));
        }
    }

    /// <summary>Plays the case, which lists what is found, and makes sure that the rule is in that list.</summary>
    private static void Raised(string rule, string text) => Play(rule, States + text);

    private static void Play(string rule, string text)
    {
        Assert.Contains($" {rule} ", text, StringComparison.Ordinal);
        ScenarioRunner.Play(text);
        ScenarioRunner.Play(text, Arrival.Forgotten);
    }

    /// <summary>Plays the case, and makes sure that the rule is not raised by anything in it, at any time.</summary>
    private static void NotRaised(string rule, string text) => DoesNotPlay(rule, States + text);

    private static void DoesNotPlay(string rule, string text)
    {
        var world = ScenarioRunner.Play(text);
        Assert.DoesNotContain(
            world.Journal.Values.SelectMany(j => j).SelectMany(e => e.Events).OfType<Treaty.Grid.FindingRaised>(),
            e => e.Finding.Key.Rule == rule);
    }
}
