using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Reports;

/// <summary>What a party destroyed at one site on a day, by its own statements, as reports sum it up.</summary>
/// <param name="Method">Empty if it is not stated.</param>
/// <param name="Item">The item's id.</param>
public readonly record struct Destruction(DateOnly Date, string Site, string Method, string Item)
    : IComparable<Destruction>
{
    public int CompareTo(Destruction other)
    {
        var order = Date.CompareTo(other.Date);
        order = order != 0 ? order : string.CompareOrdinal(Site, other.Site);
        order = order != 0 ? order : string.CompareOrdinal(Method, other.Method);
        return order != 0 ? order : string.CompareOrdinal(Item, other.Item);
    }

    /// <summary>What a notice adds to them; nothing if it is about something else, or names no site.</summary>
    public static IEnumerable<(Destruction Destruction, long Quantity)> In(Notice notice) =>
        notice.Kind == NoticeKind.Destruction ? Of(notice.Date, notice.Site, notice.Method, notice.Lines) : [];

    /// <summary>What a declaration adds to them; nothing if it is about something else, or names no site.</summary>
    public static IEnumerable<(Destruction Destruction, long Quantity)> In(Declaration declaration) =>
        declaration.Kind == DeclarationKind.Destruction
            ? Of(declaration.AsOf, declaration.Site, declaration.Method, declaration.Lines)
            : [];

    private static IEnumerable<(Destruction Destruction, long Quantity)> Of(
        DateOnly date, string site, string method, ImmutableArray<Line> lines) => lines
            .Where(l => site.Length > 0 && l.Exactness != QuantityBasis.Undisclosed)
            .Select(l => (new Destruction(date, site, method, l.Item), l.Quantity));
}

/// <summary>What was destroyed at one site over the period of a report, of one type.</summary>
/// <param name="Method">Empty if it is not stated.</param>
/// <param name="Item">The item's id.</param>
public sealed record DestructionAtSite(string Site, string Method, string Item, long Quantity);
