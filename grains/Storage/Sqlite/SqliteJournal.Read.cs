using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Storage.Sqlite;

namespace Treaty.Grid.Storage;

public sealed partial class SqliteJournal
{
    // A page is read whole before its first entry is handed out: a slow reader then holds no snapshot, and the
    // write-ahead log can be tidied. What was read never changes, so the pages fit together.
    private const int PageEntries = 256;

    public ValueTask<long> GetVersionAsync(string party, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        var versions = Read(Sql.GetVersion, row => row.GetInt64(0), cancellation, ("@party", party));
        return ValueTask.FromResult(versions.Count == 0 ? 0 : versions[0]);
    }

    public IAsyncEnumerable<JournalEntry> ReadPartyAsync(
        string party, long afterVersion, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        WellFormed.After(afterVersion);
        return ReadPagesAsync(party, afterVersion, cancellation);
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadEntriesAsync(
        string party, IReadOnlyList<long> versions, CancellationToken cancellation)
    {
        WellFormed.Party(party);
        WellFormed.Versions(versions);
        return ValueTask.FromResult<IReadOnlyList<JournalEntry>>(Read(
            Sql.ReadEntries,
            Entry,
            cancellation,
            ("@party", party), ("@versions", $"[{string.Join(',', versions)}]")));
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadAllAsync(
        long afterPosition, int limit, CancellationToken cancellation)
    {
        WellFormed.After(afterPosition);
        WellFormed.Limit(limit);
        return ValueTask.FromResult<IReadOnlyList<JournalEntry>>(
            ReadUpToBytesMax(Sql.ReadAll, cancellation, ("@after", afterPosition), ("@limit", limit)));
    }

    public ValueTask<long> GetHeadAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(Read(Sql.GetHead, row => row.GetInt64(0), cancellation)[0]);

    public ValueTask<IReadOnlyList<string>> ListPartiesAsync(
        string afterParty, int limit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(afterParty);
        WellFormed.Limit(limit);
        return ValueTask.FromResult<IReadOnlyList<string>>(Read(
            Sql.ListParties, row => row.GetString(0), cancellation, ("@after", afterParty), ("@limit", limit)));
    }

    private async IAsyncEnumerable<JournalEntry> ReadPagesAsync(
        string party, long afterVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var page = ReadUpToBytesMax(
                Sql.ReadParty,
                cancellation,
                ("@party", party), ("@after", afterVersion), ("@limit", PageEntries));
            foreach (var entry in page)
                yield return entry;
            if (!IJournal.MayGoOn(page, PageEntries))
                yield break;
            afterVersion = page[^1].Version;
            // A long history must not keep its thread from everybody else: nothing here ever waits by itself.
            await Task.Yield();
        }
    }

    private List<JournalEntry> ReadUpToBytesMax(
        string sql, CancellationToken cancellation, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var bytes = 0L;
        return Read(
            sql,
            Entry,
            entry => (bytes += entry.Payload.Length) >= IJournal.ReadBytesMax,
            cancellation,
            parameters);
    }

    private List<T> Read<T>(
        string sql,
        Func<SqliteDataReader, T> take,
        CancellationToken cancellation,
        params ReadOnlySpan<(string Name, object Value)> parameters) =>
        Read(sql, take, _ => false, cancellation, parameters);

    private List<T> Read<T>(
        string sql,
        Func<SqliteDataReader, T> take,
        Func<T, bool> isLast,
        CancellationToken cancellation,
        params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        RefuseUnlessUsable();
        cancellation.ThrowIfCancellationRequested();
        try
        {
            using var connection = new SqliteConnection(_readerConnection);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in parameters)
                command.Parameters.AddWithValue(name, value);
            using var rows = command.ExecuteReader();
            var taken = new List<T>();
            while (rows.Read())
            {
                taken.Add(take(rows));
                if (isLast(taken[^1]))
                    break;
            }

            return taken;
        }
        catch (SqliteException e)
        {
            throw new JournalUnavailableException($"The journal in {_directory} cannot be read: {e.Message}", e);
        }
    }

    private static JournalEntry Entry(SqliteDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), Compression.Expand(row.GetFieldValue<byte[]>(3)));
}
