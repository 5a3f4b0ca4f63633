using Treaty.Grid.Items;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Stockpiles;

/// <summary>
/// What a statement does to a party's own books. A notice of the other side alone moves nothing in them: it takes the
/// party's own dispatch to let the counterpart's receipt move what is in transit.
/// </summary>
public static partial class Bookkeeping
{
    private static readonly ImmutableArray<Place> FromOperational = [Place.Operational];
    private static readonly ImmutableArray<Place> ForTraining = [Place.Retained, Place.Operational];
    private static readonly ImmutableArray<Place> ForDestruction = [Place.AwaitingDestruction, Place.Operational];

    /// <summary>
    /// What is booked when a file has just changed from one state to the next, in the books of one of its sides: what a
    /// correction takes back, what the notice itself moves, and what both sides' notices together make of what is on
    /// the way.
    /// </summary>
    /// <param name="ledger">That side's books before.</param>
    /// <param name="me">That side.</param>
    /// <param name="before">The file before the notice.</param>
    /// <param name="after">The file with it, or with the counterpart's answer to it.</param>
    /// <param name="notice">The notice.</param>
    /// <param name="isNew">The notice is new, and not only answered.</param>
    public static ImmutableArray<StockBooked> Of(
        Ledger ledger, Rulebook rulebook, string me, TransferFile before, TransferFile after, Notice notice, bool isNew)
    {
        var booked = ImmutableArray.CreateBuilder<StockBooked>();
        if (isNew && notice.Filer == me)
        {
            if (before.FormerOf(notice) is { } former)
            {
                Add(booked, ref ledger, Reversed(former.Bookings), former.Notice.Name, isTakenBack: true);
            }

            var own = ImmutableArray.CreateBuilder<Booking>();
            AddOwn(own, ledger, rulebook.Taxonomy, after, notice);
            Add(booked, ref ledger, own, notice.Name, isTakenBack: false);
        }

        if (me == after.Key.Sender)
        {
            var onTheWay = ImmutableArray.CreateBuilder<Booking>();
            AddOnTheWay(onTheWay, OnTheWay.Of(before, rulebook), OnTheWay.Of(after, rulebook));
            Add(booked, ref ledger, onTheWay, after.Key.Name, isTakenBack: false);
        }

        return booked.ToImmutable();
    }

    /// <summary>With what rests on one statement, if that books anything.</summary>
    private static void Add(
        ImmutableArray<StockBooked>.Builder booked, ref Ledger ledger, ImmutableArray<Booking>.Builder bookings,
        string basis, bool isTakenBack)
    {
        if (bookings.Count > 0)
        {
            booked.Add(new StockBooked(WithStatementsKept(ledger, bookings), basis) { IsTakenBack = isTakenBack });
            ledger = ledger.With(booked[^1].Bookings);
        }
    }

    /// <summary>What is booked for a declaration.</summary>
    /// <param name="ledger">The party's books before.</param>
    /// <param name="party">Whose it is.</param>
    /// <param name="declaration">It.</param>
    /// <param name="former">The declaration that it corrects, if it does.</param>
    public static ImmutableArray<StockBooked> Of(
        Ledger ledger, Taxonomy taxonomy, string party, Declaration declaration, Filed<Declaration>? former)
    {
        var booked = ImmutableArray.CreateBuilder<StockBooked>();
        if (former is not null && TakenBack(ledger, party, former) is { } taken)
        {
            booked.Add(taken);
            ledger = ledger.With(taken);
        }

        var bookings = Of(ledger, taxonomy, declaration);
        var isOpening = declaration.Kind == DeclarationKind.Opening;
        if (bookings.Length > 0 || isOpening)
        {
            booked.Add(new StockBooked(bookings, declaration.NameOf(party))
            {
                Stated = isOpening ? [.. AccountsOf(declaration, taxonomy)] : [],
                StatedOn = isOpening ? declaration.AsOf : null,
            });
        }

        return booked.ToImmutable();
    }

    /// <summary>What undoes a declaration; null if it booked nothing.</summary>
    private static StockBooked? TakenBack(Ledger ledger, string party, Filed<Declaration> former)
    {
        var (declaration, name) = (former.Content, former.Content.NameOf(party));
        if (declaration.Kind == DeclarationKind.Opening)
        {
            return TakenBack(ledger, new Opening(declaration.AsOf, name), former.Bookings);
        }

        return former.Bookings.IsEmpty ? null
            : new StockBooked(WithStatementsKept(ledger, Reversed(former.Bookings)), name) { IsTakenBack = true };
    }

    /// <summary>
    /// What undoes an opening. With it goes everything that was booked on its day to keep what it stated; but what
    /// another opening of that day states as well is left as that one has it.
    /// </summary>
    /// <param name="own">What it booked itself.</param>
    private static StockBooked TakenBack(Ledger ledger, Opening opening, ImmutableArray<Booking> own)
    {
        var day = opening.Day;
        var without = ledger.Without(opening);
        var isOnly = !without.Openings.Any(o => o.Day == day);
        var stated = ledger.StatedBy(opening).ToImmutableArray();
        var kept = stated.Where(a => without.StatementsOf(a).Any(o => o.Day == day)).ToHashSet();
        var free = stated.Where(a => !kept.Contains(a)).ToHashSet();
        var bookings = Reversed(
        [
            .. ledger.DeclaredOn(day)
                .Where(d => isOnly || free.Contains(d.Account))
                .Select(d => d.Quantity > 0
                    ? new Booking(new Account(d.Account.Item, Place.Declared), d.Account, d.Quantity, day)
                    : new Booking(d.Account, new Account(d.Account.Item, Place.Declared), -d.Quantity, day)),
            .. own.Where(b => (kept.Contains(b.From) && IsLastOn(b.From)) || (kept.Contains(b.To) && IsLastOn(b.To))),
        ]);
        if (day == without.OpenedOn)
        {
            AddNil(bookings, without.With(bookings), a => free.Contains(a), day);
        }

        return new StockBooked(WithStatementsKept(without, bookings), opening.Basis)
        {
            IsTakenBack = true,
            Stated = stated,
            StatedOn = day,
        };

        bool IsLastOn(Account account) => ledger.StatementsOf(account).Last(o => o.Day == day) == opening;
    }

    /// <summary>
    /// What of the bookings of a statement is its own, and not made to keep other statements true: what a correction
    /// takes back.
    /// </summary>
    public static ImmutableArray<Booking> OwnOf(StockBooked booked) => booked.StatedOn is { } day
        ? [.. booked.Bookings.Where(b => b.Date == day)]
        // Entries of earlier builds hold what is on the way beside what the notice itself moved.
        : [.. booked.Bookings.Where(b => b.To.Place != Place.Declared
            && b.From.Place is not (Place.InTransit or Place.PassedOn)
            && (b.From.IsHolding || b.From.Place is Place.Received or Place.Discovered))];

    private static ImmutableArray<Booking>.Builder Reversed(ImmutableArray<Booking> bookings)
    {
        var reversed = ImmutableArray.CreateBuilder<Booking>();
        foreach (var (from, to, quantity, date) in bookings)
        {
            Add(reversed, to, from, quantity, date);
        }

        return reversed;
    }

    private static ImmutableArray<Booking> Of(Ledger ledger, Taxonomy taxonomy, Declaration declaration)
    {
        var bookings = ImmutableArray.CreateBuilder<Booking>();
        if (declaration.Kind == DeclarationKind.Report)
        {
            return [];
        }

        foreach (var line in declaration.Lines.Where(l => l.Exactness != QuantityBasis.Undisclosed))
        {
            switch (declaration.Kind)
            {
                case DeclarationKind.Opening:
                    AddStated(bookings, ledger, line, ClassOf(line, taxonomy, Place.Operational), declaration.AsOf);
                    break;
                case DeclarationKind.Discovery:
                    AddIn(bookings, line, Place.Discovered, ClassOf(line, taxonomy, Place.Found), declaration.AsOf);
                    break;
                case DeclarationKind.Destruction:
                    AddOut(bookings, ledger, taxonomy, line, ForDestruction, Place.Destroyed, declaration.AsOf);
                    break;
                case DeclarationKind.Consumption:
                    AddOut(bookings, ledger, taxonomy, line, [Place.Retained], Place.Consumed, declaration.AsOf);
                    break;
                case DeclarationKind.Reclassification:
                    AddMove(bookings, taxonomy, line, declaration.To, declaration.AsOf);
                    break;
                default:
                    throw new InvalidOperationException($"A {declaration.Kind} has no lines.");
            }
        }

        if (declaration.Kind == DeclarationKind.Opening && ledger.OpenedOn is null)
        {
            var named = AccountsOf(declaration, taxonomy).ToHashSet();
            AddNil(bookings, ledger, a => !named.Contains(a), declaration.AsOf);
        }

        return WithStatementsKept(ledger, bookings);
    }

    /// <summary>
    /// The accounts whose balance an opening states, in one order: the same decision is the same bytes wherever it is
    /// made.
    /// </summary>
    private static ImmutableArray<Account> AccountsOf(Declaration opening, Taxonomy taxonomy) =>
    [
        .. opening.Lines
            .Where(l => l.Exactness != QuantityBasis.Undisclosed)
            .SelectMany(line => Portions(line)
                .Select(p => new Account(line.Item, ClassOf(line, taxonomy, Place.Operational), p.Number)))
            .Distinct()
            .OrderBy(a => a.Item, StringComparer.Ordinal)
            .ThenBy(a => a.Place)
            .ThenBy(a => a.Lot, StringComparer.Ordinal),
    ];

    private static void AddOwn(
        ImmutableArray<Booking>.Builder bookings, Ledger ledger, Taxonomy taxonomy, TransferFile file, Notice notice)
    {
        foreach (var line in notice.Lines.Where(l => l.Exactness != QuantityBasis.Undisclosed))
        {
            switch (notice.Kind)
            {
                case NoticeKind.Dispatch:
                    AddOut(
                        bookings, ledger, taxonomy, line, Sources(notice),
                        notice.OnwardFrom is null ? Place.InTransit : Place.PassedOn, notice.Date);
                    break;
                case NoticeKind.Receipt:
                    AddIn(
                        bookings, line, Place.Received, ClassOf(line, taxonomy, Arrival(notice.Purpose)), notice.Date);
                    break;
                case NoticeKind.Destruction:
                    AddOut(
                        bookings, ledger, taxonomy, line, [Place.ReceivedForDestruction], Place.Destroyed,
                        notice.Date);
                    break;
                case NoticeKind.Loss when notice.Filer == notice.Transfer.Recipient:
                    AddOut(bookings, ledger, taxonomy, line, Arrivals(file), Place.Lost, notice.Date);
                    break;
                default:
                    // A plan, a refusal, a cancellation or a reply moves nothing of the filer's; what the sender lost
                    // on the way is taken from what is in transit.
                    break;
            }
        }
    }

    /// <summary>
    /// What left the sender's transit account follows from the file as a whole: the difference is booked.
    /// </summary>
    private static void AddOnTheWay(
        ImmutableArray<Booking>.Builder bookings, Dictionary<(Account From, Account To, DateOnly Date), long> old,
        Dictionary<(Account From, Account To, DateOnly Date), long> now)
    {
        foreach (var (flow, quantity) in now)
        {
            Add(bookings, flow.From, flow.To, quantity - old.GetValueOrDefault(flow), flow.Date);
        }

        foreach (var (flow, quantity) in old.Where(f => !now.ContainsKey(f.Key)))
        {
            Add(bookings, flow.From, flow.To, -quantity, flow.Date);
        }
    }

    /// <summary>Where mines of a transfer are put on arrival, unless the receipt says otherwise.</summary>
    private static Place Arrival(Purpose purpose) => purpose switch
    {
        Purpose.Destruction => Place.ReceivedForDestruction,
        Purpose.Training => Place.Retained,
        _ => Place.Operational,
    };

    /// <summary>Where the recipient has put the mines of a transfer.</summary>
    private static ImmutableArray<Place> Arrivals(TransferFile file) =>
        [.. (file.Receipts.Any() ? file.Receipts : file.Dispatches)
            .Select(n => Arrival(n.Notice.Purpose))
            .DefaultIfEmpty(Place.ReceivedForDestruction)
            .Distinct()];

    private static void Add(
        ImmutableArray<Booking>.Builder bookings, Account from, Account to, long quantity, DateOnly date)
    {
        if (quantity != 0)
        {
            var (source, target) = quantity > 0 ? (from, to) : (to, from);
            bookings.Add(new Booking(source, target, Math.Abs(quantity), date));
        }
    }

    private static ImmutableArray<Place> Sources(Notice notice) =>
        notice.OnwardFrom is not null ? [Place.ReceivedForDestruction]
        : notice.Purpose switch
        {
            Purpose.Destruction => ForDestruction,
            Purpose.Training => ForTraining,
            _ => FromOperational,
        };

    /// <summary>The class stated, or the one given; of an unknown type always quarantine.</summary>
    private static Place ClassOf(Line line, Taxonomy taxonomy, Place otherwise) =>
        taxonomy.Find(line.Item) is null ? Place.Quarantined
        : line.Class == Place.Unspecified ? otherwise
        : line.Class;

    /// <summary>The lots of a line as far as its quantity reaches, and the rest without a lot number.</summary>
    private static IEnumerable<Lot> Portions(Line line)
    {
        var rest = line.Quantity;
        foreach (var lot in line.Lots)
        {
            var portion = Math.Min(rest, lot.Quantity);
            if (portion > 0)
            {
                rest -= portion;
                yield return lot with { Quantity = portion };
            }
        }

        if (rest > 0)
        {
            yield return new Lot("", rest);
        }
    }

    private static void AddIn(
        ImmutableArray<Booking>.Builder bookings, Line line, Place from, Place to, DateOnly date)
    {
        foreach (var (lot, quantity) in Portions(line))
        {
            Add(bookings, new Account(line.Item, from), new Account(line.Item, to, lot), quantity, date);
        }
    }

    /// <summary>
    /// Draws on the classes in their order as far as each reaches. What none covers overdraws the one that has stock of
    /// an unspecified type, or else the first.
    /// </summary>
    private static void AddOut(
        ImmutableArray<Booking>.Builder bookings, Ledger ledger, Taxonomy taxonomy, Line line,
        ImmutableArray<Place> sources, Place to, DateOnly date)
    {
        var stated = ClassOf(line, taxonomy, Place.Unspecified);
        if (stated != Place.Unspecified)
        {
            sources = [stated];
        }

        var target = new Account(line.Item, to);
        var overdrawn = sources.FirstOrDefault(s => UnspecifiedIn(ledger, taxonomy, s, date) > 0, sources[0]);
        var left = sources.Select(s => Math.Max(0, ledger.On(line.Item, s, date))).ToArray();
        foreach (var (lot, quantity) in Portions(line))
        {
            var rest = quantity;
            if (lot.Length > 0)
            {
                // A lot is not split: the class that has it, else the first that has as many.
                var held = sources.Select(s => ledger.On(new Account(line.Item, s, lot), date)).ToArray();
                var index = Array.FindIndex(held, h => h >= quantity);
                index = index >= 0 ? index : Array.FindIndex(left, l => l >= quantity);
                index = index >= 0 ? index : sources.IndexOf(overdrawn);
                left[index] = Math.Max(0, left[index] - quantity);
                Add(bookings, new Account(line.Item, sources[index], lot), target, quantity, date);
                continue;
            }

            for (var i = 0; i < sources.Length; i++)
            {
                var taken = Math.Min(rest, left[i]);
                Add(bookings, new Account(line.Item, sources[i]), target, taken, date);
                (rest, left[i]) = (rest - taken, left[i] - taken);
            }

            Add(bookings, new Account(line.Item, overdrawn), target, rest, date);
        }
    }

    private static long UnspecifiedIn(Ledger ledger, Taxonomy taxonomy, Place place, DateOnly date) => ledger.Items
        .Where(item => taxonomy.Find(item) is { IsUnspecified: true })
        .Sum(item => ledger.On(item, place, date));

    private static void AddMove(
        ImmutableArray<Booking>.Builder bookings, Taxonomy taxonomy, Line line, Place to, DateOnly date)
    {
        var from = ClassOf(line, taxonomy, Place.Operational);
        if (from == to || from == Place.Quarantined)
        {
            return;
        }

        foreach (var (lot, quantity) in Portions(line))
        {
            Add(bookings, new Account(line.Item, from, lot), new Account(line.Item, to, lot), quantity, date);
        }
    }

    /// <summary>Makes the balance on the day what is stated.</summary>
    private static void AddStated(
        ImmutableArray<Booking>.Builder bookings, Ledger ledger, Line line, Place place, DateOnly date)
    {
        var portions = Portions(line).ToList();
        foreach (var (lot, quantity) in portions)
        {
            var account = new Account(line.Item, place, lot);
            Add(
                bookings, new Account(line.Item, Place.Declared), account, quantity - ledger.On(account, date), date);
        }
    }

    /// <summary>
    /// Whatever the first opening does not name was nothing on that day, if the books had it below zero: an earlier
    /// movement out of stock that was never declared.
    /// </summary>
    private static void AddNil(
        ImmutableArray<Booking>.Builder bookings, Ledger ledger, Func<Account, bool> isUnnamed, DateOnly date)
    {
        foreach (var (account, quantity) in ledger.HoldingsOn(date))
        {
            if (quantity < 0 && isUnnamed(account) && IsStatedByOpenings(account))
            {
                Add(bookings, new Account(account.Item, Place.Declared), account, -quantity, date);
            }
        }
    }

    /// <summary>What is in transit is not stated by an opening: it is known from the notices themselves.</summary>
    private static bool IsStatedByOpenings(Account account) =>
        account.IsHolding && account.Place is not (Place.InTransit or Place.PassedOn);

    /// <summary>
    /// What was stated for a day stays true: a booking of an earlier day is taken back on that day against the
    /// statement. What the first opening does not name stays as the books have it, and is lifted to nothing if they
    /// have it below, whichever of the two was recorded first.
    /// </summary>
    private static ImmutableArray<Booking> WithStatementsKept(
        Ledger ledger, ImmutableArray<Booking>.Builder bookings)
    {
        foreach (var booking in bookings.ToArray())
        {
            ledger = ledger.With(booking);
            Keep(booking.From, -booking.Quantity, booking.Date);
            Keep(booking.To, booking.Quantity, booking.Date);
        }

        return bookings.ToImmutable();

        void Keep(Account account, long change, DateOnly date)
        {
            if (!IsStatedByOpenings(account))
            {
                return;
            }

            var stated = ledger.StatedAfter(account, date);
            if (ledger.OpenedOn is { } opened && opened > date && !(stated <= opened))
            {
                var lifted = ledger.DeclaredOn(account, opened);
                change += Lift(account, Math.Max(0, lifted - ledger.On(account, opened)) - lifted, opened);
            }

            if (stated is { } day)
            {
                Lift(account, -change, day);
            }
        }

        long Lift(Account account, long quantity, DateOnly date)
        {
            var count = bookings.Count;
            Add(bookings, new Account(account.Item, Place.Declared), account, quantity, date);
            ledger = ledger.With(bookings.Skip(count));
            return quantity;
        }
    }
}
