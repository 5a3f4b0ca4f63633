using System.Text;
using System.Text.Json;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Operations;

/// <summary>A journal goes into a file and comes out of it, byte for byte, or not at all.</summary>
public sealed class ExportImportTests : IDisposable
{
    private readonly Commands _commands = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string ExportFile => _commands.PathOf("journal.jsonl");

    public void Dispose() => _commands.Dispose();

    [Fact]
    public async Task What_was_exported_is_imported_byte_for_byte()
    {
        await ExportAsync();

        var (code, output, error) = await ImportAsync("copy");

        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.Equal(
            $"Imported {Commands.Entries.Count} entries.\n"
            + $"The journal is sound: {Commands.Entries.Count} entries of 6 parties.\n",
            output);
        Assert.Equal(
            Commands.Entries.Select(Commands.Text), (await _commands.ReadAsync("copy")).Select(Commands.Text));
    }

    [Fact]
    public async Task It_goes_through_a_pipe_as_well()
    {
        await _commands.FillAsync();
        var (code, exported, _) = await Commands.RunAsync("export", "--data", _commands.Data, "--decoded", "--quiet");
        Assert.Equal(0, code);

        (code, var output, _) = await Commands.PipeAsync(
            Encoding.UTF8.GetBytes(exported), ["import", "--data", _commands.PathOf("copy"), "--no-verify"]);

        Assert.Equal((0, $"Imported {Commands.Entries.Count} entries.\n"), (code, output));
        Assert.Equal(
            Commands.Entries.Select(Commands.Text), (await _commands.ReadAsync("copy")).Select(Commands.Text));
    }

    [Fact]
    public async Task Each_line_says_what_it_is()
    {
        await ExportAsync("--decoded");
        var lines = await File.ReadAllLinesAsync(ExportFile, Cancellation);

        Assert.Equal(
            $$"""{"format":"treaty-grid-journal","formatVersion":1,"head":{{Commands.Entries.Count}}}""", lines[0]);
        using var first = JsonDocument.Parse(lines[1]);
        var entry = first.RootElement;
        Assert.Equal(1, entry.GetProperty("position").GetInt64());
        Assert.Equal("BGR", entry.GetProperty("party").GetString());
        Assert.Equal(1, entry.GetProperty("version").GetInt64());
        Assert.Equal(
            new DateTimeOffset(2024, 1, 1, 12, 1, 0, TimeSpan.Zero),
            entry.GetProperty("recordTime").GetDateTimeOffset());
        Assert.Equal(Commands.Entries[0].Payload, entry.GetProperty("payload").GetBytesFromBase64());
        Assert.Equal(
            "The state of BGR",
            entry.GetProperty("entry").GetProperty("events")[0].GetProperty("partyRegistered")
                .GetProperty("displayName").GetString());
        Assert.StartsWith($$"""{"count":{{Commands.Entries.Count}},"sha256":""", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_by_force_only()
    {
        await _commands.FillAsync();
        await File.WriteAllTextAsync(ExportFile, "mine", Cancellation);

        var (code, _, error) = await Commands.RunAsync("export", "--data", _commands.Data, "--to", ExportFile);

        Assert.Equal(1, code);
        Assert.Contains("is there already", error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(ExportFile, Cancellation));
        (code, _, _) = await Commands.RunAsync("export", "--data", _commands.Data, "--to", ExportFile, "--force");
        Assert.Equal(0, code);
        Assert.Equal(Commands.Entries.Count + 2, (await File.ReadAllLinesAsync(ExportFile, Cancellation)).Length);
        Assert.False(File.Exists(ExportFile + ".partial"));
    }

    [Fact]
    public async Task A_damaged_journal_is_exported_as_it_is_and_not_imported_past_the_gap()
    {
        await _commands.FillAsync();
        await _commands.ChangeAsync(
            "DELETE FROM entry WHERE position = 30; UPDATE entry SET payload = @payload WHERE position = 20;", [0xFF]);
        await Commands.RunAsync("export", "--data", _commands.Data, "--to", ExportFile);

        await AssertRefusedAsync("Line 31: position 31 follows 29.");
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_is_imported_and_named()
    {
        await _commands.FillAsync(
            Commands.Entries.Select(e => e.Position == 20 ? e with { Payload = new byte[] { 0xFF } } : e));
        await Commands.RunAsync("export", "--data", _commands.Data, "--to", ExportFile, "--decoded");

        var (code, output, _) = await ImportAsync("copy");

        Assert.Equal(2, code);
        Assert.Contains("\n  position 20, ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_was_broken_off_goes_on()
    {
        await ExportAsync();
        var half = Commands.Entries.Count / 2;
        await FillCopyAsync(Commands.Entries.Take(half));

        var (code, output, _) = await ImportAsync("copy");

        Assert.Equal(0, code);
        Assert.StartsWith($"Imported {Commands.Entries.Count - half} entries.\n", output, StringComparison.Ordinal);
        Assert.Equal(
            Commands.Entries.Select(Commands.Text), (await _commands.ReadAsync("copy")).Select(Commands.Text));
        (code, output, _) = await ImportAsync("copy");
        Assert.Equal(0, code);
        Assert.StartsWith("Imported 0 entries.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_that_holds_something_else_is_left_as_it_is()
    {
        await ExportAsync();
        await FillCopyAsync(Commands.Entries.Take(20).Select(e => e.Position == 15
            ? e with { Payload = Commands.Entries[0].Payload }
            : e));

        var (code, _, error) = await ImportAsync("copy");

        Assert.Equal(1, code);
        Assert.Contains("Line 16: the journal holds something else at position 15", error, StringComparison.Ordinal);
        Assert.Equal(20, (await _commands.ReadAsync("copy")).Count);
    }

    [Fact]
    public async Task A_journal_that_holds_more_than_the_file_is_refused()
    {
        await ExportAsync();
        await FillCopyAsync([.. Commands.Entries, new JournalEntry(0, "ZZZ", 1, new byte[] { 1 })]);

        var (code, _, error) = await ImportAsync("copy");

        Assert.Equal(1, code);
        Assert.Contains(
            $"holds {Commands.Entries.Count + 1} entries and the file {Commands.Entries.Count}", error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the trailer is cut off", "Line 11: the file ends here, without its trailer: it was cut off.")]
    [InlineData("a line is cut off", "Line 11: the file ends within it: it was cut off.")]
    [InlineData("a line is left out", "Line 6: position 6 follows 4.")]
    [InlineData("two lines change places", "Line 6: position 6 follows 4.")]
    [InlineData("a payload is changed", "Line 82: the payloads are not those that were exported")]
    [InlineData("a version is changed", "Line 6: version 9 of ")]
    [InlineData("a party is malformed", "Line 6: A party's code is ")]
    [InlineData("a payload is left out", "Line 6: it has no position, party, version or payload.")]
    [InlineData("a line is no object", "Line 6: it cannot be read: ")]
    [InlineData("a line follows the trailer", "Line 83: it stands after the trailer.")]
    [InlineData("the trailer counts another number", "Line 82: the file has 80 entries of 7.")]
    [InlineData("the format is another", "Line 1: it is no header of the format treaty-grid-journal.")]
    [InlineData("the format is newer", "Line 1: the file has version 2 of the format, and this build knows 1.")]
    [InlineData("the file is empty", "Line 0: the file ends here, without its trailer: it was cut off.")]
    public async Task A_file_that_is_not_whole_is_refused_before_anything_is_written(string how, string expected)
    {
        await ExportAsync(Commands.Entries.Take(80));
        var lines = (await File.ReadAllLinesAsync(ExportFile, Cancellation)).ToList();
        Assert.Equal(82, lines.Count);
        var text = string.Concat(Spoil(lines, how).Select(line => line + "\n"));
        await File.WriteAllTextAsync(ExportFile, how == "a line is cut off" ? text[..^9] : text, Cancellation);

        await AssertRefusedAsync(expected);
    }

    private static List<string> Spoil(List<string> lines, string how)
    {
        var sixth = lines[5];
        switch (how)
        {
            case "the trailer is cut off" or "a line is cut off": return lines[..11];
            case "a line is left out": lines.RemoveAt(5); break;
            case "two lines change places": (lines[5], lines[6]) = (lines[6], sixth); break;
            case "a payload is changed": lines[5] = Replace(sixth, "\"payload\":\"C", "\"payload\":\"D"); break;
            case "a version is changed": lines[5] = Replace(sixth, "\"version\":1", "\"version\":9"); break;
            case "a party is malformed": lines[5] = Replace(sixth, "\"party\":\"", "\"party\":\" "); break;
            case "a payload is left out": lines[5] = Replace(sixth, "\"payload\"", "\"other\""); break;
            case "a line is no object": lines[5] = "[]"; break;
            case "a line follows the trailer": lines.Add(lines[1]); break;
            case "the trailer counts another number": lines[^1] = Replace(lines[^1], ":80", ":7"); break;
            case "the format is another": lines[0] = Replace(lines[0], "treaty-grid-journal", "x"); break;
            case "the format is newer": lines[0] = Replace(lines[0], "Version\":1", "Version\":2"); break;
            default: return [];
        }

        return lines;
    }

    private static string Replace(string line, string from, string to)
    {
        Assert.Contains(from, line, StringComparison.Ordinal);
        return line.Replace(from, to, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(string expected)
    {
        var (code, output, error) = await ImportAsync("copy");

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"journal import: {expected}", error, StringComparison.Ordinal);
        Assert.Empty(await _commands.ReadAsync("copy"));
    }

    private Task<(int Code, string Output, string Error)> ImportAsync(string data) => Commands.RunAsync(
        "import", "--data", _commands.PathOf(data), "--from", ExportFile, "--quiet");

    private Task ExportAsync(params string[] options) => ExportAsync(Commands.Entries, options);

    private async Task ExportAsync(IEnumerable<JournalEntry> entries, params string[] options)
    {
        await _commands.FillAsync(entries);
        var (code, output, error) = await Commands.RunAsync(
            ["export", "--data", _commands.Data, "--to", ExportFile, "--quiet", .. options]);
        Assert.Equal((0, "", ""), (code, output, error));
    }

    private async Task FillCopyAsync(IEnumerable<JournalEntry> entries)
    {
        await using var journal = new SqliteJournal(_commands.PathOf("copy"), TimeProvider.System);
        await journal.StartAsync(Cancellation);
        await Commands.FillAsync(journal, entries);
    }
}
