using Google.Rpc;
using Grpc.Core;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Identity;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Transfers;

/// <summary>Calls about transfers as both sides tell them.</summary>
internal sealed class TransferCalls(IGrainFactory grains) : TransferService.TransferServiceBase
{
    public override async Task<Transfer> GetTransfer(GetTransferRequest request, ServerCallContext context)
    {
        var admission = Admission.Of(context)!;
        var (sender, recipient) = ResourceNames.Transfer(request.Name)!.Value;
        if (admission.IsOnceRead)
            return await ReadOnRoute(sender, recipient, request, admission);
        if (admission.Caller.Role == Role.Party)
            return await grains.Party(admission.Caller.Code).GetTransfer(request);
        return await TryRead(sender, request) ?? await TryRead(recipient, request)
            ?? throw new RefusedException(RefusedException.Refuse(
                Code.NotFound, ErrorReason.ResourceUnknown,
                $"Neither side has filed a notice of {request.Name}. Correct the name.",
                [new("name", request.Name)]));
    }

    /// <summary>Both sides of a transfer may: whoever calls moves its own notices.</summary>
    public override async Task<ConfirmPairingResponse> ConfirmPairing(
        ConfirmPairingRequest request, ServerCallContext context) =>
        await grains.Party(Admission.Of(context)!.Caller.Code).ConfirmPairing(new ConfirmRequest
        {
            Name = request.Name,
            Other = request.Other,
            ConfirmationId = request.ConfirmationId,
            ValidateOnly = request.ValidateOnly,
            Traceparent = Telemetry.Traceparent,
        });

    public override async Task<ListTransfersResponse> ListTransfers(
        ListTransfersRequest request, ServerCallContext context) => await grains.Lists().ListTransfers(request);

    public override async Task<ListInboxResponse> ListInbox(ListInboxRequest request, ServerCallContext context) =>
        await grains.Lists().ListInbox(request);

    /// <summary>
    /// For a state on the route. A finding that rests on the transfer alone is in both sides' files; one that only a
    /// side's own books explain is in that side's, and is not for third states. Nor are the sides' other transfers.
    /// </summary>
    private async Task<Transfer> ReadOnRoute(
        string sender, string recipient, GetTransferRequest request, Admission admission)
    {
        var ours = await TryRead(sender, request);
        var theirs = await TryRead(recipient, request);
        var transfer = ours ?? theirs;
        if (transfer is null || !transfer.Notices.Any(n => n.Transit.Contains(admission.Caller.Code) && IsOfASide(n)))
            throw admission.Deny();

        var shared = (ours?.Findings ?? []).Select(f => f.Name)
            .Intersect((theirs?.Findings ?? []).Select(f => f.Name)).ToHashSet();
        var seen = transfer.Clone();
        seen.Findings.Clear();
        seen.Findings.AddRange(transfer.Findings.Where(f => shared.Contains(f.Name)));
        seen.Suggestions.Clear();
        if (seen.Pairing == Pairing.Suggested)
        {
            seen.Pairing = seen.Notices.Any(n => n.Kind == NoticeKind.Dispatch && n.SupersededBy.Length == 0)
                ? Pairing.SenderOnly
                : Pairing.RecipientOnly;
        }

        return seen;

        // Who names itself has not been named.
        bool IsOfASide(Notice notice) => notice.Name.StartsWith($"parties/{sender}/", StringComparison.Ordinal)
            || notice.Name.StartsWith($"parties/{recipient}/", StringComparison.Ordinal);
    }

    /// <summary>As one side's file has it; null when it has none, or is no party.</summary>
    private async Task<Transfer?> TryRead(string side, GetTransferRequest request)
    {
        try
        {
            return await grains.Party(side).GetTransfer(request);
        }
        catch (RefusedException e) when ((Code)e.Status.Code == Code.NotFound)
        {
            return null;
        }
    }
}
