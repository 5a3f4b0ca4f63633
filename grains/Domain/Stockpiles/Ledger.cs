namespace Treaty.Grid.Stockpiles;

/// <summary>
/// A party's books, by double entry: every booking moves a count from one account to another, so the sum over all
/// accounts is always zero. Balances are kept by day, so that a booking of an earlier day counts from that day on.
/// </summary>
public sealed class Ledger
{
    private static readonly ImmutableDictionary<string, ItemBooks> NoItems =
        ImmutableDictionary.Create<string, ItemBooks>(StringComparer.Ordinal);

    private readonly ImmutableDictionary<string, ItemBooks> _items;
    private readonly ImmutableDictionary<Account, ImmutableArray<Opening>> _stated;
    private readonly ImmutableDictionary<Account, ImmutableSortedDictionary<DateOnly, long>> _declared;

    private Ledger(
        ImmutableDictionary<string, ItemBooks> items, ImmutableArray<Opening> openings,
        ImmutableDictionary<Account, ImmutableArray<Opening>> stated,
        ImmutableDictionary<Account, ImmutableSortedDictionary<DateOnly, long>> declared)
    {
        _items = items;
        Openings = openings;
        _stated = stated;
        _declared = declared;
    }

    public static Ledger Empty { get; } = new(
        NoItems, [], ImmutableDictionary<Account, ImmutableArray<Opening>>.Empty,
        ImmutableDictionary<Account, ImmutableSortedDictionary<DateOnly, long>>.Empty);

    /// <summary>The party's declarations of its stock, by the day they speak of, then as they were recorded.</summary>
    public ImmutableArray<Opening> Openings { get; }

    /// <summary>The earliest of their days; before it an overdraw means nothing.</summary>
    public DateOnly? OpenedOn => Openings.IsEmpty ? null : Openings[0].Day;

    /// <summary>Items that ever had a booking.</summary>
    public IEnumerable<string> Items => _items.Keys;

    /// <summary>The sum over all accounts: zero.</summary>
    public long Sum => Accounts.Sum(account => account.Quantity);

    /// <summary>
    /// Every account by item, class and lot: its balance at the end of each day on which it changed, the days for which
    /// it was stated and by which opening, and what statements have booked into it.
    /// </summary>
    public IEnumerable<AccountHistory> Histories => _items
        .SelectMany(i => i.Value.Accounts)
        .Select(a => new AccountHistory(
            a.Key, a.Value.Steps, StatementsOf(a.Key),
            _declared.GetValueOrDefault(a.Key, ImmutableSortedDictionary<DateOnly, long>.Empty)))
        .Concat(_stated
            .Where(s => !BooksOf(s.Key.Item).Accounts.ContainsKey(s.Key))
            .Select(s => new AccountHistory(s.Key, [], s.Value, ImmutableSortedDictionary<DateOnly, long>.Empty)))
        .OrderBy(h => h.Account.Item, StringComparer.Ordinal)
        .ThenBy(h => h.Account.Place)
        .ThenBy(h => h.Account.Lot, StringComparer.Ordinal);

    /// <summary>The ledger that has these histories.</summary>
    public static Ledger Of(IEnumerable<AccountHistory> histories, IEnumerable<Opening> openings)
    {
        var (items, stated, declared) = (NoItems, Empty._stated, Empty._declared);
        foreach (var byItem in histories.GroupBy(h => h.Account.Item, StringComparer.Ordinal))
        {
            stated = stated.AddRange(byItem
                .Where(h => !h.Stated.IsEmpty)
                .Select(h => KeyValuePair.Create(h.Account, h.Stated)));
            declared = declared.AddRange(byItem
                .Where(h => !h.Declared.IsEmpty)
                .Select(h => KeyValuePair.Create(h.Account, h.Declared)));
            var booked = byItem.Where(h => !h.Balances.IsEmpty).ToList();
            items = booked.Count == 0 ? items : items.Add(byItem.Key, ItemBooks.Of(booked));
        }

        return new Ledger(items, [.. openings], stated, declared);
    }

    public Ledger With(Booking booking)
    {
        if (booking.Quantity < 1 || booking.From.Item != booking.To.Item)
        {
            throw new ArgumentException($"Not a booking: {booking}", nameof(booking));
        }

        var item = booking.From.Item;
        var books = BooksOf(item)
            .With(booking.From, booking.Date, -booking.Quantity)
            .With(booking.To, booking.Date, booking.Quantity);
        var declared = booking.From.Place == Place.Declared ? Declare(booking.To, booking.Date, booking.Quantity)
            : booking.To.Place == Place.Declared ? Declare(booking.From, booking.Date, -booking.Quantity)
            : _declared;
        return new Ledger(_items.SetItem(item, books), Openings, _stated, declared);
    }

    /// <summary>
    /// With what was booked, and with what an opening stated, or no longer states, if that is what was booked.
    /// </summary>
    public Ledger With(StockBooked booked)
    {
        var books = With(booked.Bookings);
        return booked.StatedOn is not { } day ? books
            : booked.IsTakenBack ? books.Without(new Opening(day, booked.Basis))
            : books.With(new Opening(day, booked.Basis), booked.Stated);
    }

    private ImmutableDictionary<Account, ImmutableSortedDictionary<DateOnly, long>> Declare(
        Account account, DateOnly day, long quantity)
    {
        var days = _declared.GetValueOrDefault(account, ImmutableSortedDictionary<DateOnly, long>.Empty);
        return _declared.SetItem(account, days.SetItem(day, days.GetValueOrDefault(day) + quantity));
    }

    public Ledger With(IEnumerable<Booking> bookings) =>
        bookings.Aggregate(this, static (ledger, booking) => ledger.With(booking));

    /// <summary>With an opening that states some accounts: bookings of earlier days cannot change them there.</summary>
    private Ledger With(Opening opening, IEnumerable<Account> accounts) => new(
        _items, Insert(Openings, opening),
        _stated.SetItems(accounts.Select(a => KeyValuePair.Create(a, Insert(StatementsOf(a), opening)))), _declared);

    /// <summary>Without what an opening states. Its bookings stay.</summary>
    public Ledger Without(Opening opening)
    {
        var stated = _stated;
        foreach (var account in StatedBy(opening))
        {
            var rest = _stated[account].Remove(opening);
            stated = rest.IsEmpty ? stated.Remove(account) : stated.SetItem(account, rest);
        }

        return new Ledger(_items, Openings.Remove(opening), stated, _declared);
    }

    /// <summary>By day; those of one day in the order of recording.</summary>
    private static ImmutableArray<Opening> Insert(ImmutableArray<Opening> openings, Opening opening)
    {
        var index = openings.Length;
        while (index > 0 && openings[index - 1].Day > opening.Day)
        {
            index--;
        }

        return openings.Insert(index, opening);
    }

    /// <summary>The accounts whose balance an opening states, in one order.</summary>
    public IEnumerable<Account> StatedBy(Opening opening) => _stated
        .Where(s => s.Value.Contains(opening))
        .Select(s => s.Key)
        .OrderBy(a => a.Item, StringComparer.Ordinal)
        .ThenBy(a => a.Place)
        .ThenBy(a => a.Lot, StringComparer.Ordinal);

    /// <summary>The openings that state what an account holds, by day, then as they were recorded.</summary>
    public ImmutableArray<Opening> StatementsOf(Account account) => _stated.GetValueOrDefault(account, []);

    /// <summary>What statements have booked into an account on a day, on balance.</summary>
    public long DeclaredOn(Account account, DateOnly day) =>
        _declared.TryGetValue(account, out var days) ? days.GetValueOrDefault(day) : 0;

    /// <summary>The accounts into which statements have booked on a day, and how much, in one order.</summary>
    public IEnumerable<(Account Account, long Quantity)> DeclaredOn(DateOnly day) => _declared
        .Select(a => (Account: a.Key, Quantity: a.Value.GetValueOrDefault(day)))
        .Where(a => a.Quantity != 0)
        .OrderBy(a => a.Account.Item, StringComparer.Ordinal)
        .ThenBy(a => a.Account.Place)
        .ThenBy(a => a.Account.Lot, StringComparer.Ordinal);

    /// <summary>The first day after another for which the party stated what this account holds.</summary>
    public DateOnly? StatedAfter(Account account, DateOnly day)
    {
        foreach (var opening in StatementsOf(account))
        {
            if (opening.Day > day)
            {
                return opening.Day;
            }
        }

        return null;
    }

    /// <summary>The balance at the end of a day.</summary>
    public long On(Account account, DateOnly day) => BooksOf(account.Item).Of(account).On(day);

    /// <summary>The balance over all lots at the end of a day.</summary>
    public long On(string item, Place place, DateOnly day) => BooksOf(item).Total(place).On(day);

    /// <summary>The balance over all lots of some items, in some classes, at the end of a day.</summary>
    public long On(Func<string, bool> items, ImmutableArray<Place> places, DateOnly day)
    {
        var sum = 0L;
        foreach (var (item, books) in _items)
        {
            if (!items(item))
            {
                continue;
            }

            foreach (var place in places)
            {
                sum += books.Total(place).On(day);
            }
        }

        return sum;
    }

    /// <summary>
    /// The lowest balance over all lots from a day onward, and the first day it is reached.
    /// </summary>
    /// <param name="covers">Items that stand in for this one on each day, as far as they are there.</param>
    public (long Balance, DateOnly Day) LowestFrom(
        string item, Place place, DateOnly day, IReadOnlyCollection<string> covers)
    {
        if (covers.Count == 0)
        {
            return BooksOf(item).Total(place).LowestFrom(day);
        }

        var names = covers.Prepend(item).ToList();
        var running = new long[names.Count];
        var changes = names
            .SelectMany((name, index) => BooksOf(name).Total(place).Changes
                .Select(c => (c.Day, Index: index, c.Quantity)))
            .OrderBy(c => c.Day)
            .ToList();
        var lowest = (Balance: long.MaxValue, Day: day);
        for (var i = 0; i < changes.Count; i++)
        {
            var at = changes[i].Day;
            if (at > day && (i == 0 || changes[i - 1].Day <= day))
            {
                lowest = (Covered(), day);
            }

            running[changes[i].Index] += changes[i].Quantity;
            var isLastOfDay = i == changes.Count - 1 || changes[i + 1].Day != at;
            if (at > day && isLastOfDay && Covered() < lowest.Balance)
            {
                lowest = (Covered(), at);
            }
        }

        return lowest.Balance == long.MaxValue ? (Covered(), day) : lowest;

        long Covered() => running[0] + running.Skip(1).Sum(c => Math.Max(0, c));
    }

    /// <summary>Holdings that are not zero at the end of a day, by item, class and lot.</summary>
    public IEnumerable<(Account Account, long Quantity)> HoldingsOn(DateOnly day) =>
        _items.OrderBy(i => i.Key, StringComparer.Ordinal)
            .SelectMany(i => i.Value.Accounts)
            .Where(a => a.Key.IsHolding)
            .Select(a => (Account: a.Key, Quantity: a.Value.On(day)))
            .Where(h => h.Quantity != 0)
            .OrderBy(h => h.Account.Item, StringComparer.Ordinal)
            .ThenBy(h => h.Account.Place)
            .ThenBy(h => h.Account.Lot, StringComparer.Ordinal);

    /// <summary>Every account with its final balance.</summary>
    public IEnumerable<(Account Account, long Quantity)> Accounts =>
        _items.Values.SelectMany(i => i.Accounts).Select(a => (a.Key, a.Value.Last));

    /// <summary>
    /// The final balance of a lot over all holding classes but transit; 0 for a lot that the books never held, since
    /// stock without a lot number may cover it.
    /// </summary>
    public long LeftInLot(string item, string lot)
    {
        var books = BooksOf(item);
        var balances = Account.HoldingClasses.Select(place => books.Of(new Account(item, place, lot))).ToList();
        return balances.Exists(b => b.WasEverHeld) ? balances.Sum(b => b.Last) : 0;
    }

    private ItemBooks BooksOf(string item) => _items.GetValueOrDefault(item, ItemBooks.Empty);

    /// <summary>The accounts of one item, and what all lots of each class come to.</summary>
    /// <remarks>A party may have thousands of lots: what is decided looks at totals, or at one lot.</remarks>
    private sealed class ItemBooks
    {
        private readonly ImmutableArray<(Place Place, Balance Balance)> _totals;

        private ItemBooks(
            ImmutableDictionary<Account, Balance> accounts, ImmutableArray<(Place, Balance)> totals) =>
            (Accounts, _totals) = (accounts, totals);

        public static ItemBooks Empty { get; } = new(ImmutableDictionary<Account, Balance>.Empty, []);

        public ImmutableDictionary<Account, Balance> Accounts { get; }

        public static ItemBooks Of(IEnumerable<AccountHistory> histories)
        {
            var accounts = histories.ToImmutableDictionary(h => h.Account, h => new Balance(h.Balances));
            return new ItemBooks(
                accounts,
                [.. accounts.GroupBy(a => a.Key.Place, a => a.Value).Select(p => (p.Key, Balance.Sum(p)))]);
        }

        public Balance Of(Account account) => Accounts.GetValueOrDefault(account, Balance.Zero);

        public Balance Total(Place place) => IndexOf(place) is >= 0 and var at ? _totals[at].Balance : Balance.Zero;

        public ItemBooks With(Account account, DateOnly day, long change)
        {
            var (before, total) = (Of(account), Total(account.Place));
            var after = before.With(day, change);

            // The only account of its class is its total.
            var with = (account.Place, ReferenceEquals(total, before) ? after : total.With(day, change));
            var at = IndexOf(account.Place);
            return new ItemBooks(
                Accounts.SetItem(account, after), at < 0 ? _totals.Add(with) : _totals.SetItem(at, with));
        }

        private int IndexOf(Place place)
        {
            for (var i = 0; i < _totals.Length; i++)
            {
                if (_totals[i].Place == place)
                {
                    return i;
                }
            }

            return -1;
        }
    }
}

/// <summary>A party's declaration of the stock that it has on a day.</summary>
/// <param name="Basis">The declaration's name.</param>
public readonly record struct Opening(DateOnly Day, string Basis);

/// <summary>One account through time.</summary>
/// <param name="Balances">At the end of each day on which it changed, by day.</param>
/// <param name="Stated">The openings that state its balance, by day, then as they were recorded.</param>
/// <param name="Declared">What statements have booked into it, by day.</param>
public readonly record struct AccountHistory(
    Account Account, ImmutableArray<(DateOnly Day, long Quantity)> Balances, ImmutableArray<Opening> Stated,
    ImmutableSortedDictionary<DateOnly, long> Declared);
