using System.Collections.Immutable;
using System.Globalization;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Scenarios;

/// <summary>
/// Reads a scenario: one statement or expectation a line, words apart by spaces, <c>#</c> opens a remark. The words
/// are explained in Scenarios/README.md.
/// </summary>
public static class ScenarioParser
{
    public static ImmutableArray<Step> Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n')
            .Select((line, index) => (Number: index + 1, Text: line.Split('#')[0].Trim()))
            .Where(l => l.Text.Length > 0)
            .ToList();
        var sides = Sides(lines.Select(l => l.Text));
        return [.. lines.Select(l => Parse(l.Number, l.Text, sides))];
    }

    private static Step Parse(int number, string line, Dictionary<string, TransferKey> sides)
    {
        try
        {
            return Parse(new Words(line), $"L{number}", sides) with { Number = number, Text = line };
        }
        catch (FormatException problem)
        {
            throw new FormatException($"Line {number}, \"{line}\": {problem.Message}", problem);
        }
    }

    /// <summary>Sender and recipient of each reference: the first line that names both says it for all.</summary>
    private static Dictionary<string, TransferKey> Sides(IEnumerable<string> lines)
    {
        var sides = new Dictionary<string, TransferKey>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var words = new Words(line);
            _ = words.Skips("dry", "run");
            if (words.Next is "plan" or "dispatch" or "receipt")
            {
                words.Take();
                var reference = words.Take();
                sides.TryAdd(reference, new TransferKey(words.Take(), words.Take(), reference));
            }
        }

        return sides;
    }

    private static Step Parse(Words words, string id, Dictionary<string, TransferKey> sides)
    {
        var dry = words.Skips("dry", "run");
        var would = words.Skips("would", "find");
        var verb = would ? "finds" : words.Take();
        Step step = verb switch
        {
            "state" => StateLine.Parse(words, id),
            "recorded" => new RecordedOnStep(words.Expect("on").Date()),
            "as" => new AsOfStep(words.Expect("of").Date()),
            "finds" => Finds(words, sides, would),
            "match" => new MatchStep(words.Take(), words.Name<Match>()),
            "movement" => new MovementStep(words.Take(), words.Name<Movement>()),
            "pairing" => new PairingStep(words.Take(), words.Name<Pairing>()),
            "confirm" =>
                new ConfirmStep(words.Take(), Key(words, sides), Key(words.Expect("with"), sides), id, words.Date()),
            "suggests" when words.Take() is var about =>
                new SuggestsStep(about, words.Skips("nothing") ? "nothing" : $"{words.Take()} {words.Take()}"),
            "differs" => new DifferenceStep(words.Take(), words.Take(), words.Take(), words.Take()),
            "stock" => new StockStep(words.Take(), words.Take(), words.Name<Place>(), words.Number(), words.On()),
            "article-4" => new ArticleFourStep(words.Take(), words.Number(), words.On()),
            "membership" => Membership(words),
            "reports" => new ReportsOwedStep(words.Expect("owed").Expect("from").Date()),
            "report" => Report(words, id),
            "taxonomy" => new TypeStep(words.Expect("knows").Take(), words.Expect("as").Take()),
            "assesses" => new ReassessStep(words.Expect("anew").Take()),
            "files" when words.Expect("agree").IsEmpty => new FilesAgreeStep(),
            "opening" or "discovery" or "consumption" or "reclassification" or "completion" or "destroys" =>
                StatementLine.Declaration(verb, words, id),
            _ => StatementLine.Notice(verb, words, id, sides, dry),
        };
        return words.IsEmpty ? step : throw new FormatException($"\"{words.Next}\" is one word too many.");
    }

    private static Step Finds(Words words, Dictionary<string, TransferKey> sides, bool dry)
    {
        if (words.Skips("nothing"))
        {
            return new FindsNothingStep(words.Skips("about") ? About(words.Take(), sides) : null);
        }

        var (party, rule, severity) = (words.Take(), words.Take(), words.Name<Severity>());
        var about = words.Skips("about") ? About(words.Take(), sides) : "";
        var facts = ImmutableArray.CreateBuilder<(string, string)>();
        while (words.Fact() is { } fact)
        {
            facts.Add(fact);
        }

        return new FindsStep(party, rule, severity, about, facts.ToImmutable()) { IsDryRun = dry };
    }

    private static ReportStep Report(Words words, string id)
    {
        var code = words.Take();
        var year = words.Skips("initial") ? (int?)null : (int)words.Number();
        var asOf = year is null ? words.Date() : new DateOnly(year.Value, 12, 31);
        var convention = words.Convention();
        var facts = ImmutableArray.CreateBuilder<(string, string)>();
        while (words.Fact() is { } fact)
        {
            facts.Add(fact);
        }

        return new ReportStep(code, convention, year, asOf, id, facts.ToImmutable());
    }

    private static TransferKey Key(Words words, Dictionary<string, TransferKey> sides) =>
        sides.TryGetValue(words.Take(), out var key)
            ? key
            : throw new FormatException("no plan, dispatch or receipt names the sides of a reference.");

    private static string About(string word, Dictionary<string, TransferKey> sides) =>
        sides.TryGetValue(word, out var key) ? key.ToString() : word;

    private static MembershipStep Membership(Words words)
    {
        var (code, status) = (words.Take(), words.Name<MembershipStatus>());
        var day = words.Expect("on").Date();
        var known = words.Skips("known", "on") ? words.Date() : (DateOnly?)null;
        return new MembershipStep(code, status, day, known, words.Convention());
    }
}

/// <summary>The words of one line, taken one after the other.</summary>
internal sealed class Words(string line)
{
    private readonly string[] _words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    private int _index;

    public bool IsEmpty => _index == _words.Length;

    public string? Next => IsEmpty ? null : _words[_index];

    public string Take() => IsEmpty ? throw new FormatException("a word is missing at the end.") : _words[_index++];

    /// <summary>Takes some words if they come next, all or none.</summary>
    public bool Skips(params string[] words)
    {
        if (!_words.Skip(_index).Take(words.Length).SequenceEqual(words))
        {
            return false;
        }

        _index += words.Length;
        return true;
    }

    public Words Expect(string word) =>
        Skips(word) ? this : throw new FormatException($"\"{word}\" was expected, not \"{Next}\".");

    public DateOnly Date() => TryDate() ?? throw new FormatException($"a date was expected, not \"{Next}\".");

    public DateOnly? TryDate()
    {
        if (!DateOnly.TryParseExact(Next, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return null;
        }

        _index++;
        return day;
    }

    public DateOnly? On() => Skips("on") ? Date() : null;

    public string Convention() => Skips("under") ? Take() : TestBook.MineBan.Id;

    public long Number() => ParseNumber(Take());

    /// <summary>One of the names of an enumeration, whatever its case and its separators.</summary>
    public T Name<T>() where T : struct, Enum => ParseName<T>(Take());

    /// <summary>A word such as <c>total=500</c>, if it comes next.</summary>
    public (string Name, string Value)? Fact()
    {
        if (Next is not { } word || word.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at))
        {
            return null;
        }

        _index++;
        return (word[..at], word[(at + 1)..]);
    }

    public static long ParseNumber(string word) =>
        long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"a number was expected, not \"{word}\".");

    public static T ParseName<T>(string word) where T : struct, Enum
    {
        var plain = word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        return !char.IsAsciiDigit(word[0]) && Enum.TryParse<T>(plain, ignoreCase: true, out var name)
            ? name
            : throw new FormatException(
                $"\"{word}\" is none of {string.Join(", ", Enum.GetNames<T>())}.");
    }
}
