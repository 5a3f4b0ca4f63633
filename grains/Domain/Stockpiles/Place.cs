namespace Treaty.Grid.Stockpiles;

/// <summary>
/// Where a count stands in a party's books: a holding class, or a part of the outside world. Numbers lie on disk: never
/// reused. Those of holding classes are the contract's.
/// </summary>
public enum Place
{
    /// <summary>Not stated: the books choose by purpose.</summary>
    Unspecified = 0,
    Operational = 1,
    AwaitingDestruction = 2,

    /// <summary>Article 3(1).</summary>
    Retained = 3,

    /// <summary>Found after stock destruction had been declared complete, or that no statement held.</summary>
    Found = 4,

    /// <summary>Another state's, on this territory.</summary>
    ForeignHeld = 5,

    /// <summary>Dispatched; in the sender's books until the receipt.</summary>
    InTransit = 6,

    /// <summary>Another state's mines, here to be destroyed (Article 3(2)).</summary>
    ReceivedForDestruction = 7,

    /// <summary>Of a type that the taxonomy does not know.</summary>
    Quarantined = 8,

    /// <summary>Another state's mines, received for destruction, passed on and not yet received there.</summary>
    PassedOn = 9,

    /// <summary>Where declared stock comes from.</summary>
    Declared = 101,

    /// <summary>What other states delivered here.</summary>
    Received = 102,
    Destroyed = 103,

    /// <summary>Used up in training or development.</summary>
    Consumed = 104,
    Lost = 105,

    /// <summary>What other states took over from here, except for destruction.</summary>
    Delivered = 106,

    /// <summary>Where found stock comes from.</summary>
    Discovered = 107,

    /// <summary>Own mines that another state took over for destruction and has not yet destroyed.</summary>
    AbroadForDestruction = 108,

    /// <summary>Own mines that another state destroyed.</summary>
    DestroyedAbroad = 109,

    /// <summary>Missing on arrival, as the recipient declared.</summary>
    Short = 110,

    /// <summary>
    /// A note of how much of what is in transit goes for training: on the way it is under the exception of Article 3(1)
    /// as it was before.
    /// </summary>
    InTransitForTraining = 111,

    /// <summary>The other side of that note.</summary>
    NotInTransitForTraining = 112,
}

/// <summary>One balance of the ledger.</summary>
/// <param name="Item">The item's id.</param>
/// <param name="Place">Where.</param>
/// <param name="Lot">Empty where no lot is kept.</param>
public readonly record struct Account(string Item, Place Place, string Lot = "")
{
    /// <summary>The classes in which a party holds stock.</summary>
    public static ImmutableArray<Place> HoldingClasses { get; } =
        [.. Enum.GetValues<Place>().Where(p => p != Place.Unspecified && new Account("", p).IsHolding)];

    /// <summary>A holding class, and not a part of the outside world.</summary>
    public bool IsHolding => Place < Place.Declared;
}

/// <summary>A count that moves from one account to another of the same item on a day of the domain.</summary>
/// <param name="From">Falls by the quantity; may fall below zero (an overdraw is found, not refused).</param>
/// <param name="To">Rises by it.</param>
/// <param name="Quantity">In the item's base unit, at least 1.</param>
/// <param name="Date">From when the balances change.</param>
public readonly record struct Booking(Account From, Account To, long Quantity, DateOnly Date);
