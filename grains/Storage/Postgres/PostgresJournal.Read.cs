using System.Runtime.CompilerServices;
using Npgsql;
using Treaty.Grid.Storage.Postgres;

namespace Treaty.Grid.Storage;

public sealed partial class PostgresJournal
{
    // A page is read whole before its first entry is handed out: a slow reader then holds no connection and no
    // snapshot. What was read never changes, so the pages fit together.
    private const int PageEntries = 256;

    public async ValueTask<long> GetVersionAsync(string party, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        return (await ReadAsync(Sql.GetVersion, row => row.GetInt64(0), cancellation, Parameter(party)))[0];
    }

    public bool IsShared => true;

    public async ValueTask<IReadOnlyList<OpenedParty>> LookAsync(
        IReadOnlyList<string> parties, CancellationToken cancellation)
    {
        WellFormed.Parties(parties);
        return parties.Count == 0 ? [] : await ReadAsync(
            Sql.Look, row => new OpenedParty(row.GetInt64(0), row.GetInt64(1)), cancellation,
            Parameter(parties.ToArray()));
    }

    public IAsyncEnumerable<JournalEntry> ReadPartyAsync(
        string party, long afterVersion, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        WellFormed.After(afterVersion);
        return ReadPagesAsync(party, afterVersion, cancellation);
    }

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadEntriesAsync(
        string party, IReadOnlyList<long> versions, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        WellFormed.Versions(versions);
        return await ReadAsync(
            Sql.ReadEntries, Entry, cancellation, Parameter(party), Parameter(versions.ToArray()));
    }

    /// <remarks>
    /// Never shows a position before the one below it: <c>treaty_grid.append</c> gives out a position only after the
    /// commit of the one below can be seen.
    /// </remarks>
    public async ValueTask<IReadOnlyList<JournalEntry>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellation)
    {
        WellFormed.After(afterPosition);
        WellFormed.Limit(limit);
        return await ReadAsync(
            Sql.ReadAll, Entry, cancellation,
            Parameter(afterPosition), Parameter(limit), Parameter(IJournal.ReadBytesMax));
    }

    public async ValueTask<long> GetHeadAsync(CancellationToken cancellation) =>
        (await ReadAsync(Sql.GetHead, row => row.GetInt64(0), cancellation))[0];

    public async ValueTask<IReadOnlyList<string>> ListPartiesAsync(
        string afterParty, int limit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(afterParty);
        WellFormed.Limit(limit);
        return await ReadAsync(
            Sql.ListParties, row => row.GetString(0), cancellation, Parameter(afterParty), Parameter(limit));
    }

    private async IAsyncEnumerable<JournalEntry> ReadPagesAsync(
        string party, long afterVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var page = await ReadAsync(
                Sql.ReadParty, Entry, cancellation,
                Parameter(party), Parameter(afterVersion), Parameter(PageEntries), Parameter(IJournal.ReadBytesMax));
            foreach (var entry in page)
                yield return entry;
            if (!IJournal.MayGoOn(page, PageEntries))
                yield break;
            afterVersion = page[^1].Version;
        }
    }

    private async ValueTask<List<T>> ReadAsync<T>(
        string sql, Func<NpgsqlDataReader, T> take, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        RefuseUnlessUsable();
        await using var connection = await ConnectAsync(_reader, cancellation);
        try
        {
            return await ExecuteAsync(connection, sql, parameters, take, cancellation);
        }
        catch (NpgsqlException e)
        {
            if (!IsUndone(e))
                _reader.Clear();
            throw new JournalUnavailableException($"The journal in {_where} cannot be read: {e.Message}", e);
        }
    }

    private static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };

    private static JournalEntry Entry(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3));
}
