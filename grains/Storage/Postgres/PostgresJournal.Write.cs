using Npgsql;
using Treaty.Grid.Storage.Postgres;

namespace Treaty.Grid.Storage;

public sealed partial class PostgresJournal
{
    // Of the server, in which a commit waits for its standby. What it says there is translated, this is not.
    private const string StandbyWait = "SyncRepWaitForLSN";

    public async ValueTask<OpenedParty> OpenAsync(string party, CancellationToken cancellation) =>
        (await OpenManyAsync([party], cancellation))[0];

    public async ValueTask<IReadOnlyList<OpenedParty>> OpenManyAsync(
        IReadOnlyList<string> parties, CancellationToken cancellation)
    {
        WellFormed.Parties(parties);
        if (parties.Count == 0)
            return [];
        return await WriteAsync(
            Sql.Open,
            row => new OpenedParty(row.GetInt64(0), row.GetInt64(1)),
            cancellation,
            Parameter(parties.ToArray()));
    }

    public async ValueTask<IReadOnlyList<AppendOutcome>> CommitAsync(
        IReadOnlyList<Append> appends, CancellationToken cancellation)
    {
        WellFormed.Appends(appends);
        if (appends.Count == 0)
            return [];
        var codes = new Dictionary<string, int>(StringComparer.Ordinal);
        var parties = new int[appends.Count];
        for (var i = 0; i < parties.Length; i++)
        {
            // Arrays of the server begin at 1.
            codes.TryAdd(appends[i].Party, codes.Count + 1);
            parties[i] = codes[appends[i].Party];
        }

        var rows = await WriteAsync(
            Sql.Append,
            row => (Results: row.GetFieldValue<int[]>(0), FirstPositions: row.GetFieldValue<long[]>(1)),
            cancellation,
            Parameter(codes.Keys.ToArray()),
            Parameter(parties),
            Parameter(appends.Select(a => a.Epoch).ToArray()),
            Parameter(appends.Select(a => a.ExpectedVersion).ToArray()),
            Parameter(appends.Select(a => a.Payloads.Count).ToArray()),
            Parameter(appends.SelectMany(a => a.Payloads).ToArray()));
        var (results, firstPositions) = rows[0];
        return [.. results.Select((result, i) => new AppendOutcome((AppendResult)result, firstPositions[i]))];
    }

    /// <summary>One round trip, and one transaction on the server.</summary>
    /// <remarks>
    /// A commit that is cancelled, by whomever, while it waits for its standby, ends with success and a warning: it is
    /// on one machine alone, and may be lost with it.
    /// </remarks>
    private async ValueTask<List<T>> WriteAsync<T>(
        string sql, Func<NpgsqlDataReader, T> take, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        RefuseUnlessUsable();
        await using var connection = await ConnectAsync(_writer, cancellation);
        var isAlone = false;
        connection.Notice += (_, e) => isAlone |= e.Notice.Routine == StandbyWait;
        try
        {
            var taken = await ExecuteAsync(connection, sql, parameters, take, cancellation);
            return isAlone
                ? throw new NpgsqlException($"{_where} did not wait until its standby had what was written.")
                : taken;
        }
        catch (NpgsqlException e) when (IsUndone(e))
        {
            throw new JournalUnavailableException($"The journal in {_where} cannot write: {e.Message}", e);
        }
        catch (NpgsqlException)
        {
            // What ended this connection has most likely ended those that lie idle beside it.
            _writer.Clear();
            throw;
        }
    }

    private static async ValueTask<List<T>> ExecuteAsync<T>(
        NpgsqlConnection connection,
        string sql,
        NpgsqlParameter[] parameters,
        Func<NpgsqlDataReader, T> take,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var taken = new List<T>();
        while (await rows.ReadAsync(cancellation))
            taken.Add(take(rows));
        // The server sends the rows before it commits: only the end of the answer says that it has.
        while (await rows.NextResultAsync(cancellation))
        {
        }

        return taken;
    }
}
