namespace Treaty.Grid.Auditor;

/// <summary>What happened, before anyone says anything about it: one consignment from one state to another.</summary>
internal sealed record Shipment(
    TransferKey Key, string Purpose, string Item, long Quantity, DateOnly Sent, DateOnly Arrived)
{
    public string Activation { get; init; } = "";

    public IReadOnlyList<Lot> Lots { get; init; } = [];

    public Line Line(long quantity) => new(Item, quantity) { Activation = Activation };

    public Notice Dispatch(string id) => new(Key.Sender, id, Sent)
    {
        Kind = "dispatch",
        Transfer = Key,
        Purpose = Purpose,
        Lines = [Line(Quantity) with { Lots = Lots }],
    };

    public Notice Receipt(string id) => new(Key.Recipient, id, Arrived)
    {
        Kind = "receipt",
        Transfer = Key,
        Purpose = Purpose,
        Lines = [Line(Quantity) with { Lots = Lots }],
    };

    public Notice Certificate(string id, DateOnly date, long quantity, bool? final) => new(Key.Recipient, id, date)
    {
        Kind = "destruction",
        Transfer = Key,
        Lines = [Line(quantity)],
        Final = final,
    };

    public Notice Said(string by, string id, string kind, DateOnly date) =>
        new(by, id, date) { Kind = kind, Transfer = Key };
}
