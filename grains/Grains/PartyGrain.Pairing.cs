using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Transfers;
using Treaty.Grid.V1;

namespace Treaty.Grid.Grains;

/// <summary>Joins the two files of a transfer that each side filed under a reference of its own.</summary>
internal sealed partial class PartyGrain
{
    public async ValueTask<ConfirmPairingResponse> ConfirmPairing(ConfirmRequest request)
    {
        ThrowIfUnknown();
        var command = new ConfirmPairing(
            StatementCodec.ToTransferKey(request.Name)!.Value, StatementCodec.ToTransferKey(request.Other)!.Value,
            request.ConfirmationId, Now);
        if (request.ValidateOnly)
        {
            return await AssessAsync(command);
        }

        var (_, decision, confirmed) = await ExecuteAsync(command, request.Traceparent);
        PumpAll();
        await AnsweredAsync([.. MovedBy(command, confirmed).Select(n => n.Notice.Id)]);
        var party = await SettledAsync([command.Other], [.. confirmed.NeededFor(command)]);
        var moved = MovedBy(command, party);
        var response = Respond(party, command, moved, decision is Repeated);
        response.Receipt = ReceiptOf(moved[0].Version, moved[0].RecordTime);
        return response;
    }

    private async Task<ConfirmPairingResponse> AssessAsync(ConfirmPairing command)
    {
        var (before, decision, _) = await TryAsync(command);
        switch (decision)
        {
            case Refused refused:
                throw new RefusedException(ToStatus(refused.Refusal));
            case Decided decided:
                var next = Answered(command, before, decided);
                return Respond(next, command, MovedBy(command, next), repeated: false);
            default:
                return Respond(before, command, MovedBy(command, before), repeated: true);
        }
    }

    /// <summary>
    /// The party once the other side has answered: as it did to the notices before they were moved, whose content and
    /// date are the same.
    /// </summary>
    private Grid.Party Answered(ConfirmPairing command, Grid.Party before, Decided decided)
    {
        var (party, counterpart) = (decided.Next, command.Other.Counterpart(Code));
        var own = before.Files[command.Transfer].Notices;
        var anew = decided.Events.OfType<NoticeFiled>().Where(e => e.Notice.Transfer == command.Other);
        foreach (var (former, filed) in own.Zip(anew))
        {
            if (former.Counterpart is { } there && party.Decide(
                new TakeAnswer(
                    new AnswerReceived(
                        counterpart, filed.Addresses.Single(a => a.To == counterpart).Sequence,
                        former.CounterpartPosition, there),
                    command.Time),
                rulebook) is Decided answered)
            {
                party = answered.Next;
            }
        }

        return party;
    }

    /// <summary>What a confirmation filed anew, all in one entry.</summary>
    private List<FiledNotice> MovedBy(ConfirmPairing command, Grid.Party party)
    {
        var version = party.FindNotice(command.MovedId(1))!.Version;
        return [.. party.Files[command.Other].History.Where(n => n.Notice.Filer == Code && n.Version == version)];
    }

    private ConfirmPairingResponse Respond(
        Grid.Party party, ConfirmPairing command, List<FiledNotice> moved, bool repeated) => new()
        {
            Transfer = ToMessage(party, party.Files[command.Other], Today),
            CrossCheck = moved.Exists(n => CrossCheckOf(n) == CrossCheck.Pending)
                ? CrossCheck.Pending
                : CrossCheck.Complete,
            Replayed = repeated,
        };
}
