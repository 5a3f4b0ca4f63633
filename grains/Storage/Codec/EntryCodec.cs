using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Storage.Codec;

/// <summary>What one decision made durable, as the domain knows it.</summary>
/// <param name="RecordTime">When.</param>
/// <param name="TraceId">Of the request that led to it; the default if it was not traced.</param>
/// <param name="Events">In the order in which they take effect.</param>
public sealed record Entry(DateTimeOffset RecordTime, ActivityTraceId TraceId, IReadOnlyList<Event> Events);

/// <summary>Between an entry and its bytes in the journal. What was ever written can always be read.</summary>
public static class EntryCodec
{
    /// <summary>The bytes of an entry of a party.</summary>
    public static byte[] Encode(Entry entry, string party) => new J.Entry
    {
        RecordTime = entry.RecordTime.ToTimestamp(),
        TraceId = ToBytes(entry.TraceId),
        Events = { entry.Events.Select(e => ToMessage(e, party)) },
    }.ToByteArray();

    /// <summary>The entry of a party from its bytes.</summary>
    /// <exception cref="InvalidDataException">
    /// The bytes are no entry, or hold an event that this program does not know: a newer one wrote it.
    /// </exception>
    public static Entry Decode(ReadOnlySpan<byte> bytes, string party)
    {
        var entry = Parse(bytes, party);
        return new Entry(
            entry.RecordTime.ToDateTimeOffset(), ToTraceId(entry.TraceId),
            [.. entry.Events.Select(e => ToEvent(e, party))]);
    }

    /// <summary>The bookings of an entry, without the rest of it.</summary>
    /// <exception cref="InvalidDataException">The bytes are no entry.</exception>
    public static IEnumerable<StockBooked> DecodeBookings(ReadOnlySpan<byte> bytes, string party) =>
        Parse(bytes, party).Events.Where(e => e.StockBooked is not null).Select(e => ToEvent(e.StockBooked));

    /// <summary>As the wire writes it, with nothing for standings that are not known.</summary>
    public static J.Standings ToMessage(Standings? standings) => standings is null ? new() : new()
    {
        Standings_ =
        {
            standings.All.Select(s => new J.Standing
            {
                Convention = s.Convention,
                Status = (V1.MembershipStatus)s.Status,
                ProvisionalApplication = s.ProvisionalApplication,
                SuspensionAsserted = s.SuspensionAsserted,
                SuspensionContestedBy = { s.SuspensionContestedBy },
            }),
        },
    };

    public static Standings ToStandings(this J.Standings standings) => Standings.Of(
    [
        .. standings.Standings_.Select(s => new Standing(StatementCodec.Known(s.Convention), (MembershipStatus)s.Status)
        {
            ProvisionalApplication = s.ProvisionalApplication,
            SuspensionAsserted = s.SuspensionAsserted,
            SuspensionContestedBy = [.. s.SuspensionContestedBy],
        }),
    ]);

    public static ByteString ToBytes(ActivityTraceId trace)
    {
        if (trace == default)
        {
            return ByteString.Empty;
        }

        Span<byte> bytes = stackalloc byte[16];
        trace.CopyTo(bytes);
        return ByteString.CopyFrom(bytes);
    }

    public static ActivityTraceId ToTraceId(ByteString bytes) =>
        bytes.IsEmpty ? default : ActivityTraceId.CreateFromBytes(bytes.Span);

    private static J.Event ToMessage(Event happened, string party) => happened switch
    {
        PartyRegistered e => new() { PartyRegistered = new() { Code = e.Code, DisplayName = e.DisplayName } },
        NotificationRecorded e => new()
        {
            NotificationRecorded = new()
            {
                Id = e.Notification.Id,
                Notification = e.Notification.ToMessage(party),
            },
        },
        DeclarationFiled e => new()
        {
            DeclarationFiled = new() { Id = e.Declaration.Id, Declaration = e.Declaration.ToMessage(party) },
        },
        NoticeFiled e => new()
        {
            NoticeFiled = new()
            {
                Id = e.Notice.Id,
                Notice = e.Notice.ToMessage(),
                Filer = ToMessage(e.Filer),
                Addresses = { e.Addresses.Select(ToMessage) },
            },
        },
        NoticeDelivered e => new() { NoticeDelivered = ToMessage(e) },
        StandingsRevised e => new()
        {
            StandingsRevised = new()
            {
                Notice = $"parties/{e.Filer}/notices/{e.NoticeId}",
                Transfer = e.Transfer.Name,
                Standings = ToMessage(e.Standings),
                Addresses = { e.Addresses.Select(ToMessage) },
            },
        },
        StandingsDelivered e => new() { StandingsDelivered = ToMessage(e) },
        AnswerReceived e => new() { AnswerReceived = e.ToMessage() },
        StockBooked e => new()
        {
            StockBooked = new()
            {
                Bookings = { e.Bookings.Select(ToMessage) },
                Basis = e.Basis,
                Stated = { e.Stated.Select(ToMessage) },
                StatedOn = e.StatedOn.ToDate(),
                TakenBack = e.IsTakenBack,
            },
        },
        FindingRaised e => new() { FindingRaised = new() { Finding = FindingCodec.ToMessage(e.Finding) } },
        FindingClosed e => new()
        {
            FindingClosed = new()
            {
                Name = e.Key.Name,
                Reason = e.Reason,
                Position = e.Position,
                RecordTime = e.RecordTime?.ToTimestamp(),
            },
        },
        TransferAssessed e => new() { TransferAssessed = ToMessage(e) },
        DutySet e => new() { DutySet = ToMessage(e.Duty) },
        _ => throw new InvalidOperationException($"{happened.GetType().Name} has no form in the journal: add it."),
    };

    private static Event ToEvent(J.Event happened, string party) => happened.KindCase switch
    {
        J.Event.KindOneofCase.PartyRegistered =>
            new PartyRegistered(happened.PartyRegistered.Code, happened.PartyRegistered.DisplayName),
        J.Event.KindOneofCase.NotificationRecorded =>
            new NotificationRecorded(
                happened.NotificationRecorded.Notification.ToNotification(happened.NotificationRecorded.Id)),
        J.Event.KindOneofCase.DeclarationFiled =>
            new DeclarationFiled(happened.DeclarationFiled.Declaration.ToDeclaration(happened.DeclarationFiled.Id)),
        J.Event.KindOneofCase.NoticeFiled => new NoticeFiled(
            happened.NoticeFiled.Notice.ToNotice(party, happened.NoticeFiled.Id),
            happened.NoticeFiled.Filer.ToStandings(),
            [.. happened.NoticeFiled.Addresses.Select(ToAddress)]),
        J.Event.KindOneofCase.NoticeDelivered => ToEvent(happened.NoticeDelivered),
        J.Event.KindOneofCase.StandingsRevised => ToEvent(happened.StandingsRevised),
        J.Event.KindOneofCase.StandingsDelivered => ToEvent(happened.StandingsDelivered),
        J.Event.KindOneofCase.AnswerReceived => happened.AnswerReceived.ToAnswer(),
        J.Event.KindOneofCase.StockBooked => ToEvent(happened.StockBooked),
        J.Event.KindOneofCase.FindingRaised =>
            new FindingRaised(FindingCodec.ToFinding(happened.FindingRaised.Finding)),
        J.Event.KindOneofCase.FindingClosed => new FindingClosed(
            FindingCodec.ToKey(happened.FindingClosed.Name), happened.FindingClosed.Reason,
            happened.FindingClosed.Position)
        {
            RecordTime = happened.FindingClosed.RecordTime?.ToDateTimeOffset(),
        },
        J.Event.KindOneofCase.TransferAssessed => ToEvent(happened.TransferAssessed),
        J.Event.KindOneofCase.DutySet => new DutySet(ToDuty(happened.DutySet)),
        _ => throw new InvalidDataException(
            $"An entry of {party} holds an event that this program does not know: a newer one wrote it. Start that."),
    };

    private static J.Entry Parse(ReadOnlySpan<byte> bytes, string party)
    {
        try
        {
            return J.Entry.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"An entry of {party} cannot be read: {e.Message}", e);
        }
    }

    private static StockBooked ToEvent(J.StockBooked e) => new([.. e.Bookings.Select(ToBooking)], e.Basis)
    {
        Stated = [.. e.Stated.Select(ToAccount)],
        StatedOn = e.StatedOn?.ToDay(),
        IsTakenBack = e.TakenBack,
    };

    /// <summary>As it is sent, and as it is stored.</summary>
    public static J.NoticeDelivered ToMessage(NoticeDelivered delivered) => new()
    {
        From = delivered.From,
        Sequence = delivered.Sequence,
        Id = delivered.Notice.Id,
        Notice = delivered.Notice.ToMessage(),
        FiledAt = delivered.FiledAt.ToTimestamp(),
        Position = delivered.Position,
        Filer = ToMessage(delivered.Filer),
        Here = ToMessage(delivered.Here),
    };

    private static NoticeDelivered ToEvent(J.NoticeDelivered e) => new(
        StatementCodec.Known(e.From), e.Sequence, e.Notice.ToNotice(e.From, e.Id), e.FiledAt.ToDateTimeOffset(),
        e.Position, e.Filer.ToStandings(), e.Here.ToStandings());

    /// <summary>As it is sent, and as it is stored.</summary>
    public static J.StandingsDelivered ToMessage(StandingsDelivered told) => new()
    {
        From = told.From,
        Sequence = told.Sequence,
        Notice = $"parties/{told.Filer}/notices/{told.NoticeId}",
        Transfer = told.Transfer.Name,
        Standings = ToMessage(told.Standings),
        Position = told.Position,
    };

    public static StandingsDelivered ToEvent(J.StandingsDelivered e) => new(
        e.From, e.Sequence, StatementCodec.ToTransferKey(e.Transfer)!.Value, StatementCodec.FilerOf(e.Notice),
        StatementCodec.IdOf(e.Notice), e.Standings.ToStandings(), e.Position);

    private static StandingsRevised ToEvent(J.StandingsRevised e) => new(
        StatementCodec.ToTransferKey(e.Transfer)!.Value, StatementCodec.FilerOf(e.Notice),
        StatementCodec.IdOf(e.Notice), e.Standings.ToStandings(), [.. e.Addresses.Select(ToAddress)]);

    private static J.Address ToMessage(Address address) => new() { To = address.To, Sequence = address.Sequence };

    private static Address ToAddress(J.Address address) => new(StatementCodec.Known(address.To), address.Sequence);

    public static J.AnswerReceived ToMessage(this AnswerReceived answer) => new()
    {
        From = answer.From,
        Sequence = answer.Sequence,
        Position = answer.Position,
        There = ToMessage(answer.There),
    };

    public static AnswerReceived ToAnswer(this J.AnswerReceived answer) =>
        new(StatementCodec.Known(answer.From), answer.Sequence, answer.Position, answer.There.ToStandings());

    public static J.TransferAssessed ToMessage(TransferAssessed assessed) => new()
    {
        Transfer = assessed.Transfer.Name,
        Purpose = (V1.Purpose)assessed.Assessment.Purpose,
        Movement = (V1.Movement)assessed.Assessment.Movement,
        Pairing = (V1.Pairing)assessed.Assessment.Pairing,
        Match = (V1.Match)assessed.Assessment.Match,
        Completed = assessed.Assessment.IsCompleted,
        Awaited = assessed.Assessment.Awaited,
        Due = assessed.Assessment.Due.ToDate(),
        Since = assessed.Assessment.Since.ToDate(),
    };

    public static TransferAssessed ToEvent(J.TransferAssessed e) => new(
        StatementCodec.ToTransferKey(e.Transfer)!.Value,
        new Assessment(
            (Purpose)e.Purpose, (Movement)e.Movement, (Pairing)e.Pairing, (Match)e.Match, e.Completed, e.Awaited,
            e.Due?.ToDay(), e.Since.ToDay()));

    public static J.DutySet ToMessage(Obligation duty) => new()
    {
        Rule = duty.Rule,
        Transfer = duty.Transfer,
        Title = duty.Title,
        Due = duty.Due.ToDate(),
        Met = duty.IsMet,
    };

    public static Obligation ToDuty(J.DutySet e) => new(e.Rule, e.Title, e.Due.ToDay(), e.Met, e.Transfer);

    public static J.Booking ToMessage(Booking booking) => new()
    {
        From = ToMessage(booking.From),
        To = ToMessage(booking.To),
        Quantity = booking.Quantity,
        Date = booking.Date.ToDate(),
    };

    public static Booking ToBooking(J.Booking booking) =>
        new(ToAccount(booking.From), ToAccount(booking.To), booking.Quantity, booking.Date.ToDay());

    public static J.Account ToMessage(Account account) =>
        new() { Item = account.Item, Place = (int)account.Place, Lot = account.Lot };

    public static Account ToAccount(J.Account account) => new(account.Item, (Place)account.Place, account.Lot);
}
