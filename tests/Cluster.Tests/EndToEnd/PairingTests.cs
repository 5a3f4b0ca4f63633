using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>One transfer under two references: what is suggested, and what either side makes of it.</summary>
public abstract class PairingTests(Door register)
{
    [Collection(SharedRegister.Name)]
    public sealed class AllInOne(RunningRegister register) : PairingTests(register);

    [Collection(SharedCluster.Name)]
    public sealed class InCluster(RunningCluster cluster) : PairingTests(cluster);

    [Fact]
    public async Task The_recipient_confirms_what_is_suggested_and_both_files_are_one()
    {
        var (estonia, germany) = (As("EST"), As("DEU"));
        var (ours, theirs) = (TransferName("EST", "DEU", "E-1"), TransferName("EST", "DEU", "G-1"));
        await estonia.SubmitAsync("D", Dispatch("EST", "DEU", "E-1", 100, Day(2007, 5, 4), Purpose.Destruction));
        await germany.SubmitAsync("R", Receipt("EST", "DEU", "G-1", 100, Day(2007, 5, 7), Purpose.Destruction));
        var certified = await germany.SubmitAsync(
            "C", Certificate("EST", "DEU", "G-1", 40, Day(2007, 6, 1), final: false));
        Assert.Equal(CrossCheck.Complete, certified.CrossCheck);
        await SuggestsAsync(estonia, ours, theirs);
        await SuggestsAsync(germany, theirs, ours);
        await SuggestsAsync(As("secretariat"), ours, theirs);

        var asked = await germany.ConfirmAsync(theirs, ours, "J", validateOnly: true);
        Assert.Null(asked.Receipt);
        Assert.Equal((Match.Matched, CrossCheck.Complete), (asked.Transfer.Match, asked.CrossCheck));
        Assert.Equal(2, (await germany.TransferAsync(theirs)).Notices.Count(n => n.SupersededBy.Length == 0));

        var confirmed = await germany.ConfirmAsync(theirs, ours, "J");
        Assert.Equal(
            (Pairing.Paired, Match.Matched, Movement.PartlyDestroyed),
            (confirmed.Transfer.Pairing, confirmed.Transfer.Match, confirmed.Transfer.Movement));
        Assert.Equal((CrossCheck.Complete, false), (confirmed.CrossCheck, confirmed.Replayed));
        Assert.Equal(asked.Transfer.Findings.Select(f => f.Name), confirmed.Transfer.Findings.Select(f => f.Name));
        Assert.Equal(
            ["parties/EST/notices/D", "parties/DEU/notices/J-1", "parties/DEU/notices/J-2"],
            (await estonia.TransferAsync(ours)).Notices.Select(n => n.Name));
        foreach (var side in new[] { estonia, germany })
        {
            Assert.Equal(Movement.Cancelled, (await side.TransferAsync(theirs)).Movement);
            Assert.Equal(Pairing.Paired, (await side.TransferAsync(ours)).Pairing);
            Assert.Empty((await side.TransferAsync(ours)).Suggestions);
        }

        Assert.Equal(0, await estonia.HoldingAsync(HoldingClass.InTransit));
        Assert.Equal(60, await germany.HoldingAsync(HoldingClass.ReceivedForDestruction));
        await AssertListedAsync(germany, confirmed.Receipt.Position);

        var again = await germany.ConfirmAsync(theirs, ours, "J");
        Assert.True(again.Replayed);
        Assert.Equal(confirmed.Receipt, again.Receipt);
        var dryAgain = await germany.ConfirmAsync(theirs, ours, "J", validateOnly: true);
        Assert.Equal((true, null), (dryAgain.Replayed, dryAgain.Receipt));
    }

    [Fact]
    public async Task The_sender_confirms_and_what_differs_is_found_then()
    {
        var (malta, cyprus) = (As("MLT"), As("CYP"));
        var (ours, theirs) = (TransferName("MLT", "CYP", "M-1"), TransferName("MLT", "CYP", "C-1"));
        var dispatch = Dispatch("MLT", "CYP", "M-1", 100, Day(2007, 5, 4), Purpose.Training);
        dispatch.Transit.Add("IRL");
        await malta.SubmitAsync("D", dispatch);
        await cyprus.SubmitAsync("R", Receipt("MLT", "CYP", "C-1", 90, Day(2007, 5, 7), Purpose.Training));

        // A date that passed is no guess, and a state on the route hears of no other transfer.
        var late = await malta.TransferAsync(ours, Day(2036, 1, 1));
        Assert.Equal((Pairing.Unconfirmed, 1), (late.Pairing, late.Suggestions.Count));
        var seen = await As("IRL").TransferAsync(ours);
        Assert.Equal((Pairing.SenderOnly, 0), (seen.Pairing, seen.Suggestions.Count));

        var confirmed = await malta.ConfirmAsync(ours, theirs, "J");
        Assert.Equal(Match.Mismatched, confirmed.Transfer.Match);
        Assert.Equal("quantity[PMA-2]", Assert.Single(confirmed.Transfer.Differences).Field);
        Assert.Equal(2, confirmed.Transfer.Findings.Count(f => f.Rule == "APM-51"));
        Assert.Equal(10, await malta.HoldingAsync(HoldingClass.InTransit));
        Assert.Equal(
            (await malta.TransferAsync(theirs)).Notices, (await cyprus.TransferAsync(theirs)).Notices);
        await Eventually.Async(
            () => As("IRL").TransferAsync(theirs), t => t.Match == Match.Mismatched,
            "the state on the route sees the joined transfer");
    }

    [Fact]
    public async Task What_cannot_be_confirmed_is_refused_with_the_reason()
    {
        var (netherlands, luxembourg) = (As("NLD"), As("LUX"));
        var (ours, theirs) = (TransferName("NLD", "LUX", "N-1"), TransferName("NLD", "LUX", "L-1"));
        await netherlands.SubmitAsync("D", Dispatch("NLD", "LUX", "N-1", 100, Day(2007, 5, 4), Purpose.Training));
        await luxembourg.SubmitAsync("R", Receipt("NLD", "LUX", "L-1", 100, Day(2007, 5, 7), Purpose.Training));

        var nothing = await Caller.RefusedAsync(() => luxembourg.ConfirmAsync(ours, theirs, "J"));
        Assert.Equal((StatusCode.FailedPrecondition, "NOT_PAIRABLE"), (nothing.Code, nothing.Reason));
        Assert.Equal(ours, nothing.Metadata["name"]);
        Assert.Contains("DISPATCH or RECEIPT of LUX", nothing.Status.Message);

        var malformed = await Caller.RefusedAsync(
            () => luxembourg.ConfirmAsync(ours, "L-1", new string('x', 41), validateOnly: true));
        Assert.Equal((StatusCode.InvalidArgument, "STATEMENT_INVALID"), (malformed.Code, malformed.Reason));
        Assert.Equal(["other", "confirmation_id"], malformed.Fields);

        foreach (var caller in new[] { "CZE", "secretariat", "depositary" })
        {
            var denied = await Caller.RefusedAsync(() => As(caller).ConfirmAsync(theirs, ours, "J"));
            Assert.Equal((StatusCode.PermissionDenied, "PARTY_SCOPE"), (denied.Code, denied.Reason));
        }

        await luxembourg.ConfirmAsync(theirs, ours, "J");
        var conflict = await Caller.RefusedAsync(() => luxembourg.ConfirmAsync(ours, theirs, "J"));
        Assert.Equal((StatusCode.AlreadyExists, "NOTICE_ID_CONFLICT"), (conflict.Code, conflict.Reason));
        Assert.Equal("parties/LUX/notices/J-w1", conflict.Metadata["name"]);
        var done = await Caller.RefusedAsync(() => luxembourg.ConfirmAsync(theirs, ours, "K"));
        Assert.Equal("NOT_PAIRABLE", done.Reason);
    }

    [Fact]
    public async Task A_pairing_is_confirmed_over_JSON()
    {
        await As("LTU").SubmitAsync("D", Dispatch("LTU", "CZE", "L-1", 5, Day(2007, 5, 4), Purpose.Training));
        await As("CZE").SubmitAsync("R", Receipt("LTU", "CZE", "C-1", 5, Day(2007, 5, 7), Purpose.Training));
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"v1/{TransferName("LTU", "CZE", "C-1")}:confirmPairing")
        {
            Headers = { { "x-party", "CZE" } },
            Content = JsonContent.Create(new { other = TransferName("LTU", "CZE", "L-1"), confirmationId = "J" }),
        };
        using var response = await register.Web.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, answer.ToString());
        Assert.Equal("MATCH_MATCHED", answer.GetProperty("transfer").GetProperty("match").GetString());
    }

    private static async Task SuggestsAsync(Caller reader, string transfer, string other)
    {
        var seen = await reader.TransferAsync(transfer);
        var suggestion = Assert.Single(seen.Suggestions);
        Assert.Equal((Pairing.Suggested, other, 0.949), (seen.Pairing, suggestion.Transfer, suggestion.Score));
        Assert.Equal(5, suggestion.Reasons.Count);
        Assert.Equal(Match.NotMatched, seen.Match);
    }

    /// <summary>One entry filed four notices: each is in the list once, in its order, on pages of any size.</summary>
    private static async Task AssertListedAsync(Caller filer, long position)
    {
        var listed = new List<string>();
        var request = new ListNoticesRequest
        {
            Parent = $"parties/{filer.Code}",
            PageSize = 2,
            AtLeastPosition = position,
        };
        do
        {
            var page = await filer.ListAsync(request);
            Assert.InRange(page.Notices.Count, 1, 2);
            listed.AddRange(page.Notices.Select(n => n.Name.Split('/')[^1]));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(["R", "C", "J-w2", "J-w1", "J-1", "J-2"], listed);
        var filtered = await filer.ListAsync(new ListNoticesRequest
        {
            Parent = request.Parent,
            Filter = "kind = NOTICE_KIND_RECEIPT",
        });
        Assert.Equal(
            [$"{request.Parent}/notices/R", $"{request.Parent}/notices/J-1"], filtered.Notices.Select(n => n.Name));
        var transfers = await filer.ListAsync(new ListTransfersRequest
        {
            Parent = request.Parent,
            Filter = "sender = EST",
        });
        Assert.Equal(
            ["G-1 Cancelled", "E-1 PartlyDestroyed"],
            transfers.Transfers.Select(t => $"{t.Name.Split('~')[1]} {t.Movement}").OrderDescending());
    }

    private Caller As(string code) => new(register, code);
}
