using System.Globalization;
using System.Text;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Reports;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid;

/// <summary>
/// One party of the register, the only aggregate: its memberships, its books, its files of transfers, what was found,
/// and how far it has come in talking to its peers. It is a fold of its events and nothing else.
/// </summary>
/// <remarks>
/// A transfer is no aggregate: both parties keep a file of it, each in its own. <c>Decide</c> (Party.Decide.cs) turns a
/// command into events, <see cref="With(Event, DateTimeOffset)"/> (Party.Evolve.cs) folds them, <c>Assess</c>
/// (Party.Assess.cs) judges. None of them reads a clock, makes an id or waits for anything. What is closed may leave
/// memory and come back (Party.Memory.cs).
/// </remarks>
public sealed partial record Party(string Code)
{
    /// <summary>Null until it is in the register.</summary>
    public string? DisplayName { get; init; }

    public bool IsRegistered => DisplayName is not null;

    /// <summary>The version of the last entry; the events of the next one carry <c>Version + 1</c>.</summary>
    public long Version { get; init; }

    /// <summary>Of the last entry. It never falls, whatever clocks say.</summary>
    public DateTimeOffset RecordTime { get; init; }

    /// <summary>By the convention's id.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<RecordedNotification>> Notifications
    {
        get;
        init => (field, _memberships) = (value, new MembershipMemo());
    } = ImmutableSortedDictionary.Create<string, ImmutableArray<RecordedNotification>>(StringComparer.Ordinal);

    /// <summary>Follows from <see cref="Notifications"/>, and goes with them.</summary>
    private readonly MembershipMemo _memberships = new();

    /// <summary>By the notification's id.</summary>
    public ImmutableDictionary<string, Filed<DepositaryNotification>> NotificationIds { get; init; } =
        ImmutableDictionary.Create<string, Filed<DepositaryNotification>>(StringComparer.Ordinal);

    /// <summary>The day on which it entered the register.</summary>
    public DateOnly RegisteredOn { get; init; }

    public Ledger Books { get; init; } = Ledger.Empty;

    public Exchanges Exchanges { get; init; } = Exchanges.None;

    /// <summary>What it destroyed, by its own statements in effect that name the site.</summary>
    public ImmutableSortedDictionary<Destruction, long> Destructions { get; init; } =
        ImmutableSortedDictionary<Destruction, long>.Empty;

    /// <summary>Its transparency reports in effect, by the day they speak of: one a year, and the first.</summary>
    public ImmutableArray<FiledReport> Reports { get; init; } = [];

    /// <summary>By the declaration's id, as far as they are in memory.</summary>
    public ImmutableDictionary<string, Filed<Declaration>> Declarations { get; init; } =
        ImmutableDictionary.Create<string, Filed<Declaration>>(StringComparer.Ordinal);

    /// <summary>What the party declared about stock destruction being complete.</summary>
    public ImmutableArray<DatedStatement> Completions { get; init; } = [];

    /// <summary>What the party declared about stock found.</summary>
    public ImmutableArray<DatedStatement> Discoveries { get; init; } = [];

    /// <summary>What the party declared about retained stock, by the days it speaks of, then by version.</summary>
    public ImmutableArray<RetainedStatement> Retained { get; init; } = [];

    /// <summary>The transfer of each notice that this party filed, by the notice's id, as far as in memory.</summary>
    public ImmutableDictionary<string, TransferKey> Notices { get; init; } =
        ImmutableDictionary.Create<string, TransferKey>(StringComparer.Ordinal);

    /// <summary>
    /// Transfers that this party has part in, as sender, recipient or on the route, as far as they are in memory.
    /// </summary>
    public ImmutableDictionary<TransferKey, TransferFile> Files { get; init; } =
        ImmutableDictionary<TransferKey, TransferFile>.Empty;

    /// <summary>The first transfer under which this party filed a dispatch or receipt with some content.</summary>
    public ImmutableDictionary<string, TransferKey> Contents { get; init; } =
        ImmutableDictionary.Create<string, TransferKey>(StringComparer.Ordinal);

    /// <summary>Open and closed, by what they are about.</summary>
    public ImmutableDictionary<string, ImmutableArray<Finding>> Findings { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<Finding>>(StringComparer.Ordinal);

    /// <summary>What is owed by a day, by the name of the transfer it comes from; empty if from none.</summary>
    public ImmutableDictionary<string, ImmutableArray<Obligation>> Duties { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<Obligation>>(StringComparer.Ordinal);

    /// <summary>By the other party's code.</summary>
    public ImmutableDictionary<string, Peer> Peers { get; init; } =
        ImmutableDictionary.Create<string, Peer>(StringComparer.Ordinal);

    /// <summary>What the register holds about this party under a convention.</summary>
    public MembershipRecord RecordUnder(Convention convention) =>
        new(convention, Notifications.GetValueOrDefault(convention.Id, []));

    /// <summary>What this party had been asked to clarify by a day.</summary>
    public ImmutableArray<Clarification> ClarificationsBy(DateOnly day, Jurisdiction law) =>
        Clarification.In(RecordUnder(law.Convention), law.Terms, day);

    /// <summary>The transparency reports in effect under a convention, by the day they speak of.</summary>
    public IEnumerable<FiledReport> ReportsUnder(Jurisdiction law) =>
        Reports.Where(r => IsUnder(law, r.Report.Convention));

    private static bool IsUnder(Jurisdiction law, string convention) =>
        convention.Length == 0 ? law.Convention.IsPrimary : convention == law.Id;

    /// <summary>The first day for which stock destruction was declared complete under a convention.</summary>
    /// <remarks>
    /// Such a declaration names neither a convention nor items: it is about the primary one, and under the others
    /// nothing was ever declared complete.
    /// </remarks>
    public DateOnly? CompletedUnder(Jurisdiction law) =>
        law.Convention.IsPrimary && !Completions.IsEmpty ? Completions.Min(c => c.AsOf) : null;

    /// <summary>
    /// The first day from that one on, on which stock was found that the convention may cover; null if there is none.
    /// </summary>
    public DateOnly? FoundAfterCompletionUnder(Jurisdiction law) => CompletedUnder(law) is { } completed
        ? Discoveries
            .Where(d => d.AsOf >= completed && d.Items.Any(law.MayCover))
            .Select(d => (DateOnly?)d.AsOf)
            .Min()
        : null;

    /// <summary>
    /// The last total that the party declared to retain of what a convention covers; null if it never did: what the
    /// last opening, or report under the convention, says, and what was declared to be retained since.
    /// </summary>
    /// <param name="law">Whose reports count.</param>
    /// <param name="covers">Whether an item counts.</param>
    public long? DeclaredRetained(Jurisdiction law, Func<string, bool> covers)
    {
        long? last = null;
        foreach (var statement in Retained.Where(r => r.ReportedUnder is not { } id || IsUnder(law, id)))
        {
            var quantity = statement.Items.Where(i => covers(i.Key)).Sum(i => i.Value);
            last = statement.IsTotal ? quantity : last + quantity;
        }

        return last;
    }

    /// <summary>Where this party stands under a convention on a day.</summary>
    public Membership MembershipOn(Convention convention, DateOnly day) =>
        _memberships.On(RecordUnder(convention), day);

    /// <summary>A notice that this party filed, or null.</summary>
    public FiledNotice? FindNotice(string id) =>
        Notices.TryGetValue(id, out var key) ? Files[key].Find(Code, id) : null;

    /// <summary>What a notice of this party corrects or withdraws; null if it names none that is in memory.</summary>
    private FiledNotice? FormerOf(Notice notice) =>
        notice.Supersedes.Length == 0 ? null : FindNotice(notice.Supersedes);
}

/// <summary>A statement, and where it stands in the journal.</summary>
public sealed record Filed<T>(T Content, DateTimeOffset RecordTime, long Version)
{
    /// <summary>The id of the statement that has taken its place; empty if none has.</summary>
    public string SupersededBy { get; init; } = "";

    /// <summary>What it moved in the books, without what other statements made of it.</summary>
    public ImmutableArray<Booking> Bookings { get; init; } = [];
}

/// <summary>A declaration in effect, by the day it speaks of.</summary>
/// <param name="Version">Of the declaration's entry.</param>
/// <param name="Items">The ids of those it names, in order.</param>
public sealed record DatedStatement(DateOnly AsOf, long Version, ImmutableArray<string> Items);

/// <summary>A transparency report in effect.</summary>
/// <param name="Declaration">It.</param>
/// <param name="RecordedOn">The day the United Nations received it, as it says; else the day of recording.</param>
/// <param name="Version">Of its entry.</param>
public sealed record FiledReport(Declaration Declaration, DateOnly RecordedOn, long Version)
{
    public TransparencyReport Report => Declaration.Report!;

    public DateOnly AsOf => Declaration.AsOf;
}

/// <summary>A declared count of retained stock.</summary>
/// <param name="AsOf">The day it speaks of.</param>
/// <param name="Version">Of the declaration's entry.</param>
/// <param name="Items">By the item's id, in its base unit.</param>
/// <param name="IsTotal">All that is retained then; otherwise what is added.</param>
public sealed record RetainedStatement(
    DateOnly AsOf, long Version, ImmutableSortedDictionary<string, long> Items, bool IsTotal)
{
    /// <summary>
    /// The convention of the report that says so, empty for the primary one: its total is that of this convention
    /// alone. Null if it is no report.
    /// </summary>
    public string? ReportedUnder { get; init; }
}

/// <summary>How far one party has come in talking to another.</summary>
/// <param name="Sent">The number of the last message to it.</param>
/// <param name="Received">The watermark: the number of the last message taken from it.</param>
/// <param name="Unanswered">Messages to it that it has not answered, by number.</param>
public sealed record Peer(long Sent, long Received, ImmutableSortedDictionary<long, Outbound> Unanswered)
{
    public static Peer New { get; } = new(0, 0, ImmutableSortedDictionary<long, Outbound>.Empty);
}

/// <summary>A notice of this party that is on its way; or where it stood on the date of a notice.</summary>
public readonly record struct Outbound(TransferKey Transfer, string NoticeId)
{
    /// <summary>Who filed the notice whose standings are told; null where the notice itself is.</summary>
    public string? StandingsFor { get; init; }

    /// <summary>The version of the entry that revised the standings; 0 for a notice.</summary>
    public long Version { get; init; }
}

/// <summary>What makes two dispatches, or two receipts, of one filer look the same under two references.</summary>
public static class NoticeContent
{
    /// <summary>Of a dispatch or receipt with figures; null for anything else.</summary>
    /// <remarks>Hashes of it are stored for ever: what it is made of may never change.</remarks>
    public static string? Of(Notice notice)
    {
        if (notice.Kind is not (NoticeKind.Dispatch or NoticeKind.Receipt)
            || notice.Lines.Any(static l => l.Exactness == QuantityBasis.Undisclosed))
        {
            return null;
        }

        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{(int)notice.Kind} {notice.Transfer.Counterpart(notice.Filer)} {(int)notice.Purpose} ");
        text.Append(CultureInfo.InvariantCulture, $"{notice.Date.DayNumber} ");
        var separator = "";
        foreach (var line in notice.Lines.Length < 2
            ? notice.Lines
            : [.. notice.Lines.OrderBy(l => l.Stated, StringComparer.Ordinal).ThenBy(l => l.Class)])
        {
            text.Append(
                CultureInfo.InvariantCulture, $"{separator}{line.Stated} {(int)line.Class} {line.Quantity} ");
            text.AppendJoin(',', line.Lots.IsEmpty ? [] : line.Lots
                .OrderBy(x => x.Number, StringComparer.Ordinal)
                .Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Number}={x.Quantity}")));
            separator = ";";
        }

        return text.ToString();
    }
}
