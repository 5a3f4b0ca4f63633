using Npgsql;
using Treaty.Grid.Storage.Snapshots;

namespace Treaty.Grid.Storage.Postgres.Snapshots;

/// <summary>One party in the database, within one transaction.</summary>
internal sealed class PostgresSnapshotRows(NpgsqlConnection connection, NpgsqlTransaction transaction, string party)
    : ISnapshotRows
{
    public async ValueTask<long> GetVersionAsync(CancellationToken cancellation) =>
        (await ReadAsync(Sql.GetVersion, row => row.GetInt64(0), cancellation))[0];

    public async ValueTask<(long Version, byte[] State)?> GetSnapshotAsync(CancellationToken cancellation)
    {
        var snapshots = await ReadAsync(
            Sql.GetSnapshot, row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), cancellation);
        return snapshots.Count == 0 ? null : snapshots[0];
    }

    public async ValueTask<bool> ReplaceSnapshotAsync(
        long basedOn, long version, byte[] state, CancellationToken cancellation) =>
        1 == (basedOn == 0
            ? await RunAsync(Sql.InsertSnapshot, cancellation, version, state)
            : await RunAsync(Sql.ReplaceSnapshot, cancellation, version, state, basedOn));

    public async ValueTask<Run[]> ListRunsAsync(CancellationToken cancellation) =>
    [
        .. await ReadAsync(
            Sql.ListRuns, row => new Run(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), cancellation),
    ];

    public async ValueTask<byte[]> GetFilterAsync(long run, CancellationToken cancellation) =>
        (await ReadAsync(Sql.GetFilter, row => row.GetFieldValue<byte[]>(0), cancellation, run))[0];

    public async ValueTask<List<byte[]>> FindPagesAsync(
        long run, IReadOnlyList<Mention> bounds, CancellationToken cancellation) =>
        await ReadAsync(
            Sql.FindPages,
            row => row.GetFieldValue<byte[]>(0),
            cancellation,
            run,
            bounds.Select(b => MentionPage.Signed(b.Key)).ToArray(),
            bounds.Select(b => b.Version).ToArray());

    public async ValueTask<List<byte[]>> ReadPagesAsync(
        long run, Mention after, int limit, CancellationToken cancellation) =>
        await ReadAsync(
            Sql.ReadPages,
            row => row.GetFieldValue<byte[]>(0),
            cancellation,
            run,
            MentionPage.Signed(after.Key),
            after.Version,
            limit);

    public async ValueTask InsertPagesAsync(
        long run, IReadOnlyList<MentionPage> pages, CancellationToken cancellation) =>
        await RunAsync(
            Sql.InsertPages,
            cancellation,
            run,
            pages.Select(p => MentionPage.Signed(p.First.Key)).ToArray(),
            pages.Select(p => p.First.Version).ToArray(),
            pages.Select(p => p.Blob).ToArray());

    public async ValueTask InsertRunAsync(Run run, byte[] filter, CancellationToken cancellation) =>
        await RunAsync(Sql.InsertRun, cancellation, run.Version, run.Mentions, run.Keys, filter);

    public async ValueTask DeleteRunsAsync(long from, long below, CancellationToken cancellation)
    {
        await RunAsync(Sql.DeletePages, cancellation, from, below);
        await RunAsync(Sql.DeleteRuns, cancellation, from, below);
    }

    public async ValueTask DeleteAsync(CancellationToken cancellation)
    {
        // The snapshot first: whoever saves the party at this moment waits there.
        await RunAsync(Sql.DeleteSnapshot, cancellation);
        await DeleteRunsAsync(0, long.MaxValue, cancellation);
    }

    public async ValueTask CommitAsync(CancellationToken cancellation) =>
        await transaction.CommitAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async ValueTask<List<T>> ReadAsync<T>(
        string sql, Func<NpgsqlDataReader, T> take, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var taken = new List<T>();
        while (await rows.ReadAsync(cancellation))
            taken.Add(take(rows));
        return taken;
    }

    private async ValueTask<int> RunAsync(string sql, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = party });
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }
}
