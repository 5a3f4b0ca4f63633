using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;
using Date = Google.Type.Date;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>
/// An example on real states: in November 2024 the United States, never a party, announced anti-personnel mines for
/// Ukraine, a party. The letters are those of the project's plan.
/// </summary>
public abstract class NovemberStoryTests(Door register)
{
    [Collection(SharedRegister.Name)]
    public sealed class AllInOne(RunningRegister register) : NovemberStoryTests(register);

    [Collection(SharedCluster.Name)]
    public sealed class InCluster(RunningCluster cluster) : NovemberStoryTests(cluster);

    private static readonly Date November = Day(2024, 11, 20);

    private Caller Usa => new(register, "USA");

    private Caller Ukraine => new(register, "UKR");

    [Fact]
    public async Task The_word_of_one_side_is_a_review_and_that_of_both_a_breach_over_gRPC()
    {
        // (a)
        var planned = await Usa.SubmitAsync("G-P", Undisclosed(NoticeKind.Plan, "USA", "UKR", "G1", November));
        Assert.Empty(planned.Transfer.Findings);
        var dispatched = await Usa.SubmitAsync("G-D", Undisclosed(NoticeKind.Dispatch, "USA", "UKR", "G1", November));
        Assert.Equal(CrossCheck.Complete, dispatched.CrossCheck);
        Assert.True(dispatched.Receipt.Position > planned.Receipt.Position);
        Assert.Equal(
            ["AP2-01 Review USA", "APM-02 Review UKR", "APM-50 Data UKR", "APM-03 Information USA"],
            Brief(dispatched.Transfer));
        Assert.Equal(
            ["conventions/apmbc UKR 1(1)(b)", "conventions/ccw-ap2 USA 8(1)(a)"],
            dispatched.Transfer.Findings
                .Where(f => f.Severity == Severity.Review)
                .Select(f => $"{f.Convention} {f.Party} {f.Article}")
                .Order(StringComparer.Ordinal));
        Assert.Equal(
            "detectable, self_destructs",
            dispatched.Transfer.Findings.Single(f => f.Rule == "AP2-01").Inputs["unstated"]);

        // (c)
        var before = await FiledAsync();
        var name = dispatched.Transfer.Name;
        var unfiled = await Ukraine.TransferAsync(name, November);
        var receipt = Undisclosed(NoticeKind.Receipt, "USA", "UKR", "G1", November);
        var tried = await Ukraine.SubmitAsync("G-R", receipt, validateOnly: true);
        Assert.Null(tried.Receipt);
        var assessed = await Ukraine.AssessAsync(receipt);
        Assert.Equal(tried.Transfer.Findings.Select(f => f.Name), assessed.Transfer.Findings.Select(f => f.Name));
        Assert.Equal(before, await FiledAsync());
        Assert.Equal(unfiled, await Ukraine.TransferAsync(name, November));

        // (b)
        var received = await Ukraine.SubmitAsync("G-R", receipt);
        Assert.False(received.Replayed);
        Assert.Equal(["APM-02 Breach UKR", "AP2-01 Review USA", "APM-03 Information USA"], Brief(received.Transfer));
        var breach = received.Transfer.Findings[0];
        Assert.Equal("1(1)(b)", breach.Article);
        Assert.Equal("UKR", breach.Inputs["stated_by"]);
        Assert.Equal(Brief(received.Transfer), Brief(tried.Transfer));
        Assert.Equal(breach.Message, tried.Transfer.Findings[0].Message);
        Assert.Equal(
            Brief(received.Transfer), Brief(await Usa.TransferAsync(name, November)));
    }

    private async Task<IReadOnlyList<string>> FiledAsync() =>
        [.. await Ukraine.FiledAsync(), .. await Usa.FiledAsync()];

    [Fact]
    public async Task A_dry_run_leaves_no_trace()
    {
        var before = await FiledAsync();
        var tried = await Usa.SubmitAsync(
            "DRY", Undisclosed(NoticeKind.Dispatch, "USA", "UKR", "DRY", November), validateOnly: true);
        Assert.Contains("APM-02 Review UKR", Brief(tried.Transfer));
        foreach (var read in new Func<Task>[]
        {
            () => Usa.TransferAsync(tried.Transfer.Name),
            () => Ukraine.TransferAsync(tried.Transfer.Name),
            () => Usa.NoticeAsync("USA", "DRY"),
        })
        {
            var refused = await Caller.RefusedAsync(read);
            Assert.Equal(StatusCode.NotFound, refused.Code);
            Assert.Equal("RESOURCE_UNKNOWN", refused.Reason);
        }

        Assert.Equal(before, await FiledAsync());
    }

    [Fact]
    public async Task Ukraines_stock_of_2024_is_5286_days_late()
    {
        // (d)
        await Ukraine.DeclareAsync("D-2024", new Declaration
        {
            AsOf = Day(2024, 6, 30),
            StockOpening = new StockOpening
            {
                Lines = { new Line { Item = "APM-UNSPECIFIED", Quantity = 3_364_433 } },
            },
        });
        var late = (await Ukraine.FindingsAsync(November)).Single(f => f.Rule == "APM-20");
        Assert.Equal(Severity.Breach, late.Severity);
        Assert.Equal("4", late.Article);
        Assert.Equal(Day(2010, 6, 1), late.Due);
        Assert.Equal(5_286, late.DaysLate);
        Assert.Equal(November, late.AsOf);
        Assert.Equal(3_364_433, (await Ukraine.StockAsync(November)).Article4Balance);
    }

    [Theory]
    [InlineData(1999, 2, 23, "")]
    [InlineData(2000, 1, 1, "APM-09 Warning UKR, AP2-01 Review USA, AP2-04 Review USA")]
    [InlineData(2006, 5, 31, "APM-09 Warning UKR, AP2-01 Review USA")]
    [InlineData(2006, 6, 1, "APM-02 Breach UKR, AP2-01 Review USA, APM-03 Information USA")]
    public async Task A_state_is_judged_by_where_it_stood_on_the_day(int year, int month, int day, string findings)
    {
        // (e)
        var (reference, date) = ($"E-{year}-{month}", Day(year, month, day));
        await Usa.SubmitAsync($"{reference}-D", Undisclosed(NoticeKind.Dispatch, "USA", "UKR", reference, date));
        var received = await Ukraine.SubmitAsync(
            $"{reference}-R", Undisclosed(NoticeKind.Receipt, "USA", "UKR", reference, date));
        Assert.Equal(findings, string.Join(", ", Brief(received.Transfer)));
    }

    [Fact]
    public async Task A_dispatch_that_the_named_state_denies_stays_a_review_and_moves_no_stock()
    {
        // (g)
        await Usa.SubmitAsync("N-D", Dispatch("USA", "UKR", "N1", 1_000, November));
        var denied = await Ukraine.SubmitAsync("N-R", Reply("USA", "UKR", "N1", Day(2024, 12, 5), "never ordered"));
        Assert.Equal(["AP2-01 Review USA", "APM-02 Review UKR", "APM-03 Information USA"], Brief(denied.Transfer));
        Assert.Equal(Pairing.SenderOnly, denied.Transfer.Pairing);
        Assert.Equal(Match.NotMatched, denied.Transfer.Match);
        Assert.DoesNotContain((await Ukraine.StockAsync()).Holdings, h => h.Item == Mine);
    }

    [Fact]
    public async Task The_same_story_in_JSON()
    {
        var dispatched = await PostAsync("USA", "submit", "J-D", "NOTICE_KIND_DISPATCH");
        Assert.Equal("CROSS_CHECK_COMPLETE", dispatched.GetProperty("crossCheck").GetString());
        Assert.Equal("SEVERITY_REVIEW", SeverityOf(dispatched, "APM-02"));
        var before = await GetAsync("UKR", "v1/parties/UKR");

        var tried = await PostAsync("UKR", "submit", "J-R", "NOTICE_KIND_RECEIPT", """, "validateOnly": true""");
        Assert.Equal("SEVERITY_BREACH", SeverityOf(tried, "APM-02"));
        Assert.False(tried.TryGetProperty("receipt", out _));
        Assert.Equal(
            before.GetProperty("position").GetString(),
            (await GetAsync("UKR", "v1/parties/UKR")).GetProperty("position").GetString());

        var received = await PostAsync("UKR", "submit", "J-R", "NOTICE_KIND_RECEIPT");
        Assert.Equal("SEVERITY_BREACH", SeverityOf(received, "APM-02"));
        Assert.Equal("SEVERITY_INFORMATION", SeverityOf(received, "APM-03"));
        // What others have said to Ukraine meanwhile may follow it.
        Assert.True(
            long.Parse((await GetAsync("UKR", "v1/parties/UKR")).GetProperty("position").GetString()!)
            >= long.Parse(received.GetProperty("receipt").GetProperty("position").GetString()!));
        var transfer = await GetAsync(
            "USA", "v1/parties/USA/transfers/UKR~J1?as_of.year=2024&as_of.month=11&as_of.day=20");
        Assert.Equal("PAIRING_PAIRED", transfer.GetProperty("pairing").GetString());
        Assert.Equal("SEVERITY_BREACH", SeverityOf(transfer, "APM-02"));
    }

    /// <summary>The findings about a transfer as rule, severity and party, the gravest first.</summary>
    private static IEnumerable<string> Brief(Transfer transfer) =>
        transfer.Findings.Where(f => f.Rule != "APM-12").Select(f => $"{f.Rule} {f.Severity} {f.Party}");

    private static string? SeverityOf(JsonElement answer, string rule)
    {
        var transfer = answer.TryGetProperty("transfer", out var inside) && inside.ValueKind == JsonValueKind.Object
            ? inside
            : answer;
        return transfer.GetProperty("findings").EnumerateArray()
            .Single(f => f.GetProperty("rule").GetString() == rule)
            .GetProperty("severity").GetString();
    }

    private Task<JsonElement> PostAsync(string party, string verb, string id, string kind, string more = "") =>
        SendAsync(party, new HttpRequestMessage(HttpMethod.Post, $"v1/parties/{party}/notices:{verb}")
        {
            Content = new StringContent(
                $$"""
                {
                  "noticeId": "{{id}}",
                  "notice": {
                    "kind": "{{kind}}", "transfer": "J1", "sender": "USA", "recipient": "UKR",
                    "purpose": "PURPOSE_OPERATIONAL_USE", "date": {"year": 2024, "month": 11, "day": 20},
                    "lines": [{"item": "APM-UNSPECIFIED", "basis": "QUANTITY_BASIS_UNDISCLOSED"}]
                  }{{more}}
                }
                """,
                new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
        });

    private Task<JsonElement> GetAsync(string party, string address) =>
        SendAsync(party, new HttpRequestMessage(HttpMethod.Get, address));

    private async Task<JsonElement> SendAsync(string party, HttpRequestMessage request)
    {
        using (request)
        {
            request.Headers.Add("x-party", party);
            using var response = await register.Web.SendAsync(request, TestContext.Current.CancellationToken);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.OK, answer.ToString());
            return answer;
        }
    }
}
