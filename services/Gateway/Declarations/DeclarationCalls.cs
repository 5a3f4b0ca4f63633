using Grpc.Core;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Declarations;

/// <summary>Calls about what states say of their own stock.</summary>
internal sealed class DeclarationCalls(IGrainFactory grains) : DeclarationService.DeclarationServiceBase
{
    public override async Task<SubmitDeclarationResponse> SubmitDeclaration(
        SubmitDeclarationRequest request, ServerCallContext context) =>
        await grains.PartyOf(request.Parent).Declare(new DeclareRequest
        {
            DeclarationId = request.DeclarationId,
            Declaration = request.Declaration,
            ValidateOnly = request.ValidateOnly,
            Traceparent = Telemetry.Traceparent,
        });

    public override async Task<Declaration> GetDeclaration(
        GetDeclarationRequest request, ServerCallContext context) =>
        await grains.PartyOf(request.Name).GetDeclaration(request);

    public override async Task<PrepareReportResponse> PrepareReport(
        PrepareReportRequest request, ServerCallContext context) =>
        await grains.PartyOf(request.Parent).PrepareReport(request);

    public override async Task<ReportDocument> GetReportDocument(
        GetReportDocumentRequest request, ServerCallContext context) =>
        await grains.PartyOf(request.Name).GetReportDocument(request);

    public override async Task<ListDeclarationsResponse> ListDeclarations(
        ListDeclarationsRequest request, ServerCallContext context) =>
        await grains.Lists().ListDeclarations(request);
}
