using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Lists of what was filed and found, as the one who filed a moment ago reads them.</summary>
public abstract class ListTests(Door register)
{
    [Collection(SharedRegister.Name)]
    public sealed class AllInOne(RunningRegister register) : ListTests(register);

    [Collection(SharedCluster.Name)]
    public sealed class InCluster(RunningCluster cluster) : ListTests(cluster);

    [Fact]
    public async Task A_party_lists_its_notices_by_pages_up_to_its_own_receipt()
    {
        var islands = As("SLB");
        var last = 0L;
        for (var i = 1; i <= 5; i++)
        {
            var notice = i % 2 == 1
                ? Dispatch("SLB", "WSM", $"L-{i}", i, Day(2024, 1, i))
                : Receipt("WSM", "SLB", $"L-{i}", i, Day(2024, 1, i));
            last = (await islands.SubmitAsync($"n-{i}", notice)).Receipt.Position;
        }

        var request = new ListNoticesRequest { Parent = "parties/SLB", PageSize = 2, AtLeastPosition = last };
        var notices = new List<Notice>();
        do
        {
            var page = await islands.ListAsync(request);
            Assert.True(page.Position >= last);
            notices.AddRange(page.Notices);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"parties/SLB/notices/n-{i}"), notices.Select(n => n.Name));
        Assert.Equal(await islands.NoticeAsync("SLB", "n-3"), notices[2]);
        var filtered = await As("secretariat").ListAsync(new ListNoticesRequest
        {
            Parent = "parties/SLB",
            Filter = "kind = NOTICE_KIND_RECEIPT AND date > 2024-01-02",
        });
        Assert.Equal(["parties/SLB/notices/n-4"], filtered.Notices.Select(n => n.Name));
    }

    [Fact]
    public async Task A_party_lists_its_declarations_in_the_order_of_filing()
    {
        var samoa = As("WSM");
        var opening = new Declaration
        {
            AsOf = new Google.Type.Date { Year = 2020, Month = 2 },
            StockOpening = new StockOpening { Lines = { new Line { Item = Mine, Quantity = 10 } } },
        };
        await samoa.DeclareAsync("z-first", opening);
        var completion = new Declaration { AsOf = Day(2019, 1, 1), Completion = new StockCompletion() };
        var second = await samoa.DeclareAsync("a-second", completion);

        var request = new ListDeclarationsRequest
        {
            Parent = "parties/WSM",
            AtLeastPosition = second.Receipt.Position,
        };
        var page = await samoa.ListAsync(request);
        Assert.Equal(
            ["parties/WSM/declarations/z-first", "parties/WSM/declarations/a-second"],
            page.Declarations.Select(d => d.Name));
        Assert.Equal(second.Declaration, page.Declarations[1]);
        request.Filter = "as_of >= 2020-02-29";
        Assert.Equal(
            ["parties/WSM/declarations/z-first"], (await samoa.ListAsync(request)).Declarations.Select(d => d.Name));
    }

    [Fact]
    public async Task The_secretariat_lists_what_was_found_about_all_parties_and_a_party_only_its_own()
    {
        var notice = Dispatch("TUV", "PLW", "F-1", 7, Day(2024, 3, 1), item: "UNHEARD-OF");
        var position = (await As("TUV").SubmitAsync("f-1", notice)).Receipt.Position;
        var transfer = TransferName("TUV", "PLW", "F-1");

        var all = await As("secretariat").ListAsync(new ListFindingsRequest
        {
            Parent = "parties/-",
            AtLeastPosition = position,
            Filter = $"transfer = \"{transfer}\" AND party = TUV",
        });
        var own = await As("TUV").ListAsync(new ListFindingsRequest
        {
            Parent = "parties/TUV",
            Filter = $"transfer = \"{transfer}\"",
        });
        Assert.NotEmpty(all.Findings);
        Assert.Contains(all.Findings, f => f.Rule == "APM-61");
        Assert.Empty(all.Findings.Select(f => f.Name).Except(own.Findings.Select(f => f.Name)));
        Assert.Equal(all.Findings.Select(f => f.Severity).OrderDescending(), all.Findings.Select(f => f.Severity));

        foreach (var caller in new[] { "TUV", "operator", "depositary" })
        {
            foreach (var list in new Func<Task>[]
            {
                () => As(caller).ListAsync(new ListFindingsRequest { Parent = "parties/-" }),
                () => As(caller).ListAsync(new ListObligationsRequest { Parent = "parties/-" }),
                () => As(caller).ListAsync(new ListTransfersRequest { Parent = "parties/-" }),
                () => As(caller).ListAsync(new ListInboxRequest { Parent = "parties/PLW" }),
                () => As(caller).ListAsync(new ListNoticesRequest { Parent = "parties/PLW" }),
            })
            {
                Assert.Equal("PARTY_SCOPE", (await Caller.RefusedAsync(list)).Reason);
            }
        }
    }

    [Fact]
    public async Task Obligations_of_one_party_are_filtered_and_name_it()
    {
        var all = await As("UKR").ListAsync(new ListObligationsRequest { Parent = "parties/UKR" });
        var stock = await As("UKR").ListAsync(new ListObligationsRequest
        {
            Parent = "parties/UKR",
            Filter = "rule = APM-20 AND due < 2020-01-01",
        });
        Assert.Equal("UKR", Assert.Single(stock.Obligations).Party);
        Assert.Equal(all.Obligations.Where(o => o.Rule == "APM-20"), stock.Obligations);
    }

    [Fact]
    public async Task Whoever_is_named_finds_the_transfer_in_its_inbox_until_it_answers()
    {
        var (islands, kiribati) = (As("FSM"), As("KIR"));
        var first = await islands.SubmitAsync("i-1", Dispatch("FSM", "KIR", "I-1", 10, Day(2024, 2, 1)));
        var second = await islands.SubmitAsync("i-2", Dispatch("FSM", "KIR", "I-2", 20, Day(2024, 1, 1)));
        var inbox = new ListInboxRequest
        {
            Parent = "parties/KIR",
            AtLeastPosition = second.Transfer.Position,
            AsOf = Day(2027, 1, 1),
        };

        // Others may be waiting for it too.
        async Task<IReadOnlyList<InboxItem>> WaitingAsync() =>
            [.. (await kiribati.ListAsync(inbox)).Items.Where(i => i.Transfer.Sender == "FSM")];

        var waiting = await WaitingAsync();
        Assert.Equal(
            [first.Transfer.Name, second.Transfer.Name], waiting.Select(i => i.Transfer.Name).Order());
        Assert.All(waiting, i => Assert.True(i.DaysWaiting > 0));

        var answered = await kiribati.SubmitAsync("k-1", Receipt("FSM", "KIR", "I-1", 10, Day(2024, 2, 2)));
        inbox.AtLeastPosition = answered.Receipt.Position;
        Assert.Equal([second.Transfer.Name], (await WaitingAsync()).Select(i => i.Transfer.Name));
    }

    [Fact]
    public async Task Transfers_are_listed_as_the_party_has_them_and_once_over_all()
    {
        var (tonga, kiribati) = (As("TON"), As("KIR"));
        await tonga.SubmitAsync("t-1", Dispatch("TON", "KIR", "T-1", 10, Day(2024, 2, 1)));
        var receipt = await kiribati.SubmitAsync("kt-1", Receipt("TON", "KIR", "T-1", 9, Day(2024, 2, 2)));
        var last = await tonga.SubmitAsync("t-2", Dispatch("TON", "KIR", "T-2", 5, Day(2024, 3, 1)));

        var request = new ListTransfersRequest
        {
            Parent = "parties/KIR",
            AtLeastPosition = long.Max(receipt.Receipt.Position, last.Transfer.Position),
            Filter = "sender = TON",
        };
        var own = (await kiribati.ListAsync(request)).Transfers;
        Assert.Equal(
            ["T-1 Paired Mismatched", "T-2 SenderOnly NotMatched"],
            own.Select(t => $"{t.Name.Split('~')[1]} {t.Pairing} {t.Match}").Order());

        request.Parent = "parties/-";
        // Over all it is the sender's file that speaks, and what it heard is written down in its own time.
        var all = await Eventually.Async(
            async () => (await As("secretariat").ListAsync(request)).Transfers,
            transfers => transfers.All(t => own.Any(o => (o.Name, o.Match) == (t.Name, t.Match))),
            "the sender's file says the same");
        Assert.Equal(2, all.Select(t => t.Name).Distinct().Count());
        request.Filter = "match = MATCH_MISMATCHED AND recipient = KIR AND sender = TON";
        Assert.Equal(
            [TransferName("TON", "KIR", "T-1")],
            (await As("secretariat").ListAsync(request)).Transfers.Select(t => t.Name));
    }

    [Fact]
    public async Task What_is_due_is_listed_over_all_parties()
    {
        var due = await As("secretariat").ListAsync(new ListObligationsRequest
        {
            Parent = "parties/-",
            Filter = "rule = APM-20 AND party = UKR",
            AsOf = Day(2024, 11, 20),
        });

        var duty = Assert.Single(due.Obligations);
        Assert.Equal((Day(2010, 6, 1), "4", false), (duty.Due, duty.Article, duty.Met));
        Assert.Equal(5_286, duty.DaysLate);
    }

    [Fact]
    public async Task A_token_is_for_the_list_that_gave_it_only()
    {
        var request = new ListFindingsRequest { Parent = "parties/-", PageSize = 1, ShowClosed = true };
        await As("VUT").SubmitAsync("v-1", Dispatch("VUT", "NRU", "V-1", 1, Day(2024, 1, 1), item: "UNHEARD-1"));
        var last = await As("VUT").SubmitAsync(
            "v-2", Dispatch("VUT", "NRU", "V-2", 1, Day(2024, 1, 1), item: "UNHEARD-2"));
        request.AtLeastPosition = last.Receipt.Position;
        var page = await As("secretariat").ListAsync(request);
        request.PageToken = page.NextPageToken;
        Assert.NotEqual("", request.PageToken);
        request.PageSize = 2;
        Assert.NotEqual(page.Findings[0].Name, (await As("secretariat").ListAsync(request)).Findings[0].Name);

        request.Filter = "rule = APM-61";
        await RefusesToken(request);
        request.Filter = "";
        request.PageToken = "bm9uZQ==";
        await RefusesToken(request);

        async Task RefusesToken(ListFindingsRequest request)
        {
            var refused = await Caller.RefusedAsync(() => As("secretariat").ListAsync(request));
            Assert.Equal(StatusCode.InvalidArgument, refused.Code);
            Assert.Equal(["page_token"], refused.Fields);
        }
    }

    [Fact]
    public async Task Parties_that_the_register_does_not_hold_have_no_lists()
    {
        var refused = await Caller.RefusedAsync(
            () => As("secretariat").ListAsync(new ListTransfersRequest { Parent = "parties/ATLANTIS" }));
        Assert.Equal("PARTY_UNKNOWN", refused.Reason);
    }

    private Caller As(string code) => new(register, code);
}
