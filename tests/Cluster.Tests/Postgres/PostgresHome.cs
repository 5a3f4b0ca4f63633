using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(Treaty.Grid.Cluster.Tests.Postgres.PostgresHome))]

namespace Treaty.Grid.Cluster.Tests.Postgres;

/// <summary>
/// Where tests get their databases: on the server that TREATY_GRID_POSTGRES names, else on one that is started for
/// the first of them and shared by all.
/// </summary>
public sealed class PostgresHome : IAsyncDisposable
{
    private const string Variable = "TREATY_GRID_POSTGRES";

    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync());
    private readonly ConcurrentBag<PostgresDatabase> _returned = [];
    private int _databases;

    /// <summary>A missing server is skipped and said so, but never where everything must be checked.</summary>
    public static void Need()
    {
        const string Missing =
            "PostgreSQL is not here: apt-get install postgresql, or name a server in " + Variable + ".";
        if (Environment.GetEnvironmentVariable(Variable) is not null || PostgresServer.FindBinaries() is not null)
            return;
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(Missing);
        Assert.Skip(Missing);
    }

    /// <summary>
    /// A database without the schema of the journal. It sorts text as dictionaries do, to be a trap.
    /// </summary>
    public async Task<PostgresDatabase> BorrowAsync()
    {
        Need();
        if (_returned.TryTake(out var returned))
            return returned;
        var server = await FindServerAsync();
        var name = $"treaty_grid_test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await server.RunAsync(
            $"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' ENCODING 'UTF8'");
        return server.With(settings => settings.Database = name);
    }

    /// <summary>Others go on with it: a database is made and dropped in a second, a schema in milliseconds.</summary>
    public async Task ReturnAsync(PostgresDatabase database)
    {
        await database.RunAsync("DROP SCHEMA IF EXISTS treaty_grid, treaty_grid_model CASCADE");
        _returned.Add(database);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
            return;
        }

        foreach (var database in _returned)
            await (await FindServerAsync()).RunAsync($"DROP DATABASE {database.Name} WITH (FORCE)");
    }

    private async Task<PostgresDatabase> FindServerAsync() =>
        new(Environment.GetEnvironmentVariable(Variable) ?? (await _server.Value).ConnectionString);
}
