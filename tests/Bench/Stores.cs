using System.Globalization;
using Npgsql;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Bench;

/// <summary>A journal, started and empty, and the read model that lies beside it.</summary>
internal sealed record Store(IJournal Journal, ReadModel Model) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        await Journal.DisposeAsync();
    }
}

/// <summary>
/// The homes of the journal: in memory, on SQLite in a temporary directory, and on the PostgreSQL server that
/// TREATY_GRID_POSTGRES names, else one started from what is installed.
/// </summary>
internal sealed class Stores : IAsyncDisposable
{
    public const string Memory = "memory";
    public const string Sqlite = "SQLite";
    public const string Postgres = "PostgreSQL";

    private const string Variable = "TREATY_GRID_POSTGRES";

    private readonly List<string> _directories = [];
    private readonly List<string> _databases = [];
    private PostgresServer? _server;

    /// <summary>Null, and said, where it is not there.</summary>
    public async Task<Store?> OpenAsync(string home, CancellationToken cancellation)
    {
        if (home == Postgres && Environment.GetEnvironmentVariable(Variable) is null
            && PostgresServer.FindBinaries() is null)
        {
            await Console.Error.WriteLineAsync(
                $"PostgreSQL is left out: install it, or name a server in {Variable}.");
            return null;
        }

        var store = home switch
        {
            Memory => new Store(new MemoryJournal(), SqliteReadModel.Temporary(TimeProvider.System)),
            Sqlite => OnSqlite(NewDirectory()),
            _ => OnPostgres(await NewDatabaseAsync(cancellation)),
        };
        await store.Journal.StartAsync(cancellation);
        return store;
    }

    public string NewDirectory()
    {
        _directories.Add(Directory.CreateTempSubdirectory("treaty-grid-bench-").FullName);
        return _directories[^1];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var directory in _directories)
            Directory.Delete(directory, recursive: true);
        foreach (var database in _databases)
            await RunAsync($"DROP DATABASE {database} WITH (FORCE)", CancellationToken.None);
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static Store OnSqlite(string directory) =>
        new(new SqliteJournal(directory, TimeProvider.System), new SqliteReadModel(directory, TimeProvider.System));

    private static Store OnPostgres(string connection) =>
        new(new PostgresJournal(connection), new PostgresReadModel(connection, TimeProvider.System));

    public async Task<string> NewDatabaseAsync(CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            _server ??= await PostgresServer.StartAsync();
        var name = string.Create(
            CultureInfo.InvariantCulture, $"treaty_grid_bench_{Environment.ProcessId}_{_databases.Count}");
        await RunAsync($"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0", cancellation);
        _databases.Add(name);
        return new NpgsqlConnectionStringBuilder(Server) { Database = name }.ToString();
    }

    private string Server => _server?.ConnectionString ?? Environment.GetEnvironmentVariable(Variable)!;

    private async Task RunAsync(string sql, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ToString());
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
