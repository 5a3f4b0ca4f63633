using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
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
/// (Party.Assess.cs) judges. None of them reads a clock, makes an id or waits for anything.
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
    public ImmutableSortedDictionary<string, ImmutableArray<RecordedNotification>> Notifications { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<RecordedNotification>>(StringComparer.Ordinal);

    /// <summary>By the notification's id.</summary>
    public ImmutableDictionary<string, Filed<DepositaryNotification>> NotificationIds { get; init; } =
        ImmutableDictionary.Create<string, Filed<DepositaryNotification>>(StringComparer.Ordinal);

    public Ledger Books { get; init; } = Ledger.Empty;

    /// <summary>By the declaration's id.</summary>
    public ImmutableDictionary<string, Filed<Declaration>> Declarations { get; init; } =
        ImmutableDictionary.Create<string, Filed<Declaration>>(StringComparer.Ordinal);

    /// <summary>The ids of declarations in the order of recording.</summary>
    public ImmutableList<string> DeclarationOrder { get; init; } = [];

    /// <summary>The first day for which stock destruction was declared complete.</summary>
    public DateOnly? CompletedOn { get; init; }

    /// <summary>Days on which stock was found.</summary>
    public ImmutableSortedSet<DateOnly> FoundOn { get; init; } = [];

    /// <summary>
    /// The last total of retained mines that the party declared, and for which day; null if it never did.
    /// </summary>
    public (long Total, DateOnly AsOf)? DeclaredRetained { get; init; }

    /// <summary>The transfer of each notice that this party filed, by the notice's id.</summary>
    public ImmutableDictionary<string, TransferKey> Notices { get; init; } =
        ImmutableDictionary.Create<string, TransferKey>(StringComparer.Ordinal);

    /// <summary>Transfers that this party has part in, as sender, recipient or on the route.</summary>
    public ImmutableDictionary<TransferKey, TransferFile> Files { get; init; } =
        ImmutableDictionary<TransferKey, TransferFile>.Empty;

    /// <summary>The first transfer under which this party filed a dispatch or receipt with some content.</summary>
    public ImmutableDictionary<NoticeContent, TransferKey> Contents { get; init; } =
        ImmutableDictionary<NoticeContent, TransferKey>.Empty;

    /// <summary>Open and closed, by what they are about.</summary>
    public ImmutableDictionary<string, ImmutableArray<Finding>> Findings { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<Finding>>(StringComparer.Ordinal);

    /// <summary>By the other party's code.</summary>
    public ImmutableDictionary<string, Peer> Peers { get; init; } =
        ImmutableDictionary.Create<string, Peer>(StringComparer.Ordinal);

    /// <summary>What the register holds about this party under a convention.</summary>
    public MembershipRecord RecordUnder(Convention convention) =>
        new(convention, Notifications.GetValueOrDefault(convention.Id, []));

    /// <summary>Where this party stands under a convention on a day.</summary>
    public Membership MembershipOn(Convention convention, DateOnly day) => RecordUnder(convention).On(day);

    /// <summary>A notice that this party filed, or null.</summary>
    public FiledNotice? FindNotice(string id) =>
        Notices.TryGetValue(id, out var key) ? Files[key].Find(Code, id) : null;
}

/// <summary>A statement, and where it stands in the journal.</summary>
public sealed record Filed<T>(T Content, DateTimeOffset RecordTime, long Version);

/// <summary>How far one party has come in talking to another.</summary>
/// <param name="Sent">The number of the last message to it.</param>
/// <param name="Received">The watermark: the number of the last message taken from it.</param>
/// <param name="Unanswered">Messages to it that it has not answered, by number.</param>
public sealed record Peer(long Sent, long Received, ImmutableSortedDictionary<long, Outbound> Unanswered)
{
    public static Peer New { get; } = new(0, 0, ImmutableSortedDictionary<long, Outbound>.Empty);
}

/// <summary>A notice of this party that is on its way.</summary>
public readonly record struct Outbound(TransferKey Transfer, string NoticeId);

/// <summary>What makes two dispatches, or two receipts, of one filer look the same under two references.</summary>
public readonly record struct NoticeContent(
    NoticeKind Kind, string Counterpart, Purpose Purpose, DateOnly Date, string Lines)
{
    /// <summary>Of a dispatch or receipt with figures; null for anything else.</summary>
    public static NoticeContent? Of(Notice notice)
    {
        if (notice.Kind is not (NoticeKind.Dispatch or NoticeKind.Receipt)
            || notice.Lines.Any(l => l.Exactness == QuantityBasis.Undisclosed))
        {
            return null;
        }

        var lines = notice.Lines
            .OrderBy(l => l.Item, StringComparer.Ordinal)
            .ThenBy(l => l.Class)
            .Select(l => FormattableString.Invariant($"{l.Item} {l.Class} {l.Quantity} ")
                + string.Join(',', l.Lots.OrderBy(x => x.Number, StringComparer.Ordinal)
                    .Select(x => FormattableString.Invariant($"{x.Number}={x.Quantity}"))));
        return new NoticeContent(
            notice.Kind, notice.Transfer.Counterpart(notice.Filer), notice.Purpose, notice.Date,
            string.Join(';', lines));
    }
}
