using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid;

/// <summary>One thing that happened to a party. Stored for ever: a fold of all of them is the party.</summary>
public abstract record Event;

/// <summary>The state entered the register.</summary>
public sealed record PartyRegistered(string Code, string DisplayName) : Event;

/// <summary>The depositary received something from, or about, the state.</summary>
public sealed record NotificationRecorded(DepositaryNotification Notification) : Event;

/// <summary>The party declared something about its own stock.</summary>
public sealed record DeclarationFiled(Declaration Declaration) : Event;

/// <summary>The party filed a notice.</summary>
/// <param name="Notice">What it said.</param>
/// <param name="Filer">Where it stood on the notice's date.</param>
/// <param name="Addresses">Who is told, each with the next number in the order between the two.</param>
public sealed record NoticeFiled(Notice Notice, Standings Filer, ImmutableArray<Address> Addresses) : Event;

/// <summary>Whom a notice is sent to, and its number among the messages from the filer to it.</summary>
public readonly record struct Address(string To, long Sequence);

/// <summary>Another party's notice was delivered here.</summary>
/// <param name="From">Its filer.</param>
/// <param name="Sequence">Its number among the messages from there; the next watermark.</param>
/// <param name="Notice">What was said.</param>
/// <param name="FiledAt">When the filer's grain recorded it.</param>
/// <param name="Position">Of the filer's entry.</param>
/// <param name="Filer">Where the filer stood on the notice's date.</param>
/// <param name="Here">Where this party stood on it.</param>
public sealed record NoticeDelivered(
    string From, long Sequence, Notice Notice, DateTimeOffset FiledAt, long Position, Standings Filer, Standings Here)
    : Event;

/// <summary>
/// The party was assessed anew, and where it stood on a notice's date is known otherwise than was taken down with it.
/// </summary>
/// <param name="Transfer">Of the notice.</param>
/// <param name="Filer">Of the notice: this party, or the other side.</param>
/// <param name="NoticeId">The filer's.</param>
/// <param name="Standings">Where this party stood, as known now.</param>
/// <param name="Addresses">Who is told, each with the next number in the order between the two.</param>
public sealed record StandingsRevised(
    TransferKey Transfer, string Filer, string NoticeId, Standings Standings, ImmutableArray<Address> Addresses)
    : Event;

/// <summary>Another party told where it stood on a notice's date, as it has come to be known.</summary>
/// <param name="From">That party.</param>
/// <param name="Sequence">Its number among the messages from there; the next watermark.</param>
/// <param name="Transfer">Of the notice.</param>
/// <param name="Filer">Of the notice: that party, or this one.</param>
/// <param name="NoticeId">The filer's.</param>
/// <param name="Standings">Where that party stood.</param>
/// <param name="Position">Of that party's entry.</param>
public sealed record StandingsDelivered(
    string From, long Sequence, TransferKey Transfer, string Filer, string NoticeId, Standings Standings,
    long Position) : Event;

/// <summary>The addressee of a notice answered. It is durable there; this is the filer's copy.</summary>
/// <param name="From">The addressee.</param>
/// <param name="Sequence">The number of the message.</param>
/// <param name="Position">Of the addressee's entry.</param>
/// <param name="There">Where the addressee stood on the notice's date.</param>
public sealed record AnswerReceived(string From, long Sequence, long Position, Standings There) : Event;

/// <summary>Counts moved between accounts.</summary>
/// <param name="Bookings">In order.</param>
/// <param name="Basis">
/// The name of what they rest on: a notice or declaration of this party; or a transfer, for what both sides' notices
/// together make of what is on the way.
/// </param>
public sealed record StockBooked(ImmutableArray<Booking> Bookings, string Basis) : Event
{
    /// <summary>The statement they rest on was corrected: they undo what it booked.</summary>
    public bool IsTakenBack { get; init; }

    /// <summary>Accounts whose balance an opening states, or stated until it was taken back.</summary>
    public ImmutableArray<Account> Stated { get; init; } = [];

    /// <summary>The day for which it does; null for anything but an opening.</summary>
    public DateOnly? StatedOn { get; init; }
}

/// <summary>A finding was raised, or raised anew because it says something else.</summary>
public sealed record FindingRaised(Finding Finding) : Event;

/// <summary>The facts that raised a finding are gone.</summary>
/// <param name="Key">Which.</param>
/// <param name="Reason">Why.</param>
/// <param name="Position">Of the entry that holds the facts, where that is another party's; 0 otherwise.</param>
public sealed record FindingClosed(FindingKey Key, string Reason, long Position) : Event
{
    /// <summary>When, if that was before the entry was sealed; null for the time of the entry.</summary>
    public DateTimeOffset? RecordTime { get; init; }
}

/// <summary>What the party's file of a transfer comes to has changed.</summary>
public sealed record TransferAssessed(TransferKey Transfer, Assessment Assessment) : Event;

/// <summary>What is owed by a day has changed; a duty that is gone has no title.</summary>
public sealed record DutySet(Obligation Duty) : Event;
