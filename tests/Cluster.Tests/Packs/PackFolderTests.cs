using System.Diagnostics;
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
        Drop("mine.json", shipped.Replace("\"version\": \"ccm/2\"", "\"version\": \"ccm/2-ours\""));
        Drop("note.txt", "no pack");
        Assert.Equal("ccm/2-ours", Read().Single(p => p.Id == "ccm").PackVersion);
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
    [InlineData("[\"kite_with_tail\"]", "[\"kite_with_tial\"]", 13, "categories[0].classes[0]", "kite, kite_with_tail")]
    [InlineData(
        "[\"kite\"], ", "[\"kite\"], \"items\": [\"RED-KIET\"], ", 14, "categories[1].items[0]", "no type RED-KIET")]
    [InlineData(
        "[\"kite\"], ", "[\"kite\"], \"items\": [\"PMA2\"], ", 14, "categories[1].items[0]", "another name of PMA-2")]
    [InlineData("\"id\": \"festival\"", "\"id\": \"training\"", 11, "purposes[0].id", "Every convention has")]
    [InlineData(
        "\"severity\": \"warning\",", "\"severity\": \"warning\", \"when\": {\"since\": \"2001-02-03\"},", 49,
        "rules[3].when.since", "one_side_silent does not read since. Leave it out.")]
    [InlineData(
        "\"unstated\": [\"tail_length\"]", "\"unstated\": [\"tail_length\"], \"days_before\": 3", 35,
        "rules[1].when.days_before", "it reads items, purposes")]
    [InlineData(
        "\"characteristics_unstated\"", "\"yearly_report_overdue\"", 35, "rules[1].when.items",
        "with above_per_year only")]
    [InlineData(
        "\"one_side_silent\"", "\"stock_past_deadline\"", 47, "rules[3].check", "KITE-20 asks stock_past_deadline")]
    [InlineData("\"days\": 10", "\"days\": 1000000000000000000000000000000", 9, "entry_into_force.days", "at most 92")]
    [InlineData("\"kites\"", "\"kites\\n\"", 3, "id", "a line break")]
    [InlineData("\"stock_destruction\"", "\"stock\\n\"", 20, "deadlines", "a line break")]
    [InlineData("\"about\":", "/* of war */ \"about\":", 6, "", "JSON has no comments")]
    [InlineData("\"about\":", "'about':", 6, "", "It is no JSON")]
    public void What_is_wrong_is_said_with_file_line_path_and_remedy(
        string right, string wrong, int line, string path, string says)
    {
        Assert.Contains(right, Sixth);
        Drop("kites.json", Sixth.Replace(right, wrong));
        var message = Assert.Throws<InvalidOperationException>(Read).Message;
        var told = message.Split('\n').Skip(1).Select(l => l.Trim()).ToList();
        var expected = $"{Path.Combine(_folder, "kites.json")}, line {line}" + (path.Length > 0 ? $", {path}" : "");
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

    /// <summary>Each category includes all after it: there are more ways through them than can be walked.</summary>
    [Fact]
    public void Categories_may_be_nested_deeply_and_circles_in_them_are_found()
    {
        Drop("kites.json", Nested(""));
        var kites = new Rulebook(Read(), RegisterFiles.ReadTaxonomy()).Find("kites")!;
        Assert.True(kites.IsIn("RED-KITE", ["c00"]));
        Assert.False(kites.IsIn("LONG-TAIL", ["c00"]));
        Drop("kites.json", Nested(", \"includes\": [\"c00\"]"));
        Assert.Contains(
            "kites.json, line 12, categories[0].includes: It includes itself: c00 includes c01 includes c02",
            Assert.Throws<InvalidOperationException>(Read).Message);
    }

    [Fact]
    public void The_primary_pack_has_rules()
    {
        var shipped = PackFile.Shipped.Single(p => p.Name == "apmbc.json").Content;
        Drop("apmbc.json", shipped[..shipped.IndexOf("\"rules\": [", StringComparison.Ordinal)] + "\"rules\": []}");
        Assert.Contains(
            "rules: The primary pack judges nothing. Add rules",
            Assert.Throws<InvalidOperationException>(Read).Message);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named()
    {
        Drop("empty.json", "");
        File.CreateSymbolicLink(Path.Combine(_folder, "gone.json"), Path.Combine(_folder, "none"));
        var message = Assert.Throws<InvalidOperationException>(Read).Message;
        Assert.Contains($"{Path.Combine(_folder, "empty.json")}: It is empty, or no regular file.", message);
        Assert.Contains($"{Path.Combine(_folder, "gone.json")}: It cannot be read: ", message);
    }

    /// <summary>To read it would never end.</summary>
    [Fact]
    public void A_device_or_a_pipe_is_not_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It has neither.");
        File.CreateSymbolicLink(Path.Combine(_folder, "zero.json"), "/dev/zero");
        using (var pipe = Process.Start("mkfifo", Path.Combine(_folder, "pipe.json")))
        {
            pipe.WaitForExit();
        }

        var message = Assert.Throws<InvalidOperationException>(Read).Message;
        Assert.Contains("zero.json: It is empty, or no regular file.", message);
        Assert.Contains("pipe.json: It is empty, or no regular file.", message);
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

    private static string Nested(string last)
    {
        var all = Enumerable.Range(0, 98).Select(i => $"\"c{i:00}\"").ToList();
        return Sixth.Replace("\"categories\": [", "\"categories\": [" + string.Concat(all.Select((id, i) =>
            $"{{\"id\": {id}, \"covered\": \"never\", \"article\": \"2\", "
                + (i < 97 ? $"\"includes\": [{string.Join(", ", all.Skip(i + 1))}]}}, "
                    : $"\"classes\": [\"kite\"]{last}}}, "))));
    }
}
