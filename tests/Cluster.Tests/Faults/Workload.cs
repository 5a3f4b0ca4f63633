using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>One request, which may be sent again under the same id as often as it takes.</summary>
/// <param name="Party">Whose grain is asked.</param>
/// <param name="Id">What it files; empty for the registration of the party.</param>
/// <param name="Send">Sends it once.</param>
internal sealed record Request(string Party, string Id, Func<IPartyGrain, Task<Acknowledgement>> Send);

/// <summary>What was answered.</summary>
/// <param name="Position">Of the entry; 0 where the answer has none.</param>
/// <param name="IsComplete">The other side has said its part.</param>
internal readonly record struct Acknowledgement(long Position, bool IsComplete);

/// <summary>
/// What four states do: every kind of statement, a route over a third state, a shortage, mines passed on, and one
/// request sent twice.
/// </summary>
internal static class Workload
{
    public static readonly string[] Parties = ["BGR", "GRC", "JOR", "TUR"];

    /// <summary>The transfers, each with its two sides.</summary>
    public static readonly (string Sender, string Recipient, string Reference)[] Transfers =
        [("GRC", "BGR", "T-1"), ("BGR", "TUR", "T-2"), ("JOR", "GRC", "T-1"), ("TUR", "JOR", "T-3")];

    /// <summary>
    /// In rounds: those of one round do not depend on each other, and may be sent in any order or at once.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<Request>> Rounds { get; } =
    [
        [.. Parties.Select(Register)],
        [
            Notify("GRC", "g-1", 2003), Notify("BGR", "b-1", 1998), Notify("TUR", "t-1", 2003),
            Notify("JOR", "j-1", 1998),
        ],
        [Open("GRC", "g-2", 1_000), Open("BGR", "b-2", 300), Open("JOR", "j-2", 50)],
        [
            File("GRC", "g-3", Statements.Dispatch("GRC", "BGR", "T-1", 480, Day(3), Purpose.Destruction)),
            File("JOR", "j-3", Statements.Dispatch("JOR", "GRC", "T-1", 40, Day(3))),
            File("TUR", "t-2", Routed(Statements.Dispatch("TUR", "JOR", "T-3", 7, Day(4)), "BGR")),
        ],
        [
            File("BGR", "b-3", Statements.Receipt("GRC", "BGR", "T-1", 470, Day(9), Purpose.Destruction)),
            File("GRC", "g-3", Statements.Dispatch("GRC", "BGR", "T-1", 480, Day(3), Purpose.Destruction)),
            File("JOR", "j-4", Statements.Receipt("TUR", "JOR", "T-3", 7, Day(8))),
        ],
        [
            File("BGR", "b-4", Onward(Statements.Dispatch("BGR", "TUR", "T-2", 70, Day(12), Purpose.Destruction))),
            File("GRC", "g-4", Statements.Reply("JOR", "GRC", "T-1", Day(13), "never ordered")),
        ],
        [
            File("BGR", "b-5", Statements.Certificate("GRC", "BGR", "T-1", 400, Day(20), final: true)),
            File("TUR", "t-3", Statements.Receipt("BGR", "TUR", "T-2", 70, Day(19), Purpose.Destruction)),
        ],
    ];

    /// <summary>All of them, in order.</summary>
    public static IEnumerable<Request> Requests => Rounds.SelectMany(round => round);

    private static Google.Type.Date Day(int day) => Statements.Day(2024, 11, day);

    private static Request Register(string party) => new(party, "", async grain =>
    {
        await grain.Register(new RegisterRequest { DisplayName = $"State of {party}" });
        return new Acknowledgement(0, true);
    });

    private static Request Notify(string party, string id, int year) => new(party, id, async grain =>
    {
        var answer = await grain.Record(new RecordRequest
        {
            NotificationId = id,
            Notification = new DepositaryNotification
            {
                Convention = "conventions/apmbc",
                Kind = DepositaryNotification.Types.Kind.Ratification,
                Date = Statements.Day(year, 5, 5),
            },
        });
        return new Acknowledgement(answer.Position, true);
    });

    private static Request Open(string party, string id, long quantity) => new(party, id, async grain =>
    {
        var line = new Line { Item = Statements.Mine, Quantity = quantity, HoldingClass = HoldingClass.Operational };
        var answer = await grain.Declare(new DeclareRequest
        {
            DeclarationId = id,
            Declaration = new Declaration { AsOf = Day(1), StockOpening = new StockOpening { Lines = { line } } },
        });
        return new Acknowledgement(answer.Receipt.Position, true);
    });

    /// <summary>Files one notice.</summary>
    public static Request File(string party, string id, Notice notice) => new(party, id, async grain =>
    {
        var answer = await grain.File(new FileRequest { Items = { new FileItem { NoticeId = id, Notice = notice } } });
        return answer.Results.Single() is { Response: { } filed }
            ? new Acknowledgement(filed.Receipt.Position, filed.CrossCheck != CrossCheck.Pending)
            : throw new RefusedException(answer.Results.Single().Error);
    });

    private static Notice Routed(Notice notice, string over)
    {
        notice.Transit.Add(over);
        return notice;
    }

    private static Notice Onward(Notice notice)
    {
        notice.OnwardFrom = Statements.TransferName("GRC", "BGR", "T-1");
        return notice;
    }
}
