using Grpc.Core;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
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
        ReassessFindingsRequest request, ServerCallContext context)
    {
        try
        {
            return await grains.PartyOf(request.Parent).Reassess(
                new ReassessRequest { Request = request, Traceparent = Telemetry.Traceparent });
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            throw new RefusedException(RefusedException.RetryLater(
                Google.Rpc.Code.Unavailable, ErrorReason.OutcomeUnknown,
                "No answer came in time, and it may have been done. ListFindings says what is found now; asked again, "
                    + "this names only what it changes then.",
                Limits.RetryDelay));
        }
    }
}
