using Npgsql;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>The table in which silos write down that they are there, as Orleans uses it.</summary>
public sealed class MembershipTests(PostgresHome postgres) : IAsyncLifetime
{
    private const int Active = 3;

    private PostgresDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.BorrowAsync();
        await using var journal = new PostgresJournal(_database.ConnectionString);
        await journal.StartAsync(Cancellation);
        Assert.Equal(1, await AskAsync("InsertMembershipVersionKey"));
        Assert.Equal(0, await AskAsync("InsertMembershipVersionKey"));
    }

    public async ValueTask DisposeAsync() => await postgres.ReturnAsync(_database);

    [Fact]
    public async Task Of_silos_that_have_seen_the_same_version_one_is_written_down()
    {
        var inserted = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(port => Task.Run(() => InsertAsync(port, version: 0), Cancellation)));
        Assert.Equal(1, inserted.Sum());
        Assert.Equal(1, await _database.AskAsync<int>("SELECT version FROM treaty_grid.cluster"));
        Assert.Equal(1, await _database.AskAsync<long>("SELECT count(*) FROM treaty_grid.silo"));

        var port = await _database.AskAsync<int>("SELECT port FROM treaty_grid.silo");
        Assert.Equal(0, await InsertAsync(port, version: 1));
        var updated = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(_ => Task.Run(() => UpdateAsync(port, version: 1), Cancellation)));
        Assert.Equal(1, updated.Sum());
        Assert.Equal(0, await UpdateAsync(port + 100, version: 2));
        Assert.Equal(2, await _database.AskAsync<int>("SELECT version FROM treaty_grid.cluster"));
    }

    /// <summary>Whoever breaks into a gateway finds addresses, and no journal.</summary>
    [Fact]
    public async Task A_gateways_user_finds_silos_and_nothing_else()
    {
        Assert.Equal(1, await InsertAsync(5410, version: 0));
        await _database.RunAsync("DROP ROLE IF EXISTS treaty_grid_door; CREATE ROLE treaty_grid_door LOGIN");
        var roles = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "deploy", "postgres", "roles.sql"), Cancellation);
        await _database.RunAsync(roles.Replace("TO gateway", "TO treaty_grid_door", StringComparison.Ordinal));
        var door = _database.With(settings =>
        {
            settings.Username = "treaty_grid_door";
            settings.SearchPath = "treaty_grid";
        });

        Assert.Equal(9, await door.AskAsync<long>("SELECT count(*) FROM OrleansQuery"));
        Assert.Equal("127.0.0.1", await AskAsync<string>(
            door, "GatewaysQueryKey", ("DeploymentId", "treaty-grid"), ("Status", Active)));
        foreach (var table in new[] { "entry", "party", "cluster" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(
                () => door.AskAsync<long>($"SELECT count(*) FROM treaty_grid.{table}"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        var written = await Assert.ThrowsAsync<PostgresException>(
            () => door.RunAsync("DELETE FROM treaty_grid.silo"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, written.SqlState);
        await _database.RunAsync("DROP OWNED BY treaty_grid_door; DROP ROLE treaty_grid_door");
    }

    private Task<int> InsertAsync(int port, int version) => AskAsync(
        "InsertMembershipKey",
        [
            .. Key(port), ("SiloName", $"silo-{port}"), ("HostName", "here"), ("Status", Active), ("ProxyPort", 5430),
            ("StartTime", DateTime.UnixEpoch), ("IAmAliveTime", DateTime.UnixEpoch), ("Version", version),
        ]);

    private Task<int> UpdateAsync(int port, int version) => AskAsync(
        "UpdateMembershipKey",
        [
            .. Key(port), ("Status", Active), ("SuspectTimes", ""), ("IAmAliveTime", DateTime.UnixEpoch),
            ("Version", version),
        ]);

    private static (string, object)[] Key(int port) => [("Address", "127.0.0.1"), ("Port", port), ("Generation", 1)];

    private Task<int> AskAsync(string query, params (string, object)[] parameters) =>
        AskAsync<int>(_database, query, [("DeploymentId", "treaty-grid"), .. parameters]);

    private static async Task<T> AskAsync<T>(
        PostgresDatabase database, string query, params (string Name, object Value)[] parameters)
    {
        await using var connection = await database.ConnectAsync();
        await using var find = new NpgsqlCommand(
            "SELECT querytext FROM treaty_grid.orleansquery WHERE querykey = @key", connection);
        find.Parameters.AddWithValue("key", query);
        await using var ask = new NpgsqlCommand((string)(await find.ExecuteScalarAsync(Cancellation))!, connection);
        foreach (var (name, value) in parameters)
            ask.Parameters.AddWithValue(name, value);
        return (T)(await ask.ExecuteScalarAsync(Cancellation))!;
    }
}
