using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Treaty.Grid.Conventions;
using Treaty.Grid.Reports;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Storage.Codec;

/// <summary>Where an entry stands in the journal.</summary>
/// <remarks>A party keeps thousands: the trace is kept as its bytes, not as the text that <c>ActivityTraceId</c> is.
/// </remarks>
public readonly record struct EntryPlace
{
    private readonly long _traceHigh;
    private readonly long _traceLow;

    public EntryPlace(long position, ActivityTraceId traceId)
    {
        Position = position;
        if (traceId != default)
        {
            Span<byte> bytes = stackalloc byte[16];
            traceId.CopyTo(bytes);
            _traceHigh = BinaryPrimitives.ReadInt64BigEndian(bytes);
            _traceLow = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
        }
    }

    public long Position { get; init; }

    /// <summary>Of the request that led to it; the default if it was not traced.</summary>
    public ActivityTraceId TraceId
    {
        get
        {
            if ((_traceHigh | _traceLow) == 0)
            {
                return default;
            }

            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteInt64BigEndian(bytes, _traceHigh);
            BinaryPrimitives.WriteInt64BigEndian(bytes[8..], _traceLow);
            return ActivityTraceId.CreateFromBytes(bytes);
        }
    }
}

/// <summary>
/// Between a party and the bytes of its snapshot. The same party always has the same bytes, so that a snapshot can be
/// held against a refold.
/// </summary>
public static class SnapshotCodec
{
    // A form that is not this one is not read: the entries are folded instead.
    private const int Form = 5;

    /// <summary>The bytes of a party, without anything that rides and is not durable yet.</summary>
    /// <param name="party">As it was released.</param>
    /// <param name="placeOf">Where the entry of a version stands.</param>
    public static byte[] Encode(Party party, Func<long, EntryPlace> placeOf) => new J.PartySnapshot
    {
        Form = Form,
        DisplayName = party.DisplayName ?? "",
        Version = party.Version,
        RecordTime = party.RecordTime.ToTimestamp(),
        Notifications = { party.NotificationIds.Values.OrderBy(n => n.Version).Select(n => ToMessage(n, party.Code)) },
        Books = ToMessage(party.Books),
        Completions = { party.Completions.Select(ToMessage) },
        Discoveries = { party.Discoveries.Select(ToMessage) },
        RegisteredOn = party.RegisteredOn.ToDate(),
        Exchanges = { party.Exchanges.All.Select(e => ToMessage(e.Key, e.Value)) },
        Reports = { party.Reports.Select(r => ToMessage(r, party.Code)) },
        Destructions = { party.Destructions.Select(d => ToMessage(d.Key, d.Value)) },
        Retained = { party.Retained.Select(ToMessage) },
        Files = { party.Files.Values.OrderBy(f => f.Key.Name, StringComparer.Ordinal).Select(ToMessage) },
        Contents = { InOrder(party.Contents).ToDictionary(c => c.Key, c => c.Value.Name, StringComparer.Ordinal) },
        Findings = { InOrder(party.Findings).SelectMany(f => f.Value).Select(ToMessage) },
        Duties = { InOrder(party.Duties).SelectMany(d => d.Value).Select(EntryCodec.ToMessage) },
        Peers = { InOrder(party.Peers).Select(p => ToMessage(p.Key, p.Value)) },
        Entries = { VersionsIn(party).Select(v => ToMessage(v, placeOf(v))) },
    }.ToByteArray();

    /// <summary>The party of a snapshot, and where its entries stand; null if it is of another form.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static (Party Party, IReadOnlyDictionary<long, EntryPlace> Places)? Decode(
        ReadOnlySpan<byte> bytes, string code)
    {
        try
        {
            var message = J.PartySnapshot.Parser.ParseFrom(bytes);
            return message.Form == Form ? (ToParty(message, code), ToPlaces(message)) : null;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException or NullReferenceException
            or IndexOutOfRangeException or InvalidOperationException)
        {
            throw new InvalidDataException($"The snapshot of {code} is damaged: {e.Message}", e);
        }
    }

    /// <summary>The versions of the entries that a party, as it is in memory, refers to, rising.</summary>
    public static ImmutableSortedSet<long> VersionsIn(Party party) =>
    [
        party.Version,
        .. party.NotificationIds.Values.Select(n => n.Version),
        .. party.Declarations.Values.Select(d => d.Version),
        .. party.Files.Values.SelectMany(f => f.Notices.Concat(f.Onward).Concat(f.Replaced)).Select(n => n.Version),
        .. party.Findings.Values.SelectMany(f => f).Select(f => f.Version).Where(v => v > 0),
        .. party.Peers.Values.SelectMany(p => p.Unanswered.Values).Select(m => m.Version).Where(v => v > 0),
    ];

    private static Party ToParty(J.PartySnapshot message, string code)
    {
        var files = message.Files.Select(ToFile).ToList();
        var notifications = message.Notifications.Select(ToNotification).ToList();
        return new Party(code)
        {
            DisplayName = message.DisplayName.Length == 0 ? null : message.DisplayName,
            Version = message.Version,
            RecordTime = message.RecordTime.ToDateTimeOffset(),
            Notifications = notifications.Aggregate(
                new Party(code).Notifications,
                static (all, n) => all.SetItem(
                    n.Content.Convention,
                    MembershipRecord.InOrder(
                        all.GetValueOrDefault(n.Content.Convention, []),
                        new RecordedNotification(n.Content, n.RecordTime)))),
            NotificationIds = notifications.ToImmutableDictionary(n => n.Content.Id, StringComparer.Ordinal),
            Books = ToLedger(message.Books),
            Completions = [.. message.Completions.Select(ToStatement)],
            Discoveries = [.. message.Discoveries.Select(ToStatement)],
            RegisteredOn = message.RegisteredOn.ToDay(),
            Exchanges = Exchanges.Of(message.Exchanges.Select(e => KeyValuePair.Create(
                new Exchange(e.Year, e.Incoming, e.Partner, e.Item, (Purpose)e.Purpose), e.Quantity))),
            Reports =
            [
                .. message.Reports.Select(r => new Treaty.Grid.FiledReport(
                    r.Declaration.ToDeclaration(r.Id), r.RecordedOn.ToDay(), r.Version)),
            ],
            Destructions = message.Destructions.ToImmutableSortedDictionary(
                d => new Destruction(d.Date.ToDay(), d.Site, d.Method, d.Item), d => d.Quantity),
            Retained = [.. message.Retained.Select(ToStatement)],
            Files = files.ToImmutableDictionary(f => f.Key),
            Notices = files
                .SelectMany(f => f.History.Where(n => n.Notice.Filer == code))
                .ToImmutableDictionary(n => n.Notice.Id, n => n.Notice.Transfer, StringComparer.Ordinal),
            Contents = message.Contents.ToImmutableDictionary(c => c.Key, c => ToKey(c.Value), StringComparer.Ordinal),
            Findings = message.Findings
                .Select(f => FindingCodec.ToFinding(f.Finding) with { Version = f.EntryVersion })
                .GroupBy(f => f.Key.About, StringComparer.Ordinal)
                .ToImmutableDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.Ordinal),
            Duties = message.Duties
                .Select(EntryCodec.ToDuty)
                .GroupBy(d => d.Transfer, StringComparer.Ordinal)
                .ToImmutableDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.Ordinal),
            Peers = message.Peers.ToImmutableDictionary(p => p.Code, ToPeer, StringComparer.Ordinal),
        };
    }

    private static Dictionary<long, EntryPlace> ToPlaces(J.PartySnapshot message) => message.Entries.ToDictionary(
        e => e.Version, e => new EntryPlace(e.Position, EntryCodec.ToTraceId(e.TraceId)));

    private static IEnumerable<KeyValuePair<string, T>> InOrder<T>(IEnumerable<KeyValuePair<string, T>> map) =>
        map.OrderBy(p => p.Key, StringComparer.Ordinal);

    private static J.EntryPlace ToMessage(long version, EntryPlace place) => new()
    {
        Version = version,
        Position = place.Position,
        TraceId = EntryCodec.ToBytes(place.TraceId),
    };

    private static J.RecordedNotification ToMessage(Filed<DepositaryNotification> recorded, string party) => new()
    {
        Id = recorded.Content.Id,
        Notification = recorded.Content.ToMessage(party),
        RecordTime = recorded.RecordTime.ToTimestamp(),
        Version = recorded.Version,
    };

    private static Filed<DepositaryNotification> ToNotification(J.RecordedNotification recorded) => new(
        recorded.Notification.ToNotification(recorded.Id), recorded.RecordTime.ToDateTimeOffset(), recorded.Version);

    private static J.RetainedStatement ToMessage(Treaty.Grid.RetainedStatement statement) => new()
    {
        AsOf = statement.AsOf.ToDate(),
        Version = statement.Version,
        Total = statement.IsTotal,
        Items = { statement.Items.Select(i => new J.RetainedItem { Item = i.Key, Quantity = i.Value }) },
        Report = statement.ReportedUnder is not null,
        Convention = statement.ReportedUnder ?? "",
    };

    private static Treaty.Grid.RetainedStatement ToStatement(J.RetainedStatement statement) => new(
        statement.AsOf.ToDay(), statement.Version,
        statement.Items.ToImmutableSortedDictionary(i => i.Item, i => i.Quantity, StringComparer.Ordinal),
        statement.Total)
    {
        ReportedUnder = statement.Report ? statement.Convention : null,
    };

    private static J.DatedStatement ToMessage(Treaty.Grid.DatedStatement statement) => new()
    {
        AsOf = statement.AsOf.ToDate(),
        Version = statement.Version,
        Items = { statement.Items },
    };

    private static Treaty.Grid.DatedStatement ToStatement(J.DatedStatement statement) =>
        new(statement.AsOf.ToDay(), statement.Version, [.. statement.Items]);

    private static J.Exchange ToMessage(Exchange exchange, long quantity) => new()
    {
        Year = exchange.Year,
        Incoming = exchange.IsIncoming,
        Partner = exchange.Partner,
        Item = exchange.Item,
        Purpose = (V1.Purpose)exchange.Purpose,
        Quantity = quantity,
    };

    private static J.Destruction ToMessage(Destruction destruction, long quantity) => new()
    {
        Date = destruction.Date.ToDate(),
        Site = destruction.Site,
        Method = destruction.Method,
        Item = destruction.Item,
        Quantity = quantity,
    };

    private static J.FiledReport ToMessage(Treaty.Grid.FiledReport report, string party) => new()
    {
        Id = report.Declaration.Id,
        Declaration = report.Declaration.ToMessage(party),
        RecordedOn = report.RecordedOn.ToDate(),
        Version = report.Version,
    };

    private static J.LedgerSnapshot ToMessage(Ledger books)
    {
        var message = new J.LedgerSnapshot
        {
            Openings = { books.Openings.Select(o => new J.Opening { Day = o.Day.DayNumber, Basis = o.Basis }) },
        };
        foreach (var (account, balances, stated, declared) in books.Histories)
        {
            var last = 0;
            var history = new J.AccountSnapshot
            {
                Account = EntryCodec.ToMessage(account),
                Stated = { stated.Select(o => books.Openings.IndexOf(o)) },
                DeclaredDays = { declared.Keys.Select(d => d.DayNumber) },
                Declared = { declared.Values },
            };
            foreach (var (day, quantity) in balances)
            {
                history.Days.Add(day.DayNumber - last);
                history.Balances.Add(quantity);
                last = day.DayNumber;
            }

            message.Accounts.Add(history);
        }

        return message;
    }

    private static Ledger ToLedger(J.LedgerSnapshot books)
    {
        var openings = books.Openings
            .Select(o => new Treaty.Grid.Stockpiles.Opening(DateOnly.FromDayNumber(o.Day), o.Basis))
            .ToImmutableArray();
        return Ledger.Of(books.Accounts.Select(ToHistory), openings);

        AccountHistory ToHistory(J.AccountSnapshot account)
        {
            var balances = ImmutableArray.CreateBuilder<(DateOnly, long)>(account.Days.Count);
            var day = 0;
            for (var i = 0; i < account.Days.Count; i++)
            {
                day += account.Days[i];
                balances.Add((DateOnly.FromDayNumber(day), account.Balances[i]));
            }

            return new AccountHistory(
                EntryCodec.ToAccount(account.Account), balances.ToImmutable(),
                [.. account.Stated.Select(index => openings[index])],
                account.DeclaredDays.Zip(account.Declared).ToImmutableSortedDictionary(
                    d => DateOnly.FromDayNumber(d.First), d => d.Second));
        }
    }

    private static J.FileSnapshot ToMessage(TransferFile file) => new()
    {
        Transfer = file.Key.Name,
        Notices = { file.Notices.Select(ToMessage) },
        Onward = { file.Onward.Select(ToMessage) },
        Replaced = { file.Replaced.Select(ToMessage) },
        Assessed = file.Assessed is { } assessment
            ? EntryCodec.ToMessage(new TransferAssessed(file.Key, assessment))
            : null,
    };

    private static TransferFile ToFile(J.FileSnapshot file) => new(
        ToKey(file.Transfer), [.. file.Notices.Select(ToFiled)])
    {
        Onward = [.. file.Onward.Select(ToFiled)],
        Replaced = [.. file.Replaced.Select(ToFiled)],
        Assessed = file.Assessed is { } assessed ? EntryCodec.ToEvent(assessed).Assessment : null,
    };

    private static J.FiledNotice ToMessage(FiledNotice filed) => new()
    {
        Id = filed.Notice.Id,
        Notice = filed.Notice.ToMessage(),
        RecordTime = filed.RecordTime.ToTimestamp(),
        Filer = EntryCodec.ToMessage(filed.Filer),
        Counterpart = filed.Counterpart is null ? null : EntryCodec.ToMessage(filed.Counterpart),
        Version = filed.Version,
        FilerPosition = filed.FilerPosition,
        CounterpartPosition = filed.CounterpartPosition,
        SupersededBy = filed.SupersededBy,
        FirstRecordTime = filed.FirstRecordTime?.ToTimestamp(),
        Here = filed.Here is null ? null : EntryCodec.ToMessage(filed.Here),
        Bookings = { filed.Bookings.Select(EntryCodec.ToMessage) },
    };

    private static FiledNotice ToFiled(J.FiledNotice filed) => new(
        filed.Notice.ToNotice(StatementCodec.FilerOf(filed.Notice.Name), filed.Id), filed.RecordTime.ToDateTimeOffset(),
        filed.Filer.ToStandings())
    {
        Counterpart = filed.Counterpart?.ToStandings(),
        Version = filed.Version,
        FilerPosition = filed.FilerPosition,
        CounterpartPosition = filed.CounterpartPosition,
        SupersededBy = filed.SupersededBy,
        FirstRecordTime = filed.FirstRecordTime?.ToDateTimeOffset(),
        Here = filed.Here?.ToStandings(),
        Bookings = [.. filed.Bookings.Select(EntryCodec.ToBooking)],
    };

    private static J.FindingSnapshot ToMessage(Findings.Finding finding) => new()
    {
        Finding = FindingCodec.ToMessage(finding),
        EntryVersion = finding.Version,
    };

    private static J.PeerSnapshot ToMessage(string code, Peer peer) => new()
    {
        Code = code,
        Sent = peer.Sent,
        Received = peer.Received,
        Unanswered =
        {
            peer.Unanswered.Select(u => new J.Unanswered
            {
                Sequence = u.Key,
                Transfer = u.Value.Transfer.Name,
                NoticeId = u.Value.NoticeId,
                StandingsFor = u.Value.StandingsFor ?? "",
                Version = u.Value.Version,
            }),
        },
    };

    private static Peer ToPeer(J.PeerSnapshot peer) => new(
        peer.Sent, peer.Received,
        peer.Unanswered.ToImmutableSortedDictionary(
            u => u.Sequence, u => new Outbound(ToKey(u.Transfer), u.NoticeId)
            {
                StandingsFor = u.StandingsFor.Length == 0 ? null : u.StandingsFor,
                Version = u.Version,
            }));

    private static TransferKey ToKey(string name) => StatementCodec.ToTransferKey(name)!.Value;
}
