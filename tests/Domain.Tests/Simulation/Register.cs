using System.Collections.Immutable;
using Treaty.Grid.Auditor;

namespace Treaty.Grid.Domain.Tests.Simulation;

/// <summary>One decision of one party, durable at a position of the register's one order.</summary>
internal sealed record JournalEntry(
    long Position, string Party, ImmutableArray<Event> Events, DateTimeOffset RecordTime);

/// <summary>
/// Parties over lists as journals: each does what its grain does. What is decided is durable only when it is
/// committed, and any party may crash before. Now and then a party lets go what is at rest.
/// </summary>
/// <param name="decide">The party's own decision, or one with a mistake planted in it.</param>
/// <param name="dice">When a party lets go.</param>
internal sealed class Register(Func<Party, Command, Decision> decide, Dice dice)
{
    private readonly SortedDictionary<string, Seat> _seats = new(StringComparer.Ordinal);
    private readonly Dictionary<(string By, string To, long Sequence), AnswerReceived> _answers = [];
    private readonly List<JournalEntry> _journal = [];

    /// <summary>With everything that they had let go.</summary>
    public IEnumerable<Party> Parties => _seats.Keys.Select(code => this[code]);

    /// <summary>With everything that it had let go.</summary>
    public Party this[string code] => Recall(
        _seats[code], _seats[code].Party, _seats[code].Mentions.SelectMany(m => m).Distinct(StringComparer.Ordinal));

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
        if (dice.Chance(25) && !Waits(code)) seat.Party = seat.Party.Released(Translation.Rulebook);
        seat.Party = Recall(seat, seat.Party, seat.Party.NeededFor(command));
        Decision decision = decide(seat.Party, command);
        if (decision is not Decided decided) return decision;
        seat.RidingNames = seat.RidingNames.Union(Mentions(seat.Party, decided));
        seat.Riding = seat.Riding.AddRange(decided.Events);
        seat.Party = decided.Next;
        // An answer is durable at the peer that gave it: its copy rides with the next entry.
        if (command is TakeAnswer) return decision;
        seat.Waiting.Add((seat.Riding, decided.RecordTime));
        seat.Mentions.Add(seat.RidingNames);
        (seat.Riding, seat.RidingNames) = ([], []);
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
        seat.Mentions.RemoveRange(seat.Durable.Count, seat.Mentions.Count - seat.Durable.Count);
        (seat.Riding, seat.RidingNames) = ([], []);
        seat.Party = seat.Durable.Aggregate(new Party(code), static (party, entry) => entry.Events
            .Aggregate(party, (p, happened) => p.With(happened, entry.RecordTime))
            .Sealed(entry.RecordTime));
    }

    private static ImmutableHashSet<string> Mentions(Party party, Decided decided)
    {
        ImmutableHashSet<string> names = [];
        foreach (Event happened in decided.Events)
        {
            names = names.Union(party.MentionedBy(happened));
            party = party.With(happened, decided.RecordTime);
        }
        return names;
    }

    private static Party Recall(Seat seat, Party party, IEnumerable<string> names)
    {
        var left = new Queue<string>(names.Where(n => !party.Holds(n)));
        while (left.TryDequeue(out string? name))
        {
            List<SealedEntry> entries = [.. seat.Entries
                .Where((_, index) => seat.Mentions[index].Contains(name))];
            party = party.Recall(name, entries, out ImmutableArray<string> needed);
            foreach (string next in needed) left.Enqueue(next);
        }
        return party;
    }

    private sealed class Seat(Party party)
    {
        public Party Party { get; set; } = party;

        public List<JournalEntry> Durable { get; } = [];

        /// <summary>Decided, not yet durable.</summary>
        public List<(ImmutableArray<Event> Events, DateTimeOffset RecordTime)> Waiting { get; } = [];

        /// <summary>Of each entry, durable or waiting, the names that it mentions.</summary>
        public List<ImmutableHashSet<string>> Mentions { get; } = [];

        public ImmutableHashSet<string> RidingNames { get; set; } = [];

        /// <summary>Durable or waiting, by version.</summary>
        public IEnumerable<SealedEntry> Entries => Durable
            .Select(e => (e.Events, e.RecordTime))
            .Concat(Waiting)
            .Select((e, index) => new SealedEntry(index + 1, e.RecordTime, e.Events));

        /// <summary>Durable at a peer, goes into the next entry here.</summary>
        public ImmutableArray<Event> Riding { get; set; } = [];
    }
}
