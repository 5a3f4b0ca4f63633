using System.Collections.Immutable;
using Treaty.Grid.Findings;

namespace Treaty.Grid.Domain.Tests.Simulation;

/// <summary>Parties that decide as the product does, but for one mistake: so that the audit is known to look.</summary>
internal static class PlantedMistakes
{
    public static ImmutableSortedDictionary<string, Func<Party, Command, Decision>> All { get; } =
        new Dictionary<string, Func<Party, Command, Decision>>
        {
            ["a booking that is left out"] = Events(e => e is StockBooked ? null : e),
            ["a booking of one too many"] = Events(e => e is StockBooked booked ? OneMore(booked) : e),
            ["a booking made twice"] = EachEvent(e => e is StockBooked ? [e, e] : [e]),
            ["a finding on the wrong party"] = Events(e => e is FindingRaised raised ? Swap(raised) : e),
            ["a finding that is never closed"] = Events(e => e is FindingClosed ? null : e),
            ["a finding that weighs less"] = Events(e => e is FindingRaised { Finding.Severity: Severity.Breach } raised
                ? raised with { Finding = raised.Finding with { Severity = Severity.Review } }
                : e),
            ["a watermark that stands still"] = Events(
                e => e is NoticeDelivered d ? d with { Sequence = d.Sequence - 1 } : e),
            ["a watermark that runs ahead"] = Events(
                e => e is NoticeDelivered d ? d with { Sequence = d.Sequence + 1 } : e),
            ["a message to the counterpart that is forgotten"] = Events(
                e => e is NoticeFiled filed ? filed with { Addresses = [] } : e),
            ["a correction taken for one more statement"] = (party, command) => Honest(party, command switch
            {
                FileNotice c => c with { Notice = c.Notice with { Supersedes = "" } },
                FileDeclaration c => c with { Declaration = c.Declaration with { Supersedes = "" } },
                TakeNotice c => c with { Notice = c.Notice with { Supersedes = "" } },
                _ => command,
            }),
            ["a correction that books nothing back"] = Events(e => e is StockBooked { IsTakenBack: true } ? null : e),
            ["a standing on the day of recording"] = StandingToday,
            ["other content taken for a repeat"] = (party, command) => Honest(party, command) switch
            {
                Refused { Refusal.Reason: RefusalReason.IdConflict } => Repeated.Instance,
                var decision => decision,
            },
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static Decision Honest(Party party, Command command) => party.Decide(command, Translation.Rulebook);

    private static Func<Party, Command, Decision> Events(Func<Event, Event?> change) =>
        EachEvent(e => change(e) is { } changed ? [changed] : []);

    private static Func<Party, Command, Decision> EachEvent(Func<Event, IEnumerable<Event>> change) =>
        (party, command) => Honest(party, command) is Decided decided
            ? Refolded(party, decided with { Events = [.. decided.Events.SelectMany(change)] })
            : Honest(party, command);

    private static Decided Refolded(Party party, Decided decided) => decided with
    {
        Next = decided.Events.Aggregate(party, (p, happened) => p.With(happened, decided.RecordTime)),
    };

    private static StockBooked OneMore(StockBooked booked) => booked with
    {
        Bookings = booked.Bookings.SetItem(0, booked.Bookings[0] with { Quantity = booked.Bookings[0].Quantity + 1 }),
    };

    private static FindingRaised Swap(FindingRaised raised)
    {
        FindingKey key = raised.Finding.Key;
        return key.About.Split('~') is [var sender, var recipient, _]
            ? raised with
            {
                Finding = raised.Finding with { Key = key with { Party = key.Party == sender ? recipient : sender } },
            }
            : raised;
    }

    private static Decision StandingToday(Party party, Command command)
    {
        if (command is not FileNotice { Notice: var notice } || Honest(party, command) is not Decided decided)
            return Honest(party, command);
        var today = DateOnly.FromDateTime(decided.RecordTime.UtcDateTime);
        return Refolded(party, decided with
        {
            Events =
            [
                .. decided.Events.Select(e => e is NoticeFiled filed
                    ? filed with
                    {
                        Filer = new([party.MembershipOn(Translation.MineBan.Convention, today).Standing]),
                    }
                    : e),
            ],
        });
    }
}
