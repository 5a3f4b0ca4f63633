using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Treaty.Grid.Domain.Tests.Architecture;

/// <summary>What the code must look like, whatever it does.</summary>
public sealed partial class ArchitectureTests
{
    private const int LineMax = 120;
    private const int FileMax = 500;

    private static readonly string[] Folders = ["grains", "services", "tests"];
    private static readonly Assembly Domain = typeof(Party).Assembly;

    private static IEnumerable<string> Sources =>
        Folders
            .Select(folder => Path.Combine(Root(), folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal);

    [Fact]
    public void The_domain_needs_nothing_but_the_system() =>
        Assert.All(
            Domain.GetReferencedAssemblies(),
            a => Assert.True(a.Name!.StartsWith("System.", StringComparison.Ordinal), a.Name));

    [Fact]
    public void Domain_types_cannot_be_changed()
    {
        foreach (var type in Domain.GetTypes().Where(t => t is { IsVisible: true, IsEnum: false }))
        {
            foreach (var property in type.GetProperties().Where(p => p.SetMethod is { IsPublic: true }))
            {
                Assert.True(
                    property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)),
                    $"{type.Name}.{property.Name} can be set.");
            }

            foreach (var field in type.GetFields())
            {
                Assert.True(field.IsInitOnly || field.IsLiteral, $"{type.Name}.{field.Name} can be set.");
            }
        }
    }

    [Fact]
    public void Domain_types_hold_only_collections_that_cannot_be_changed()
    {
        Type[] mutable =
        [
            typeof(List<>), typeof(Dictionary<,>), typeof(HashSet<>), typeof(IList<>), typeof(IDictionary<,>),
            typeof(ICollection<>),
        ];
        foreach (var property in Domain.GetTypes().Where(t => t.IsVisible).SelectMany(t => t.GetProperties()))
        {
            var type = property.PropertyType;
            Assert.False(
                type.IsArray || (type.IsGenericType && mutable.Contains(type.GetGenericTypeDefinition())),
                $"{property.DeclaringType!.Name}.{property.Name} is a {type.Name}.");
        }
    }

    /// <summary>Conventions are data: what the program does must not depend on which one it is.</summary>
    [Fact]
    public void No_source_of_the_product_names_a_convention_by_its_id() => Assert.Empty(
        Sources.Where(file => !file.Contains($"{Path.DirectorySeparatorChar}tests{Path.DirectorySeparatorChar}"))
            .SelectMany(file => TestBook.Packs
                .Where(pack => File.ReadAllText(file).Contains($"\"{pack.Id}", StringComparison.Ordinal))
                .Select(pack => $"{Path.GetRelativePath(Root(), file)} names {pack.Id}")));

    [Fact]
    public void No_line_is_longer_than_120_characters() => Assert.Empty(
        Sources.SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (line.Length, Where: $"{Path.GetRelativePath(Root(), file)}:{index + 1}"))
            .Where(l => l.Length > LineMax)
            .Select(l => l.Where)));

    /// <summary>What builds do not judge of the code style: IDE0003, IDE0009 and IDE0049.</summary>
    [Fact]
    public void No_field_is_reached_through_this_and_no_keyword_is_spelled_as_its_type() => Assert.Empty(
        Sources.SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (Line: line, Where: $"{Path.GetRelativePath(Root(), file)}:{index + 1}"))
            .Where(l => Longhand().IsMatch(l.Line) && !l.Line.Contains("[InlineData(", StringComparison.Ordinal))
            .Select(l => l.Where)));

    [Theory]
    [InlineData("        return this._count;", true)]
    [InlineData("        return Int32.MaxValue;", true)]
    [InlineData("    public String Name { get; }", true)]
    [InlineData("        return this.GetPrimaryKeyString();", false)]
    [InlineData("        return int.MaxValue;", false)]
    [InlineData("        reader.String(name);", false)]
    public void Longhand_is_seen(string line, bool isLonghand) => Assert.Equal(isLonghand, Longhand().IsMatch(line));

    [Fact]
    public void No_file_is_longer_than_500_lines() => Assert.Empty(
        Sources.Where(file => File.ReadLines(file).Count() > FileMax).Select(f => Path.GetRelativePath(Root(), f)));

    [Fact]
    public void No_method_is_longer_than_70_lines() => Assert.Empty(
        Sources.SelectMany(file => SourceMethods.TooLong(File.ReadAllLines(file))
            .Select(m => $"{Path.GetRelativePath(Root(), file)}:{m.Line} is {m.Length} lines")));

    [Fact]
    public void A_long_method_is_seen()
    {
        var body = Enumerable.Repeat("        DoSomething();", 68).ToImmutableArray();
        static string[] Method(ImmutableArray<string> lines) =>
            ["public class A", "{", "    public void M(", "        int a)", "    {", .. lines, "    }", "}"];

        // From the name to the closing brace.
        Assert.Empty(SourceMethods.TooLong(Method(body[..66])));
        Assert.Equal((3, 71), Assert.Single(SourceMethods.TooLong(Method(body[..67]))));
    }

    [GeneratedRegex(
        @"\bthis\.[_a-z]|(?<![\w.""])(Boolean|Byte|Char|Double|Int32|Int64|Object|String)(\.| \w+( =|;|,|\)| \{))")]
    private static partial Regex Longhand();

    private static string Root([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(folder.FullName, "Treaty.Grid.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No Treaty.Grid.sln above {here}.");
        }

        return folder.FullName;
    }
}
