using Treaty.Grid.Transfers;

namespace Treaty.Grid.Reports;

/// <summary>What a party sent or received in a year, by its own notices, as reports sum it up.</summary>
/// <param name="Year">Of the dispatch for what it sent, of the receipt for what it received.</param>
public readonly record struct Exchange(int Year, bool IsIncoming, string Partner, string Item, Purpose Purpose)
    : IComparable<Exchange>
{
    public int CompareTo(Exchange other)
    {
        var order = Year.CompareTo(other.Year);
        order = order != 0 ? order : IsIncoming.CompareTo(other.IsIncoming);
        order = order != 0 ? order : string.CompareOrdinal(Partner, other.Partner);
        order = order != 0 ? order : string.CompareOrdinal(Item, other.Item);
        return order != 0 ? order : Purpose.CompareTo(other.Purpose);
    }

    /// <summary>What a notice adds to them, by its filer's account; nothing for other kinds than these two.</summary>
    public static IEnumerable<(Exchange Exchange, long Quantity)> In(Notice notice) =>
        notice.Kind is not (NoticeKind.Dispatch or NoticeKind.Receipt) ? []
        : notice.Lines.Where(l => l.Quantity > 0).Select(l => (
            new Exchange(
                notice.Date.Year, notice.Kind == NoticeKind.Receipt, notice.Transfer.Counterpart(notice.Filer), l.Item,
                notice.Purpose),
            l.Quantity));
}

/// <summary>What a party sent and received, by its own notices in effect.</summary>
public sealed class Exchanges
{
    /// <summary>By item: rules with a threshold ask for it with each notice, and partners are hundreds.</summary>
    private readonly ImmutableDictionary<int, ImmutableDictionary<string, long>> _years;

    private Exchanges(
        ImmutableSortedDictionary<Exchange, long> all,
        ImmutableDictionary<int, ImmutableDictionary<string, long>> years) => (All, _years) = (all, years);

    public static Exchanges None { get; } = new(
        ImmutableSortedDictionary<Exchange, long>.Empty,
        ImmutableDictionary<int, ImmutableDictionary<string, long>>.Empty);

    /// <summary>Quantities in the items' base unit; 0 where all of it was taken back.</summary>
    public ImmutableSortedDictionary<Exchange, long> All { get; }

    public static Exchanges Of(IEnumerable<KeyValuePair<Exchange, long>> all) =>
        all.Aggregate(None, static (sums, e) => sums.With(e.Key, e.Value));

    /// <summary>What was sent and received of each item in a year, both together.</summary>
    public IEnumerable<KeyValuePair<string, long>> In(int year) =>
        _years.GetValueOrDefault(year, ImmutableDictionary<string, long>.Empty);

    public Exchanges With(Notice notice) =>
        Exchange.In(notice).Aggregate(this, static (sums, e) => sums.With(e.Exchange, e.Quantity));

    public Exchanges Without(Notice notice) =>
        Exchange.In(notice).Aggregate(this, static (sums, e) => sums.With(e.Exchange, -e.Quantity));

    private Exchanges With(Exchange exchange, long change)
    {
        var before = All.GetValueOrDefault(exchange);
        var after = before + change;
        var items = _years.GetValueOrDefault(exchange.Year, ImmutableDictionary<string, long>.Empty);

        // Less than nothing, of a partner from which too much was taken back, makes nothing of others' less.
        var sum = items.GetValueOrDefault(exchange.Item) + Math.Max(0, after) - Math.Max(0, before);
        return new Exchanges(
            All.SetItem(exchange, after), _years.SetItem(exchange.Year, items.SetItem(exchange.Item, sum)));
    }
}
