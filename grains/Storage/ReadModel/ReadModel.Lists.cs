using System.Data.Common;
using System.Globalization;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;

namespace Treaty.Grid.Storage;

public abstract partial class ReadModel
{
    private static readonly string[] Numbers = ["version", "event", "opened", "position", "-severity"];
    private static readonly Order ByVersion = new(["version"]);
    private static readonly Order ByPlace = new(["version", "event"]);
    private static readonly Order BySince = new(["since", "opened"]);
    private static readonly Order ByPosition = new(["position", "event"]);
    private static readonly Order ByName = new(["name", "party"]);
    private static readonly Order ByGravity = new(["-severity", "rule", "opened"]);
    private static readonly Order ByGravityAndName = new(["-severity", "rule", "name", "holder"]);
    private static readonly Order ByDue = new(["due", "rule", "transfer", "party"]);

    /// <summary>
    /// How rows name a transfer or finding, in the same order as the contract's names: without what those put before
    /// and between, <c>sender/recipient~reference</c> and <c>party/id</c>. Indexes repeat it.
    /// </summary>
    public static string RowNameOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Split('/', 4) is ["parties", var party, "transfers" or "findings", var id]
            ? $"{party}/{id}"
            : throw new FormatException($"'{name}' names no transfer and no finding.");
    }

    private static string NameOf(string rowName, string collection) => rowName.Split('/', 2) is [var party, var id]
        ? $"parties/{party}/{collection}/{id}"
        : throw new FormatException($"'{rowName}' names no row.");

    /// <summary>Where the notices stand that a party filed, in the order of filing.</summary>
    public Task<ListPage<NoticePlace>> ListNoticesAsync(ListQuery query, CancellationToken cancellation) => ListAsync(
        ReadModelSql.ListNotices, ByPlace, OfParty(query), query,
        row => new NoticePlace(Version(row), (int)Number(row, "event")), cancellation);

    /// <summary>The versions at which a party filed declarations, in the order of filing.</summary>
    public Task<ListPage<long>> ListDeclarationsAsync(ListQuery query, CancellationToken cancellation) =>
        ListAsync(ReadModelSql.ListDeclarations, ByVersion, OfParty(query), query, Version, cancellation);

    /// <summary>Transfers as a party's file has them; over all parties each once, as its sender's has it.</summary>
    /// <param name="asOf">The day on which deadlines are judged.</param>
    public Task<ListPage<TransferRow>> ListTransfersAsync(
        ListQuery query, TransferOrder order, bool descending, DateOnly asOf, CancellationToken cancellation) =>
        ListAsync(
            ReadModelSql.ListTransfers,
            order switch
            {
                TransferOrder.Position => ByPosition,
                TransferOrder.Name => ByName,
                _ => BySince,
            } with
            { Descending = descending },
            OfParty(query) ?? Condition.Equal("once", true), query, Transfer, cancellation,
            ("@as_of", Projection.Text(asOf)));

    /// <summary>
    /// Findings about a party, as itself has them, or about all, each once; the gravest first, with their positions. Of
    /// one gravity and rule, a party's by name, and those about all as they were raised.
    /// </summary>
    public Task<ListPage<Finding>> ListFindingsAsync(ListQuery query, CancellationToken cancellation) => ListAsync(
        ReadModelSql.ListFindings, query.Party is null ? ByGravity : ByGravityAndName,
        OfParty(query) is { } party
            ? Condition.All(party, Condition.Same("holder", "party"))
            : Condition.Equal("once", true),
        query, Finding, cancellation);

    /// <summary>What is due, by day.</summary>
    public Task<ListPage<DutyRow>> ListDutiesAsync(ListQuery query, CancellationToken cancellation) =>
        ListAsync(ReadModelSql.ListDuties, ByDue, OfParty(query), query, Duty, cancellation);

    /// <summary>The first of the entries that could not be read.</summary>
    public async Task<IReadOnlyList<SkippedEntry>> ListSkippedAsync(int limit, CancellationToken cancellation)
    {
        await using var connection = await ConnectReaderAsync(cancellation);
        await using var command = Command(connection, ReadModelSql.ListSkipped, ("@limit", (long)limit));
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var skipped = new List<SkippedEntry>();
        while (await rows.ReadAsync(cancellation))
            skipped.Add(new SkippedEntry(rows.GetInt64(0), rows.GetString(1), rows.GetInt64(2), rows.GetString(3)));
        return skipped;
    }

    private async Task<ListPage<T>> ListAsync<T>(
        string sql, Order order, Condition? scope, ListQuery query, Func<DbDataReader, T> take,
        CancellationToken cancellation, params (string Name, object Value)[] parameters)
    {
        try
        {
            return await ReadAsync(sql, order, scope, query, take, parameters, cancellation);
        }
        catch (DbException)
        {
            // Other columns, perhaps: the tables of another build, at work beside this one, say nothing here.
            if (await FindPositionAsync(cancellation) is null)
                return new ListPage<T>([], 0);
            throw;
        }
    }

    private async Task<ListPage<T>> ReadAsync<T>(
        string sql, Order order, Condition? scope, ListQuery query, Func<DbDataReader, T> take,
        (string Name, object Value)[] parameters, CancellationToken cancellation)
    {
        var values = new List<object>();
        var where = Condition.All(
            scope ?? Condition.True, query.Filter,
            query.After is null ? Condition.True : order.After(query.After)).Write(values);
        await using var connection = await ConnectReaderAsync(cancellation);
        await using var command = Command(
            connection,
            sql.Replace("{where}", where, StringComparison.Ordinal)
                .Replace("{order}", order.Text, StringComparison.Ordinal),
            [
                ("@schema", SchemaVersion), ("@limit", (long)query.Limit), .. parameters,
                .. values.Select((value, i) => (string.Create(CultureInfo.InvariantCulture, $"@p{i + 1}"), value)),
            ]);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var reached = 0L;
        var page = new List<ListRow<T>>();
        while (await rows.ReadAsync(cancellation))
        {
            reached = rows.GetInt64(0);
            // The checkpoint comes with every row, and alone where there is none.
            if (!await rows.IsDBNullAsync(1, cancellation))
                page.Add(new ListRow<T>(take(rows), order.KeyOf(rows)));
        }

        return new ListPage<T>(page, reached);
    }

    private static Condition? OfParty(ListQuery query) =>
        query.Party is { } party ? Condition.Equal("party", party) : null;

    private static long Version(DbDataReader row) => row.GetInt64(row.GetOrdinal("version"));

    private static TransferRow Transfer(DbDataReader row) => new(
        new Transfer
        {
            Name = NameOf(Text(row, "name"), "transfers"),
            Sender = Text(row, "sender"),
            Recipient = Text(row, "recipient"),
            Purpose = (Purpose)Number(row, "purpose"),
            Movement = (Movement)Number(row, "movement"),
            Pairing = (Pairing)Number(row, "pairing"),
            Match = (Match)Number(row, "match"),
            Completed = row.GetBoolean(row.GetOrdinal("completed")),
            Position = Number(row, "position"),
        },
        Day(row, "since")!.Value, Day(row, "due"));

    private static Finding Finding(DbDataReader row)
    {
        var finding = V1.Finding.Parser.ParseFrom(
            Compression.Expand(row.GetFieldValue<byte[]>(row.GetOrdinal("raised"))));
        var closing = row.GetFieldValue<byte[]>(row.GetOrdinal("closing"));
        if (closing.Length > 0)
        {
            // Merged into the time that is there, a whole second would keep the old fraction.
            finding.RecordTime = null;
            finding.MergeFrom(V1.Finding.Parser.ParseFrom(Compression.Expand(closing)));
        }

        finding.Name = NameOf(Text(row, "name"), "findings");
        finding.Party = Text(row, "party");
        finding.Rule = Text(row, "rule");
        finding.Severity = (Severity)Number(row, "severity");
        finding.Status = (FindingStatus)Number(row, "status");
        finding.Transfer = Text(row, "transfer");
        finding.Due = Day(row, "due")?.ToDate();
        finding.Position = Number(row, "position");
        return finding;
    }

    private static DutyRow Duty(DbDataReader row) => new(
        Text(row, "party"), Text(row, "rule"), Text(row, "transfer"), Text(row, "title"), Day(row, "due")!.Value,
        row.GetBoolean(row.GetOrdinal("met")));

    private static string Text(DbDataReader row, string column) => row.GetString(row.GetOrdinal(column));

    private static long Number(DbDataReader row, string column) => row.GetInt64(row.GetOrdinal(column));

    private static DateOnly? Day(DbDataReader row, string column) =>
        DateOnly.TryParseExact(Text(row, column), "yyyy-MM-dd", CultureInfo.InvariantCulture, default, out var day)
            ? day
            : null;

    /// <summary>An order of rows in which no two are equal.</summary>
    /// <param name="Columns">Or, with a minus, a column of numbers the other way round.</param>
    private sealed record Order(IReadOnlyList<string> Columns, bool Descending = false)
    {
        public string Text => string.Join(", ", Columns.Select(c => Descending ? $"{c} DESC" : c));

        public Condition After(IReadOnlyList<string> key) => key.Count == Columns.Count
            ? Condition.After(
                Columns,
                [.. key.Select((k, i) =>
                    Numbers.Contains(Columns[i]) ? (object)long.Parse(k, CultureInfo.InvariantCulture) : k)],
                Descending)
            : throw new FormatException($"A key of this list has {Columns.Count} parts, not {key.Count}.");

        public IReadOnlyList<string> KeyOf(DbDataReader row) => [.. Columns.Select(column =>
        {
            var ordinal = row.GetOrdinal(column.TrimStart('-'));
            if (!Numbers.Contains(column))
                return row.GetString(ordinal);
            var number = row.GetInt64(ordinal);
            return (column[0] == '-' ? -number : number).ToString(CultureInfo.InvariantCulture);
        })];
    }
}
