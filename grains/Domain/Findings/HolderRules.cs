using Treaty.Grid.Items;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Findings;

/// <summary>
/// The rules about a transfer or declaration that need the party's own books or memberships: APM-04, 05, 08 and 55.
/// Each is a finding on the party itself, in its own grain; the other side does not see it.
/// </summary>
public static class HolderRules
{
    /// <summary>About one of the party's transfers.</summary>
    public static IEnumerable<Finding> Judge(Party party, TransferFile file, Rulebook rulebook)
    {
        var own = file.Notices.Where(n => n.Notice.Filer == party.Code).ToList();
        return new[]
        {
            RetainedAboveDeclared(party, file, own, rulebook),
            Diverted(party, file, own, rulebook),
            LotOrNoticeTwice(party, file, own, rulebook),
        }.OfType<Finding>();
    }

    // APM-08, by declaration.
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
        if (!isOther || !lines.Exists(l => ReportRules.IsMine(l, rulebook.Taxonomy))
            || !party.MembershipOn(rulebook.MineBan, declaration.AsOf).Standing.IsBound)
        {
            return [];
        }

        return
        [
            StockRules.Find(
                MineBanRules.DivertedFromDestruction, party, declaration.Id,
                retained ? Severity.Review : Severity.Breach, rulebook,
                $"{party.Code} moved mines that it had received for destruction to "
                    + (retained ? "retained stock." : "another use: an apparent breach."),
                Facts(lines, declaration.AsOf)
                    .Add("to", declaration.Kind == DeclarationKind.Consumption ? Place.Consumed : declaration.To)),
        ];
    }

    // APM-04.
    public static IEnumerable<Finding> JudgeTransit(Party party, TransferFile file, Rulebook rulebook)
    {
        var passed = file.Notices.FirstOrDefault(n => n.Notice.Transit.Contains(party.Code)
            && n.Notice.Kind is NoticeKind.Dispatch or NoticeKind.Receipt
            && !n.Notice.IsPermitted
            && n.Notice.Lines.Any(l => ReportRules.IsMine(l, rulebook.Taxonomy))
            && party.MembershipOn(rulebook.MineBan, n.Notice.Date).Standing.IsBound);
        if (passed is null)
        {
            return [];
        }

        return
        [
            About(
                file, StockRules.Find(
                    MineBanRules.ProhibitedTransit, party, file.Key.ToString(), Severity.Review, rulebook,
                    $"{passed.Notice.Filer} states that anti-personnel mines for a purpose that is not permitted "
                        + $"passed through {party.Code} around {Inputs.Text(passed.Notice.Date)}, when it was bound; "
                        + "whether transit is a transfer is disputed.",
                    Facts(passed.Notice.Lines, passed.Notice.Date).Add("stated_by", passed.Notice.Filer)),
                [passed]),
        ];
    }

    // APM-05.
    private static Finding? RetainedAboveDeclared(
        Party party, TransferFile file, List<FiledNotice> own, Rulebook rulebook)
    {
        var receipts = own
            .Where(n => n.Notice is { Kind: NoticeKind.Receipt, Purpose: Purpose.Training } && n.Filer.IsBound
                && n.Notice.Lines.Any(l => l.Quantity > 0 && ReportRules.IsMine(l, rulebook.Taxonomy)))
            .ToList();
        if (receipts.Count == 0 || (party.DeclaredRetained?.Total ?? rulebook.Terms.RetainedThreshold) is not { } limit)
        {
            return null;
        }

        var mines = party.Books.Items
            .Where(i => rulebook.Taxonomy.Find(i)?.Activation
                is ItemActivation.Victim or ItemActivation.VictimOrCommand)
            .ToList();
        var (retained, day) = receipts
            .Select(r => (mines.Sum(i => party.Books.On(i, Place.Retained, r.Notice.Date)), r.Notice.Date))
            .Max();
        return retained <= limit ? null : About(
            file, StockRules.Find(
                MineBanRules.RetainedAboveDeclared, party, file.Key.ToString(), Severity.Review, rulebook,
                $"With this transfer {party.Code} retains {Inputs.Text(retained)} mines; it had declared "
                    + $"{Inputs.Text(limit)}. Article 3(1) allows the minimum absolutely necessary.",
                new Inputs().Add("retained", retained).Add("declared", limit).Add("on", day)),
            receipts);
    }

    // APM-08, by notice.
    private static Finding? Diverted(Party party, TransferFile file, List<FiledNotice> own, Rulebook rulebook)
    {
        var diverted = own
            .Where(n => n.Filer.IsBound && WeightOf(n.Notice, rulebook.Taxonomy) is not null)
            .ToList();
        if (diverted.Count == 0)
        {
            return null;
        }

        var severity = diverted.Max(n => WeightOf(n.Notice, rulebook.Taxonomy)!.Value);
        var last = diverted[^1].Notice;
        return About(
            file, StockRules.Find(
                MineBanRules.DivertedFromDestruction, party, file.Key.ToString(), severity, rulebook,
                $"{party.Code} put mines received for destruction to another use"
                    + (severity == Severity.Breach ? ": an apparent breach." : ": retained."),
                Facts(last.Lines, last.Date).Add("purpose", last.Purpose)),
            diverted);
    }

    private static Severity? WeightOf(Notice notice, Taxonomy taxonomy)
    {
        if (!notice.Lines.Any(l => ReportRules.IsMine(l, taxonomy)))
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

    // APM-55.
    private static Finding? LotOrNoticeTwice(Party party, TransferFile file, List<FiledNotice> own, Rulebook rulebook)
    {
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

        foreach (var (item, lot) in own
            .Where(n => n.Notice.Kind == NoticeKind.Dispatch)
            .SelectMany(n => n.Notice.Lines)
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
                MineBanRules.LotOrNoticeTwice, party, file.Key.ToString(), Severity.Review, rulebook,
                $"{party.Code}: " + string.Join(" ", reasons), inputs),
            own);
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
