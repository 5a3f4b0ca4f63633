namespace Treaty.Grid.Auditor;

public sealed partial class Expectation
{
    /// <summary>So many more, or fewer, in one place of a party's books from a day on.</summary>
    private sealed record Booking(string Party, string Item, string HoldingClass, DateOnly Day, long Quantity);

    /// <summary>The class that a dispatch draws on: the line's own, else by what the transfer is for.</summary>
    public static string Drawn(Notice notice, Line line)
    {
        if (line.Item == Taxonomy.Unknown) return "quarantined";
        if (line.HoldingClass.Length > 0) return line.HoldingClass;
        if (notice.OnwardFrom is not null) return "received_for_destruction";
        return notice.Purpose switch
        {
            "destruction" => "awaiting_destruction",
            "training" => "retained",
            _ => "operational",
        };
    }

    /// <summary>Balances that are not zero on a day, by item and class, lots taken together.</summary>
    public IReadOnlyDictionary<(string Item, string HoldingClass), long> Balances(string party, DateOnly day)
    {
        var bookings = Bookings(party);
        var places = bookings.Select(b => (b.Item, b.HoldingClass))
            .Concat(Openings(party).SelectMany(o => o.Lines).Select(l => (l.Item, l.HoldingClass))).Distinct();
        return places.Select(p => (Place: p, Quantity: Balance(party, p.Item, p.HoldingClass, day, bookings)))
            .Where(b => b.Quantity != 0).ToDictionary(b => b.Place, b => b.Quantity);
    }

    /// <summary>
    /// What Article 4 still asks to be destroyed: own stock neither retained nor found, wherever it is on the way; but
    /// what travels for training is under the exception of Article 3(1), as it was at home.
    /// </summary>
    public long Article4Balance(string party, DateOnly day)
    {
        long here = Balances(party, day)
            .Where(b => b.Key.HoldingClass is "operational" or "awaiting_destruction" && Stocked(b.Key.Item))
            .Sum(b => b.Value);
        var sent = Transfers.Where(t => t.Sender == party).ToList();
        return here + sent.Sum(Abroad) + sent
            .Where(t => SentFor(t) is not ("" or "training"))
            .Sum(t => OnTheWay(t).Where(i => Stocked(i.Key)).Sum(i => i.Value));
    }

    // What is a mine only if a person sets it off is not known to be one from the books.
    private static bool Stocked(string item) => item != Taxonomy.Directional && Taxonomy.IsMine(new Line(item, 1));

    // What the sender says its own mines were sent for; empty if it sent none, or another state's.
    private string SentFor(TransferKey key) => Notices
        .FirstOrDefault(n => n.Transfer == key && n.Kind == "dispatch" && n.OnwardFrom is null)?.Purpose ?? "";

    // Own mines delivered for destruction, less what the other side has destroyed under the same transfer.
    private long Abroad(TransferKey key)
    {
        if (SentFor(key) != "destruction") return 0;
        var notices = Notices.Where(n => n.Transfer == key).ToList();
        long Mines(string kind) => notices.Where(n => n.Kind == kind)
            .Sum(n => n.Lines.Where(l => Stocked(l.Item)).Sum(l => l.Quantity));
        long delivered = Reports(key) ? Math.Min(Mines("dispatch"), Mines("receipt")) : Mines("dispatch");
        notices.RemoveAll(n => n.Kind == "loss" && n.Party == key.Sender);
        return Math.Max(0, delivered - Mines("destruction") - Mines("loss"));
    }

    private IEnumerable<Declaration> Openings(string party) =>
        Declarations.Where(d => d.Party == party && d.Kind == "opening").OrderBy(d => d.Date);

    private DateOnly RecordDay(Statement statement) =>
        _record.First(r => ReferenceEquals(r.Statement, statement)).RecordDay;

    // Whether the recipient is one that will say what arrived.
    private bool Reports(TransferKey key)
    {
        Notice first = Notices.Where(n => n.Transfer == key).OrderBy(n => n.Date).First();
        return _reported.Contains(key)
            || (first.RecipientKind != "international_organisation" && Standing(key.Recipient, first.Date) == "bound");
    }

    // The total of the last opening, and what was declared to be retained since.
    private long? DeclaredRetained(string party) => Openings(party).LastOrDefault() is { } opening
        ? opening.Lines.Where(l => l.HoldingClass == "retained").Sum(l => l.Quantity) + Declarations
            .Where(d => d.Party == party && d.To == "retained" && d.Date > opening.Date)
            .Sum(d => d.Lines.Sum(l => l.Quantity))
        : null;

    private long Retained(string party, DateOnly day) =>
        Balances(party, day).Where(b => b.Key.HoldingClass == "retained").Sum(b => b.Value);

    // What the last opening that names the item says of the place, and what was booked since.
    private long Balance(string party, string item, string place, DateOnly day, List<Booking> bookings)
    {
        Declaration? opening = Openings(party)
            .LastOrDefault(o => o.Date <= day && o.Lines.Any(l => l.Item == item));
        DateOnly from = opening?.Date ?? DateOnly.MinValue;
        long opened = opening?.Lines.Where(l => l.Item == item && l.HoldingClass == place).Sum(l => l.Quantity) ?? 0;
        return opened + bookings
            .Where(b => b.Item == item && b.HoldingClass == place && b.Day > from && b.Day <= day).Sum(b => b.Quantity);
    }

    private List<Booking> Bookings(string party)
    {
        var bookings = new List<Booking>();
        foreach (Notice n in Notices.Where(n => n.Party == party)) bookings.AddRange(OwnNotice(n));
        foreach (TransferKey key in Transfers.Where(t => t.Sender == party)) bookings.AddRange(Sent(key));
        foreach (Declaration d in Declarations.Where(d => d.Party == party).OrderBy(d => d.Date))
            bookings.AddRange(OwnDeclaration(d));
        return bookings;
    }

    private IEnumerable<Booking> OwnNotice(Notice n)
    {
        foreach (Line line in n.Lines)
        {
            Booking Move(string place, long quantity) => new(n.Party, line.Item, place, n.Date, quantity);
            // What the recipient loses is what it had received.
            bool loses = n.Kind == "loss" && n.Party == n.Transfer.Recipient;
            Notice arrival = loses ? Of(n.Transfer).First(r => r.Kind == "receipt") : n;
            string arrives = arrival.Purpose == "destruction" && line.Item != Taxonomy.Unknown
                ? "received_for_destruction"
                : Drawn(arrival with { OnwardFrom = null }, line);
            if (loses) yield return Move(arrives, -line.Quantity);
            if (n.Kind == "dispatch") yield return Move(Drawn(n, line), -line.Quantity);
            if (n.Kind == "receipt") yield return Move(arrives, line.Quantity);
            if (n.Kind == "destruction") yield return Move("received_for_destruction", -line.Quantity);
        }
    }

    // What has left and is not accounted for stays in the sender's books, unless nobody will say that it arrived. Mines
    // that arrived under another name have arrived.
    private Dictionary<string, long> OnTheWay(TransferKey key)
    {
        var left = new Dictionary<string, long>(StringComparer.Ordinal);
        var notices = Of(key).ToList();
        if (!Reports(key)) return left;
        foreach (Line line in notices.Where(n => n.Kind == "dispatch").SelectMany(n => n.Lines))
            left[line.Item] = left.GetValueOrDefault(line.Item) + line.Quantity;
        long renamed = 0;
        foreach (Line line in notices.Where(Accounts).SelectMany(n => n.Lines))
        {
            long counted = line.Quantity + line.Exceptions.Where(e => e.Kind != "excess").Sum(e => e.Quantity);
            long taken = Math.Min(left.GetValueOrDefault(line.Item), counted);
            if (left.ContainsKey(line.Item)) left[line.Item] -= taken;
            else renamed += counted;
        }
        foreach (string item in left.Keys.ToList())
        {
            long taken = Math.Min(left[item], renamed);
            left[item] -= taken;
            renamed -= taken;
        }
        return left;

        bool Accounts(Notice n) => n.Kind is "receipt" or "refusal" || (n.Kind == "loss" && n.Party == key.Sender);
    }

    private IEnumerable<Booking> Sent(TransferKey key)
    {
        Notice? sent = Of(key).Where(n => n.Kind == "dispatch").MinBy(n => n.Date);
        if (sent is null) yield break;
        string place = sent.OnwardFrom is null ? "in_transit" : "passed_on";
        foreach (var (item, quantity) in OnTheWay(key)) yield return new(key.Sender, item, place, sent.Date, quantity);
        // What was not accepted is the sender's again.
        foreach (Notice n in Of(key).Where(n => n.Kind is "receipt" or "refusal"))
        {
            foreach (Line line in n.Lines)
            {
                long back = n.Kind == "refusal"
                    ? line.Quantity
                    : line.Exceptions.Where(e => e.Kind is "refused" or "damaged").Sum(e => e.Quantity);
                Line? gone = sent.Lines.FirstOrDefault(l => l.Item == line.Item);
                if (gone is not null) yield return new(key.Sender, line.Item, Drawn(sent, gone), n.Date, back);
            }
        }
    }

    private static IEnumerable<Booking> OwnDeclaration(Declaration d)
    {
        foreach (Line line in d.Lines)
        {
            Booking Move(string standard, long quantity) =>
                new(d.Party, line.Item, line.HoldingClass.Length > 0 ? line.HoldingClass : standard, d.Date, quantity);
            if (d.Kind == "destruction") yield return Move("awaiting_destruction", -line.Quantity);
            if (d.Kind == "discovery") yield return Move("found", line.Quantity);
            if (d.Kind == "consumption") yield return Move("retained", -line.Quantity);
            if (d.Kind != "reclassification") continue;
            yield return Move("operational", -line.Quantity);
            yield return new Booking(d.Party, line.Item, d.To, d.Date, line.Quantity);
        }
    }

    private IEnumerable<Expected> StockFindings(Country country, DateOnly day)
    {
        string party = country.Code;
        bool bound = country.BoundOn(day);
        // APM-12.
        if (bound && country.SuspensionAsserted <= day) yield return new Expected("APM-12", party, "", "information");
        // APM-20.
        // What was found before a state left stays open: it is looked at on its last day.
        DateOnly last = country.Left <= day ? country.Left.Value.AddDays(-1) : day;
        bool wasBound = country.BoundOn(last);
        Expectation then = last == day ? this : Until(last);
        if (wasBound && last > country.DestroyedBy && then.Article4Balance(party, last) > 0)
            yield return new Expected("APM-20", party, "", "breach");
        foreach (Expected found in wasBound ? then.Late(party, last) : []) yield return found;
        foreach (Expected found in Overdrawn(party)) yield return found;
        // APM-08: of mines held for another state, none may be kept.
        foreach (Declaration d in Declarations.Where(d => d.Party == party && d.Kind == "reclassification"))
        {
            if (d.Lines.Any(l => l.HoldingClass == "received_for_destruction"))
                yield return new Expected("APM-08", party, d.Id, d.To == "retained" ? "review" : "breach");
        }
    }

    // APM-21: found after it had been declared that nothing is left.
    private IEnumerable<Expected> Late(string party, DateOnly day)
    {
        foreach (Declaration found in Declarations.Where(d => d.Party == party && d.Kind == "discovery"))
        {
            bool complete = Declarations.Any(d => d.Party == party && d.Kind == "completion" && d.Date <= found.Date);
            if (!complete) continue;
            bool left = Balances(party, day).Any(b => b.Key.HoldingClass == "found" && b.Value > 0);
            bool overdue = left && day > found.Date.AddMonths(12);
            yield return new Expected("APM-21", party, "", overdue ? "warning" : "information");
        }
    }

    // APM-42: once a party has said what it holds, no place may ever hold less than nothing.
    private IEnumerable<Expected> Overdrawn(string party)
    {
        if (Openings(party).FirstOrDefault() is not { } opening) yield break;
        List<Booking> bookings = [.. Bookings(party).Where(b => b.Quantity != 0)];
        foreach (var (item, place) in bookings.Select(b => (b.Item, b.HoldingClass)).Distinct())
        {
            // "Received" and "on the way" are about somebody else's word as well: the rules of transfers see to them.
            if (place is "in_transit" or "passed_on") continue;
            var days = bookings
                .Where(b => b.Item == item || b.Item == Taxonomy.Unspecified)
                .Where(b => b.HoldingClass == place && b.Day >= opening.Date).Select(b => b.Day);
            if (days.Any(d => Balance(party, item, place, d, bookings) + Covering(item, place, d) < 0))
                yield return new Expected("APM-42", party, $"{item} {place}", "warning");
        }

        // Stock whose type was not stated may be of any type.
        long Covering(string item, string place, DateOnly day) => item == Taxonomy.Unspecified
            ? 0
            : Math.Max(0, Balance(party, Taxonomy.Unspecified, place, day, bookings));
    }
}
