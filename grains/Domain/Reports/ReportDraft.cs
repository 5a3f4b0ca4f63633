using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Reports;

/// <summary>
/// The report that a party's own books and notices make, so that nobody enters twice what the register knows: stock,
/// retained and transferred mines, mines destroyed and where. What only the party knows it adds before it files.
/// </summary>
/// <remarks>
/// Of types that the convention covers in any use; directional types, and types that the taxonomy does not know, are
/// for the party to add.
/// </remarks>
public static class ReportDraft
{
    /// <summary>The yearly report for a calendar year.</summary>
    public static Declaration OfYear(Party party, Jurisdiction law, int year, string id) =>
        Of(party, law, new DateOnly(year - 1, 12, 31), new DateOnly(year, 12, 31), id, isInitial: false);

    /// <summary>The initial report, about the time since the day before entry into force.</summary>
    public static Declaration Initial(Party party, Jurisdiction law, DateOnly entry, DateOnly asOf, string id) =>
        Of(party, law, entry.AddDays(-1), asOf, id, isInitial: true);

    /// <summary>What an item's account of a period is by the books.</summary>
    /// <param name="before">The last day before the period.</param>
    /// <param name="asOf">The last day of it.</param>
    /// <remarks>
    /// What the first opening states was there before: it is no recount. Any other opening is, and is the reason.
    /// </remarks>
    public static StockAccount AccountOf(Ledger books, string item, DateOnly before, DateOnly asOf)
    {
        var first = books.OpenedOn is { } day && day > before && day <= asOf
            ? books.On(item, Place.Declared, day.AddDays(-1)) - books.On(item, Place.Declared, day)
            : 0;
        var recounted = -Change(Place.Declared) - first;
        var openings = books.Openings
            .Select(o => o.Day)
            .Where(d => d > before && d <= asOf && (recounted != 0 || d == books.OpenedOn));
        return new StockAccount(item)
        {
            Opening = HeldOn(books, item, before) + first,
            Received = -Change(Place.Received),
            Discovered = -Change(Place.Discovered),
            Recounted = recounted,
            Reason = first == 0 && recounted == 0
                ? ""
                : $"Stock was declared as of {string.Join(", ", openings.Distinct().Select(d => Inputs.Text(d)))}.",
            Destroyed = Change(Place.Destroyed),
            Consumed = Change(Place.Consumed),
            Delivered = Change(Place.Delivered) + Change(Place.AbroadForDestruction) + Change(Place.DestroyedAbroad),
            Lost = Change(Place.Lost) + Change(Place.Short),
            Closing = HeldOn(books, item, asOf),
        };

        long Change(Place place) => books.On(item, place, asOf) - books.On(item, place, before);
    }

    /// <summary>What a party holds of a type in all classes, and what of it is on the way.</summary>
    public static long HeldOn(Ledger books, string item, DateOnly day) =>
        Account.HoldingClasses.Sum(place => books.On(item, place, day));

    private static Declaration Of(
        Party party, Jurisdiction law, DateOnly before, DateOnly asOf, string id, bool isInitial)
    {
        var accounts = party.Books.Items
            .Where(law.CoversAlways)
            .Order(StringComparer.Ordinal)
            .Select(item => AccountOf(party.Books, item, before, asOf) with
            {
                DestroyedSinceEntry = DestroyedSinceEntry(party, law, item, asOf),
            })
            .Where(a => a != new StockAccount(a.Item) { DestroyedSinceEntry = a.DestroyedSinceEntry }
                || a.DestroyedSinceEntry > 0)
            .ToImmutableArray();
        var transfers = TransfersIn(party, law, asOf.Year);
        var atSites = DestroyedAtSites(party, law, before, asOf);
        var holdings = Holdings(party, law, asOf);
        return new Declaration(id, DeclarationKind.Report, asOf, holdings, Place.Unspecified, null)
        {
            Report = new TransparencyReport
            {
                Convention = law.Convention.IsPrimary ? "" : law.Id,
                IsInitial = isInitial,
                Accounts = accounts,
                Transfers = transfers,
                DestroyedAtSites = atSites,
                Parts =
                [
                    Part(ReportParagraph.Stockpile, accounts.Length > 0),
                    Part(
                        ReportParagraph.RetainedAndTransferred,
                        transfers.Length > 0 || holdings.Any(l => l.Class == Place.Retained)
                            || accounts.Any(a => a.Consumed != 0)),

                    // Without a site on record there may still be programmes: that is for the party to say.
                    .. atSites.IsEmpty ? [] : new[] { Part(ReportParagraph.DestructionProgrammes, tells: true) },
                    Part(ReportParagraph.Destroyed, accounts.Any(a => a.Destroyed != 0 || a.DestroyedSinceEntry > 0)),
                ],
            },
        };

        static ReportPart Part(ReportParagraph paragraph, bool tells) =>
            new(paragraph, tells ? PartState.Changed : PartState.NotApplicable);
    }

    private static long? DestroyedSinceEntry(Party party, Jurisdiction law, string item, DateOnly asOf) =>
        party.MembershipOn(law.Convention, asOf).EntryIntoForce is { } entry && entry <= asOf
            ? party.Books.On(item, Place.Destroyed, asOf) - party.Books.On(item, Place.Destroyed, entry.AddDays(-1))
            : null;

    private static ImmutableArray<DestructionAtSite> DestroyedAtSites(
        Party party, Jurisdiction law, DateOnly before, DateOnly asOf) =>
    [
        .. party.Destructions
            .Where(d => d.Value > 0 && d.Key.Date > before && d.Key.Date <= asOf && law.CoversAlways(d.Key.Item))
            .GroupBy(d => d.Key with { Date = asOf })
            .OrderBy(g => g.Key)
            .Select(g => new DestructionAtSite(g.Key.Site, g.Key.Method, g.Key.Item, g.Sum(d => d.Value))),
    ];

    private static ImmutableArray<ReportedTransfer> TransfersIn(Party party, Jurisdiction law, int year) =>
    [
        .. party.Exchanges.All
            .Where(e => e.Key.Year == year && e.Value > 0 && law.CoversAlways(e.Key.Item))
            .GroupBy(e => (e.Key.Partner, e.Key.IsIncoming, e.Key.Purpose))
            .Select(g => new ReportedTransfer(
                g.Key.Partner, g.Key.IsIncoming, g.Key.Purpose,
                [.. g.Select(e => new Line(e.Key.Item, e.Value))])),
    ];

    private static ImmutableArray<Line> Holdings(Party party, Jurisdiction law, DateOnly asOf) =>
    [
        .. party.Books.HoldingsOn(asOf)
            .Where(h => law.CoversAlways(h.Account.Item))
            .GroupBy(h => (h.Account.Item, h.Account.Place))
            .Select(g => new Line(g.Key.Item, g.Sum(h => h.Quantity))
            {
                Class = g.Key.Place,
                Lots =
                [
                    .. g.Where(h => h.Account.Lot.Length > 0 && h.Quantity > 0)
                        .Select(h => new Lot(h.Account.Lot, h.Quantity)),
                ],
            })
            .Where(l => l.Quantity > 0)

            // Lots from which too much was taken without naming them are not known to be whole.
            .Select(l => l.InLots <= l.Quantity ? l : l with { Lots = [] }),
    ];
}
