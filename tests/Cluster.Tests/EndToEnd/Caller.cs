using Google.Rpc;
using Grpc.Core;
using Treaty.Grid.V1;
using Date = Google.Type.Date;
using PublicParty = Treaty.Grid.V1.Party;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Someone at the door of a register over gRPC, and what it asks there.</summary>
/// <param name="Register">Where; after a restart the same caller finds the new door.</param>
/// <param name="Code">Who it says it is.</param>
internal sealed record Caller(Door Register, string Code)
{
    /// <summary>Gives up what is under way.</summary>
    public CancellationToken Cancellation { get; init; } = TestContext.Current.CancellationToken;

    /// <summary>
    /// How long it waits for an answer. As it is, it tells a call that hangs from a busy machine, and says nothing
    /// about speed; where programs are frozen on purpose a caller waits less, and asks again.
    /// </summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    private CallOptions Options => new CallOptions(new Metadata { { "x-party", Code } })
        .WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime + Deadline)
        .WithCancellationToken(Cancellation);

    private NoticeService.NoticeServiceClient Notices => new(Register.Channel);

    private PartyService.PartyServiceClient Parties => new(Register.Channel);

    /// <summary>The code, the reason and the details with which a call was refused.</summary>
    public static async Task<Refused> RefusedAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        return new Refused(refused.StatusCode, refused.GetRpcStatus()!);
    }

    public async Task<SubmitNoticeResponse> SubmitAsync(string id, Notice notice, bool validateOnly = false) =>
        await SubmitAsync(RequestOf(id, notice, validateOnly));

    public async Task<SubmitNoticeResponse> SubmitAsync(SubmitNoticeRequest request) =>
        await Notices.SubmitNoticeAsync(request, Options);

    public async Task<IReadOnlyList<SubmitResult>> BatchAsync(IEnumerable<SubmitNoticeRequest> requests)
    {
        var batch = new BatchSubmitNoticesRequest { Parent = $"parties/{Code}", Requests = { requests } };
        return (await Notices.BatchSubmitNoticesAsync(batch, Options)).Results;
    }

    public SubmitNoticeRequest RequestOf(string id, Notice notice, bool validateOnly = false) =>
        new() { Parent = $"parties/{Code}", NoticeId = id, Notice = notice, ValidateOnly = validateOnly };

    public async Task<AssessTransferResponse> AssessAsync(Notice notice) => await Notices.AssessTransferAsync(
        new AssessTransferRequest { Parent = $"parties/{Code}", Notice = notice }, Options);

    public async Task<Notice> NoticeAsync(string filer, string id) =>
        await Notices.GetNoticeAsync(new GetNoticeRequest { Name = $"parties/{filer}/notices/{id}" }, Options);

    public async Task<Transfer> TransferAsync(string name, Date? asOf = null) =>
        await new TransferService.TransferServiceClient(Register.Channel).GetTransferAsync(
            new GetTransferRequest { Name = name, AsOf = asOf }, Options);

    public async Task<ConfirmPairingResponse> ConfirmAsync(
        string name, string other, string id, bool validateOnly = false) =>
        await new TransferService.TransferServiceClient(Register.Channel).ConfirmPairingAsync(
            new ConfirmPairingRequest
            {
                Name = name,
                Other = other,
                ConfirmationId = id,
                ValidateOnly = validateOnly,
            },
            Options);

    public async Task<IReadOnlyList<Finding>> FindingsAsync(Date? asOf = null) =>
        (await new FindingService.FindingServiceClient(Register.Channel).ListFindingsAsync(
            new ListFindingsRequest { Parent = $"parties/{Code}", PageSize = 1_000, AsOf = asOf }, Options)).Findings;

    public async Task<ListFindingsResponse> ListAsync(ListFindingsRequest request) =>
        await new FindingService.FindingServiceClient(Register.Channel).ListFindingsAsync(request, Options);

    public async Task<Item> ItemAsync(string name) =>
        await new ConventionService.ConventionServiceClient(Register.Channel).GetItemAsync(
            new GetItemRequest { Name = $"items/{name}" }, Options);

    public async Task<ReassessFindingsResponse> ReassessAsync(
        string party, bool validateOnly, int pageSize = 0, string pageToken = "") =>
        await new FindingService.FindingServiceClient(Register.Channel).ReassessFindingsAsync(
            new ReassessFindingsRequest
            {
                Parent = $"parties/{party}",
                ValidateOnly = validateOnly,
                PageSize = pageSize,
                PageToken = pageToken,
            },
            Options);

    public async Task<ListNoticesResponse> ListAsync(ListNoticesRequest request) =>
        await Notices.ListNoticesAsync(request, Options);

    public async Task<ListDeclarationsResponse> ListAsync(ListDeclarationsRequest request) =>
        await new DeclarationService.DeclarationServiceClient(Register.Channel).ListDeclarationsAsync(
            request, Options);

    public async Task<ListObligationsResponse> ListAsync(ListObligationsRequest request) =>
        await Parties.ListObligationsAsync(request, Options);

    public async Task<ListTransfersResponse> ListAsync(ListTransfersRequest request) =>
        await new TransferService.TransferServiceClient(Register.Channel).ListTransfersAsync(request, Options);

    public async Task<ListInboxResponse> ListAsync(ListInboxRequest request) =>
        await new TransferService.TransferServiceClient(Register.Channel).ListInboxAsync(request, Options);

    public async Task<SubmitDeclarationResponse> DeclareAsync(string id, Declaration declaration) =>
        await new DeclarationService.DeclarationServiceClient(Register.Channel).SubmitDeclarationAsync(
            new SubmitDeclarationRequest
            {
                Parent = $"parties/{Code}",
                DeclarationId = id,
                Declaration = declaration,
            },
            Options);

    public async Task<IReadOnlyList<Clarification>> ClarificationsAsync(string party, Date asOf) =>
        (await Parties.ListClarificationsAsync(
            new ListClarificationsRequest { Parent = $"parties/{party}", AsOf = asOf }, Options)).Clarifications;

    public async Task<PrepareReportResponse> PrepareAsync(int year, string template = "", string convention = "") =>
        await new DeclarationService.DeclarationServiceClient(Register.Channel).PrepareReportAsync(
            new PrepareReportRequest
            {
                Parent = $"parties/{Code}",
                Year = year,
                Template = template,
                Convention = convention,
            },
            Options);

    public async Task<ReportDocument> DocumentAsync(string report, string template = "") =>
        await new DeclarationService.DeclarationServiceClient(Register.Channel).GetReportDocumentAsync(
            new GetReportDocumentRequest { Name = $"parties/{Code}/declarations/{report}", Template = template },
            Options);

    public async Task<Stockpile> StockAsync(Date? asOf = null, long asKnownAt = 0) =>
        await Parties.GetStockpileAsync(
            new GetStockpileRequest { Parent = $"parties/{Code}", AsOf = asOf, AsKnownAt = asKnownAt }, Options);

    /// <summary>How many single mines of a type it holds in a class, by its own books.</summary>
    public async Task<long> HoldingAsync(HoldingClass holdingClass, string item = Statements.Mine) =>
        (await StockAsync()).Holdings.Where(h => h.Item == item && h.HoldingClass == holdingClass).Sum(h => h.Quantity);

    /// <summary>
    /// The names of everything it has filed. What it heard from others is written down in its own time.
    /// </summary>
    public async Task<IReadOnlyList<string>> FiledAsync()
    {
        var position = (await PartyAsync(Code)).Position;
        var notices = await ListAsync(new ListNoticesRequest
        {
            Parent = $"parties/{Code}",
            PageSize = 200,
            AtLeastPosition = position,
        });
        var declarations = await ListAsync(new ListDeclarationsRequest
        {
            Parent = $"parties/{Code}",
            PageSize = 200,
            AtLeastPosition = position,
        });
        return [.. notices.Notices.Select(n => n.Name), .. declarations.Declarations.Select(d => d.Name)];
    }

    public async Task<PublicParty> PartyAsync(string party, Date? asOf = null) =>
        await Parties.GetPartyAsync(new GetPartyRequest { Name = $"parties/{party}", AsOf = asOf }, Options);

    /// <summary>All of them, by pages.</summary>
    public async Task<IReadOnlyList<PublicParty>> AllPartiesAsync(Date asOf, int pageSize)
    {
        var parties = new List<PublicParty>();
        var request = new ListPartiesRequest { AsOf = asOf, PageSize = pageSize };
        do
        {
            var page = await Parties.ListPartiesAsync(request, Options);
            parties.AddRange(page.Parties);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return parties;
    }

    public async Task<PublicParty> RegisterAsync(string code, string displayName) =>
        await Parties.RegisterPartyAsync(
            new RegisterPartyRequest { PartyId = code, Party = new PublicParty { DisplayName = displayName } },
            Options);

    public async Task<RecordDepositaryNotificationResponse> RecordAsync(
        string party, string id, DepositaryNotification notification) =>
        await Parties.RecordDepositaryNotificationAsync(
            new RecordDepositaryNotificationRequest
            {
                Parent = $"parties/{party}",
                NotificationId = id,
                Notification = notification,
            },
            Options);
}

/// <summary>How a call was refused.</summary>
internal sealed record Refused(StatusCode Code, Google.Rpc.Status Status)
{
    public string Reason => Status.GetDetail<ErrorInfo>()?.Reason ?? "";

    /// <summary>When to ask again; zero if nothing is said of it.</summary>
    public TimeSpan RetryDelay => Status.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan() ?? TimeSpan.Zero;

    public IDictionary<string, string> Metadata => Status.GetDetail<ErrorInfo>()!.Metadata;

    public IEnumerable<string> Fields => Status.GetDetail<BadRequest>()?.FieldViolations.Select(v => v.Field) ?? [];
}
