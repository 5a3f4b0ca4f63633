using System.Globalization;
using Treaty.Grid.Conventions;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid;

/// <summary>
/// What a party is asked to record. Its time is when it was asked; the record never goes back before its last.
/// </summary>
public abstract record Command(DateTimeOffset Time);

/// <summary>Put the party into the register.</summary>
public sealed record RegisterParty(string DisplayName, DateTimeOffset Time) : Command(Time);

/// <summary>Record what the depositary received.</summary>
public sealed record RecordNotification(DepositaryNotification Notification, DateTimeOffset Time) : Command(Time);

/// <summary>File a declaration of the party.</summary>
public sealed record FileDeclaration(Declaration Declaration, DateTimeOffset Time) : Command(Time);

/// <summary>File a notice of the party.</summary>
public sealed record FileNotice(Notice Notice, DateTimeOffset Time) : Command(Time);

/// <summary>Move the party's notices from a file of its own to that of the other side.</summary>
/// <param name="Transfer">The file that holds them.</param>
/// <param name="Other">The file that the other side's are in.</param>
/// <param name="Id">Chosen by the party; the ids of the notices are made of it.</param>
/// <param name="Time">When it asked.</param>
public sealed record ConfirmPairing(TransferKey Transfer, TransferKey Other, string Id, DateTimeOffset Time)
    : Command(Time)
{
    /// <summary>The id of the n-th notice in its new place, from 1.</summary>
    public string MovedId(int n) => string.Create(CultureInfo.InvariantCulture, $"{Id}-{n}");

    /// <summary>The id of its withdrawal from where it was.</summary>
    public string WithdrawalId(int n) => string.Create(CultureInfo.InvariantCulture, $"{Id}-w{n}");
}

/// <summary>Take a notice of another party.</summary>
/// <param name="Sequence">Its number among the messages from its filer.</param>
/// <param name="Notice">What was said.</param>
/// <param name="FiledAt">When the filer's grain recorded it.</param>
/// <param name="Position">Of the filer's entry.</param>
/// <param name="Filer">Where the filer stood on the notice's date.</param>
/// <param name="Time">When it arrived.</param>
public sealed record TakeNotice(
    long Sequence, Notice Notice, DateTimeOffset FiledAt, long Position, Standings Filer, DateTimeOffset Time)
    : Command(Time);

/// <summary>Take what another party has come to know of where it stood on a notice's date.</summary>
/// <param name="Told">With the sequence among the messages from there.</param>
/// <param name="Time">When it arrived.</param>
public sealed record TakeStandings(StandingsDelivered Told, DateTimeOffset Time) : Command(Time);

/// <summary>Take the answer to a message.</summary>
public sealed record TakeAnswer(AnswerReceived Answer, DateTimeOffset Time) : Command(Time);

/// <summary>Judge what the passing of time alone has changed. It is a repeat where nothing has.</summary>
public sealed record JudgeDay(DateTimeOffset Time) : Command(Time);

/// <summary>
/// Judge anew, by the conventions and the memberships known now, what was judged when it was filed. It is a repeat
/// where that changes nothing.
/// </summary>
/// <param name="Transfers">Which of the party's files; those that are not in memory are left out.</param>
/// <param name="Declarations">Which of its declarations, likewise.</param>
/// <param name="IsWhole">The party as such, too: its stock and its reports.</param>
/// <param name="Time">When it was asked for.</param>
public sealed record Reassess(
    ImmutableArray<TransferKey> Transfers, ImmutableArray<string> Declarations, bool IsWhole, DateTimeOffset Time)
    : Command(Time);

/// <summary>What a party makes of a command.</summary>
public abstract record Decision;

/// <summary>It was done before, with the same content: the first answer holds.</summary>
public sealed record Repeated : Decision
{
    public static Repeated Instance { get; } = new();
}

/// <summary>Nothing is recorded.</summary>
public sealed record Refused(Refusal Refusal) : Decision;

/// <summary>These events, and the party after them. The entry that holds them is not sealed yet.</summary>
/// <param name="Events">At least one, in order.</param>
/// <param name="Next">The fold of them.</param>
/// <param name="RecordTime">Of the entry.</param>
public sealed record Decided(ImmutableArray<Event> Events, Party Next, DateTimeOffset RecordTime) : Decision;
