using Treaty.Grid.Conventions;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Findings;

/// <summary>
/// The rules about a transfer or declaration that need the party's own books or memberships.
/// Each is a finding on the party itself, in its own grain; the other side does not see it.
/// </summary>
public static class HolderRules
{
    /// <summary>About one of the party's transfers.</summary>
    public static IEnumerable<Finding> Judge(Party party, TransferFile file, Rulebook rulebook)
    {
        var own = file.Notices.Where(n => n.Notice.Filer == party.Code).ToList();
        var findings = new List<Finding>();
        foreach (var law in rulebook.ConcernedBy(own.SelectMany(n => n.Notice.Lines)))
        {
            Add(RetainedAboveDeclared(party, file, own, law));
            Add(Diverted(party, file, own, law));
            Add(LotOrNoticeTwice(party, file, own, law));
            foreach (var rule in law.Of(Checks.AdvanceNoticeMissing))
            {
                Add(ActedUnplanned(party, file, own, law, rule));
            }
        }

        return findings;

        void Add(Finding? finding)
        {
            if (finding is not null)
            {
                findings.Add(finding);
            }
        }
    }

    /// <summary>About one of its declarations: what was received for destruction put to another use.</summary>
    public static IEnumerable<Finding> Judge(Party party, Declaration declaration, Rulebook rulebook)
    {
        var lines = declaration.Lines.Where(l => l.Class == Place.ReceivedForDestruction).ToList();
        var retained = declaration.To == Place.Retained;
        var isOther = declaration.Kind switch
        {
            DeclarationKind.Reclassification => declaration.To != Place.AwaitingDestruction,
            DeclarationKind.Consumption => true,
            _ => false,
        };
        foreach (var law in isOther ? rulebook.ConcernedBy(lines) : [])
        {
            if (law.The(Checks.DivertedFromDestruction) is { } rule && lines.Exists(law.Covers)
                && party.MembershipOn(law.Convention, declaration.AsOf).Standing.IsBound)
            {
                yield return StockRules.Find(
                    rule, party, declaration.Id, retained ? Severity.Review : rule.Severity, law,
                    $"{party.Code} moved {law.Convention.About} that it had received for destruction to "
                        + (retained ? "retained stock."
                            : rule.Severity == Severity.Breach ? "another use: an apparent breach."
                            : "another use."),
                    Facts(lines, declaration.AsOf).Add(
                        "to", declaration.Kind == DeclarationKind.Consumption ? Place.Consumed : declaration.To));
            }
        }
    }

    /// <summary>About a transfer that others say went through the party's territory.</summary>
    public static IEnumerable<Finding> JudgeTransit(Party party, TransferFile file, Rulebook rulebook)
    {
        foreach (var (law, rule) in rulebook.ConcernedBy(file)
            .SelectMany(law => law.Of(Checks.ProhibitedTransit).Select(rule => (law, rule))))
        {
            var passed = file.Notices.FirstOrDefault(n => n.Notice.Transit.Contains(party.Code)
                && n.Notice.Kind is NoticeKind.Dispatch or NoticeKind.Receipt
                && law.LinesUnder(rule.When, n).Count > 0
                && party.StandingsOf(n)?.IsBoundUnder(law.Id) == true);
            if (passed is not null)
            {
                yield return About(
                    file, StockRules.Find(
                        rule, party, file.Key.ToString(), rule.Severity, law,
                        $"{passed.Notice.Filer} states that {law.Convention.About} for a purpose that is not permitted "
                            + $"passed through {party.Code} around {Inputs.Text(passed.Notice.Date)}, when it was "
                            + "bound; whether transit is a transfer is disputed.",
                        Facts(passed.Notice.Lines, passed.Notice.Date).Add("stated_by", passed.Notice.Filer)),
                    [passed]);
            }
        }
    }

    private static Finding? RetainedAboveDeclared(
        Party party, TransferFile file, List<FiledNotice> own, Jurisdiction law)
    {
        var receipts = own
            .Where(n => n.Notice is { Kind: NoticeKind.Receipt, Purpose: Purpose.Training }
                && n.Filer.IsBoundUnder(law.Id) && n.Notice.Lines.Any(l => l.Quantity > 0 && law.Covers(l)))
            .ToList();
        if (law.The(Checks.RetainedAboveDeclared) is not { } rule || receipts.Count == 0
            || (party.DeclaredRetained(law, law.MayCover) ?? law.Terms.RetainedThreshold) is not { } limit)
        {
            return null;
        }

        var mines = party.Books.Items
            .Where(law.MayCover)
            .ToList();
        var (retained, day) = receipts
            .Select(r => (mines.Sum(i => party.Books.On(i, Place.Retained, r.Notice.Date)), r.Notice.Date))
            .Max();
        return retained <= limit ? null : About(
            file, StockRules.Find(
                rule, party, file.Key.ToString(), rule.Severity, law,
                $"With this transfer {party.Code} retains {Inputs.Text(retained)} {law.Convention.About}; it had "
                    + $"declared {Inputs.Text(limit)}. {rule.Citation} allows the minimum absolutely necessary.",
                new Inputs().Add("retained", retained).Add("declared", limit).Add("on", day)),
            receipts);
    }

    private static Finding? Diverted(Party party, TransferFile file, List<FiledNotice> own, Jurisdiction law)
    {
        var diverted = own
            .Where(n => n.Filer.IsBoundUnder(law.Id) && WeightOf(n.Notice, law) is not null)
            .ToList();
        if (law.The(Checks.DivertedFromDestruction) is not { } rule || diverted.Count == 0)
        {
            return null;
        }

        var severity = diverted.Max(n => WeightOf(n.Notice, law)!.Value);
        var last = diverted[^1].Notice;
        return About(
            file, StockRules.Find(
                rule, party, file.Key.ToString(), severity, law,
                $"{party.Code} put {law.Convention.About} received for destruction to another use"
                    + (severity == Severity.Breach ? ": an apparent breach." : ": retained."),
                Facts(last.Lines, last.Date).Add("purpose", last.Purpose)),
            diverted);
    }

    private static Severity? WeightOf(Notice notice, Jurisdiction law)
    {
        if (!notice.IsAct || !notice.Lines.Any(law.Covers))
        {
            return null;
        }

        if (notice is { Kind: NoticeKind.Receipt, Purpose: Purpose.Destruction })
        {
            return notice.Lines.Any(l => l.Class == Place.Operational) ? Severity.Breach
                : notice.Lines.Any(l => l.Class == Place.Retained) ? Severity.Review
                : null;
        }

        var isReturn = notice.OnwardFrom is { } origin && origin.Sender == notice.Transfer.Recipient;
        var leaves = notice.OnwardFrom is not null || notice.Lines.Any(l => l.Class == Place.ReceivedForDestruction);
        return notice.Kind == NoticeKind.Dispatch && leaves && !isReturn && notice.Purpose != Purpose.Destruction
            ? Severity.Breach
            : null;
    }

    private static Finding? LotOrNoticeTwice(Party party, TransferFile file, List<FiledNotice> own, Jurisdiction law)
    {
        if (law.The(Checks.LotOrNoticeTwice) is not { } rule)
        {
            return null;
        }

        var inputs = new Inputs();
        var reasons = new List<string>();
        foreach (var filed in own)
        {
            if (NoticeContent.Of(filed.Notice) is { } content
                && party.Contents.TryGetValue(content, out var first) && first != file.Key)
            {
                reasons.Add($"the same notice stands under {first.Name}.");
                inputs.Add("same_notice", first.Name);
            }
        }

        foreach (var (item, lot) in !own.Exists(n => n.Notice.Lines.Any(l => !l.Lots.IsEmpty)) ? [] : own
            .Where(n => n.Notice.Kind == NoticeKind.Dispatch)
            .SelectMany(n => n.Notice.Lines)
            .Where(l => law.IsConcernedBy(l.Item))
            .SelectMany(l => l.Lots.Select(lot => (l.Item, lot.Number)))
            .Distinct())
        {
            var left = party.Books.LeftInLot(item, lot);
            if (left < 0 && !Lifecycle.IsEnded(file))
            {
                reasons.Add($"{Inputs.Text(-left)} more of lot {lot} of {item} were dispatched than it held.");
                inputs.Add($"lot[{item}/{lot}]", left);
            }
        }

        return reasons.Count == 0 ? null : About(
            file, StockRules.Find(
                rule, party, file.Key.ToString(), rule.Severity, law,
                $"{party.Code}: " + string.Join(" ", reasons), inputs),
            own);
    }

    /// <summary>The plan is the actor's own, and so is the act that it comes before.</summary>
    private static Finding? ActedUnplanned(
        Party party, TransferFile file, List<FiledNotice> own, Jurisdiction law, Rule rule)
    {
        var act = own
            .Where(n => n.Notice.Kind is NoticeKind.Dispatch or NoticeKind.Receipt && n.Filer.IsBoundUnder(law.Id)
                && n.Notice.Date >= TransparencyRules.AssessedFrom(party, law)
                && law.LinesUnder(rule.When, n).Count > 0)
            .MinBy(n => n.Notice.Date);
        var planned = file.History
            .Where(n => n.Notice.Kind == NoticeKind.Plan && n.Notice.Filer == party.Code)
            .Select(n => (DateOnly?)DateOnly.FromDateTime((n.FirstRecordTime ?? n.RecordTime).UtcDateTime))
            .Min();
        var days = rule.When.DaysBefore;
        if (act is null || planned?.AddDays(days) <= act.Notice.Date)
        {
            return null;
        }

        var inputs = Facts(law.LinesUnder(rule.When, act), act.Notice.Date).Add("days_before", days);
        return About(
            file, StockRules.Find(
                rule, party, file.Key.ToString(), rule.Severity, law,
                $"{party.Code} acted on {Inputs.Text(act.Notice.Date)}; {rule.Citation} asks for notice "
                    + (days == 0 ? "by then, " : $"{Inputs.Text(days)} days before, ")
                    + (planned is { } day ? $"and its plan was filed on {Inputs.Text(day)}." : "and it filed no plan."),
                planned is { } filed ? inputs.Add("planned", filed) : inputs),
            [act]);
    }

    private static Inputs Facts(IEnumerable<Line> lines, DateOnly day) => new Inputs()
        .Add("date", day)
        .Add("items", lines.Select(l => l.Item).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static Finding About(TransferFile file, Finding finding, IEnumerable<FiledNotice> notices) => finding with
    {
        Transfer = file.Key.Name,
        Notices = [.. notices.Select(n => n.Notice.Name)],
    };
}
