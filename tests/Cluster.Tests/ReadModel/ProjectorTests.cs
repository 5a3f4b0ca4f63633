using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Grains;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.ReadModels.MadeEntries;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>That every entry of the journal comes into the read model once, whatever happens on the way.</summary>
public sealed class ProjectorTests : IAsyncLifetime
{
    private readonly List<string> _directories = [];
    private readonly MemoryJournal _journal = new();
    private readonly MadeEntries _made = new();
    private readonly Impatient _time = new();
    private readonly JournalWriter _writer;

    public ProjectorTests() => _writer = new JournalWriter(_journal, _time, NullLogger<JournalWriter>.Instance);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var party in new[] { "GRC", "BGR" })
            await _journal.OpenAsync(party, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _journal.DisposeAsync();
        foreach (var directory in _directories)
            Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Broken_off_at_any_step_it_goes_on_and_everything_is_there_once()
    {
        MakeHistory();
        await RecordAsync();
        var whole = NewDirectory();
        int steps;
        await using (var model = new CrashingReadModel(whole))
        {
            await RunAsync(model, 8);
            steps = model.Steps;
        }

        var expected = await DumpAsync(whole);
        Assert.InRange(steps, 10, 60);
        for (var step = 1; step <= steps; step++)
        {
            var directory = NewDirectory();
            await using (var model = new CrashingReadModel(directory) { CrashAt = step })
                await RunAsync(model, 8);
            Assert.True(expected == await DumpAsync(directory), $"Broken off at step {step}.");
        }
    }

    [Fact]
    public async Task It_goes_on_where_it_stopped_and_is_told_of_commits()
    {
        var directory = NewDirectory();
        await using var model = new SqliteReadModel(directory, TimeProvider.System);
        MakeHistory();
        await RecordAsync();
        await RunAsync(model, 8);
        _made.Add("GRC", Filed("N9", NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01"));
        await RecordAsync();
        await RunAsync(model, 9);
        var rows = (await DumpAsync(directory)).Split('\n');
        Assert.Equal($"checkpoint 9 {ReadModel.SchemaVersion}", rows[0]);
        Assert.Equal(
            ["notice BGR 4 0 6 N1", "notice GRC 1 0 1 N1", "notice GRC 4 0 9 N9"],
            rows.Where(r => r.StartsWith("notice ", StringComparison.Ordinal)).Select(r => r[..19]));
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_does_not_stop_it()
    {
        var directory = NewDirectory();
        await using var model = new SqliteReadModel(directory, TimeProvider.System);
        _made.Add("GRC", Filed("N1", NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01"));
        _made.AddBytes("BGR", [0xFF]);
        _made.Add("GRC", Filed("N2", NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01"));
        await RecordAsync();
        await RunAsync(model, 3);
        Assert.Equal(2, Assert.Single(await model.ListSkippedAsync(10, Cancellation)).Position);
    }

    [Fact]
    public async Task An_entry_that_the_store_refuses_is_left_out_and_those_around_it_are_not()
    {
        var directory = NewDirectory();
        await using var model = new SqliteReadModel(directory, TimeProvider.System);
        await (await model.OpenWriterAsync(Cancellation))!.DisposeAsync();
        await RunSqlAsync(directory, """
            CREATE TRIGGER refusing BEFORE INSERT ON notice WHEN new.id = 'bad'
            BEGIN SELECT RAISE(ABORT, 'not this one'); END;
            """);
        foreach (var id in new[] { "a", "bad", "c" })
            _made.Add("GRC", Filed(id, NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01"));
        await RecordAsync();
        await RunAsync(model, 3);
        var skipped = Assert.Single(await model.ListSkippedAsync(10, Cancellation));
        Assert.Equal((2, "GRC"), (skipped.Position, skipped.Party));
        Assert.Contains("not this one", skipped.Reason);
        Assert.Equal(2, (await model.ListNoticesAsync(
            new ListQuery("GRC", Condition.True, null, 10), Cancellation)).Rows.Count);
    }

    [Fact]
    public async Task Built_anew_the_tables_are_the_same()
    {
        var directory = NewDirectory();
        await using var model = new SqliteReadModel(directory, TimeProvider.System);
        MakeHistory();
        await RecordAsync();
        await RunAsync(model, 8);
        var before = await DumpAsync(directory);
        await RunSqlAsync(directory, "DELETE FROM finding; UPDATE duty SET title = 'changed';");
        Assert.NotEqual(before, await DumpAsync(directory));

        var progress = new Progress();
        using (var projector = NewProjector(model))
            await projector.RebuildAsync(progress, Cancellation);

        Assert.Equal(before, await DumpAsync(directory));
        Assert.Equal((8, 8), progress.Last);
    }

    [Fact]
    public async Task Tables_of_a_longer_journal_are_made_anew()
    {
        var directory = NewDirectory();
        await using var model = new SqliteReadModel(directory, TimeProvider.System);
        _made.Add("GRC", Owed("APM-20", "Destroy", "2026-01-01"));
        await RecordAsync();
        await RunAsync(model, 1);
        await RunSqlAsync(directory, "UPDATE checkpoint SET position = 7; UPDATE duty SET title = 'foreign';");
        using var projector = NewProjector(model);
        await projector.StartAsync(Cancellation);
        await Eventually.Async(
            () => model.ListDutiesAsync(new ListQuery(null, Condition.True, null, 10), Cancellation),
            page => page.Rows is [{ Value.Title: "Destroy" }], "the duty is that of this journal");
        await projector.StopAsync(Cancellation);
        Assert.Equal(1, await model.GetPositionAsync(Cancellation));
    }

    [Fact]
    public async Task Between_batches_it_pauses_and_who_waits_for_a_position_ends_the_pause()
    {
        await using var model = new SqliteReadModel(NewDirectory(), TimeProvider.System);
        var clock = new StandingClock();
        using var projector = NewProjector(model, clock);
        await BeginPauseAsync(projector, model, clock);
        clock.Move(TimeSpan.FromMilliseconds(10));
        await clock.UntilAsync(TimeSpan.FromMilliseconds(90));
        Assert.Equal(1, await model.GetPositionAsync(Cancellation));

        await model.WaitForAsync(2, Cancellation);
        await projector.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_pause_that_nobody_ends_is_over_in_time_and_one_that_is_ended_lasts_the_least()
    {
        await using var model = new SqliteReadModel(NewDirectory(), TimeProvider.System);
        var clock = new StandingClock();
        using var projector = NewProjector(model, clock);
        await BeginPauseAsync(projector, model, clock);
        clock.Move(TimeSpan.FromMilliseconds(10));
        await clock.UntilAsync(TimeSpan.FromMilliseconds(90));
        Assert.Equal(1, await model.GetPositionAsync(Cancellation));
        clock.Move(TimeSpan.FromMilliseconds(89));
        await clock.UntilAsync(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await model.GetPositionAsync(Cancellation));
        clock.Move(TimeSpan.FromMilliseconds(1));
        // The batch that it ends with is followed by another pause.
        await clock.UntilAsync(TimeSpan.FromMilliseconds(10));
        Assert.Equal(2, await model.GetPositionAsync(Cancellation));

        var isAwaited = new TaskCompletionSource();
        model.Awaited += isAwaited.SetResult;
        await RecordOneAsync();
        var waiting = model.WaitForAsync(3, Cancellation);
        await isAwaited.Task.WaitAsync(Cancellation);
        Assert.Equal(2, await model.GetPositionAsync(Cancellation));
        clock.Move(TimeSpan.FromMilliseconds(10));
        await waiting;
        await projector.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Behind_it_lets_no_more_be_filed_than_it_takes_until_it_has_caught_up()
    {
        const int AtOnce = 4_000;
        var clock = new StandingClock();
        var seconds = new Queue<double>([1, 10, 0, 0.31]);
        var paces = new List<TimeSpan>();
        await using var model = new SlowReadModel(NewDirectory(), () =>
        {
            paces.Add(_writer.TimePerEntry);
            clock.Move(TimeSpan.FromSeconds(seconds.Dequeue()));
        });

        // All of them say one thing, so that each batch changes one row.
        for (var i = 0; i < 2 * AtOnce + 1; i++)
            _made.Add("GRC", Owed("APM-20", "Destroy", "2026-01-01"));
        await RecordAsync();
        using var projector = NewProjector(model, clock);
        await projector.StartAsync(Cancellation);
        await clock.UntilAsync(TimeSpan.FromMilliseconds(10));

        Assert.Equal(2 * AtOnce + 1, await model.GetPositionAsync(Cancellation));
        // 4,000 taken in a second, then in ten; there is a pace below which filing goes first.
        Assert.Equal([0, 1e6 / (0.8 * AtOnce), 500], paces.Select(p => p.TotalMicroseconds));
        Assert.Equal(TimeSpan.Zero, _writer.TimePerEntry);

        // A batch may also be late without being large.
        await RecordOneAsync();
        clock.Move(TimeSpan.FromMilliseconds(10));
        await clock.UntilAsync(TimeSpan.FromMilliseconds(90));
        clock.Move(TimeSpan.FromMilliseconds(90));
        await clock.UntilAsync(TimeSpan.FromMilliseconds(10));
        Assert.Equal(500, _writer.TimePerEntry.TotalMicroseconds);
        await projector.StopAsync(Cancellation);
        Assert.Equal(TimeSpan.Zero, _writer.TimePerEntry);
    }

    [Fact]
    public async Task Nothing_is_held_back_for_lists_that_cannot_be_written()
    {
        var clock = new StandingClock();
        var isBroken = false;
        await using var model = new SlowReadModel(NewDirectory(), () =>
        {
            clock.Move(TimeSpan.FromSeconds(1));
            if (isBroken)
                throw new IOException("The disk is full.");
            isBroken = true;
        });
        for (var i = 0; i < 8_000; i++)
            _made.Add("GRC", Owed("APM-20", "Destroy", "2026-01-01"));
        await RecordAsync();
        using var projector = NewProjector(model, clock);
        await projector.StartAsync(Cancellation);
        await clock.UntilAsync(TimeSpan.FromMilliseconds(100));

        Assert.Equal(4_000, await model.GetPositionAsync(Cancellation));
        Assert.Equal(TimeSpan.Zero, _writer.TimePerEntry);
        await projector.StopAsync(Cancellation);
    }

    /// <summary>One entry is in the model, another comes while it pauses.</summary>
    private async Task BeginPauseAsync(Projector projector, ReadModel model, StandingClock clock)
    {
        await RecordOneAsync();
        await projector.StartAsync(Cancellation);
        await clock.UntilAsync(TimeSpan.FromMilliseconds(10));
        Assert.Equal(1, await model.GetPositionAsync(Cancellation));
        await RecordOneAsync();
    }

    private async Task RecordOneAsync()
    {
        _made.Add("GRC", Owed("APM-20", "Destroy", "2026-01-01"));
        await RecordAsync();
    }

    /// <summary>Eight entries with every event that makes a row, changes one or takes it away.</summary>
    private void MakeHistory()
    {
        var name = NameOf("GRC", "BGR", "T1");
        _made.Add("GRC", Filed("N1", NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01"), Assessed(name, "2026-01-01"));
        _made.Add("BGR", Assessed(name, "2026-01-01", "2026-06-30", "BGR"), Owed("APM-50", "Report", "2026-06-30"));
        _made.Add("GRC", Raised("GRC", "APM-06~x", Severity.Warning), Raised("BGR", "APM-50~x", Severity.Data));
        _made.Add("BGR", Declared("D1", "2025-12-31"));
        _made.AddBytes("BGR", [0xFF]);
        _made.Add("BGR", Filed("N1", NoticeKind.Receipt, "GRC", "BGR", "2026-01-03"), Owed("APM-50", "", ""));
        _made.Add("GRC", Closed("GRC", "APM-06~x", "gone"), Assessed(name, "2026-01-01", pairing: Pairing.Paired));
        _made.Add("BGR", Owed("APM-20", "Destroy", "2027-01-01"));
    }

    private async Task RecordAsync()
    {
        foreach (var entry in _made.TakeNew())
        {
            await _writer.AppendAsync(
                new Append(entry.Party, 1, entry.Version - 1, [entry.Payload]), [], Cancellation);
        }
    }

    private async Task RunAsync(ReadModel model, long until)
    {
        using var projector = NewProjector(model);
        await projector.StartAsync(Cancellation);
        // Before the first start of all there is no table to ask.
        while (true)
        {
            try
            {
                await model.WaitForAsync(until, Cancellation);
                break;
            }
            catch (SqliteException)
            {
                await Task.Delay(5, Cancellation);
            }
        }

        await projector.StopAsync(Cancellation);
    }

    private Projector NewProjector(ReadModel model, TimeProvider? time = null) =>
        new(_journal, model, _writer, time ?? _time, NullLogger<Projector>.Instance);

    private string NewDirectory()
    {
        _directories.Add(Directory.CreateTempSubdirectory("treaty-grid-projector-").FullName);
        return _directories[^1];
    }

    /// <summary>Every row of every table.</summary>
    private static async Task<string> DumpAsync(string directory)
    {
        await using var connection = Connect(directory);
        return await TableDump.OfAsync(connection, Cancellation);
    }

    private static async Task RunSqlAsync(string directory, string sql)
    {
        await using var connection = Connect(directory);
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static SqliteConnection Connect(string directory) =>
        new($"Data Source={directory}/readmodel.db;Pooling=false");

    private sealed class Progress : IProgress<(long Done, long Total)>
    {
        public (long Done, long Total) Last { get; private set; }

        public void Report((long Done, long Total) value) => Last = value;
    }

    /// <summary>Something happens before each of its rows is written.</summary>
    private sealed class SlowReadModel(string directory, Action writing)
        : SqliteReadModel(directory, TimeProvider.System)
    {
        internal override IRowWriter WriteRowsOn(DbConnection connection) =>
            new SqliteRows((SqliteConnection)connection, writing);
    }

    /// <summary>A clock on which a wait is over soon, whatever it was to be.</summary>
    private sealed class Impatient : TimeProvider
    {
        private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime < Soon ? dueTime : Soon, period);
    }
}
