using System.Collections.Immutable;

namespace Treaty.Grid.Domain.Tests.Simulation;

/// <summary>One decision of one party, durable at a position of the register's one order.</summary>
internal sealed record JournalEntry(long Position, ImmutableArray<Event> Events, DateTimeOffset RecordTime);

/// <summary>Parties over lists as journals: each does what its grain does, and may restart at any moment.</summary>
internal sealed class Register
{
    private readonly Dictionary<string, Party> _parties = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<JournalEntry>> _journals = new(StringComparer.Ordinal);
    private readonly Dictionary<(string By, string To, long Sequence), AnswerReceived> _answers = [];
    private long _position;

    public IEnumerable<Party> Parties => _parties.Values.OrderBy(p => p.Code, StringComparer.Ordinal);

    public Party this[string code] => _parties[code];

    public IReadOnlyList<JournalEntry> Journal(string code) => _journals[code];

    public bool Holds(string code) => _parties.ContainsKey(code);

    public Decision Ask(string code, Command command)
    {
        Party party = _parties.GetValueOrDefault(code) ?? new Party(code);
        Decision decision = party.Decide(command, Translation.Rulebook);
        if (decision is not Decided decided) return decision;
        if (!_journals.TryGetValue(code, out List<JournalEntry>? journal)) _journals[code] = journal = [];
        journal.Add(new JournalEntry(++_position, decided.Events, decided.RecordTime));
        foreach (NoticeDelivered d in decided.Events.OfType<NoticeDelivered>())
            _answers.Add((code, d.From, d.Sequence), new AnswerReceived(code, d.Sequence, _position, d.Here));
        _parties[code] = decided.Next.Sealed(decided.RecordTime);
        return decision;
    }

    /// <summary>What the entry that took a message says of it, however often it is asked for.</summary>
    public AnswerReceived Answer(string by, string to, long sequence) => _answers[(by, to, sequence)];

    /// <summary>Everything but the journal is gone: the party is what its events say.</summary>
    public void Restart(string code)
    {
        Party folded = _journals[code].Aggregate(new Party(code), static (party, entry) => entry.Events
            .Aggregate(party, (p, happened) => p.With(happened, entry.RecordTime))
            .Sealed(entry.RecordTime));
        _parties[code] = folded;
    }
}
