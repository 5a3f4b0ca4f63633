using Grpc.Core;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Processes;

/// <summary>Every way to read, of a register whose store may be away.</summary>
internal static class Reads
{
    private const string Everybody = "parties/-";

    /// <summary>
    /// Reads in every way. What cannot be answered must say so, and when to ask again. Returns what was not answered.
    /// </summary>
    /// <param name="filed">A notice that was acknowledged long ago.</param>
    public static async Task<IReadOnlyList<string>> AllAsync(RunningRegister register, SubmitNoticeRequest filed)
    {
        var party = filed.Parent.Split('/')[1];
        var notice = filed.Notice;
        var own = new Caller(register, party);
        var secretariat = new Caller(register, "secretariat");
        var transfer = Statements.TransferName(notice.Sender, notice.Recipient, notice.Transfer);
        var reads = new (string Name, Func<Task> Ask)[]
        {
            ("GetParty", () => own.PartyAsync(party)),
            ("GetParty of a stranger", () => UnlessUnknownAsync(() => own.PartyAsync("XXX"))),
            ("GetStockpile", () => own.StockAsync()),
            ("GetStockpile as it was", () => own.StockAsync(asKnownAt: 10)),
            ("GetNotice", () => own.NoticeAsync(party, filed.NoticeId)),
            ("GetNotice of none", () => UnlessUnknownAsync(() => own.NoticeAsync(party, "none"))),
            ("GetTransfer", () => own.TransferAsync(transfer)),
            ("AssessTransfer", () => own.AssessAsync(notice)),
            ("ListParties", () => own.AllPartiesAsync(Statements.Day(2024, 11, 20), 50)),
            ("ListNotices", () => own.ListAsync(new ListNoticesRequest { Parent = filed.Parent })),
            ("ListTransfers", () => own.ListAsync(new ListTransfersRequest { Parent = filed.Parent })),
            ("ListInbox", () => own.ListAsync(new ListInboxRequest { Parent = filed.Parent })),
            ("ListDeclarations", () => own.ListAsync(new ListDeclarationsRequest { Parent = filed.Parent })),
            ("ListFindings", () => own.FindingsAsync()),
            ("ListObligations", () => own.ListAsync(new ListObligationsRequest { Parent = filed.Parent })),
            ("ListFindings of all", () => secretariat.ListAsync(new ListFindingsRequest { Parent = Everybody })),
            ("ListObligations of all", () => secretariat.ListAsync(
                new ListObligationsRequest { Parent = Everybody })),
            ("ListTransfers of all", () => secretariat.ListAsync(new ListTransfersRequest { Parent = Everybody })),
        };
        var unanswered = new List<string>();
        foreach (var (name, ask) in reads)
        {
            try
            {
                await ask();
            }
            catch (RpcException e)
            {
                var refused = new EndToEnd.Refused(e.StatusCode, e.GetRpcStatus()!);
                Assert.True(
                    refused.Code == StatusCode.Unavailable && refused.RetryDelay > TimeSpan.Zero,
                    $"{name}: {e.StatusCode} {refused.Status}\n{register.Said}");
                unanswered.Add(name);
            }
        }

        return unanswered;
    }

    private static async Task UnlessUnknownAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // That is an answer.
        }
    }
}
