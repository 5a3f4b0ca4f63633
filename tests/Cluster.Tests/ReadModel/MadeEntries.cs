using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;
using J = Treaty.Grid.Journal.V1;
using Match = Treaty.Grid.V1.Match;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>Entries as parties would make them, one after the other.</summary>
internal sealed class MadeEntries
{
    private static readonly DateTimeOffset Recorded = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly List<JournalEntry> _entries = [];
    private int _taken;

    public static string NameOf(string sender, string recipient, string reference) =>
        $"parties/{sender}/transfers/{recipient}~{reference}";

    public static J.Event Filed(string id, NoticeKind kind, string sender, string recipient, string day) => new()
    {
        NoticeFiled = new J.NoticeFiled
        {
            Id = id,
            Notice = new Notice
            {
                Kind = kind,
                Transfer = "T1",
                Sender = sender,
                Recipient = recipient,
                Date = Day(day),
            },
        },
    };

    public static J.Event Declared(string id, string day) => new()
    {
        DeclarationFiled = new J.DeclarationFiled { Id = id, Declaration = new Declaration { AsOf = Day(day) } },
    };

    public static J.Event Assessed(
        string name, string since, string due = "", string awaited = "", Pairing pairing = Pairing.SenderOnly) => new()
        {
            TransferAssessed = new J.TransferAssessed
            {
                Transfer = name,
                Purpose = Purpose.Destruction,
                Movement = Movement.Dispatched,
                Pairing = pairing,
                Match = pairing == Pairing.Paired ? Match.Matched : Match.NotMatched,
                Completed = pairing == Pairing.Paired,
                Awaited = awaited,
                Due = Day(due),
                Since = Day(since),
            },
        };

    public static J.Event Raised(
        string party, string id, Severity severity, string due = "", long position = 0) => new()
        {
            FindingRaised = new J.FindingRaised
            {
                Finding = new Finding
                {
                    Name = $"parties/{party}/findings/{id}",
                    Rule = id.Split('~')[0],
                    Party = party,
                    Severity = severity,
                    Status = FindingStatus.Open,
                    Due = Day(due),
                    Position = position,
                    RecordTime = Recorded.AddMilliseconds(-500).ToTimestamp(),
                },
            },
        };

    public static J.Event Closed(string party, string id, string reason) => new()
    {
        FindingClosed = new J.FindingClosed { Name = $"parties/{party}/findings/{id}", Reason = reason },
    };

    public static J.Event Owed(string rule, string title, string due, bool met = false, string transfer = "") => new()
    {
        DutySet = new J.DutySet { Rule = rule, Transfer = transfer, Title = title, Due = Day(due), Met = met },
    };

    /// <summary>The next entry of a party.</summary>
    public void Add(string party, params J.Event[] events) => AddBytes(
        party, new J.Entry { RecordTime = Recorded.ToTimestamp(), Events = { events } }.ToByteArray());

    public void AddBytes(string party, byte[] payload) => _entries.Add(new JournalEntry(
        _entries.Count + 1, party, _entries.Count(e => e.Party == party) + 1, payload));

    /// <summary>Those made since this was last asked.</summary>
    public IReadOnlyList<JournalEntry> TakeNew()
    {
        var entries = _entries[_taken..];
        _taken = _entries.Count;
        return entries;
    }

    private static Google.Type.Date? Day(string day) => day.Length == 0
        ? null
        : DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture).ToDate();
}
