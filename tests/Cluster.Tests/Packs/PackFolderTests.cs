using Treaty.Grid.Conventions;
using Treaty.Grid.Silo.Packs;
using Treaty.Grid.Silo.Register;

namespace Treaty.Grid.Cluster.Tests.Packs;

/// <summary>Packs in a folder: which are taken, and what is said of those that cannot be.</summary>
public sealed class PackFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("treaty-grid-packs-").FullName;

    private static string Sixth => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Packs", "sixth.json"));

    [Fact]
    public void Shipped_packs_are_as_the_schema_has_them()
    {
        Assert.Equal(["apmbc", "att", "ccm", "ccw-ap2", "cwc"], Read().Select(p => p.Id).Order());
        Assert.All(PackFile.Shipped, pack => Assert.Empty(PackFolder.Check(pack.Name, pack.Content)));
        Assert.Empty(PackFolder.Check("sixth.json", Sixth));
    }

    [Fact]
    public void A_file_with_the_id_of_a_shipped_pack_takes_its_place()
    {
        var shipped = PackFile.Shipped.Single(p => p.Name == "ccm.json").Content;
        Drop("mine.json", shipped.Replace("\"version\": \"ccm/1\"", "\"version\": \"ccm/1-ours\""));
        Drop("note.txt", "no pack");
        Assert.Equal("ccm/1-ours", Read().Single(p => p.Id == "ccm").PackVersion);
        Assert.Equal(5, Read().Count);
    }

    [Theory]
    [InlineData("\"tailed\"], \"art", "\"any\"], \"art", 14, "categories[1].includes", "any includes any")]
    [InlineData("\"festival\"]}", "\"parade\"]}", 27, "rules[0].when.except_purposes[0]", "no purpose parade")]
    [InlineData("\"days\": 10", "\"days\": -10", 9, "entry_into_force.days", "at least 0")]
    [InlineData("{\"days\": 10, \"article\": \"12\"}", "{\"days\": 10}", 9, "entry_into_force.article", "Add article")]
    [InlineData("\"KITE-02\"", "\"KITE-01\"", 31, "rules[1].id", "another rule KITE-01, in kites")]
    [InlineData("\"KITE-02\"", "\"CCM-01\"", 31, "rules[1].id", "another rule CCM-01, in ccm")]
    [InlineData("\"RED-KITE\"", "\"PMA-2\"", 17, "types[0].id", "has PMA-2 already")]
    [InlineData(
        "\"kite\", \"source\"", "\"kite\", \"aliases\": [\"LONG-TAIL\"], \"source\"", 17, "types[0].aliases[0]",
        "LONG-TAIL names another type too")]
    [InlineData(
        "\"kite\", \"source\"", "\"kite\", \"container\": {\"unit\": \"box\"}, \"source\"", 17,
        "types[0].container.count", "Add count")]
    [InlineData("\"RED-KITE\"", "\"PMA2\"", 17, "types[0].id", "has PMA2 already")]
    [InlineData("[\"tailed\"], \"unst", "[\"untailed\"], \"unst", 35, "rules[1].when.items[0]", "no category untailed")]
    [InlineData("\"prohibited_dispatch\"", "\"prohibited\"", 24, "rules[0].check", "Expected one of")]
    [InlineData(
        "\"stock_destruction\"", "\"clarification_reply\"", 40, "rules[2].check", "deadlines.stock_destruction")]
    [InlineData("\"about\"", "\"abuot\"", 6, "abuot", "There is no abuot here")]
    [InlineData("\"2001-02-03\"", "\"2001-02-30\"", 7, "in_force", "a value that there is")]
    [InlineData("\"about\": \"war kites\",", "\"about\": \"war kites\"", 7, "", "It is no JSON")]
    [InlineData("\"name\":", "\"id\": \"kites\", \"name\":", 5, "", "It is no JSON")]
    [InlineData("\"about\":", "\"primary\": true, \"about\":", 6, "primary", "apmbc is the primary pack")]
    public void What_is_wrong_is_said_with_file_line_path_and_remedy(
        string right, string wrong, int line, string path, string says)
    {
        Assert.Contains(right, Sixth);
        Drop("kites.json", Sixth.Replace(right, wrong));
        var message = Assert.Throws<InvalidOperationException>(Read).Message;
        var told = message.Split('\n').Skip(1).Select(l => l.Trim()).ToList();
        var expected = $"{Path.Combine(_folder, "kites.json")}, line {line}" + (path.Length > 0 ? $", {path}: " : "");
        Assert.True(
            told.Exists(l => l.StartsWith(expected, StringComparison.Ordinal) && l.Contains(says)),
            $"Expected {expected} … {says}\n{message}");
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        Drop("a.json", Sixth.Replace("\"days\": 10", "\"days\": -10").Replace("\"months\": 12", "\"months\": \"12\""));
        Drop("b.json", "[]");
        var message = Assert.Throws<InvalidOperationException>(Read).Message;
        Assert.Contains("a.json, line 9, entry_into_force.days", message);
        Assert.Contains("a.json, line 20, deadlines.stock_destruction.months: Expected a whole number", message);
        Assert.Contains("b.json, line 1", message);
    }

    [Fact]
    public void Two_files_of_one_convention_are_refused()
    {
        Drop("a.json", Sixth);
        Drop("b.json", Sixth);
        Assert.Contains(
            "b.json, line 3, id: There is another pack kites, in kites.",
            Assert.Throws<InvalidOperationException>(Read).Message);
    }

    [Fact]
    public void A_folder_that_is_named_has_to_be_there() => Assert.Contains(
        "There is no folder",
        Assert.Throws<InvalidOperationException>(
            () => RegisterFiles.ReadRulebook(Path.Combine(_folder, "none"))).Message);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IReadOnlyList<Convention> Read() => PackFolder.Read(_folder, RegisterFiles.ReadTaxonomy());

    private void Drop(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content);
}
