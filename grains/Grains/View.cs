using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Transfers;
using Treaty.Grid.V1;

namespace Treaty.Grid.Grains;

/// <summary>What callers see of the domain.</summary>
internal static class View
{
    /// <summary>By severity, the gravest first, then by id and party.</summary>
    public static readonly Comparer<Findings.Finding> GravestFirst = Comparer<Findings.Finding>.Create((a, b) =>
        a.Severity != b.Severity ? b.Severity.CompareTo(a.Severity)
        : a.Key.Id != b.Key.Id ? string.CompareOrdinal(a.Key.Id, b.Key.Id)
        : string.CompareOrdinal(a.Key.Party, b.Key.Party));

    public static V1.Party Party(
        Grid.Party party, Rulebook rulebook, DateOnly asOf, DateOnly? asKnownOn, long position) => new()
        {
            Name = $"parties/{party.Code}",
            DisplayName = party.DisplayName,
            Memberships =
            {
                rulebook.Conventions.Values
                    .Where(c => party.Notifications.ContainsKey(c.Id))
                    .Select(c => party.RecordUnder(c))
                    .Select(r => asKnownOn is { } day ? r.AsKnownOn(day) : r)
                    .Select(r => Membership(r.On(asOf))),
            },
            AsOf = asOf.ToDate(),
            Position = position,
        };

    public static V1.Membership Membership(Conventions.Membership membership) => new()
    {
        Convention = $"conventions/{membership.Convention}",
        Status = (V1.MembershipStatus)membership.Status,
        Signed = membership.Signed.ToDate(),
        Deposited = membership.Deposited.ToDate(),
        EntryIntoForce = membership.EntryIntoForce.ToDate(),
        WithdrawalNotified = membership.WithdrawalNotified.ToDate(),
        WithdrawalEffective = membership.WithdrawalEffective.ToDate(),
        SuspensionAsserted = membership.Standing.SuspensionAsserted,
        InArmedConflict = membership.InArmedConflict,
        ProvisionalApplication = membership.ProvisionalApplication,
    };

    public static V1.Clarification Clarification(Conventions.Clarification asked, DateOnly asOf) => new()
    {
        Id = asked.Id,
        Convention = $"conventions/{asked.Request.Convention}",
        Status = (V1.Clarification.Types.Status)asked.Status,
        Requesters = { asked.Request.Asserters },
        Finding = asked.Request.Finding,
        Requested = asked.Request.Date.ToDate(),
        Due = asked.Due.ToDate(),
        DaysLate = asked.IsUnanswered ? Math.Max(0, asOf.DayNumber - asked.Due.DayNumber) : 0,
        Answered = asked.Answered.ToDate(),
        Ended = (asked.Closed ?? asked.Escalated).ToDate(),
        Source = asked.Request.Source,
    };

    public static V1.Declaration Declaration(Filed<Stockpiles.Declaration> filed, string party)
    {
        var message = filed.Content.ToMessage(party);
        message.RecordTime = filed.RecordTime.ToTimestamp();
        message.SupersededBy = StatementCodec.NameOf(party, "declarations", filed.SupersededBy);
        return message;
    }

    public static V1.Notice Notice(FiledNotice filed)
    {
        var message = filed.Notice.ToMessage();
        message.RecordTime = filed.RecordTime.ToTimestamp();
        message.SupersededBy = StatementCodec.NameOf(filed.Notice.Filer, "notices", filed.SupersededBy);
        return message;
    }

    public static Receipt Receipt(long position, DateTimeOffset recordTime, ActivityTraceId trace) => new()
    {
        Position = position,
        RecordTime = recordTime.ToTimestamp(),
        TraceId = trace == default ? "" : trace.ToHexString(),
    };

    /// <summary>With what is computed on reading: days late, and the position of this party's own entry.</summary>
    public static V1.Finding Finding(
        Findings.Finding finding, Rulebook rulebook, DateOnly asOf, Func<long, long> positionOf)
    {
        var message = Complete(FindingCodec.ToMessage(finding), rulebook, asOf);
        if (message.Position == 0)
        {
            message.Position = positionOf(finding.Version);
        }

        return message;
    }

    /// <summary>What of a party's standings is known otherwise, of all those of one notice.</summary>
    public static IEnumerable<StandingChange> Changes(Grid.Party before, StandingsRevised revised)
    {
        var filed = before.Files[revised.Transfer].Find(revised.Filer, revised.NoticeId)!;
        var recorded = before.StandingsOf(filed)!;
        return revised.Standings.All
            .Where(s => recorded.Under(s.Convention) != s)
            .Select(s => new StandingChange
            {
                Notice = filed.Notice.Name,
                Convention = $"conventions/{s.Convention}",
                Before = (MembershipStatus)(recorded.Under(s.Convention)?.Status ?? 0),
                After = (MembershipStatus)s.Status,
            });
    }

    /// <summary>A finding as it was recorded, with its rule's title and how late it is on a day.</summary>
    public static V1.Finding Complete(V1.Finding finding, Rulebook rulebook, DateOnly asOf)
    {
        finding.Title = rulebook.FindRule(finding.Rule)?.Rule.Text.Title ?? "";
        finding.AsOf = asOf.ToDate();
        finding.DaysLate = finding.Due?.ToDay() is { } due && due < asOf ? asOf.DayNumber - due.DayNumber : 0;
        return finding;
    }

    public static V1.Obligation Obligation(
        Findings.Obligation owed, Rulebook rulebook, DateOnly asOf, string party = "")
    {
        var rule = rulebook.FindRule(owed.Rule);
        return new V1.Obligation
        {
            Rule = owed.Rule,
            Title = owed.Title,
            Convention = rule is { } known ? $"conventions/{known.Law.Id}" : "",
            Article = rule?.Rule.Article ?? "",
            Due = owed.Due.ToDate(),
            DaysLate = owed.IsMet ? 0 : Math.Max(0, asOf.DayNumber - owed.Due.DayNumber),
            Met = owed.IsMet,
            Transfer = owed.Transfer,
            Party = party,
        };
    }

    public static V1.Obligation Obligation(DutyRow row, Rulebook rulebook, DateOnly asOf) => Obligation(
        new Findings.Obligation(row.Rule, row.Title, row.Due, row.IsMet, row.Transfer), rulebook, asOf, row.Party);

    /// <summary>Adds what the other side may have filed under another reference.</summary>
    public static V1.Transfer Suggest(V1.Transfer transfer, IReadOnlyCollection<PairingCandidate> candidates)
    {
        transfer.Suggestions.AddRange(candidates.Select(c => new PairingSuggestion
        {
            Transfer = c.Other.Name,
            Score = c.Score,
            Reasons = { c.Reasons },
        }));
        if (candidates.Count > 0 && transfer.Pairing is V1.Pairing.SenderOnly or V1.Pairing.RecipientOnly)
        {
            transfer.Pairing = V1.Pairing.Suggested;
        }

        return transfer;
    }

    /// <summary>A transfer as one party's file has it.</summary>
    /// <param name="isBrief">Without its notices.</param>
    public static V1.Transfer Transfer(
        Grid.Party party, TransferFile file, Rulebook rulebook, DateOnly asOf, Func<long, long> positionOf,
        bool isBrief = false)
    {
        var (match, differences) = Matching.Compare(file, rulebook.Taxonomy, rulebook.TermsOf(file));
        var assessment = Assessment.Of(file, rulebook);
        var findings = party.FindingsOn(asOf, file, rulebook)
            .Where(f => f.Closed is null)
            .Order(GravestFirst)
            .Select(f => Finding(f, rulebook, asOf, positionOf))
            .ToList();
        return new V1.Transfer
        {
            Name = file.Key.Name,
            Sender = file.Key.Sender,
            Recipient = file.Key.Recipient,
            Purpose = (V1.Purpose)assessment.Purpose,
            Movement = (V1.Movement)assessment.Movement,
            Pairing = (V1.Pairing)Lifecycle.PairingOf(file, rulebook, asOf),
            Match = (V1.Match)match,
            Differences =
            {
                differences.Select(d => new V1.Difference
                {
                    Field = d.Field,
                    SenderValue = d.SenderValue,
                    RecipientValue = d.RecipientValue,
                    Tolerance = d.Tolerance,
                }),
            },
            Findings = { findings },
            Notices = { isBrief ? [] : file.History.Select(Notice) },
            Completed = assessment.IsCompleted,
            Position = file.History
                .SelectMany(n => new[] { positionOf(n.Version), n.FilerPosition, n.CounterpartPosition })
                .Max(),
            AsOf = asOf.ToDate(),
        };
    }
}
