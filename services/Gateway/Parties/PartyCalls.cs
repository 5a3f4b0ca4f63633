using Grpc.Core;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Parties;

/// <summary>Calls about the states of the register.</summary>
internal sealed class PartyCalls(IGrainFactory grains) : PartyService.PartyServiceBase
{
    public override async Task<Party> GetParty(GetPartyRequest request, ServerCallContext context) =>
        await grains.PartyOf(request.Name).GetParty(request);

    public override async Task<ListPartiesResponse> ListParties(
        ListPartiesRequest request, ServerCallContext context) => await grains.Register().ListParties(request);

    public override async Task<Party> RegisterParty(RegisterPartyRequest request, ServerCallContext context) =>
        await grains.Party(request.PartyId).Register(new RegisterRequest
        {
            DisplayName = request.Party.DisplayName,
            Traceparent = Telemetry.Traceparent,
        });

    public override async Task<RecordDepositaryNotificationResponse> RecordDepositaryNotification(
        RecordDepositaryNotificationRequest request, ServerCallContext context) =>
        await grains.PartyOf(request.Parent).Record(new RecordRequest
        {
            NotificationId = request.NotificationId,
            Notification = request.Notification,
            Traceparent = Telemetry.Traceparent,
        });

    public override async Task<Stockpile> GetStockpile(GetStockpileRequest request, ServerCallContext context) =>
        await grains.PartyOf(request.Parent).GetStockpile(request);

    public override async Task<ListClarificationsResponse> ListClarifications(
        ListClarificationsRequest request, ServerCallContext context) =>
        await grains.PartyOf(request.Parent).ListClarifications(request);

    public override async Task<ListObligationsResponse> ListObligations(
        ListObligationsRequest request, ServerCallContext context) =>
        await grains.Lists().ListObligations(request);
}
