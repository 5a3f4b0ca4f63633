using Google.Protobuf;
using Treaty.Grid.Contracts.Filters;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Shape;

/// <summary>The form of what is answered a page at a time.</summary>
internal static class ListShape
{
    public static void Check(IMessage request, Inspection check)
    {
        switch (request)
        {
            case ListTransfersRequest r:
                check.PartyNameOrAll("parent", r.Parent);
                check.Page(r.PageSize, r.PageToken);
                check.List(r.Filter, FilterFields.Transfers, r.AtLeastPosition);
                CheckOrder(r.OrderBy, check);
                check.Day("as_of", r.AsOf, check.LatestPlanned);
                break;
            case ListInboxRequest r:
                check.PartyName("parent", r.Parent);
                check.Page(r.PageSize, r.PageToken);
                check.List("", [], r.AtLeastPosition);
                check.Day("as_of", r.AsOf, check.LatestPlanned);
                break;
            case ListNoticesRequest r:
                check.PartyName("parent", r.Parent);
                check.Page(r.PageSize, r.PageToken);
                check.List(r.Filter, FilterFields.Notices, r.AtLeastPosition);
                break;
            case ListDeclarationsRequest r:
                check.PartyName("parent", r.Parent);
                check.Page(r.PageSize, r.PageToken);
                check.List(r.Filter, FilterFields.Declarations, r.AtLeastPosition);
                break;
            case ListFindingsRequest r:
                check.PartyNameOrAll("parent", r.Parent);
                check.Day("as_of", r.AsOf, check.LatestPlanned);
                check.Page(r.PageSize, r.PageToken);
                check.List(r.Filter, FilterFields.Findings, r.AtLeastPosition);
                break;
            case ReassessFindingsRequest r:
                check.PartyName("parent", r.Parent);
                check.Page(r.PageSize, r.PageToken);
                break;
            case ListObligationsRequest r:
                check.PartyNameOrAll("parent", r.Parent);
                check.Day("as_of", r.AsOf, check.LatestPlanned);
                check.Page(r.PageSize, r.PageToken);
                check.List(r.Filter, FilterFields.Obligations, r.AtLeastPosition);
                break;
            default:
                throw new InvalidOperationException($"{request.Descriptor.FullName} has no form.");
        }
    }

    private static void CheckOrder(string order, Inspection check) => check.Require(
        order.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            is [] or ["since" or "position"] or ["since" or "position", "desc"],
        "order_by", "Expected since or position, or one of them with desc behind it. Correct it.");
}
