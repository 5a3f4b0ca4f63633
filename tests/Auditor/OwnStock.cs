namespace Treaty.Grid.Auditor;

/// <summary>
/// What the states say about their own stock, after their transfers are known: openings which cover what they sent, or
/// do not, and what became of the rest.
/// </summary>
internal sealed class OwnStock(Dice dice, Scripts scripts)
{
    private sealed record Place(string Item, string HoldingClass, string Activation);

    public void Declare()
    {
        foreach (Country country in scripts.Countries)
        {
            bool declares = country.EntryIntoForce is not null && country.Left is null && dice.Chance(75);
            if (declares) Declare(country);
        }
    }

    private void Declare(Country country)
    {
        DateOnly day = dice.Day(new DateOnly(2006, 1, 1), new DateOnly(2008, 6, 30));
        var held = new SortedDictionary<string, (Place Place, long Quantity, SortedDictionary<string, long> Lots)>(
            StringComparer.Ordinal);
        foreach (Notice notice in scripts.Statements.OfType<Notice>())
        {
            if (notice.Party != country.Code || notice.Kind != "dispatch" || notice.OnwardFrom is not null) continue;
            foreach (Line line in notice.Lines) Put(held, Leaves(notice, line), line.Quantity, line.Lots);
        }
        if (dice.Chance(50)) Put(held, new Place("PMN", "retained", ""), dice.Between(50, 900), []);
        if (dice.Chance(30)) Put(held, new Place("M14", "awaiting_destruction", ""), 700, []);
        if (dice.Chance(20)) Put(held, new Place("PMD-6", "operational", ""), 600, []);
        // Now and then the books do not bear what was sent.
        int missing = dice.Chance(15) ? dice.Between(1, 900) : 0;
        var lines = new List<Line>();
        foreach (var (place, quantity, lots) in held.Values)
        {
            bool plain = lots.Count == 0 && quantity > missing && Taxonomy.Mines.Contains(place.Item)
                && place.Item != Scripts.Open;
            long declared = plain ? quantity - missing : quantity;
            if (plain) missing = 0;
            if (declared == 0) continue;
            lines.Add(new Line(place.Item, declared)
            {
                HoldingClass = place.HoldingClass,
                Activation = place.Activation,
                Lots = [.. lots.Select(l => new Lot(l.Key, l.Value))],
            });
        }
        long? total = dice.Chance(15) ? lines.Sum(l => l.Quantity) + dice.Below(2) : null;
        scripts.Add(new Declaration(country.Code, scripts.Id(), day)
        {
            Kind = "opening",
            Lines = lines,
            StatedTotal = total,
        });
        Spend(country.Code, lines);
    }

    private static Place Leaves(Notice notice, Line line) =>
        new(line.Item, Expectation.Drawn(notice, line), line.Activation);

    private static void Put(
        SortedDictionary<string, (Place Place, long Quantity, SortedDictionary<string, long> Lots)> held,
        Place place, long quantity, IReadOnlyList<Lot> lots)
    {
        string key = $"{place.Item} {place.HoldingClass}";
        if (!held.TryGetValue(key, out var before)) before = (place, 0, new(StringComparer.Ordinal));
        foreach (Lot lot in lots) before.Lots[lot.Number] = before.Lots.GetValueOrDefault(lot.Number) + lot.Quantity;
        held[key] = (before.Place, before.Quantity + quantity, before.Lots);
    }

    // Items and classes that the opening added for this alone, so that a story about a transfer keeps its own figures.
    private void Spend(string party, List<Line> opening)
    {
        DateOnly day = dice.Day(new DateOnly(2008, 7, 15), new DateOnly(2010, 12, 20));
        void Say(string kind, Line line, DateOnly date, string to = "") => scripts.Add(
            new Declaration(party, scripts.Id(), date) { Kind = kind, Lines = [line], To = to });

        foreach (Line line in opening)
        {
            if (line.Lots.Count > 0 || !Taxonomy.Mines.Contains(line.Item) || !dice.Chance(40)) continue;
            long some = Math.Max(1, line.Quantity / dice.Between(1, 5));
            Line part = new(line.Item, some) { HoldingClass = line.Item == Scripts.Open ? "" : line.HoldingClass };
            if (line.HoldingClass == "retained") Say("consumption", part with { HoldingClass = "" }, day);
            else if (line.HoldingClass == "awaiting_destruction") Say("destruction", part, day);
            else Say("reclassification", part, day, "awaiting_destruction");
        }
        if (!dice.Chance(40)) return;
        scripts.Add(new Declaration(party, scripts.Id(), new DateOnly(2008, 7, 1)) { Kind = "completion" });
        if (!dice.Chance(70)) return;
        Line found = new("DM31", dice.Between(10, 90));
        Say("discovery", found, day);
        if (dice.Chance(60))
        {
            long gone = dice.Chance(60) ? found.Quantity : found.Quantity - 1;
            Say("destruction", new Line("DM31", gone) { HoldingClass = "found" }, day.AddDays(dice.Between(1, 600)));
        }
    }
}
