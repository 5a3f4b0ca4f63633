using System.Collections.Frozen;
using Google.Protobuf;
using Treaty.Grid.V1;
using static Treaty.Grid.Gateway.Identity.Who;

namespace Treaty.Grid.Gateway.Identity;

/// <summary>Who may do what. A method that is not named here is refused to everyone.</summary>
internal static class Permissions
{
    private const string V1 = "/treaty.grid.v1.";

    private static readonly Permission Public = new("public", Anyone, _ => "");

    private static readonly FrozenDictionary<string, Permission> Table = new Dictionary<string, Permission>
    {
        // Treaty status, the conventions and the taxonomy are public.
        [V1 + "PartyService/GetParty"] = Public,
        [V1 + "PartyService/ListParties"] = Public,
        [V1 + "ConventionService/ListConventions"] = Public,
        [V1 + "ConventionService/GetConvention"] = Public,
        [V1 + "ConventionService/ListItems"] = Public,
        [V1 + "ConventionService/GetItem"] = Public,

        // The register of parties is the depositary's.
        [V1 + "PartyService/RegisterParty"] = On<RegisterPartyRequest>("parties.register", Depositary,
            r => "parties/" + r.PartyId),
        [V1 + "PartyService/RecordDepositaryNotification"] = On<RecordDepositaryNotificationRequest>(
            "notifications.record", Depositary, r => r.Parent),

        // A party speaks only for itself.
        [V1 + "NoticeService/SubmitNotice"] = On<SubmitNoticeRequest>("notices.submit", Owner, r => r.Parent),
        [V1 + "NoticeService/BatchSubmitNotices"] = On<BatchSubmitNoticesRequest>("notices.submit", Owner,
            r => r.Parent),
        [V1 + "NoticeService/AssessTransfer"] = On<AssessTransferRequest>("notices.assess", Owner, r => r.Parent),
        [V1 + "TransferService/ConfirmPairing"] = On<ConfirmPairingRequest>("transfers.confirmPairing", Owner,
            r => r.Name),
        [V1 + "DeclarationService/SubmitDeclaration"] = On<SubmitDeclarationRequest>("declarations.submit", Owner,
            r => r.Parent),

        // A party's stock, duties and findings are between it and the secretariat.
        [V1 + "PartyService/GetStockpile"] = On<GetStockpileRequest>("stockpiles.get", Owner | Secretariat,
            r => r.Parent),
        [V1 + "PartyService/ListClarifications"] = On<ListClarificationsRequest>("clarifications.list",
            Owner | Secretariat, r => r.Parent),
        [V1 + "PartyService/ListObligations"] = On<ListObligationsRequest>("obligations.list", Owner | Secretariat,
            r => r.Parent),
        [V1 + "DeclarationService/GetDeclaration"] = On<GetDeclarationRequest>("declarations.get",
            Owner | Secretariat, r => r.Name),
        [V1 + "DeclarationService/PrepareReport"] = On<PrepareReportRequest>("declarations.prepareReport",
            Owner | Secretariat, r => r.Parent),
        [V1 + "DeclarationService/GetReportDocument"] = On<GetReportDocumentRequest>("declarations.get",
            Owner | Secretariat, r => r.Name),
        [V1 + "DeclarationService/ListDeclarations"] = On<ListDeclarationsRequest>("declarations.list",
            Owner | Secretariat, r => r.Parent),
        [V1 + "FindingService/GetFinding"] = On<GetFindingRequest>("findings.get", Owner | Secretariat, r => r.Name),
        [V1 + "FindingService/ListFindings"] = On<ListFindingsRequest>("findings.list", Owner | Secretariat,
            r => r.Parent),

        // What was found stands until the secretariat has it judged anew.
        [V1 + "FindingService/ReassessFindings"] = On<ReassessFindingsRequest>("findings.reassess", Secretariat,
            r => r.Parent),

        // What passes between states is read by those who are part of it.
        [V1 + "NoticeService/GetNotice"] = On<GetNoticeRequest>("notices.get", Owner | Named | Secretariat,
            r => r.Name),
        [V1 + "NoticeService/ListNotices"] = On<ListNoticesRequest>("notices.list", Owner | Secretariat,
            r => r.Parent),
        [V1 + "TransferService/ListTransfers"] = On<ListTransfersRequest>("transfers.list", Owner | Secretariat,
            r => r.Parent),
        [V1 + "TransferService/ListInbox"] = On<ListInboxRequest>("inboxes.list", Owner | Secretariat, r => r.Parent),
        [V1 + "TransferService/GetTransfer"] = On<GetTransferRequest>("transfers.get", Owner | Named | Secretariat,
            r => r.Name),

        // Beside the contract: whether it runs, and what it offers.
        ["/grpc.health.v1.Health/Check"] = Public,
        ["/grpc.health.v1.Health/List"] = Public,
        ["/grpc.health.v1.Health/Watch"] = Public,
        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = Public,
        ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] = Public,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The permission that a method needs, by its full name; null when none is declared.</summary>
    public static Permission? Of(string method) => Table.GetValueOrDefault(method);

    /// <summary>The full names of all methods that have one.</summary>
    public static IEnumerable<string> Methods => Table.Keys;

    private static Permission On<T>(string name, Who who, Func<T, string> resource) where T : IMessage =>
        new(name, who, request => resource((T)request));
}
