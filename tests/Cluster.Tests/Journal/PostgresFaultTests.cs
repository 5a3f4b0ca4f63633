using Npgsql;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Journal;

/// <summary>What a silo knows, and what it does next, when the cable, the session or the server is gone.</summary>
public sealed class PostgresFaultTests(PostgresHome postgres) : IAsyncLifetime
{
    private PostgresDatabase? _database;
    private Relay? _relay;
    private PostgresJournal? _journal;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PostgresDatabase Database => _database!;

    private Relay Cable => _relay!;

    private PostgresJournal Journal => _journal!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.BorrowAsync();
        _relay = new Relay(_database);
        _journal = new PostgresJournal(_relay.Database.ConnectionString);
        await _journal.StartAsync(Cancellation);
        Assert.Equal(new OpenedParty(1, 0), await _journal.OpenAsync("GRC", Cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        await Cable.DisposeAsync();
        await postgres.ReturnAsync(Database);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_unavailable_until_it_is_back()
    {
        await Cable.UnplugAsync();
        // What lies idle in the pool is found dead first; after that it is known that nothing is sent at all.
        await Assert.ThrowsAnyAsync<Exception>(() => CommitAsync(0));

        await Assert.ThrowsAsync<JournalUnavailableException>(() => CommitAsync(0));
        await Assert.ThrowsAsync<JournalUnavailableException>(
            async () => await Journal.OpenAsync("GRC", Cancellation));
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await Journal.GetHeadAsync(Cancellation));
        await Assert.ThrowsAsync<JournalUnavailableException>(ReadAsync);
        await using var late = new PostgresJournal(Cable.Database.ConnectionString);
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await late.StartAsync(Cancellation));

        Cable.PlugIn();
        Assert.Equal(1, await CommitAsync(0));
        Assert.Single(await ReadAsync());
        await late.StartAsync(Cancellation);
    }

    [Fact]
    public async Task A_read_that_breaks_off_is_unavailable_and_the_next_one_works()
    {
        Assert.Equal(1, await CommitAsync(0));
        Assert.Single(await ReadAsync());
        await Database.TerminateSilosAsync();

        await Assert.ThrowsAsync<JournalUnavailableException>(ReadAsync);

        Assert.Single(await ReadAsync());
    }

    [Fact]
    public async Task A_session_ended_while_idle_costs_one_write_and_the_next_one_works()
    {
        await Database.TerminateSilosAsync();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => CommitAsync(0));

        Assert.Equal(1, await CommitAsync(0));
    }

    [Fact]
    public async Task A_session_ended_in_the_midst_of_a_commit_leaves_the_outcome_unknown()
    {
        await using var gate = await CloseGateAsync();
        var commit = CommitAsync(0);
        await Database.UntilWaitingAsync(1);

        await Database.TerminateSilosAsync();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => commit);
        await gate.CloseAsync();
        Assert.Equal(new OpenedParty(2, 0), await Journal.OpenAsync("GRC", Cancellation));
    }

    [Fact]
    public async Task A_commit_whose_silo_is_gone_is_settled_by_the_next_opening()
    {
        await using var other = new PostgresJournal(Database.ConnectionString);
        await other.StartAsync(Cancellation);
        await using var gate = await CloseGateAsync();
        // The first holds the head and waits at the gate; the second, of the same silo, waits for the head.
        var first = CommitAsync(0);
        await Database.UntilWaitingAsync(1);
        var second = CommitAsync(0);
        await Database.UntilWaitingAsync(2);

        Cable.Cut();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => first);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => second);
        var opening = other.OpenAsync("GRC", Cancellation).AsTask();
        await Database.UntilWaitingAsync(3);
        Assert.False(opening.IsCompleted);
        await gate.CloseAsync();

        // The server went on with both, for nobody: one was written, and nothing comes after the opening.
        Assert.Equal(new OpenedParty(2, 1), await opening);
        Assert.Equal(1, await other.GetHeadAsync(Cancellation));
        Assert.Equal(
            [new AppendOutcome(AppendResult.StaleEpoch, 0)],
            await other.CommitAsync([new Append("GRC", 1, 1, [new byte[] { 1 }])], Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wherever_the_cable_is_cut_nothing_acknowledged_is_lost_and_nothing_unavailable_is_there(
        bool onTheWayToTheServer)
    {
        var acknowledged = 0;
        for (var bytes = 1; acknowledged < 2; bytes += 24)
        {
            var opened = await OpenAfterCutAsync();
            Cable.CutAfter(onTheWayToTheServer ? bytes : int.MaxValue, onTheWayToTheServer ? int.MaxValue : bytes);
            bool? written = null;
            try
            {
                await CommitAsync(opened.Version, opened.Epoch);
                written = true;
                acknowledged++;
            }
            catch (JournalUnavailableException)
            {
                written = false;
            }
            catch (NpgsqlException)
            {
                // Unknown: the next opening tells.
            }

            Cable.Cut();
            var now = await OpenAfterCutAsync();
            if (written is { } known)
                Assert.Equal(opened.Version + (known ? 1 : 0), now.Version);
            else
                Assert.InRange(now.Version, opened.Version, opened.Version + 1);
        }

        Assert.Equal(await Journal.GetVersionAsync("GRC", Cancellation), await Journal.GetHeadAsync(Cancellation));
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_the_server_was_killed()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var journal = new PostgresJournal(server.ConnectionString);
        await journal.StartAsync(Cancellation);
        await journal.OpenAsync("GRC", Cancellation);
        var append = new Append("GRC", 1, 0, [new byte[] { 1 }, new byte[] { 2 }]);
        Assert.Equal(1, (await journal.CommitAsync([append], Cancellation))[0].FirstPosition);

        await server.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await journal.CommitAsync([append], Cancellation));
        await server.RestartAsync();

        Assert.Equal(new OpenedParty(2, 2), await journal.OpenAsync("GRC", Cancellation));
        await server.StopAsync();
        await server.RestartAsync();
        Assert.Equal(2, await journal.GetHeadAsync(Cancellation));
    }

    private async Task<long> CommitAsync(long expectedVersion, long epoch = 1)
    {
        var append = new Append("GRC", epoch, expectedVersion, [new byte[] { 1 }]);
        var outcome = Assert.Single(await Journal.CommitAsync([append], Cancellation));
        Assert.Equal(AppendResult.Committed, outcome.Result);
        return outcome.FirstPosition;
    }

    /// <summary>The first opening may find a dead connection; the second must not.</summary>
    private async Task<OpenedParty> OpenAfterCutAsync()
    {
        try
        {
            return await Journal.OpenAsync("GRC", Cancellation);
        }
        catch (NpgsqlException)
        {
            return await Journal.OpenAsync("GRC", Cancellation);
        }
    }

    private async Task<List<JournalEntry>> ReadAsync()
    {
        var read = new List<JournalEntry>();
        await foreach (var entry in Journal.ReadPartyAsync("GRC", 0, Cancellation))
            read.Add(entry);
        return read;
    }

    /// <summary>Every commit waits at its end, until this session is closed.</summary>
    private async Task<NpgsqlConnection> CloseGateAsync()
    {
        await Database.RunAsync(
            """
            CREATE FUNCTION treaty_grid.wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              PERFORM pg_advisory_xact_lock(1);
              RETURN NULL;
            END $$;
            CREATE TRIGGER wait AFTER INSERT ON treaty_grid.entry EXECUTE FUNCTION treaty_grid.wait();
            """);
        var gate = await Database.ConnectAsync();
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(1)", gate);
        await command.ExecuteNonQueryAsync(Cancellation);
        return gate;
    }
}
