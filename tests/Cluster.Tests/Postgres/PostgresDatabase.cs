using Npgsql;

namespace Treaty.Grid.Cluster.Tests.Postgres;

/// <summary>A database, and what a test does to it past the journal.</summary>
public sealed record PostgresDatabase(string ConnectionString)
{
    // Tells a wait that never ends from a busy machine, and says nothing about speed.
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    public string? Name => new NpgsqlConnectionStringBuilder(ConnectionString).Database;

    public PostgresDatabase With(Action<NpgsqlConnectionStringBuilder> change)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString);
        change(settings);
        return new PostgresDatabase(settings.ToString());
    }

    /// <summary>A session of its own, which ends when it is closed.</summary>
    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    public Task RunAsync(string sql) => AskAsync<object?>(sql);

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Returns when so many sessions of silos wait for a lock.</summary>
    public async Task UntilWaitingAsync(int sessions)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(WaitMax);
        while (await AskAsync<long>(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'treaty-grid%' AND wait_event_type = 'Lock'
            """) < sessions)
        {
            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>Ends the sessions of all silos, as an operator may.</summary>
    public Task TerminateSilosAsync() => RunAsync(
        """
        SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'treaty-grid%'
        """);
}
