using Treaty.Grid.Cluster.V1;
using Treaty.Grid.V1;

namespace Treaty.Grid.Contracts;

/// <summary>
/// One party of the register: its memberships, its stock, and its file of every transfer it has part in. The key is
/// the party's code.
/// </summary>
/// <remarks>
/// Messages handed over are never changed afterwards by either side: within a silo they are not copied. Requests come
/// checked for shape. Refusals are thrown as <see cref="RefusedException"/>; within a batch they are results.
/// </remarks>
[Alias("treaty.grid.party")]
[GrainInterfaceType(PartyGrains.InterfaceName)]
public interface IPartyGrain : IGrainWithStringKey
{
    /// <summary>Puts the party into the register, or repeats the first answer.</summary>
    [Alias("Register")]
    ValueTask<Party> Register(RegisterRequest request);

    /// <summary>Records what the depositary received from, or about, the party.</summary>
    [Alias("Record")]
    ValueTask<RecordDepositaryNotificationResponse> Record(RecordRequest request);

    /// <summary>Files a declaration of the party about its own stock.</summary>
    [Alias("Declare")]
    ValueTask<SubmitDeclarationResponse> Declare(DeclareRequest request);

    /// <summary>
    /// Files notices in the order given, each alone. Answers when all are durable, and cross-checked as far as the
    /// other sides answered in time.
    /// </summary>
    [Alias("File")]
    ValueTask<FileResponse> File(FileRequest request);

    /// <summary>Judges a notice as if this party filed it now. Changes nothing.</summary>
    [Alias("Assess")]
    ValueTask<AssessResponse> Assess(AssessRequest request);

    /// <summary>Moves the party's notices to the other side's file, or repeats the first answer.</summary>
    [Alias("ConfirmPairing")]
    ValueTask<ConfirmPairingResponse> ConfirmPairing(ConfirmRequest request);

    /// <summary>Takes messages of other parties, those next in each one's order; the others are left.</summary>
    [Alias("Deliver")]
    ValueTask<DeliverResponse> Deliver(DeliverRequest request);

    /// <summary>What <see cref="Deliver"/> would answer to a notice that was not filed. Changes nothing.</summary>
    [Alias("AssessDelivery")]
    ValueTask<PeerAnswer> AssessDelivery(PeerMessage message);

    /// <summary>Goes on with messages that are not yet delivered. Called for parties that nobody else calls.</summary>
    [Alias("Kick")]
    ValueTask Kick();

    /// <summary>Records what the passing of time has made since. Called for parties that nobody else calls.</summary>
    [Alias("JudgeDay")]
    ValueTask JudgeDay();

    /// <summary>Judges the party anew by what is known now, a page of its transfers at a time.</summary>
    [Alias("Reassess")]
    ValueTask<ReassessFindingsResponse> Reassess(ReassessRequest request);

    [Alias("GetParty")]
    ValueTask<Party> GetParty(GetPartyRequest request);

    [Alias("GetStockpile")]
    ValueTask<Stockpile> GetStockpile(GetStockpileRequest request);

    [Alias("ListClarifications")]
    ValueTask<ListClarificationsResponse> ListClarifications(ListClarificationsRequest request);

    [Alias("ListObligations")]
    ValueTask<ListObligationsResponse> ListObligations(ListObligationsRequest request);

    /// <summary>A notice that this party filed.</summary>
    [Alias("GetNotice")]
    ValueTask<Notice> GetNotice(GetNoticeRequest request);

    /// <summary>A transfer that this party is sender or recipient of, as its file has it.</summary>
    [Alias("GetTransfer")]
    ValueTask<Transfer> GetTransfer(GetTransferRequest request);

    [Alias("GetDeclaration")]
    ValueTask<Declaration> GetDeclaration(GetDeclarationRequest request);

    /// <summary>The report that the party's books and notices make. Changes nothing.</summary>
    [Alias("PrepareReport")]
    ValueTask<PrepareReportResponse> PrepareReport(PrepareReportRequest request);

    [Alias("GetReportDocument")]
    ValueTask<ReportDocument> GetReportDocument(GetReportDocumentRequest request);

    [Alias("GetFinding")]
    ValueTask<Finding> GetFinding(GetFindingRequest request);

    [Alias("ListFindings")]
    ValueTask<ListFindingsResponse> ListFindings(ListFindingsRequest request);
}

/// <summary>What the register knows beyond any one party. Stateless; the key is 0.</summary>
[Alias("treaty.grid.register")]
[GrainInterfaceType("treaty.grid.register")]
public interface IRegisterGrain : IGrainWithIntegerKey
{
    /// <summary>A page of the parties, by code.</summary>
    [Alias("ListParties")]
    ValueTask<ListPartiesResponse> ListParties(ListPartiesRequest request);

    [Alias("ListConventions")]
    ValueTask<ListConventionsResponse> ListConventions(ListConventionsRequest request);

    [Alias("GetConvention")]
    ValueTask<Convention> GetConvention(GetConventionRequest request);

    [Alias("ListItems")]
    ValueTask<ListItemsResponse> ListItems(ListItemsRequest request);

    [Alias("GetItem")]
    ValueTask<Item> GetItem(GetItemRequest request);
}
