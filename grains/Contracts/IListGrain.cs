using Treaty.Grid.V1;

namespace Treaty.Grid.Contracts;

/// <summary>
/// Lists over the whole register, or in other orders than a party's own file. Stateless; the key is 0. Requests come
/// checked for shape.
/// </summary>
[Alias("treaty.grid.lists")]
[GrainInterfaceType("treaty.grid.lists")]
public interface IListGrain : IGrainWithIntegerKey
{
    [Alias("ListTransfers")]
    ValueTask<ListTransfersResponse> ListTransfers(ListTransfersRequest request);

    [Alias("ListInbox")]
    ValueTask<ListInboxResponse> ListInbox(ListInboxRequest request);

    [Alias("ListNotices")]
    ValueTask<ListNoticesResponse> ListNotices(ListNoticesRequest request);

    [Alias("ListDeclarations")]
    ValueTask<ListDeclarationsResponse> ListDeclarations(ListDeclarationsRequest request);

    [Alias("ListFindings")]
    ValueTask<ListFindingsResponse> ListFindings(ListFindingsRequest request);

    [Alias("ListObligations")]
    ValueTask<ListObligationsResponse> ListObligations(ListObligationsRequest request);
}
