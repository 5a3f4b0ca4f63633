using Grpc.Core;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Findings;

/// <summary>Calls about what does not fit with a convention.</summary>
internal sealed class FindingCalls(IGrainFactory grains) : FindingService.FindingServiceBase
{
    public override async Task<Finding> GetFinding(GetFindingRequest request, ServerCallContext context) =>
        await grains.PartyOf(request.Name).GetFinding(request);

    public override async Task<ListFindingsResponse> ListFindings(
        ListFindingsRequest request, ServerCallContext context) =>
        await grains.Lists().ListFindings(request);

    public override async Task<ReassessFindingsResponse> ReassessFindings(
        ReassessFindingsRequest request, ServerCallContext context) =>
        await grains.PartyOf(request.Parent).Reassess(new ReassessRequest
        {
            Request = request,
            Traceparent = Telemetry.Traceparent,
        });
}
