using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Treaty.Grid.Domain.Tests.Architecture;

/// <summary>What <c>deploy/</c> says, as text, and the expressions in it.</summary>
internal static partial class Manifests
{
    private static readonly string[] Foreign =
        ["node_modules", ".tools", "secrets", "package-lock.json", "images.lock.env"];

    private static readonly string[] Words =
        ["and", "or", "unless", "offset", "bool", "group_left", "group_right", "by", "without", "on", "ignoring"];

    public static string Root { get; } = FindRoot();

    /// <summary>The files that a person wrote, by their path in the repository.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = Directory
        .EnumerateFiles(Path.Combine(Root, "deploy"), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Where(path => !path.Split('/').Intersect(Foreign).Any())
        .Order(StringComparer.Ordinal)
        .ToDictionary(path => path, path => File.ReadAllText(Path.Combine(Root, path)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The C# of the product: what the programs and what they run on is made of.</summary>
    public static IEnumerable<(string Path, string Text)> Sources(params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(
            Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        .Select(file => (Path.GetRelativePath(Root, file), File.ReadAllText(file)));

    /// <summary>Each PromQL expression of the alerts, rules, their tests and the dashboards, with its file.</summary>
    public static IEnumerable<(string Path, string Text)> Expressions() => Files
        .SelectMany(file => file.Key switch
        {
            var path when path.StartsWith("deploy/grafana/dashboards/", StringComparison.Ordinal) =>
                OfDashboard(JsonDocument.Parse(file.Value).RootElement),
            var path when path.StartsWith("deploy/prometheus/", StringComparison.Ordinal) => OfRules(file.Value),
            _ => [],
        }, (file, expression) => (file.Key, expression));

    /// <summary>The metrics that an expression asks for: what is left without labels, ranges and functions.</summary>
    public static IEnumerable<string> MetricsOf(string expression)
    {
        var bare = Text().Replace(expression, "");
        bare = Selector().Replace(bare, "");
        bare = Grouping().Replace(bare, "");
        return Name().Matches(bare).Select(m => m.Value).Except(Words);
    }

    private static IEnumerable<string> OfDashboard(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p =>
            p.NameEquals("expr") ? [p.Value.GetString()!] : OfDashboard(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(OfDashboard),
        _ => [],
    };

    private static IEnumerable<string> OfRules(string yaml)
    {
        var lines = yaml.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (RuleLine().Match(lines[i]) is not { Success: true } match)
                continue;
            var folded = lines.Skip(i + 1)
                .TakeWhile(l => l.Length > 0 && l.Length - l.TrimStart().Length > match.Groups["indent"].Length);
            yield return match.Groups["value"].Value is ">-" ? string.Join(' ', folded) : match.Groups["value"].Value;
        }
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(folder.FullName, "Treaty.Grid.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"No Treaty.Grid.sln above {here}.");
        return folder.FullName;
    }

    [GeneratedRegex("""^(?<indent>[ -]*)(expr|series): (?<value>.*)$""")]
    private static partial Regex RuleLine();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    [GeneratedRegex("""\{[^}]*\}|\[[^\]]*\]""")]
    private static partial Regex Selector();

    [GeneratedRegex("""\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)""")]
    private static partial Regex Grouping();

    /// <summary>No function, which a bracket follows, and no unit, which a digit goes before.</summary>
    [GeneratedRegex("""(?<![\w:.])(?>[A-Za-z_:][\w:]*)(?!\s*\()""")]
    private static partial Regex Name();
}
