using Microsoft.Data.Sqlite;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Journal;

/// <summary>The contract on SQLite, and what only a journal in a directory can get wrong.</summary>
public sealed class SqliteJournalTests : JournalContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("treaty-grid-journal-").FullName;

    protected override ValueTask<IJournal> MakeAsync() => ValueTask.FromResult<IJournal>(NewJournal(_directory));

    protected override ValueTask RemoveAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_committed_is_there_after_closing_and_opening()
    {
        await Open("GRC", "BGR", "GRC");
        await Commit(Of("GRC", 2, 0, "a", "b"), Of("BGR", 1, 0, "c"));
        await Journal.DisposeAsync();

        await using var again = NewJournal(_directory);
        await again.StartAsync(Cancellation);

        Assert.Equal(
            ["1 GRC 1 a", "2 GRC 2 b", "3 BGR 1 c"],
            (await again.ReadAllAsync(0, 10, Cancellation)).Select(Text));
        Assert.Equal(["BGR", "GRC"], await again.ListPartiesAsync("", 10, Cancellation));
        Assert.Equal(
            [Refused(AppendResult.StaleEpoch), Committed(4)],
            await again.CommitAsync([Of("GRC", 1, 2, "lost"), Of("GRC", 2, 2, "d")], Cancellation));
        Assert.Equal(new OpenedParty(3, 3), await again.OpenAsync("GRC", Cancellation));
    }

    [Fact]
    public async Task What_was_committed_is_there_after_the_process_is_gone()
    {
        await Open("GRC");
        await Commit(Of("GRC", 1, 0, "a"));

        // What lies on disk while the journal is open is what a crash leaves behind.
        var crashed = Path.Combine(_directory, "crashed");
        Directory.CreateDirectory(crashed);
        foreach (var file in Directory.EnumerateFiles(_directory, "journal.db*"))
            File.Copy(file, Path.Combine(crashed, Path.GetFileName(file)));
        await using var again = NewJournal(crashed);
        await again.StartAsync(Cancellation);

        Assert.Equal(["1 GRC 1 a"], (await again.ReadAllAsync(0, 10, Cancellation)).Select(Text));
        Assert.Equal(new OpenedParty(2, 1), await again.OpenAsync("GRC", Cancellation));
    }

    [Fact]
    public async Task A_second_opener_is_refused_and_told_who_holds_it()
    {
        await using var second = NewJournal(_directory);

        var refusal = await Assert.ThrowsAsync<JournalInUseException>(
            async () => await second.StartAsync(Cancellation));

        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName} since ", refusal.Holder);
        Assert.Contains(refusal.Holder, refusal.Message);
        Assert.Contains(_directory, refusal.Message);
        await Open("GRC");
        Assert.Equal([Committed(1)], await Commit(Of("GRC", 1, 0, "a")));
    }

    [Fact]
    public async Task The_directory_is_free_again_when_its_journal_is_closed()
    {
        await Journal.DisposeAsync();
        Assert.False(File.Exists(Path.Combine(_directory, "journal.holder")));

        await using var second = NewJournal(_directory);
        await second.StartAsync(Cancellation);

        Assert.Equal(0, await second.GetHeadAsync(Cancellation));
    }

    [Fact]
    public async Task A_lock_file_left_by_a_crash_keeps_nobody_out()
    {
        await Journal.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_directory, "journal.lock"), "", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_directory, "journal.holder"), "process 1 on gone", Cancellation);

        await using var next = NewJournal(_directory);
        await next.StartAsync(Cancellation);

        Assert.Equal(0, await next.GetHeadAsync(Cancellation));
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_as_it_is()
    {
        await Open("GRC");
        await Commit(Of("GRC", 1, 0, "a"));
        await Journal.DisposeAsync();
        await Change("PRAGMA user_version = 3;");

        await using var older = NewJournal(_directory);
        var refusal = await Assert.ThrowsAsync<JournalUnusableException>(
            async () => await older.StartAsync(Cancellation));
        Assert.Contains("has schema 3, and this build knows 2", refusal.Message);

        await Change("PRAGMA user_version = 2;");
        await older.StartAsync(Cancellation);
        Assert.Equal(1, await older.GetHeadAsync(Cancellation));
    }

    [Fact]
    public async Task A_journal_from_before_entries_were_compressed_goes_on()
    {
        await Open("GRC");
        await Commit(Of("GRC", 1, 0, "of before", "compressed"));
        await Journal.DisposeAsync();
        await Change("UPDATE entry SET payload = CAST('of before' AS BLOB) WHERE position = 1;");
        await Change("PRAGMA user_version = 1;");

        await using (var journal = NewJournal(_directory))
        {
            await journal.StartAsync(Cancellation);
            var opened = await journal.OpenAsync("GRC", Cancellation);
            await journal.CommitAsync([Of("GRC", opened.Epoch, 2, "new")], Cancellation);
            var entries = await journal.ReadAllAsync(0, 10, Cancellation);
            Assert.Equal(["1 GRC 1 of before", "2 GRC 2 compressed", "3 GRC 3 new"], entries.Select(Text));
        }

        await using var older = NewJournal(_directory);
        await older.StartAsync(Cancellation);
        Assert.Equal(3, await older.GetHeadAsync(Cancellation));
    }

    [Fact]
    public async Task Another_programs_database_is_refused()
    {
        await Journal.DisposeAsync();
        await Change("PRAGMA application_id = 7;");

        await using var journal = NewJournal(_directory);

        await Assert.ThrowsAsync<JournalUnusableException>(async () => await journal.StartAsync(Cancellation));
    }

    [Fact]
    public async Task A_write_that_breaks_off_before_the_commit_leaves_nothing()
    {
        await Open("GRC", "BGR");
        await Commit(Of("GRC", 1, 0, "a"));
        await Change(
            """
            CREATE TRIGGER full BEFORE INSERT ON entry WHEN new.version = 3
            BEGIN SELECT RAISE(ABORT, 'disk full'); END;
            """);

        var failure = await Assert.ThrowsAsync<JournalUnavailableException>(
            async () => await Commit(Of("BGR", 1, 0, "lost"), Of("GRC", 1, 1, "lost", "too much")));

        Assert.Contains("disk full", failure.Message);
        Assert.Equal(["1 GRC 1 a"], await ReadAll());
        Assert.Equal([Committed(2), Committed(3)], await Commit(Of("BGR", 1, 0, "b"), Of("GRC", 1, 1, "c")));
        Assert.Equal(["1 GRC 1 a", "2 BGR 1 b", "3 GRC 2 c"], await ReadAll());
    }

    [Fact]
    public async Task A_commit_that_breaks_off_is_not_called_unavailable_and_is_not_remembered()
    {
        await Open("GRC");
        await Commit(Of("GRC", 1, 0, "a"));
        // A deferred reference is looked at by COMMIT itself: the one failure whose outcome nobody may guess.
        await Change(
            """
            CREATE TABLE broken (entry INTEGER REFERENCES entry (position) DEFERRABLE INITIALLY DEFERRED);
            CREATE TRIGGER breaking AFTER INSERT ON entry WHEN new.version = 2
            BEGIN INSERT INTO broken VALUES (-1); END;
            """);

        await Assert.ThrowsAsync<SqliteException>(async () => await Commit(Of("GRC", 1, 1, "breaks")));

        await Change("DROP TRIGGER breaking;");
        Assert.Equal(["1 GRC 1 a"], await ReadAll());
        Assert.Equal(new OpenedParty(2, 1), await Journal.OpenAsync("GRC", Cancellation));
        Assert.Equal([Committed(2)], await Commit(Of("GRC", 2, 1, "b")));
    }

    [Fact]
    public async Task Before_the_start_and_after_the_end_nothing_works()
    {
        await using var journal = NewJournal(Path.Combine(_directory, "other"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await journal.GetHeadAsync(Cancellation));
        await journal.StartAsync(Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await journal.StartAsync(Cancellation));

        await journal.DisposeAsync();
        await journal.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await journal.GetHeadAsync(Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await journal.OpenAsync("GRC", Cancellation));
    }

    private static SqliteJournal NewJournal(string directory) => new(directory, TimeProvider.System);

    /// <summary>Does to the file what the journal itself never would.</summary>
    private async Task Change(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_directory}/journal.db;Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
