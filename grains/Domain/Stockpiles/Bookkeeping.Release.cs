using Treaty.Grid.Items;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Stockpiles;

/// <summary>What was booked into quarantine, booked anew once the taxonomy knows its items.</summary>
public static partial class Bookkeeping
{
    /// <summary>Items that bookings hold in quarantine, and that the taxonomy knows now.</summary>
    public static ImmutableHashSet<string> Released(ImmutableArray<Booking> bookings, Taxonomy taxonomy) =>
    [
        .. bookings
            .Where(b => (b.From.Place == Place.Quarantined || b.To.Place == Place.Quarantined)
                && taxonomy.Find(b.From.Item) is not null)
            .Select(b => b.From.Item),
    ];

    /// <summary>
    /// What books notices of a party anew, in its own books, now that some items are known which were not.
    /// </summary>
    /// <param name="ledger">Its books before.</param>
    /// <param name="me">The party.</param>
    /// <param name="file">Of the transfer.</param>
    /// <param name="own">Its notices in effect about these items.</param>
    /// <param name="released">The items.</param>
    public static ImmutableArray<StockBooked> Anew(
        Ledger ledger, Rulebook rulebook, string me, TransferFile file, IReadOnlyList<FiledNotice> own,
        ImmutableHashSet<string> released)
    {
        var booked = ImmutableArray.CreateBuilder<StockBooked>();
        foreach (var filed in own)
        {
            Add(booked, ref ledger, Reversed(filed.Bookings), filed.Notice.Name, isTakenBack: true);
            var anew = ImmutableArray.CreateBuilder<Booking>();
            AddOwn(anew, ledger, rulebook.Taxonomy, file, filed.Notice);
            Add(booked, ref ledger, anew, filed.Notice.Name, isTakenBack: false);
        }

        if (me == file.Key.Sender)
        {
            var onTheWay = ImmutableArray.CreateBuilder<Booking>();
            AddOnTheWay(onTheWay, OnTheWay.Of(file, rulebook, released), OnTheWay.Of(file, rulebook));
            Add(booked, ref ledger, onTheWay, file.Key.Name, isTakenBack: false);
        }

        return booked.ToImmutable();
    }
}
