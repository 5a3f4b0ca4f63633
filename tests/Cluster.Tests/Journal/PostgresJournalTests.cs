using Npgsql;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Journal;

/// <summary>The contract on PostgreSQL, and what only a journal that several silos share can get wrong.</summary>
public sealed class PostgresJournalTests(PostgresHome postgres) : JournalContract
{
    // So long an operator's session may hold the head here, for the tests not to wait for what silos are set to.
    private const string CutOffSoon = "-c idle_in_transaction_session_timeout=300";

    private PostgresDatabase? _database;

    private PostgresDatabase Database => _database ?? throw new InvalidOperationException("Not started.");

    protected override async ValueTask<IJournal> MakeAsync()
    {
        _database = await postgres.BorrowAsync();
        return new PostgresJournal(_database.ConnectionString);
    }

    protected override async ValueTask RemoveAsync() => await postgres.ReturnAsync(Database);

    [Fact]
    public async Task What_was_committed_is_there_for_another_silo()
    {
        await Open("GRC", "BGR", "GRC");
        await Commit(Of("GRC", 2, 0, "a", "b"), Of("BGR", 1, 0, "c"));

        await using var other = await StartAnotherAsync();

        Assert.Equal(
            ["1 GRC 1 a", "2 GRC 2 b", "3 BGR 1 c"],
            (await other.ReadAllAsync(0, 10, Cancellation)).Select(Text));
        Assert.Equal(
            [Refused(AppendResult.StaleEpoch), Committed(4)],
            await other.CommitAsync([Of("GRC", 1, 2, "lost"), Of("GRC", 2, 2, "d")], Cancellation));
        Assert.Equal(new OpenedParty(3, 3), await other.OpenAsync("GRC", Cancellation));
    }

    [Fact]
    public async Task Whoever_opens_a_party_shuts_the_other_silo_out()
    {
        await using var other = await StartAnotherAsync();
        await Open("GRC", "BGR");
        await Commit(Of("GRC", 1, 0, "a"));

        Assert.Equal(new OpenedParty(2, 1), await other.OpenAsync("GRC", Cancellation));

        Assert.Equal(
            [Refused(AppendResult.StaleEpoch), Committed(2)],
            await Commit(Of("GRC", 1, 1, "lost"), Of("BGR", 1, 0, "b")));
        Assert.Equal([Committed(3)], await other.CommitAsync([Of("GRC", 2, 1, "c")], Cancellation));
    }

    [Fact]
    public async Task Silos_that_append_at_once_leave_no_gap_and_a_reader_never_sees_one()
    {
        const int Commits = 40;
        await using var second = await StartAnotherAsync();
        await using var third = await StartAnotherAsync();
        IJournal[] silos = [Journal, second, third];
        var reader = ReadWithoutGapsAsync(silos.Length * Commits * 3);

        await Task.WhenAll(silos.Select((silo, i) => Task.Run(
            async () =>
            {
                string[] parties = [$"P{i}A", $"P{i}B"];
                await silo.OpenManyAsync(parties, Cancellation);
                for (var n = 0; n < Commits; n++)
                {
                    var outcomes = await silo.CommitAsync(
                        [Of(parties[0], 1, n * 2, "x", "y"), Of(parties[1], 1, n, "z")], Cancellation);
                    Assert.All(outcomes, o => Assert.Equal(AppendResult.Committed, o.Result));
                }
            },
            Cancellation)));

        await reader;
    }

    [Fact]
    public async Task Two_that_fight_for_the_same_parties_write_each_version_once()
    {
        const int Rounds = 40;
        string[] parties = ["BGR", "GRC", "HRV", "SVN"];
        await using var other = await StartAnotherAsync();

        async Task<int> FightAsync(IJournal silo, IEnumerable<string> order)
        {
            var committed = 0;
            for (var n = 0; n < Rounds; n++)
            {
                string[] mine = [.. order];
                var opened = await silo.OpenManyAsync(mine, Cancellation);
                var outcomes = await silo.CommitAsync(
                    [.. mine.Select((party, i) => Of(party, opened[i].Epoch, opened[i].Version, "x"))], Cancellation);
                Assert.DoesNotContain(outcomes, o => o.Result == AppendResult.UnexpectedVersion);
                committed += outcomes.Count(o => o.Result == AppendResult.Committed);
            }

            return committed;
        }

        var committed = await Task.WhenAll(
            Task.Run(() => FightAsync(Journal, parties), Cancellation),
            Task.Run(() => FightAsync(other, parties.Reverse()), Cancellation));

        var all = await Journal.ReadAllAsync(0, 1_000, Cancellation);
        Assert.Equal(committed.Sum(), all.Count);
        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i), all.Select(e => e.Position));
        foreach (var ofParty in all.GroupBy(e => e.Party))
            Assert.Equal(Enumerable.Range(1, ofParty.Count()).Select(i => (long)i), ofParty.Select(e => e.Version));
    }

    [Fact]
    public async Task Whoever_holds_the_head_and_falls_asleep_is_cut_off_and_the_others_go_on()
    {
        await Open("GRC");
        await using var frozen = await Database.With(s => s.Options = CutOffSoon).ConnectAsync();
        await using var transaction = await frozen.BeginTransactionAsync(Cancellation);
        await using (var hold = new NpgsqlCommand("SELECT FROM treaty_grid.head FOR UPDATE", frozen))
            await hold.ExecuteNonQueryAsync(Cancellation);

        Assert.Equal([Committed(1)], await Commit(Of("GRC", 1, 0, "a")));

        // 25P03: idle_in_transaction_session_timeout.
        var cutOff = await Assert.ThrowsAsync<PostgresException>(() => transaction.CommitAsync(Cancellation));
        Assert.Equal("25P03", cutOff.SqlState);
    }

    [Fact]
    public async Task A_silo_asks_for_durable_commits_and_for_time_limits_whatever_the_operator_set()
    {
        await using var careless = new PostgresJournal(
            Database.With(settings => settings.Options =
                "-c synchronous_commit=off -c client_min_messages=error -c statement_timeout=0 "
                + "-c default_transaction_isolation=serializable")
            .ConnectionString);
        await careless.StartAsync(Cancellation);
        await Database.RunAsync(
            """
            CREATE TABLE treaty_grid.seen (setting text, value text);
            CREATE FUNCTION treaty_grid.look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              INSERT INTO treaty_grid.seen SELECT name, setting || coalesce(unit, '') FROM pg_settings WHERE name IN (
                'synchronous_commit', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout',
                'transaction_isolation', 'client_min_messages');
              RETURN NULL;
            END $$;
            CREATE TRIGGER look AFTER INSERT ON treaty_grid.entry EXECUTE FUNCTION treaty_grid.look();
            """);
        await careless.OpenAsync("GRC", Cancellation);
        await careless.CommitAsync([Of("GRC", 1, 0, "a")], Cancellation);

        Assert.Equal(
            "client_min_messages=warning idle_in_transaction_session_timeout=10000ms lock_timeout=15000ms "
            + "statement_timeout=30000ms synchronous_commit=on transaction_isolation=read committed",
            await Database.AskAsync<string>(
                "SELECT string_agg(setting || '=' || value, ' ' ORDER BY setting) FROM treaty_grid.seen"));
    }

    [Fact]
    public async Task A_refused_write_leaves_nothing_and_says_so()
    {
        await Open("GRC", "BGR");
        await Commit(Of("GRC", 1, 0, "a"));
        // 53100: disk_full.
        await RefuseAsync("CREATE TRIGGER refuse AFTER INSERT ON treaty_grid.entry", "53100");

        var failure = await Assert.ThrowsAsync<JournalUnavailableException>(
            async () => await Commit(Of("BGR", 1, 0, "lost"), Of("GRC", 1, 1, "lost", "too much")));

        Assert.Contains("53100", failure.Message);
        Assert.Equal(["1 GRC 1 a"], await ReadAll());
        Assert.Equal([Committed(2), Committed(3)], await Commit(Of("BGR", 1, 0, "b"), Of("GRC", 1, 1, "c")));
    }

    [Fact]
    public async Task A_commit_that_the_server_refuses_at_its_very_end_is_not_acknowledged()
    {
        // So many that their outcomes are on the way before the server looks at what it had put off to the end.
        var many = Enumerable.Range(0, 2_000).Select(n => Of("GRC", 1, n, "a")).Append(Of("GRC", 1, 2_000, "too much"));
        await Open("GRC");
        await RefuseAsync(
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON treaty_grid.entry DEFERRABLE INITIALLY DEFERRED",
            "23514");

        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await Commit([.. many]));

        Assert.Empty(await ReadAll());
        Assert.Equal([Committed(1)], await Commit(Of("GRC", 1, 0, "a")));
    }

    [Fact]
    public async Task A_look_tells_who_may_write_and_how_far_each_party_is_and_opens_none()
    {
        await Commit(Of("GRC", (await Journal.OpenAsync("GRC", Cancellation)).Epoch, 0, "a", "b"));
        await using var other = await StartAnotherAsync();
        var taken = await other.OpenAsync("GRC", Cancellation);

        Assert.True(Journal.IsShared);
        Assert.Equal(
            [new OpenedParty(0, 0), taken, new OpenedParty(0, 0), taken],
            await Journal.LookAsync(["BGR", "GRC", "UKR", "GRC"], Cancellation));
        Assert.Empty(await Journal.LookAsync([], Cancellation));
        Assert.Equal(taken.Epoch + 1, (await Journal.OpenAsync("GRC", Cancellation)).Epoch);
    }

    [Fact]
    public async Task Silos_that_start_at_once_make_one_schema()
    {
        await Database.RunAsync("DROP SCHEMA treaty_grid CASCADE");
        var silos = Enumerable.Range(0, 10).Select(_ => new PostgresJournal(Database.ConnectionString)).ToArray();

        await Task.WhenAll(silos.Select(silo => silo.StartAsync(Cancellation).AsTask()));

        Assert.Equal(1, await Database.AskAsync<long>("SELECT count(*) FROM treaty_grid.schema_version"));
        Assert.Equal(0, await silos[0].GetHeadAsync(Cancellation));
        foreach (var silo in silos)
            await silo.DisposeAsync();
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_as_it_is()
    {
        await Database.RunAsync("UPDATE treaty_grid.schema_version SET version = 4");
        await using var older = new PostgresJournal(Database.ConnectionString);

        var refusal = await Assert.ThrowsAsync<JournalUnusableException>(
            async () => await older.StartAsync(Cancellation));

        Assert.Contains("has schema 4, and this build knows 2", refusal.Message);
        await Database.RunAsync("UPDATE treaty_grid.schema_version SET version = 3");
        await older.StartAsync(Cancellation);
    }

    [Fact]
    public async Task Before_the_start_and_after_the_end_nothing_works()
    {
        await using var journal = new PostgresJournal(Database.ConnectionString);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await journal.GetHeadAsync(Cancellation));
        await journal.StartAsync(Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await journal.StartAsync(Cancellation));

        await journal.DisposeAsync();
        await journal.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await journal.GetHeadAsync(Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await journal.OpenAsync("GRC", Cancellation));
    }

    private async Task<IJournal> StartAnotherAsync()
    {
        var journal = new PostgresJournal(Database.ConnectionString);
        await journal.StartAsync(Cancellation);
        return journal;
    }

    private async Task ReadWithoutGapsAsync(int entries)
    {
        var read = 0L;
        while (read < entries)
        {
            var page = await Journal.ReadAllAsync(read, 100, Cancellation);
            Assert.Equal(Enumerable.Range(1, page.Count).Select(i => read + i), page.Select(e => e.Position));
            read += page.Count;
        }
    }

    /// <summary>From here on the server refuses the entry "too much", with this error.</summary>
    private Task RefuseAsync(string trigger, string error) => Database.RunAsync(
        $"""
        CREATE FUNCTION treaty_grid.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF new.payload = 'too much' THEN RAISE SQLSTATE '{error}' USING MESSAGE = 'too much'; END IF;
          RETURN NULL;
        END $$;
        {trigger} FOR EACH ROW EXECUTE FUNCTION treaty_grid.refuse();
        """);
}
