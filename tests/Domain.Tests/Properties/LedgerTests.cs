using CsCheck;
using Treaty.Grid.Stockpiles;

namespace Treaty.Grid.Domain.Tests.Properties;

/// <summary>What the ledger tells is what its bookings come to, gone through one by one.</summary>
public sealed class LedgerTests
{
    private const int Days = 12;
    private const int Years = 2 * 365;

    private static readonly DateOnly FirstDay = new(2024, 1, 1);
    private static readonly string[] Items = ["PMN", "M14", "any"];
    private static readonly Place[] Places = [Place.Declared, Place.Operational, Place.Retained, Place.InTransit];
    private static readonly string[] Lots = ["", "A", "B"];

    private static readonly Gen<Booking[]> Bookings = Gen.Select(
        Gen.Int[0, Items.Length - 1],
        Gen.Int[0, Places.Length - 1],
        Gen.Int[1, Places.Length - 1],
        Gen.Int[0, Lots.Length - 1],
        Gen.Int[0, Lots.Length - 1],
        Gen.Long[1, 9],
        Gen.Int[0, Days - 1],
        (item, from, apart, lot, otherLot, quantity, day) => new Booking(
            new Account(Items[item], Places[from], Lots[lot]),
            new Account(Items[item], Places[(from + apart) % Places.Length], Lots[otherLot]),
            quantity,
            FirstDay.AddDays(day))).Array[0, 40];

    /// <summary>Folded booking by booking, and as it comes back from a snapshot.</summary>
    [Fact]
    public void Totals_are_what_the_lots_come_to() => Bookings.Sample(bookings =>
    {
        var folded = Ledger.Empty.With(bookings);
        foreach (var ledger in new[] { folded, Ledger.Of(folded.Histories, []) })
        {
            Assert.Equal(0, ledger.Sum);
            foreach (var (item, place, day) in
                from item in Items
                from place in Places
                from day in Enumerable.Range(-1, Days + 2)
                select (item, place, FirstDay.AddDays(day)))
            {
                Assert.Equal(On(bookings, a => a.Item == item && a.Place == place, day), ledger.On(item, place, day));
                Assert.Equal(
                    On(bookings, a => a.Item != item && a.Place != place, day),
                    ledger.On(i => i != item, [.. Places.Where(p => p != place)], day));
                Assert.Equal(Lowest(bookings, item, place, day, []), ledger.LowestFrom(item, place, day, []));
                Assert.Equal(
                    Lowest(bookings, item, place, day, ["any"]), ledger.LowestFrom(item, place, day, ["any"]));
            }

            foreach (var (item, lot) in from item in Items from lot in Lots select (item, lot))
            {
                Assert.Equal(LeftInLot(bookings, item, lot), ledger.LeftInLot(item, lot));
            }
        }
    }, iter: 100);

    /// <summary>Of many days, as they come: some before all others, some again.</summary>
    [Fact]
    public void Years_of_days_come_to_what_their_bookings_do() => Gen.Select(
        Gen.Int[0, Years], Gen.Long[1, 9], Gen.Bool).Array[0, 300].Sample(
        changes =>
        {
            var (one, other) = (new Account("PMN", Place.Operational), new Account("PMN", Place.Retained));
            var folded = Ledger.Empty.With(changes.Select(c => new Booking(
                c.Item3 ? one : other, c.Item3 ? other : one, c.Item2, FirstDay.AddDays(c.Item1))));
            var balances = new long[Years + 3];
            foreach (var (day, quantity, falls) in changes)
            {
                for (var later = day + 1; later < balances.Length; later++)
                {
                    balances[later] += falls ? -quantity : quantity;
                }
            }

            foreach (var ledger in new[] { folded, Ledger.Of(folded.Histories, []) })
            {
                for (var day = 0; day < balances.Length; day++)
                {
                    var date = FirstDay.AddDays(day - 1);
                    Assert.Equal(balances[day], ledger.On(one, date));
                    var lowest = balances.Skip(day).Min();
                    Assert.Equal(
                        (lowest, FirstDay.AddDays(Array.IndexOf(balances, lowest, day) - 1)),
                        ledger.LowestFrom("PMN", Place.Operational, date, []));
                }
            }
        },
        iter: 40);

    private static long On(IEnumerable<Booking> bookings, Func<Account, bool> isMeant, DateOnly day) => bookings
        .Where(b => b.Date <= day)
        .Sum(b => (isMeant(b.To) ? b.Quantity : 0) - (isMeant(b.From) ? b.Quantity : 0));

    private static (long, DateOnly) Lowest(
        Booking[] bookings, string item, Place place, DateOnly from, string[] covers)
    {
        return Enumerable.Range(0, Days + 2)
            .Select(from.AddDays)
            .Select(day => (Balance: Of(item, day) + covers.Sum(c => Math.Max(0, Of(c, day))), Day: day))
            .MinBy(d => d.Balance);

        long Of(string name, DateOnly day) => On(bookings, a => a.Item == name && a.Place == place, day);
    }

    private static long LeftInLot(Booking[] bookings, string item, string lot)
    {
        var held = Places.Where(p => new Account(item, p).IsHolding).ToList();
        return held.Exists(p => Enumerable.Range(0, Days).Any(d => Of(p, FirstDay.AddDays(d)) > 0))
            ? held.Sum(p => Of(p, FirstDay.AddDays(Days)))
            : 0;

        long Of(Place place, DateOnly day) => On(bookings, a => a == new Account(item, place, lot), day);
    }
}
