using Google.Protobuf;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>A convention that nobody wrote code for: one file in a folder, and the register judges under it.</summary>
public sealed class SixthConventionTests : IAsyncLifetime
{
    private readonly string _packs = Directory.CreateTempSubdirectory("treaty-grid-packs-").FullName;
    private readonly RunningRegister _register;

    public SixthConventionTests()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Packs", "sixth.json"), Path.Combine(_packs, "kites.json"));
        _register = new RunningRegister([], "--register", "empty", "--packs", _packs);
    }

    [Fact]
    public async Task A_convention_is_added_by_dropping_a_file()
    {
        await _register.StartAsync();
        var (anna, bert) = (new Caller(_register, "ANN"), new Caller(_register, "BER"));
        var depositary = new Caller(_register, "depositary");
        foreach (var code in new[] { "ANN", "BER" })
        {
            await depositary.RegisterAsync(code, code);
            await depositary.RecordAsync(code, "consent", new DepositaryNotification
            {
                Kind = DepositaryNotification.Types.Kind.Ratification,
                Convention = "conventions/kites",
                Date = Day(2010, 1, 1),
                Source = "test",
            });
        }

        var standing = (await anna.PartyAsync("ANN", Day(2010, 1, 11))).Memberships.Single();
        Assert.Equal(
            ("conventions/kites", MembershipStatus.InForce, Day(2010, 1, 11)),
            (standing.Convention, standing.Status, standing.EntryIntoForce));

        var sent = await anna.SubmitAsync("D1", Dispatch("ANN", "BER", "T1", 3, Day(2011, 5, 4), item: "LONG-TAIL"));
        Assert.Equal(
            ["KITE-01 Breach ANN", "KITE-02 Review ANN", "KITE-50 Data BER"],
            sent.Transfer.Findings.Select(f => $"{f.Rule} {f.Severity} {f.Party}"));
        Assert.All(sent.Transfer.Findings, f => Assert.Equal("conventions/kites", f.Convention));
        Assert.Equal(
            ("Kite sent to war", "kites/1", "1"),
            (sent.Transfer.Findings[0].Title, sent.Transfer.Findings[0].PackVersion,
                sent.Transfer.Findings[0].Article));

        var festive = Dispatch("ANN", "BER", "T2", 3, Day(2011, 5, 4), item: "LONG-TAIL");
        festive.PurposeCode = "festival";
        festive.Lines[0].Characteristics.Add("tail_length", "12 m");
        var permitted = await anna.SubmitAsync("D2", festive);
        Assert.Equal(["KITE-50"], permitted.Transfer.Findings.Select(f => f.Rule));
        Assert.Equal("festival", (await bert.NoticeAsync("ANN", "D2")).PurposeCode);

        await bert.DeclareAsync("O1", new Declaration
        {
            AsOf = Day(2011, 1, 1),
            StockOpening = new StockOpening { Lines = { new Line { Item = "RED-KITE", Quantity = 7 } } },
        });
        var kept = (await bert.FindingsAsync(Day(2011, 1, 12))).Single(f => f.Rule == "KITE-20");
        Assert.Equal((Day(2011, 1, 11), 1), (kept.Due, kept.DaysLate));
        var toDestroy = Assert.Single((await bert.StockAsync(Day(2011, 1, 12))).ToDestroy);
        Assert.Equal(("conventions/kites", 7), (toDestroy.Convention, toDestroy.Quantity));
        Assert.Contains(
            (await bert.ListAsync(new ListObligationsRequest { Parent = "parties/BER" })).Obligations,
            o => o is { Rule: "KITE-50", Article: "6", Convention: "conventions/kites" });

        var served = await _register.Web.GetStringAsync(
            "v1/conventions/kites", TestContext.Current.CancellationToken);
        var convention = JsonParser.Default.Parse<Convention>(served);
        Assert.Equal(
            ["prohibited_dispatch", "characteristics_unstated", "stock_past_deadline", "one_side_silent"],
            convention.Rules.Select(r => r.Check));
    }

    [Fact]
    public async Task A_pack_that_cannot_be_used_keeps_the_register_from_starting_and_says_where_it_is_wrong()
    {
        var file = Path.Combine(_packs, "kites.json");
        var cancellation = TestContext.Current.CancellationToken;
        var pack = await File.ReadAllTextAsync(file, cancellation);
        await File.WriteAllTextAsync(file, pack.Replace("\"months\": 12", "\"months\": -12"), cancellation);
        var (exitCode, errors) = await _register.StartSecondAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains($"{file}, line 20, deadlines.stock_destruction.months: Expected at least 0", errors);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _register.DisposeAsync();
        Directory.Delete(_packs, recursive: true);
    }
}
