using Grpc.Core;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Conventions;

/// <summary>Calls about the conventions and the taxonomy.</summary>
internal sealed class ConventionCalls(IGrainFactory grains) : ConventionService.ConventionServiceBase
{
    public override async Task<ListConventionsResponse> ListConventions(
        ListConventionsRequest request, ServerCallContext context) =>
        await grains.Register().ListConventions(request);

    public override async Task<Convention> GetConvention(GetConventionRequest request, ServerCallContext context) =>
        await grains.Register().GetConvention(request);

    public override async Task<ListItemsResponse> ListItems(ListItemsRequest request, ServerCallContext context) =>
        await grains.Register().ListItems(request);

    public override async Task<Item> GetItem(GetItemRequest request, ServerCallContext context) =>
        await grains.Register().GetItem(request);
}
