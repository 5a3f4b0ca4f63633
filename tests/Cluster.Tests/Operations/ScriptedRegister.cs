using System.Diagnostics;
using Treaty.Grid.Silo.Register;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Cluster.Tests.Operations;

/// <summary>
/// Parties that do what they are told, one after the other, and the entries that this leaves in a journal: the same at
/// every run.
/// </summary>
internal sealed class ScriptedRegister
{
    private readonly Dictionary<string, Party> _parties = new(StringComparer.Ordinal);
    private readonly Queue<(string To, Func<DateTimeOffset, Command> Command)> _post = new();
    private DateTimeOffset _time = new(2024, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static Rulebook Rulebook { get; } = RegisterFiles.ReadRulebook();

    /// <summary>By position.</summary>
    public List<JournalEntry> Entries { get; } = [];

    public Party this[string code] => _parties[code];

    /// <summary>Asks a party to record something, a minute after the one before; then the post goes out.</summary>
    public void Ask(string code, Func<DateTimeOffset, Command> command)
    {
        _time = _time.AddMinutes(1);
        _post.Enqueue((code, command));
        while (_post.TryDequeue(out var next))
        {
            Record(next.To, next.Command(_time));
        }
    }

    /// <summary>The snapshot of a party as it is now, from a fold that never let anything go.</summary>
    public Snapshot SnapshotOf(string code)
    {
        var places = Entries.Where(e => e.Party == code).ToDictionary(
            e => e.Version,
            e => new EntryPlace(e.Position, EntryCodec.Decode(e.Payload.Span, code).TraceId));
        return new Snapshot(
            this[code].Version, SnapshotCodec.Encode(this[code].Released(Rulebook), version => places[version]));
    }

    private void Record(string code, Command command)
    {
        var party = _parties.GetValueOrDefault(code) ?? new Party(code);
        if (party.Decide(command, Rulebook) is not Decided decided)
        {
            throw new InvalidOperationException($"{code} did not record {command}.");
        }

        var position = Entries.Count + 1;
        var entry = new Entry(decided.RecordTime, TraceOf(position), [.. decided.Events]);
        Entries.Add(new JournalEntry(position, code, party.Version + 1, EntryCodec.Encode(entry, code)));
        _parties[code] = decided.Next.Sealed(decided.RecordTime);
        foreach (var happened in decided.Events)
        {
            Post(code, happened, decided.RecordTime, position);
        }
    }

    private void Post(string from, Event happened, DateTimeOffset filedAt, long position)
    {
        if (happened is NoticeDelivered delivered)
        {
            var answer = new AnswerReceived(from, delivered.Sequence, position, delivered.Here);
            _post.Enqueue((delivered.From, time => new TakeAnswer(answer, time)));
        }
        else if (happened is NoticeFiled filed)
        {
            foreach (var (to, sequence) in filed.Addresses)
            {
                _post.Enqueue((to, time =>
                    new TakeNotice(sequence, filed.Notice, filedAt, position, filed.Filer, time)));
            }
        }
    }

    /// <summary>Every other request was traced.</summary>
    private static ActivityTraceId TraceOf(long position)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, position);
        return position % 2 == 0 ? default : ActivityTraceId.CreateFromBytes(bytes);
    }
}
