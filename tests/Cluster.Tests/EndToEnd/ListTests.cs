using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Lists of what was filed and found, as the one who filed a moment ago reads them.</summary>
[Collection(SharedRegister.Name)]
public sealed class ListTests(RunningRegister register)
{
    [Fact]
    public async Task A_party_lists_its_notices_by_pages_up_to_its_own_receipt()
    {
        var fiji = As("FJI");
        var last = 0L;
        for (var i = 1; i <= 5; i++)
        {
            var notice = i % 2 == 1
                ? Dispatch("FJI", "WSM", $"L-{i}", i, Day(2024, 1, i))
                : Receipt("WSM", "FJI", $"L-{i}", i, Day(2024, 1, i));
            last = (await fiji.SubmitAsync($"n-{i}", notice)).Receipt.Position;
        }

        var request = new ListNoticesRequest { Parent = "parties/FJI", PageSize = 2, AtLeastPosition = last };
        var notices = new List<Notice>();
        do
        {
            var page = await fiji.ListAsync(request);
            Assert.True(page.Position >= last);
            notices.AddRange(page.Notices);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"parties/FJI/notices/n-{i}"), notices.Select(n => n.Name));
        Assert.Equal(await fiji.NoticeAsync("FJI", "n-3"), notices[2]);
        var filtered = await As("secretariat").ListAsync(new ListNoticesRequest
        {
            Parent = "parties/FJI",
            Filter = "kind = NOTICE_KIND_RECEIPT AND date > 2024-01-02",
        });
        Assert.Equal(["parties/FJI/notices/n-4"], filtered.Notices.Select(n => n.Name));
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
