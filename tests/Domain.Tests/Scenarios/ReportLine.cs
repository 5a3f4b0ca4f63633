using System.Collections.Immutable;
using System.Globalization;
using Treaty.Grid.Reports;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Scenarios;

/// <summary>A transparency report: what the register drafts, and what the line says otherwise.</summary>
internal static class ReportLine
{
    public static Declaration Make(ReportStep step, World world)
    {
        var party = world[step.Code];
        var law = world.Rulebook.Find(step.Convention)!;
        var draft = step.Year is { } year
            ? ReportDraft.OfYear(party, law, year, step.Id)
            : ReportDraft.Initial(
                party, law, party.MembershipOn(law.Convention, step.AsOf).EntryIntoForce!.Value, step.AsOf, step.Id);
        return step.Facts.Aggregate(draft, With);
    }

    private static Declaration With(Declaration draft, (string Name, string Value) fact)
    {
        var report = draft.Report!;
        var (verb, rest) = fact.Name.Split('.', 2) is [var first, var second] ? (first, second) : (fact.Name, "");
        return verb switch
        {
            "as" => draft with { Id = fact.Value },
            "corrects" => draft with { Supersedes = fact.Value },
            "total" => draft with { StatedTotal = Words.ParseNumber(fact.Value) },
            "received" => draft with
            {
                Report = report with
                {
                    ReceivedOn = DateOnly.ParseExact(fact.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture),
                },
            },
            "without" => draft with { Report = report with { Parts = report.Parts.RemoveAll(Is(fact.Value)) } },
            "tells" => draft with { Report = Told(report, fact.Value, PartState.Changed, "as seen on the spot") },
            "unchanged" => Unchanged(draft, fact.Value),
            "reason" => draft with
            {
                Report = report with { Accounts = [.. report.Accounts.Select(a => a with { Reason = fact.Value })] },
            },
            "held" => draft with
            {
                Lines =
                [
                    .. draft.Lines.Select(
                        l => l.Item == rest ? l with { Quantity = Words.ParseNumber(fact.Value) } : l),
                ],
            },
            "at" => draft with { Report = report with { DestroyedAtSites = Destroyed(report, rest, fact.Value) } },
            "sent" or "received-from" => draft with
            {
                Report = report with { Transfers = Moved(report.Transfers, verb != "sent", rest, fact.Value) },
            },
            _ => draft with { Report = report with { Accounts = Counted(report.Accounts, verb, rest, fact.Value) } },
        };
    }

    private static Declaration Unchanged(Declaration draft, string letter)
    {
        var report = Told(draft.Report!, letter, PartState.Unchanged, "");
        return letter == "b"
            ? draft with { Lines = [], Report = report with { Accounts = [] } }
            : draft with { Report = report };
    }

    private static TransparencyReport Told(TransparencyReport report, string letter, PartState state, string text) =>
        report with
        {
            Parts =
            [
                .. report.Parts.RemoveAll(Is(letter))
                    .Add(new ReportPart(Paragraph(letter), state) { Text = text })
                    .OrderBy(p => p.Paragraph),
            ],
        };

    private static Predicate<ReportPart> Is(string letter) => part => part.Paragraph == Paragraph(letter);

    private static ReportParagraph Paragraph(string letter) => (ReportParagraph)(letter[0] - 'a' + 1);

    /// <summary>By partner, item and purpose, as in <c>sent.BGR.PMA-2.destruction=500</c>.</summary>
    private static ImmutableArray<ReportedTransfer> Moved(
        ImmutableArray<ReportedTransfer> transfers, bool incoming, string what, string quantity)
    {
        var words = what.Split('.');
        var purpose = Words.ParseName<Purpose>(words[2]);
        var others = transfers.RemoveAll(t => (t.Partner, t.IsIncoming, t.Purpose) == (words[0], incoming, purpose));
        return Words.ParseNumber(quantity) is > 0 and var count
            ? others.Add(new ReportedTransfer(words[0], incoming, purpose, [new Line(words[1], count)]))
            : others;
    }

    /// <summary>By site and item, as in <c>at.Veria.PMA-2=100</c>.</summary>
    private static ImmutableArray<DestructionAtSite> Destroyed(
        TransparencyReport report, string what, string quantity)
    {
        var words = what.Split('.');
        return
        [
            .. report.DestroyedAtSites.Where(d => (d.Site, d.Item) != (words[0], words[1])),
            new DestructionAtSite(words[0], "", words[1], Words.ParseNumber(quantity)),
        ];
    }

    private static ImmutableArray<StockAccount> Counted(
        ImmutableArray<StockAccount> accounts, string field, string item, string value)
    {
        var number = Words.ParseNumber(value);
        var account = accounts.FirstOrDefault(a => a.Item == item) ?? new StockAccount(item);
        var changed = field switch
        {
            "opening" => account with { Opening = number },
            "recounted" => account with { Recounted = number },
            "destroyed" => account with { Destroyed = number },
            "closing" => account with { Closing = number },
            _ => throw new FormatException($"a report has no \"{field}\"."),
        };
        return [.. accounts.RemoveAll(a => a.Item == item).Add(changed).OrderBy(a => a.Item, StringComparer.Ordinal)];
    }
}
