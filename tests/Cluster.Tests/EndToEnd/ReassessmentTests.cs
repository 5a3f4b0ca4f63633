using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>
/// What is registered late changes what was found only when the secretariat has the state assessed anew, and it sees
/// beforehand what that will change.
/// </summary>
public sealed class ReassessmentTests : IAsyncLifetime
{
    private readonly RunningRegister _register = new([], "--register", "empty");

    private Caller Anna => new(_register, "ANN");

    private Caller Bert => new(_register, "BER");

    private Caller Secretariat => new(_register, "secretariat");

    [Fact]
    public async Task A_withdrawal_registered_late_changes_what_was_found_once_it_is_asked_to()
    {
        await RegisterAsync();
        foreach (var number in Enumerable.Range(1, 5))
        {
            var date = Day(2024, 1, number);
            await Anna.SubmitAsync($"D{number}", Dispatch("ANN", "BER", $"T{number}", 10, date));
            await Bert.SubmitAsync($"R{number}", Receipt("ANN", "BER", $"T{number}", 10, date));
        }

        await RecordAsync("ANN", "left", DepositaryNotification.Types.Kind.Withdrawal, Day(2023, 7, 3));
        Assert.Equal(5, await CountAsync(Anna, "APM-01"));

        var before = (await Anna.PartyAsync("ANN")).Position;
        var tried = await ReassessAsync(validateOnly: true, pageSize: 2);
        Assert.Equal(before, (await Anna.PartyAsync("ANN")).Position);
        Assert.Equal(5, await CountAsync(Anna, "APM-01"));

        var pages = await ReassessAsync(validateOnly: false, pageSize: 2);
        Assert.Equal([2, 2, 1], pages.Select(p => p.Standings.Count / 2));
        Assert.Equal(pages.SelectMany(Briefly), tried.SelectMany(Briefly));
        Assert.Equal(
            [
                "~ APM-01 ANN T1", "~ APM-01 ANN T2",
                .. Enumerable.Range(3, 3).SelectMany(n => new[] { $"+ APM-03 ANN T{n}", $"- APM-01 ANN T{n}" }),
            ],
            pages.SelectMany(Briefly).Order(StringComparer.Ordinal).OrderBy(b => b[^1]));
        Assert.All(pages.SelectMany(p => p.Closed), f => Assert.StartsWith(
            "ANN was assessed anew by what is known now", f.ClosedReason));
        Assert.Equal(
            from number in Enumerable.Range(1, 5)
            from notice in new[] { $"parties/ANN/notices/D{number}", $"parties/BER/notices/R{number}" }
            select (notice, "conventions/apmbc", MembershipStatus.InForce,
                number < 3 ? MembershipStatus.WithdrawalNotified : MembershipStatus.Withdrawn),
            pages.SelectMany(p => p.Standings).Select(s => (s.Notice, s.Convention, s.Before, s.After)));
        Assert.All(tried, p => Assert.Equal(0, p.Position));

        // Both sides' files say it, and asked again there is nothing more to change.
        Assert.Equal(2, await CountAsync(Anna, "APM-01"));
        foreach (var caller in new[] { Anna, Bert })
        {
            await Eventually.Async(
                async () => string.Join(
                    ", ",
                    (await caller.TransferAsync(TransferName("ANN", "BER", "T5"))).Findings
                        .Select(f => $"{f.Rule} {f.Party}")),
                found => found == "APM-02 BER, APM-03 ANN",
                $"What {caller.Code} reads");
        }

        Assert.All(await ReassessAsync(validateOnly: false, pageSize: 200), p => Assert.Equal(
            (0, 0L), (p.Raised.Count + p.Revised.Count + p.Closed.Count + p.Standings.Count, p.Position)));
    }

    [Fact]
    public async Task Only_the_secretariat_may_ask_for_it()
    {
        await RegisterAsync();
        foreach (var code in new[] { "ANN", "BER", "depositary" })
        {
            var refused = await Caller.RefusedAsync(() => new Caller(_register, code).ReassessAsync("ANN", true));
            Assert.Equal((StatusCode.PermissionDenied, "PARTY_SCOPE"), (refused.Code, refused.Reason));
        }

        Assert.Equal(
            "PARTY_UNKNOWN", (await Caller.RefusedAsync(() => Secretariat.ReassessAsync("ZZZ", true))).Reason);
        Assert.Equal(
            StatusCode.InvalidArgument,
            (await Caller.RefusedAsync(() => Secretariat.ReassessAsync("ANN", true, 10, "?"))).Code);
    }

    public async ValueTask InitializeAsync() => await _register.StartAsync();

    public async ValueTask DisposeAsync() => await _register.DisposeAsync();

    private async Task RegisterAsync()
    {
        foreach (var code in new[] { "ANN", "BER" })
        {
            await new Caller(_register, "depositary").RegisterAsync(code, code);
            await RecordAsync(code, "joined", DepositaryNotification.Types.Kind.Accession, Day(2020, 3, 3));
        }
    }

    private Task RecordAsync(
        string code, string id, DepositaryNotification.Types.Kind kind, Google.Type.Date date) =>
        new Caller(_register, "depositary").RecordAsync(code, id, new DepositaryNotification
        {
            Kind = kind,
            Convention = "conventions/apmbc",
            Date = date,
            Source = "test",
        });

    private async Task<List<ReassessFindingsResponse>> ReassessAsync(bool validateOnly, int pageSize)
    {
        var pages = new List<ReassessFindingsResponse>();
        do
        {
            pages.Add(await Secretariat.ReassessAsync(
                "ANN", validateOnly, pageSize, pages.Count == 0 ? "" : pages[^1].NextPageToken));
        }
        while (pages[^1].NextPageToken.Length > 0);
        return pages;
    }

    private static IEnumerable<string> Briefly(ReassessFindingsResponse page) => page.Raised
        .Select(f => $"+ {Brief(f)}")
        .Concat(page.Revised.Select(f => $"~ {Brief(f)}"))
        .Concat(page.Closed.Select(f => $"- {Brief(f)}"));

    private static string Brief(Finding finding) =>
        $"{finding.Rule} {finding.Party} {finding.Transfer.Split('~').Last()}";

    private static async Task<int> CountAsync(Caller caller, string rule) =>
        (await caller.FindingsAsync()).Count(f => f.Rule == rule);
}
