namespace Treaty.Grid.Auditor;

/// <summary>Something that is put on record about, or by, one party.</summary>
/// <param name="Party">Whose file it goes to.</param>
/// <param name="Id">The key of repeats, chosen by whoever files it.</param>
/// <param name="Date">The day it speaks of.</param>
public abstract record Statement(string Party, string Id, DateOnly Date);

/// <summary>What the depositary received.</summary>
/// <param name="Kind">signature, ratification, provisional_application, withdrawal or suspension_asserted.</param>
public sealed record StatusAct(string Party, string Id, DateOnly Date, string Kind) : Statement(Party, Id, Date);

/// <summary>One side's word about one transfer.</summary>
public sealed record Notice(string Party, string Id, DateOnly Date) : Statement(Party, Id, Date)
{
    /// <summary>plan, dispatch, receipt, refusal, cancellation, destruction, loss or reply.</summary>
    public required string Kind { get; init; }

    /// <summary>The id of an earlier notice of the party that this one replaces, or withdraws.</summary>
    public string Supersedes { get; init; } = "";

    public required TransferKey Transfer { get; init; }

    /// <summary>operational_use, training or destruction; empty where the kind has none.</summary>
    public string Purpose { get; init; } = "";

    public IReadOnlyList<Line> Lines { get; init; } = [];

    public IReadOnlyList<string> Transit { get; init; } = [];

    /// <summary>Unset is true on a receipt and false on a certificate of destruction.</summary>
    public bool? Final { get; init; }

    /// <summary>state, contractor or international_organisation.</summary>
    public string RecipientKind { get; init; } = "state";

    public bool TitlePassed { get; init; } = true;

    public long? StatedTotal { get; init; }

    /// <summary>The transfer under which these mines came to be destroyed, and which they leave.</summary>
    public TransferKey? OnwardFrom { get; init; }

    public string Remark { get; init; } = "";
}

/// <summary>One party's word about its own stock.</summary>
public sealed record Declaration(string Party, string Id, DateOnly Date) : Statement(Party, Id, Date)
{
    /// <summary>opening, destruction, discovery, completion, consumption or reclassification.</summary>
    public required string Kind { get; init; }

    /// <summary>The id of an earlier declaration of the party that this one replaces.</summary>
    public string Supersedes { get; init; } = "";

    public IReadOnlyList<Line> Lines { get; init; } = [];

    /// <summary>The class a reclassification moves into.</summary>
    public string To { get; init; } = "";

    public long? StatedTotal { get; init; }

    public string Remark { get; init; } = "";
}

/// <summary>What makes a transfer the same for both sides.</summary>
public sealed record TransferKey(string Sender, string Recipient, string Reference)
{
    public override string ToString() => $"{Sender}/{Recipient}~{Reference}";
}

/// <summary>A number of mines of one type.</summary>
public sealed record Line(string Item, long Quantity)
{
    /// <summary>exact, approximate or undisclosed.</summary>
    public string Basis { get; init; } = "exact";

    /// <summary>victim, command or empty.</summary>
    public string Activation { get; init; } = "";

    /// <summary>Where it leaves or arrives; empty for the default of its statement.</summary>
    public string HoldingClass { get; init; } = "";

    public IReadOnlyList<Lot> Lots { get; init; } = [];

    public IReadOnlyList<LineException> Exceptions { get; init; } = [];
}

public sealed record Lot(string Number, long Quantity);

/// <param name="Kind">short, excess, damaged or refused.</param>
public sealed record LineException(string Kind, long Quantity);

/// <summary>One statement as it reaches the register.</summary>
/// <param name="RecordDay">Never earlier than the one before.</param>
/// <param name="Answer">accepted, repeat or conflict.</param>
public sealed record Filing(DateOnly RecordDay, Statement Statement, string Answer);
