using System.Text.Json;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>The story of November 2024, all of it, through a client that nobody here wrote.</summary>
public sealed class NovemberByCurlTests
{
    private const string Unknown = """{"item": "APM-UNSPECIFIED", "basis": "QUANTITY_BASIS_UNDISCLOSED"}""";

    private static readonly string[] None = [];

    private string _web = "";

    [Fact]
    public async Task The_story_of_November_2024()
    {
        StrangersTests.Need(StrangersTests.Find("curl"), "curl");
        await using var register = new RunningRegister();
        await register.StartAsync();
        _web = register.Web.BaseAddress!.ToString();

        // (a) The word of one side alone.
        await FileAsync("USA", "a0", "PLAN", "A", "2024-11-20");
        var told = await FileAsync("USA", "a1", "DISPATCH", "A", "2024-11-20");
        Assert.Contains("APM-03 USA INFORMATION", told);
        Assert.Contains("APM-02 UKR REVIEW", told);
        Assert.DoesNotContain(told, f => f.EndsWith("BREACH", StringComparison.Ordinal));

        // (c) What the answer would be, and no trace of having asked.
        var before = (await GetAsync("UKR", "v1/parties/UKR")).GetProperty("position").GetString();
        var asked = await FileAsync("UKR", "b1", "RECEIPT", "A", "2024-11-20", "\"validateOnly\": true,");
        Assert.Equal(before, (await GetAsync("UKR", "v1/parties/UKR")).GetProperty("position").GetString());

        // (b) Its own word.
        var filed = await FileAsync("UKR", "b1", "RECEIPT", "A", "2024-11-20");
        Assert.Equal(["AP2-01 USA REVIEW", "APM-02 UKR BREACH", "APM-03 USA INFORMATION"], filed);
        Assert.Equal(filed, asked);

        // (d) The stock past its deadline.
        await PostAsync("UKR", "declarations:submit", """
            {"declarationId": "d1", "declaration": {"asOf": {"year": 2024, "month": 6, "day": 30},
             "stockOpening": {"lines": [{"item": "APM-UNSPECIFIED", "quantity": 3.364433e6}]}}}
            """);
        var late = (await GetAsync("UKR", "v1/parties/UKR/findings?as_of.year=2024&as_of.month=11&as_of.day=20"))
            .GetProperty("findings").EnumerateArray().Single(f => f.GetProperty("rule").GetString() == "APM-20");
        Assert.Equal(5286, late.GetProperty("daysLate").GetInt32());
        Assert.Equal("2010-06-01", late.GetProperty("inputs").GetProperty("deadline").GetString());

        // (e) On other days, by both sides' word.
        Assert.Equal(None, await BothAsync("E1", "1999-02-23"));
        Assert.Equal(
            ["AP2-01 USA REVIEW", "AP2-04 USA REVIEW", "APM-09 UKR WARNING"], await BothAsync("E2", "2000-01-01"));
        Assert.Equal(["AP2-01 USA REVIEW", "APM-09 UKR WARNING"], await BothAsync("E3", "2006-05-31"));

        // (f) After the suspension that Ukraine asserts.
        Assert.Equal(
            ["AP2-01 USA REVIEW", "APM-02 UKR BREACH", "APM-03 USA INFORMATION", "APM-12 UKR INFORMATION"],
            await BothAsync("F", "2025-08-01"));

        // (g) Never ordered.
        var stock = (await GetAsync("UKR", "v1/parties/UKR/stockpile")).GetProperty("holdings").ToString();
        await FileAsync("USA", "g1", "DISPATCH", "G", "2024-12-02");
        var replied = await FileAsync("UKR", "g2", "REPLY", "G", "2024-12-03");
        Assert.Equal(["AP2-01 USA REVIEW", "APM-02 UKR REVIEW", "APM-03 USA INFORMATION"], replied);
        Assert.Equal(stock, (await GetAsync("UKR", "v1/parties/UKR/stockpile")).GetProperty("holdings").ToString());
    }

    private async Task<string[]> BothAsync(string transfer, string day)
    {
        await FileAsync("USA", $"{transfer}-1", "DISPATCH", transfer, day);
        return await FileAsync("UKR", $"{transfer}-2", "RECEIPT", transfer, day);
    }

    /// <summary>Files a notice of a transfer from the USA to Ukraine; what is then found, sorted.</summary>
    private async Task<string[]> FileAsync(
        string filer, string id, string kind, string transfer, string day, string also = "")
    {
        var date = DateOnly.ParseExact(day, "yyyy-MM-dd");
        var act = kind == "REPLY" ? "" : $$"""
            "purpose": "PURPOSE_OPERATIONAL_USE", "lines": [{{Unknown}}],
            """;
        var answer = await PostAsync(filer, "notices:submit", $$"""
            {"noticeId": "{{id}}", {{also}} "notice": {"kind": "NOTICE_KIND_{{kind}}", "transfer": "{{transfer}}",
             "sender": "USA", "recipient": "UKR", {{act}}
             "date": {"year": {{date.Year}}, "month": {{date.Month}}, "day": {{date.Day}} } } }
            """);
        return [.. answer.GetProperty("transfer").GetProperty("findings").EnumerateArray()
            .Select(f => $"{f.GetProperty("rule")} {f.GetProperty("party")} "
                + f.GetProperty("severity").GetString()!["SEVERITY_".Length..])
            .Order(StringComparer.Ordinal)];
    }

    private Task<JsonElement> PostAsync(string caller, string method, string json) => CurlAsync(
        "-H", $"x-party: {caller}", "-H", "content-type: application/json", "-d", json,
        $"{_web}v1/parties/{caller}/{method}");

    private Task<JsonElement> GetAsync(string caller, string path) =>
        CurlAsync("-H", $"x-party: {caller}", _web + path);

    private static async Task<JsonElement> CurlAsync(params string[] arguments)
    {
        var said = await StrangersTests.RunAsync("curl", ["-sS", "--fail-with-body", .. arguments]);
        Assert.True(said.ExitCode == 0, said.ToString());
        return JsonDocument.Parse(said.Output).RootElement;
    }
}
