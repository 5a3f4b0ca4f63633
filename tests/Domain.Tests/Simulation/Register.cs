using System.Collections.Immutable;

namespace Treaty.Grid.Domain.Tests.Simulation;

/// <summary>One decision of one party, durable at a position of the register's one order.</summary>
internal sealed record JournalEntry(
    long Position, string Party, ImmutableArray<Event> Events, DateTimeOffset RecordTime);

/// <summary>
/// Parties over lists as journals: each does what its grain does. What is decided is durable only when it is
/// committed, and any party may crash before.
/// </summary>
/// <param name="decide">The party's own decision, or one with a mistake planted in it.</param>
internal sealed class Register(Func<Party, Command, Decision> decide)
{
    private readonly SortedDictionary<string, Seat> _seats = new(StringComparer.Ordinal);
    private readonly Dictionary<(string By, string To, long Sequence), AnswerReceived> _answers = [];
    private readonly List<JournalEntry> _journal = [];

    public IEnumerable<Party> Parties => _seats.Values.Select(s => s.Party);

    public Party this[string code] => _seats[code].Party;

    /// <summary>Of all parties, by position.</summary>
    public IReadOnlyList<JournalEntry> Journal => _journal;

    public bool Holds(string code) => _seats.ContainsKey(code);

    /// <summary>The position of a party's entry; null while it is not durable.</summary>
    public long? PositionOf(string code, long version) =>
        version <= _seats[code].Durable.Count ? _seats[code].Durable[(int)version - 1].Position : null;

    /// <summary>A crash now would lose something.</summary>
    public bool Waits(string code) => _seats[code] is { Waiting.Count: > 0 } or { Riding.IsEmpty: false };

    public Decision Ask(string code, Command command)
    {
        if (!_seats.TryGetValue(code, out Seat? seat)) _seats[code] = seat = new Seat(new Party(code));
        Decision decision = decide(seat.Party, command);
        if (decision is not Decided decided) return decision;
        seat.Riding = seat.Riding.AddRange(decided.Events);
        seat.Party = decided.Next;
        // An answer is durable at the peer that gave it: its copy rides with the next entry.
        if (command is TakeAnswer) return decision;
        seat.Waiting.Add((seat.Riding, decided.RecordTime));
        seat.Riding = [];
        seat.Party = decided.Next.Sealed(decided.RecordTime);
        return decision;
    }

    public void Commit(string code)
    {
        Seat seat = _seats[code];
        foreach (var (events, recordTime) in seat.Waiting)
        {
            var entry = new JournalEntry(_journal.Count + 1, code, events, recordTime);
            _journal.Add(entry);
            seat.Durable.Add(entry);
            foreach (NoticeDelivered d in events.OfType<NoticeDelivered>())
                _answers.Add((code, d.From, d.Sequence), new AnswerReceived(code, d.Sequence, entry.Position, d.Here));
        }
        seat.Waiting.Clear();
    }

    /// <summary>
    /// What the entry that took a message says of it, however often it is asked for; null while it is not durable.
    /// </summary>
    public AnswerReceived? Answer(string by, string to, long sequence) =>
        _answers.GetValueOrDefault((by, to, sequence));

    /// <summary>Everything but the journal is gone: the party is what its entries say.</summary>
    public void Crash(string code)
    {
        Seat seat = _seats[code];
        seat.Waiting.Clear();
        seat.Riding = [];
        seat.Party = seat.Durable.Aggregate(new Party(code), static (party, entry) => entry.Events
            .Aggregate(party, (p, happened) => p.With(happened, entry.RecordTime))
            .Sealed(entry.RecordTime));
    }

    private sealed class Seat(Party party)
    {
        public Party Party { get; set; } = party;

        public List<JournalEntry> Durable { get; } = [];

        /// <summary>Decided, not yet durable.</summary>
        public List<(ImmutableArray<Event> Events, DateTimeOffset RecordTime)> Waiting { get; } = [];

        /// <summary>Durable at a peer, goes into the next entry here.</summary>
        public ImmutableArray<Event> Riding { get; set; } = [];
    }
}
