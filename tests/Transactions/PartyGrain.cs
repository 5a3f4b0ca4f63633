using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Treaty.Grid.Transactions;

/// <summary>A transfer, as it is filed.</summary>
[GenerateSerializer]
[Immutable]
public sealed record Transfer(
    [property: Id(0)] string Id,
    [property: Id(1)] int Sender,
    [property: Id(2)] int Recipient,
    [property: Id(3)] int Item,
    [property: Id(4)] long Quantity,
    [property: Id(5)] DateOnly Date);

/// <summary>A transfer in the file of one party, with what was found, and whatever is not stored of what came before.
/// </summary>
[GenerateSerializer]
[Immutable]
public sealed class Filed(long number, Transfer transfer, string finding, Filed? before)
{
    /// <summary>Only in memory, and only until it is stored: states that were superseded at once never are.</summary>
    [NonSerialized]
    private Filed? _before = before;

    /// <summary>From 1, without gaps: one for each transaction of the party.</summary>
    [Id(0)]
    public long Number { get; } = number;

    [Id(1)]
    public Transfer Transfer { get; } = transfer;

    /// <summary>Empty on the side that was asked first.</summary>
    [Id(2)]
    public string Finding { get; } = finding;

    /// <summary>What has a greater number than what is stored, the latest first.</summary>
    public IEnumerable<Filed> After(long number)
    {
        for (var filed = this; filed is not null && filed.Number > number; filed = filed._before)
            yield return filed;
    }

    /// <summary>All of it is stored.</summary>
    public void Forget() => _before = null;
}

/// <summary>A party: its status, its stocks, and the latest in its file; storage keeps all of that.</summary>
[GenerateSerializer]
public sealed class PartyState
{
    public const int Items = 6;

    [Id(0)]
    public DateOnly Joined { get; set; } = new(1999, 3, 1);

    [Id(1)]
    public DateOnly Withdrawn { get; set; } = DateOnly.MaxValue;

    [Id(2)]
    public long[] Stocks { get; set; } = new long[Items];

    [Id(3)]
    public Filed? Latest { get; set; }

    public bool IsBoundOn(DateOnly day) => Joined <= day && day < Withdrawn;
}

public interface IPartyGrain : IGrainWithIntegerKey
{
    /// <summary>Enters a transfer into this party's file, and tells whether the party was bound that day.</summary>
    /// <param name="otherIsBound">Null for the side that is asked first.</param>
    [Transaction(TransactionOption.Join)]
    Task<bool> FileAsync(Transfer transfer, bool? otherIsBound);
}

/// <summary>One of the two grains that each transaction writes.</summary>
[Reentrant]
internal sealed class PartyGrain(
    [TransactionalState("party", PostgresStateFactory.Name)] ITransactionalState<PartyState> state)
    : Grain, IPartyGrain
{
    public Task<bool> FileAsync(Transfer transfer, bool? otherIsBound)
    {
        var party = (int)this.GetPrimaryKeyLong();
        return state.PerformUpdate(file =>
        {
            var isBound = file.IsBoundOn(transfer.Date);
            file.Stocks[transfer.Item] += party == transfer.Sender ? -transfer.Quantity : transfer.Quantity;
            var finding = otherIsBound is not { } other ? "" : isBound || other ? "APM-50" : "APM-03";
            file.Latest = new Filed((file.Latest?.Number ?? 0) + 1, transfer, finding, file.Latest);
            return isBound;
        });
    }
}
