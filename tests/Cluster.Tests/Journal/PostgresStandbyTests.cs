using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Hosting;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Journal;

/// <summary>
/// What is acknowledged and read where there is a standby. To a commit that waits for one that never answers the server
/// takes a cancel for an answer, and goes on as if the standby had given it.
/// </summary>
public sealed class PostgresStandbyTests : IAsyncLifetime
{
    private const string Waiting = "application_name LIKE 'treaty-grid%' AND wait_event = 'SyncRep'";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private PostgresServer? _server;
    private PostgresJournal? _journal;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PostgresJournal Journal => _journal!;

    private PostgresDatabase Database => new(_server!.ConnectionString);

    public async ValueTask InitializeAsync()
    {
        PostgresHome.Need();
        _server = await PostgresServer.StartAsync();
        // What an operator does not want to see is still seen by the silo.
        await Database.RunAsync("ALTER ROLE postgres SET client_min_messages = error");
        _journal = new PostgresJournal(_server.ConnectionString);
        await _journal.StartAsync(Cancellation);
        await _journal.OpenAsync("GRC", Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_journal is not null)
            await _journal.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_waits_for_its_standby_until_the_limit_and_is_then_not_acknowledged()
    {
        var (commit, version) = await CommitWithoutStandbyAsync();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => commit);

        await GoesOnAsync(version, new OpenedParty(2, version));
    }

    [Fact]
    public async Task What_an_operator_cancels_while_it_waits_for_its_standby_is_not_acknowledged()
    {
        var (commit, version) = await CommitWithoutStandbyAsync();
        await CancelAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => commit);

        var opening = Journal.OpenAsync("GRC", Cancellation).AsTask();
        await UntilItWaitsAsync(opening);
        await CancelAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => opening);

        await GoesOnAsync(version, new OpenedParty(3, version));
    }

    [Fact]
    public async Task Of_several_hosts_the_primary_is_asked_even_where_a_standby_is_named_first()
    {
        await using var standby = await PostgresServer.StartAsync();
        await standby.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(standby.Data, "standby.signal"), "", Cancellation);
        await standby.RestartAsync();
        var both = Database.With(settings => settings.Host =
            $"127.0.0.1:{PortOf(standby)},127.0.0.1:{PortOf(_server!)}").ConnectionString;
        await CommitAsync(1, 1);

        await using var journal = new PostgresJournal(both);
        await journal.StartAsync(Cancellation);
        Assert.Equal(1, await journal.GetHeadAsync(Cancellation));
        Assert.Equal(new OpenedParty(2, 1), await journal.OpenAsync("GRC", Cancellation));
        await using var snapshots = new PostgresSnapshotStore(both, NullLogger<PostgresSnapshotStore>.Instance);
        await snapshots.StartAsync(Cancellation);
        await using var lists = new PostgresReadModel(both, TimeProvider.System);
        await (await lists.OpenWriterAsync(Cancellation))!.DisposeAsync();
        Assert.Equal(0, await lists.GetPositionAsync(Cancellation));
        await using var table = new SiloTable(both, "treaty-grid");
        Assert.Empty(await table.ListAsync(Cancellation));
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Grid:Postgres", both)]).Build();
        var members = new PostgresDatabase(Membership.Of(settings.GetSection("Grid")).ConnectionString);
        Assert.False(await members.AskAsync<bool>("SELECT pg_is_in_recovery()"));
    }

    /// <summary>With the version that its entry has, if it is written.</summary>
    private async Task<(Task Commit, long Version)> CommitWithoutStandbyAsync()
    {
        await Database.RunAsync("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await Database.RunAsync("SELECT pg_reload_conf()");
        // The server takes note a moment later.
        for (var version = 1; ; version++)
        {
            var commit = CommitAsync(1, version);
            if (await UntilItWaitsAsync(commit))
                return (commit, version);
        }
    }

    private async Task GoesOnAsync(long version, OpenedParty expected)
    {
        await Database.RunAsync("ALTER SYSTEM RESET synchronous_standby_names");
        await Database.RunAsync("SELECT pg_reload_conf()");

        var opened = await Journal.OpenAsync("GRC", Cancellation);
        Assert.Equal(expected, opened);
        await CommitAsync(opened.Epoch, version + 1);
        Assert.Equal(
            Enumerable.Range(1, (int)version + 1).Select(n => (long)n),
            (await Journal.ReadAllAsync(0, 1_000, Cancellation)).Select(e => e.Version));
    }

    private async Task CommitAsync(long epoch, long version)
    {
        var append = new Append("GRC", epoch, version - 1, [new byte[] { 1 }]);
        var outcome = Assert.Single(await Journal.CommitAsync([append], Cancellation));
        Assert.Equal(AppendResult.Committed, outcome.Result);
    }

    /// <summary>False if it is done before it is seen to wait.</summary>
    private async Task<bool> UntilItWaitsAsync(Task write)
    {
        while (!write.IsCompleted)
        {
            if (await Database.AskAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE {Waiting}") > 0)
                return true;
            await Task.Delay(Poll, Cancellation);
        }

        await write;
        return false;
    }

    private static int PortOf(PostgresServer server) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString).Port;

    private Task CancelAsync() =>
        Database.RunAsync($"SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE {Waiting}");
}
