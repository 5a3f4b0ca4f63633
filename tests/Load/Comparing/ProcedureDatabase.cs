using Npgsql;
using Treaty.Grid.Load.Programs;

namespace Treaty.Grid.Load.Comparing;

/// <summary>A database with the stored procedures and the parties that they file for.</summary>
internal sealed class ProcedureDatabase : IAsyncDisposable
{
    public const int Items = 6;

    private ProcedureDatabase(PostgresServer server, NpgsqlDataSource source) => (Server, Source) = (server, source);

    public PostgresServer Server { get; }

    public NpgsqlDataSource Source { get; }

    /// <summary>Notices that were acknowledged, the warm-ups included.</summary>
    public long Filed { get; set; }

    public static async Task<ProcedureDatabase> StartAsync(int parties)
    {
        var server = await PostgresServer.StartAsync();
        var settings = new NpgsqlConnectionStringBuilder(server.LocalConnectionString)
        {
            MaxAutoPrepare = 4,
            AutoPrepareMinUsages = 1,
            Options = "-c synchronous_commit=on",
        };
        var database = new ProcedureDatabase(server, NpgsqlDataSource.Create(settings));
        try
        {
            await database.RunAsync(Resource("procedure.sql"));
            await database.RunAsync(Wire.Text(
                $"""
                INSERT INTO party SELECT p, 'P' || p, '1999-03-01' FROM generate_series(1, {parties}) p;
                INSERT INTO stock SELECT p, i, 1000000000000
                FROM generate_series(1, {parties}) p, generate_series(1, {Items}) i;
                """));
            await database.RunAsync("VACUUM ANALYZE");
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public static string Resource(string name)
    {
        using var stream = typeof(ProcedureDatabase).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Each notice is in both files, with what was found, and no stock was lost on the way.</summary>
    /// <exception cref="InvalidOperationException">It is not so.</exception>
    public async Task CheckAsync()
    {
        var notices = await AskAsync<long>("SELECT count(*) FROM notice");
        var findings = await AskAsync<long>("SELECT count(*) FROM finding");
        var moved = await AskAsync<decimal>("SELECT sum(quantity - 1000000000000) FROM stock");
        // What was under way when a client was told to end may be there and not acknowledged.
        if (notices < 2 * Filed || notices != 2 * findings || moved != 0)
        {
            throw new InvalidOperationException(Wire.Text(
                $"{Filed:N0} notices were acknowledged; there are {notices:N0} in files, {findings:N0} findings, and "
                + $"{moved:N0} more in stock."));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Server.DisposeAsync();
    }

    private async Task RunAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<T> AskAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
