using Google.Protobuf;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;
using Status = Google.Rpc.Status;

namespace Treaty.Grid.Gateway.Shape;

/// <summary>The form of every request of the contract.</summary>
internal sealed class Shapes(TimeProvider time)
{
    /// <summary>What is wrong with the form of a request; null when it is well formed.</summary>
    /// <exception cref="InvalidOperationException">Nobody has said what its form is.</exception>
    public Status? Refuse(IMessage request)
    {
        var check = Begin();
        Check(request, check);
        return check.Refusal;
    }

    /// <summary>What is wrong with one notice of a batch, whose own parent is given.</summary>
    public Status? RefuseItem(string parent, SubmitNoticeRequest request)
    {
        var check = Begin();
        NoticeShape.CheckItem(parent, request, check);
        return check.Refusal;
    }

    private Inspection Begin() => new(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));

    private static void Check(IMessage request, Inspection check)
    {
        switch (request)
        {
            case SubmitNoticeRequest r: NoticeShape.Check(r, check); break;
            case BatchSubmitNoticesRequest r: NoticeShape.Check(r, check); break;
            case AssessTransferRequest r: NoticeShape.Check(r, check); break;
            case ConfirmPairingRequest r: NoticeShape.Check(r, check); break;
            case SubmitDeclarationRequest r: DeclarationShape.Check(r, check); break;
            case RegisterPartyRequest r: RegisterShape.Check(r, check); break;
            case RecordDepositaryNotificationRequest r: RegisterShape.Check(r, check); break;
            case ListObligationsRequest or ListDeclarationsRequest or ListNoticesRequest or ListTransfersRequest
                or ListInboxRequest or ListFindingsRequest or ReassessFindingsRequest:
                ListShape.Check(request, check);
                break;
            default: CheckRead(request, check); break;
        }
    }

    private static void CheckRead(IMessage request, Inspection check)
    {
        switch (request)
        {
            case GetPartyRequest r:
                check.PartyName("name", r.Name);
                check.Day("as_of", r.AsOf, check.LatestPlanned);
                check.Day("as_known_on", r.AsKnownOn, check.LatestPlanned);
                break;
            case ListPartiesRequest r:
                check.Page(r.PageSize, r.PageToken);
                check.Day("as_of", r.AsOf, check.LatestPlanned);
                break;
            case GetStockpileRequest r:
                check.PartyName("parent", r.Parent);
                check.Day("as_of", r.AsOf, check.LatestPlanned);
                check.Position("as_known_at", r.AsKnownAt);
                break;
            case ListClarificationsRequest r:
                check.PartyName("parent", r.Parent);
                check.Day("as_of", r.AsOf, check.LatestPlanned);
                break;
            case PrepareReportRequest r: ReportShape.Check(r, check); break;
            case GetReportDocumentRequest r:
                check.Name("name", r.Name, ResourceNames.Declaration, "parties/{code}/declarations/{id}");
                check.Text("template", r.Template, Limits.IdLengthMax);
                break;
            case GetDeclarationRequest r:
                check.Name("name", r.Name, ResourceNames.Declaration, "parties/{code}/declarations/{id}");
                break;
            case GetNoticeRequest r:
                check.Name("name", r.Name, ResourceNames.Notice, "parties/{filer}/notices/{id}");
                break;
            case GetTransferRequest r:
                check.Name("name", r.Name, ResourceNames.Transfer,
                    "parties/{sender}/transfers/{recipient}~{reference}");
                check.Day("as_of", r.AsOf, check.LatestPlanned);
                break;
            case GetFindingRequest r:
                check.Name("name", r.Name, ResourceNames.Finding, "parties/{code}/findings/{id}");
                check.Day("as_of", r.AsOf, check.LatestPlanned);
                break;
            case ListConventionsRequest r:
                check.Page(r.PageSize, r.PageToken);
                break;
            case GetConventionRequest r:
                check.Name("name", r.Name, n => ResourceNames.Entry(n, "conventions"), "conventions/{id}");
                break;
            case ListItemsRequest r:
                check.Page(r.PageSize, r.PageToken);
                break;
            case GetItemRequest r:
                check.Name("name", r.Name, n => ResourceNames.Entry(n, "items"), "items/{id}");
                break;
            default:
                throw new InvalidOperationException($"{request.Descriptor.FullName} has no form.");
        }
    }
}
