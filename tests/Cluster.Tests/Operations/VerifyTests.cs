using Treaty.Grid.Findings;
using Treaty.Grid.Silo.Operations;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Cluster.Tests.Operations;

/// <summary>A sound journal is called so; a damaged one is, at the place where the damage is.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly Commands _commands = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _commands.Dispose();

    [Fact]
    public async Task A_sound_journal_is_sound()
    {
        await _commands.FillAsync();

        var (code, output, error) = await Commands.RunAsync("verify", "--data", _commands.Data);

        Assert.Equal(0, code);
        Assert.Equal($"The journal is sound: {Commands.Entries.Count} entries of 6 parties.\n", output);
        Assert.Contains($"Folding the parties: 100 %, {Commands.Entries.Count} of {Commands.Entries.Count}", error);
    }

    [Fact]
    public async Task An_empty_journal_is_sound()
    {
        await _commands.FillAsync([]);

        var (code, output, _) = await Commands.RunAsync("verify", "--data", _commands.Data);

        Assert.Equal((0, "The journal is sound: 0 entries of 0 parties.\n"), (code, output));
    }

    [Fact]
    public async Task A_missing_row_is_named()
    {
        await _commands.FillAsync();
        await _commands.ChangeAsync("DELETE FROM entry WHERE position = 40;");
        await AssertFirstAsync("position 40: it is missing.");
    }

    [Fact]
    public async Task A_missing_last_row_is_named()
    {
        await _commands.FillAsync();
        var last = Commands.Entries[^1];
        await _commands.ChangeAsync($"DELETE FROM entry WHERE position = {last.Position};");
        var before = Commands.Entries.Last(e => e.Party == last.Party && e.Version == last.Version - 1);
        await AssertFirstAsync(
            $"{At(before)}: the party comes to version {before.Version}, and the store has it at version "
            + $"{last.Version}.");
    }

    [Fact]
    public async Task Versions_that_changed_places_are_named()
    {
        await _commands.FillAsync();
        var (one, other) = (Of<NoticeFiled>("GRC", 0), Of<NoticeFiled>("GRC", 1));
        await _commands.ChangeAsync(
            $"""
            UPDATE entry SET version = 1000 WHERE position = {one.Position};
            UPDATE entry SET version = {one.Version} WHERE position = {other.Position};
            UPDATE entry SET version = {other.Version} WHERE position = 1000 OR version = 1000;
            """);
        await AssertFirstAsync($"position {one.Position}, GRC version {other.Version}: it stands before version ");
    }

    [Fact]
    public async Task A_version_left_out_is_named()
    {
        await _commands.FillAsync();
        var last = Commands.Entries.Last(e => e.Party == "GRC");
        await _commands.ChangeAsync(
            $"""
            UPDATE entry SET version = {last.Version + 7} WHERE position = {last.Position};
            UPDATE party SET version = {last.Version + 7} WHERE code = 'GRC';
            """);
        await AssertFirstAsync(
            $"position {last.Position}, GRC version {last.Version + 7}: it follows version {last.Version - 1}.");
    }

    [Fact]
    public async Task A_payload_that_cannot_be_read_is_named()
    {
        await _commands.FillAsync();
        var entry = Of<NoticeFiled>("GRC", 0);
        var payload = entry.Payload.ToArray();
        payload[0] ^= 0xFF;
        payload[1] ^= 0xFF;
        await _commands.ChangeAsync(
            $"UPDATE entry SET payload = @payload WHERE position = {entry.Position};", payload);
        await AssertFirstAsync($"{At(entry)}: it cannot be decoded: ");
    }

    [Fact]
    public async Task A_changed_position_is_named_where_it_was_and_where_it_is()
    {
        await _commands.FillAsync();
        var head = Commands.Entries.Count;
        await _commands.ChangeAsync($"UPDATE entry SET position = {head + 5} WHERE position = 50;");

        var (_, output, _) = await Commands.RunAsync("verify", "--data", _commands.Data);

        Assert.Contains("  position 50: it is missing.\n", output, StringComparison.Ordinal);
        Assert.Contains(
            $"  position {head + 1}: it and all before {head + 5} are missing.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_that_went_to_another_party_is_named()
    {
        await _commands.FillAsync();
        var entry = Of<NoticeFiled>("GRC", 0);
        await _commands.ChangeAsync(
            $"UPDATE entry SET party = 'ZZZ', version = 1 WHERE position = {entry.Position};");

        await AssertFirstAsync($"position {entry.Position}, ZZZ version 1: it is of a party that is not listed.");
    }

    [Fact]
    public async Task A_party_that_is_listed_and_has_no_entry_is_named()
    {
        await _commands.FillAsync();
        await _commands.ChangeAsync("INSERT INTO party (code, epoch, version) VALUES ('ZZZ', 1, 3);");
        await AssertFirstAsync(
            $"position {Commands.Entries.Count}, ZZZ version 0: the party comes to version 0, and the store has it at "
            + "version 3.");
    }

    [Fact]
    public async Task The_first_twenty_are_named_and_all_are_counted()
    {
        await _commands.FillAsync();
        await _commands.ChangeAsync("UPDATE entry SET payload = @payload WHERE position > 10;", [0xFF]);

        var (code, output, _) = await Commands.RunAsync("verify", "--data", _commands.Data);

        Assert.Equal(2, code);
        Assert.StartsWith(
            $"The journal is damaged: {Commands.Entries.Count - 10} faults in", output, StringComparison.Ordinal);
        Assert.Equal(1 + 20, output.Count(c => c == '\n'));
        Assert.Contains("\n  position 11, ", output, StringComparison.Ordinal);
        Assert.Contains("\n  position 30, ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_time_that_falls_is_named() => await AssertFirstAsync(
        Of<NoticeFiled>("GRC", 1), entry => entry with { RecordTime = entry.RecordTime.AddDays(-9) },
        "its record time is before that of the version before.");

    [Fact]
    public async Task A_finding_closed_that_was_never_raised_is_named() => await AssertFirstAsync(
        Of<NoticeFiled>("GRC", 1),
        entry => entry with
        {
            Events = [.. entry.Events, new FindingClosed(new FindingKey("APM-55", "", "GRC"), "gone", 0)],
        },
        "it closes the finding parties/GRC/findings/APM-55, which was never raised.");

    [Fact]
    public async Task A_booking_of_nothing_is_named() => await AssertFirstAsync(
        Of<StockBooked>("GRC", 0),
        entry => Change<StockBooked>(
            entry, e => e with { Bookings = [.. e.Bookings.Select(b => b with { Quantity = 0 })] }),
        "it cannot be folded: Not a booking");

    [Fact]
    public async Task A_message_number_left_out_is_named() => await AssertFirstAsync(
        Of<NoticeFiled>("GRC", 1),
        entry => Change<NoticeFiled>(
            entry, e => e with { Addresses = [.. e.Addresses.Select(a => a with { Sequence = a.Sequence + 1 })] }),
        "it sends message 3 to BGR after 1.");

    [Fact]
    public async Task A_delivery_out_of_turn_is_named() => await AssertFirstAsync(
        Of<NoticeDelivered>("BGR", 1), entry => Change<NoticeDelivered>(entry, e => e with { Sequence = 1 }),
        "it takes message 1 of GRC after 1.");

    [Fact]
    public async Task A_delivery_of_what_was_never_sent_is_named() => await AssertFirstAsync(
        Of<NoticeDelivered>("BGR", 1), entry => Change<NoticeDelivered>(entry, e => e with { Sequence = 7 }),
        "it takes message 7 of GRC after 1.");

    [Fact]
    public async Task A_delivery_that_names_another_position_is_named() => await AssertFirstAsync(
        Of<NoticeDelivered>("BGR", 0), entry => Change<NoticeDelivered>(entry, e => e with { Position = 7 }),
        "it names position 7 for message 1 of GRC, which was filed at ");

    [Fact]
    public async Task A_delivery_in_other_words_is_named() => await AssertFirstAsync(
        Of<NoticeDelivered>("BGR", 0),
        entry => Change<NoticeDelivered>(entry, e => e with { Notice = e.Notice with { Remark = "Other." } }),
        "it takes the notice T1.0.Plan of GRC in other words than were filed at position ");

    [Fact]
    public async Task An_answer_that_names_another_position_is_named() => await AssertFirstAsync(
        Of<AnswerReceived>("GRC", 0), entry => Change<AnswerReceived>(entry, e => e with { Position = 7 }),
        "it names position 7 for the answer of BGR to message 1, which was delivered at ");

    [Fact]
    public async Task An_answer_to_what_was_not_delivered_is_named() => await AssertFirstAsync(
        Of<AnswerReceived>("GRC", 0), entry => Change<AnswerReceived>(entry, e => e with { Sequence = 7 }),
        "it has an answer of BGR to message 7, which was not delivered.");

    [Fact]
    public async Task A_directory_without_a_journal_is_not_called_sound()
    {
        var (code, output, error) = await Commands.RunAsync("verify", "--data", _commands.Data);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains($"There is no journal in {_commands.Data}.", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_commands.Data));
    }

    [Fact]
    public async Task A_journal_in_use_is_left_alone_and_its_holder_named()
    {
        await using var server = new SqliteJournal(_commands.Data, TimeProvider.System);
        await server.StartAsync(Cancellation);

        var (code, output, error) = await Commands.RunAsync("verify", "--data", _commands.Data);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains($"is in use by process {Environment.ProcessId} on ", error, StringComparison.Ordinal);
    }

    /// <summary>On a journal in memory: what is wrong is in the entry.</summary>
    private static async Task AssertFirstAsync(JournalEntry bad, Func<Entry, Entry> change, string what)
    {
        var entry = change(EntryCodec.Decode(bad.Payload.Span, bad.Party));
        await using var journal = new MemoryJournal();
        await Commands.FillAsync(journal, Commands.Entries.Select(e => e.Position == bad.Position
            ? e with { Payload = EntryCodec.Encode(entry, e.Party) }
            : e));
        using var quiet = new StringWriter();
        var verification = new Verification(
            journal, null, ScriptedRegister.Rulebook, new ProgressLine(quiet, false, true, TimeProvider.System));

        await verification.RunAsync(Cancellation);

        Assert.StartsWith(
            $"{At(bad)}: {what}", verification.Report.Named[0].ToString(), StringComparison.Ordinal);
    }

    private async Task AssertFirstAsync(string what)
    {
        var (code, output, _) = await Commands.RunAsync("verify", "--data", _commands.Data, "--quiet");

        Assert.Equal(2, code);
        var lines = output.Split('\n');
        Assert.StartsWith("The journal is damaged: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"  {what}", lines[1], StringComparison.Ordinal);
    }

    private static string At(JournalEntry entry) => $"position {entry.Position}, {entry.Party} version {entry.Version}";

    /// <summary>The entries of a party that hold a kind of event, counted from 0.</summary>
    private static JournalEntry Of<T>(string party, int index) => Commands.Entries
        .Where(e => e.Party == party && EntryCodec.Decode(e.Payload.Span, party).Events.OfType<T>().Any())
        .ElementAt(index);

    private static Entry Change<T>(Entry entry, Func<T, T> change) where T : Event => entry with
    {
        Events = [.. entry.Events.Select(e => e is T wanted ? change(wanted) : e)],
    };
}
