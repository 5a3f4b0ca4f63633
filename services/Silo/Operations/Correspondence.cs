using System.Security.Cryptography;
using Google.Protobuf;
using Treaty.Grid.Storage;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Silo.Operations;

/// <summary>
/// What parties tell each other, held against what they recorded: whatever was delivered had been filed, at
/// the position it names and with the same words, and every answer is that of its addressee. It sees the entries in
/// the order of their positions, so that only messages under way are in memory.
/// </summary>
internal sealed class Correspondence(DamageReport report)
{
    private readonly Dictionary<(string From, string To), Lane> _lanes = [];

    public void Take(JournalEntry stored, J.Entry entry)
    {
        foreach (var happened in entry.Events)
        {
            switch (happened.KindCase)
            {
                case J.Event.KindOneofCase.NoticeFiled:
                    TakeFiled(stored, happened.NoticeFiled, entry);
                    break;
                case J.Event.KindOneofCase.NoticeDelivered:
                    var delivered = happened.NoticeDelivered;
                    TakeDelivered(
                        stored, delivered.From, delivered.Sequence, delivered.Position, Digest(delivered),
                        $"the notice {delivered.Id}");
                    break;
                case J.Event.KindOneofCase.StandingsRevised:
                    TakeRevised(stored, happened.StandingsRevised);
                    break;
                case J.Event.KindOneofCase.StandingsDelivered:
                    var told = happened.StandingsDelivered;
                    TakeDelivered(
                        stored, told.From, told.Sequence, told.Position, Digest(told),
                        $"the standings for {told.Notice}");
                    break;
                case J.Event.KindOneofCase.AnswerReceived:
                    TakeAnswer(stored, happened.AnswerReceived);
                    break;
                default:
                    break;
            }
        }
    }

    private void TakeFiled(JournalEntry stored, J.NoticeFiled filed, J.Entry entry)
    {
        var said = Digest(new J.NoticeDelivered
        {
            Id = filed.Id,
            Notice = filed.Notice,
            Filer = filed.Filer,
            FiledAt = entry.RecordTime,
        });
        Send(stored, filed.Addresses, said, tellsStandings: false);
    }

    private void TakeRevised(JournalEntry stored, J.StandingsRevised revised) => Send(
        stored, revised.Addresses,
        Digest(new J.StandingsDelivered
        {
            Notice = revised.Notice,
            Transfer = revised.Transfer,
            Standings = revised.Standings,
        }),
        tellsStandings: true);

    private void Send(JournalEntry stored, IEnumerable<J.Address> addresses, byte[] said, bool tellsStandings)
    {
        foreach (var address in addresses)
        {
            var lane = LaneOf(stored.Party, address.To);
            if (address.Sequence != lane.Sent + 1)
            {
                Add(stored, $"it sends message {address.Sequence} to {address.To} after {lane.Sent}.");
            }

            lane.Sent = address.Sequence;
            lane.UnderWay[address.Sequence] = new Message(stored.Position, said, tellsStandings, 0);
        }
    }

    private void TakeDelivered(
        JournalEntry stored, string from, long sequence, long position, byte[] said, string what)
    {
        var lane = LaneOf(from, stored.Party);
        if (sequence != lane.Delivered + 1)
        {
            Add(stored, $"it takes message {sequence} of {from} after {lane.Delivered}.");
        }

        lane.Delivered = sequence;
        if (!lane.UnderWay.TryGetValue(sequence, out var message))
        {
            Add(stored, $"it takes message {sequence} of {from}, which was never sent.");
            return;
        }

        if (message.Position != position)
        {
            Add(stored, $"it names position {position} for message {sequence} of {from}, which was filed at "
                + $"{message.Position}.");
        }
        else if (!message.Said.AsSpan().SequenceEqual(said))
        {
            Add(stored, $"it takes {what} of {from} in other words than were filed at position {message.Position}.");
        }

        lane.UnderWay[sequence] = message with { DeliveredAt = stored.Position, Said = [] };
    }

    private void TakeAnswer(JournalEntry stored, J.AnswerReceived answer)
    {
        var lane = LaneOf(stored.Party, answer.From);
        if (!lane.UnderWay.Remove(answer.Sequence, out var message) || message.DeliveredAt == 0)
        {
            Add(stored, $"it has an answer of {answer.From} to message {answer.Sequence}, which was not delivered.");
        }
        else if (!message.TellsStandings && message.DeliveredAt != answer.Position)
        {
            Add(stored, $"it names position {answer.Position} for the answer of {answer.From} to message "
                + $"{answer.Sequence}, which was delivered at {message.DeliveredAt}.");
        }
    }

    private void Add(JournalEntry stored, string what) =>
        report.Add(new Damage(stored.Position, stored.Party, stored.Version, what));

    private Lane LaneOf(string from, string to)
    {
        if (!_lanes.TryGetValue((from, to), out var lane))
        {
            _lanes.Add((from, to), lane = new Lane());
        }

        return lane;
    }

    /// <summary>Of what both the filer and the addressee recorded.</summary>
    private static byte[] Digest(J.NoticeDelivered delivered) => SHA256.HashData(new J.NoticeDelivered
    {
        Id = delivered.Id,
        Notice = delivered.Notice,
        Filer = delivered.Filer,
        FiledAt = delivered.FiledAt,
    }.ToByteArray());

    private static byte[] Digest(J.StandingsDelivered told) => SHA256.HashData(new J.StandingsDelivered
    {
        Notice = told.Notice,
        Transfer = told.Transfer,
        Standings = told.Standings,
    }.ToByteArray());

    /// <summary>The messages from one party to another, numbered without a gap.</summary>
    private sealed class Lane
    {
        public long Sent { get; set; }

        public long Delivered { get; set; }

        /// <summary>Those without an answer, by number.</summary>
        public Dictionary<long, Message> UnderWay { get; } = [];
    }

    /// <param name="Position">Of the filer's entry.</param>
    /// <param name="Said">A digest of the notice, or of the standings.</param>
    /// <param name="TellsStandings">Its answer says no more than that it was taken.</param>
    /// <param name="DeliveredAt">The position of the addressee's entry; 0 while there is none.</param>
    private readonly record struct Message(long Position, byte[] Said, bool TellsStandings, long DeliveredAt);
}
