using Google.Rpc;
using Grpc.Core;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Batching;
using Treaty.Grid.Gateway.Errors;
using Treaty.Grid.Gateway.Identity;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.Gateway.Shape;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Notices;

/// <summary>Calls about what states say of transfers.</summary>
internal sealed class NoticeCalls(IGrainFactory grains, PartyBatcher batcher, Shapes shapes)
    : NoticeService.NoticeServiceBase
{
    /// <summary>Dry runs of one batch at a time: each may ask two grains.</summary>
    private const int DryRunsAtOnceMax = 8;

    public override async Task<SubmitNoticeResponse> SubmitNotice(
        SubmitNoticeRequest request, ServerCallContext context)
    {
        var filer = Grains.CodeOf(request.Parent);
        if (request.ValidateOnly)
            return await Assess(filer, request.NoticeId, request.Notice);
        var results = await batcher.FileAsync(filer, [ItemOf(request, isBrief: false)], context.CancellationToken);
        return results[0].ResultCase == SubmitResult.ResultOneofCase.Error
            ? throw new RefusedException(results[0].Error)
            : results[0].Response;
    }

    public override async Task<BatchSubmitNoticesResponse> BatchSubmitNotices(
        BatchSubmitNoticesRequest request, ServerCallContext context)
    {
        var filer = Grains.CodeOf(request.Parent);
        var results = new SubmitResult[request.Requests.Count];
        var (toFile, toAssess) = (new List<int>(), new List<int>());
        for (var i = 0; i < results.Length; i++)
        {
            var item = request.Requests[i];
            if (shapes.RefuseItem(request.Parent, item) is { } refusal)
                results[i] = new SubmitResult { Error = refusal };
            else
                (item.ValidateOnly ? toAssess : toFile).Add(i);
        }

        await File(filer, request, toFile, results, context.CancellationToken);
        await Parallel.ForEachAsync(
            toAssess, new ParallelOptions { MaxDegreeOfParallelism = DryRunsAtOnceMax },
            async (i, _) => results[i] = await AssessItem(filer, request.Requests[i]));
        return new BatchSubmitNoticesResponse { Results = { results } };
    }

    public override async Task<Notice> GetNotice(GetNoticeRequest request, ServerCallContext context)
    {
        var admission = Admission.Of(context)!;
        var grain = grains.PartyOf(request.Name);
        if (!admission.IsOnceRead)
            return await grain.GetNotice(request);
        try
        {
            var notice = await grain.GetNotice(request);
            var code = admission.Caller.Code;
            return notice.Sender == code || notice.Recipient == code ? notice : throw admission.Deny();
        }
        catch (RefusedException e) when ((Code)e.Status.Code == Code.NotFound)
        {
            throw admission.Deny();
        }
    }

    public override async Task<ListNoticesResponse> ListNotices(
        ListNoticesRequest request, ServerCallContext context) => await grains.Lists().ListNotices(request);

    public override async Task<AssessTransferResponse> AssessTransfer(
        AssessTransferRequest request, ServerCallContext context)
    {
        var id = ResourceNames.Notice(request.Notice.Name)?.Id ?? "";
        var response = await Assess(Grains.CodeOf(request.Parent), id, request.Notice);
        return new AssessTransferResponse { Transfer = response.Transfer, CrossCheck = response.CrossCheck };
    }

    private async Task File(
        string filer, BatchSubmitNoticesRequest request, List<int> which, SubmitResult[] results,
        CancellationToken cancellation)
    {
        if (which.Count == 0)
            return;
        var filed = await batcher.FileAsync(
            filer, [.. which.Select(i => ItemOf(request.Requests[i], isBrief: true))], cancellation);
        for (var i = 0; i < filed.Count; i++)
            results[which[i]] = filed[i];
    }

    private async Task<SubmitResult> AssessItem(string filer, SubmitNoticeRequest item)
    {
        try
        {
            // As of what is filed, a thousand times all notices of one transfer are more than anybody can take.
            var response = (await Assess(filer, item.NoticeId, item.Notice)).Clone();
            response.Transfer.Notices.Clear();
            return new SubmitResult { Response = response };
        }
        catch (Exception e) when (Failures.Explain(e) is { } explained)
        {
            return new SubmitResult { Error = explained };
        }
    }

    /// <summary>
    /// Asks both sides what they would say. Nothing is changed, so the gateway may go back and forth between them, and
    /// no grain waits for another.
    /// </summary>
    private async Task<SubmitNoticeResponse> Assess(string filer, string id, Notice notice)
    {
        var grain = grains.Party(filer);
        var assessed = await grain.Assess(new AssessRequest { NoticeId = id, Notice = notice });
        if (assessed.Counterpart.Length > 0)
        {
            var counterpart = grains.Party(assessed.Counterpart);
            var said = await counterpart.AssessDelivery(assessed.Message);
            assessed = await grain.Assess(
                new AssessRequest { NoticeId = id, Notice = notice, Answer = said.Answer });
        }

        if (assessed.Response.Receipt is null)
            return assessed.Response;
        // This id was filed before, and its receipt is for that: a dry run proves nothing.
        var response = assessed.Response.Clone();
        response.Receipt = null;
        return response;
    }

    private static FileItem ItemOf(SubmitNoticeRequest request, bool isBrief) => new()
    {
        NoticeId = request.NoticeId,
        Notice = request.Notice,
        Traceparent = Telemetry.Traceparent,
        Brief = isBrief,
    };
}
