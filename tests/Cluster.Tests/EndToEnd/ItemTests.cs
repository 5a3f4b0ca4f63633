using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Types by other names, and types that nobody knew when they were reported.</summary>
public sealed class ItemTests : IAsyncLifetime
{
    private readonly string _packs = Directory.CreateTempSubdirectory("treaty-grid-packs-").FullName;
    private readonly RunningRegister _register;

    public ItemTests() => _register = new RunningRegister([], "--register", "empty", "--packs", _packs);

    private Caller Anna => new(_register, "ANN");

    private Caller Bert => new(_register, "BER");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_alias_is_taken_for_its_type_and_kept_as_it_was_reported()
    {
        await RegisterAsync();
        var item = await Anna.ItemAsync("PFM1");
        Assert.Equal(("items/PFM-1", "KSF-1 cassette", 72), (item.Name, item.Container, item.ContainerCount));
        Assert.Contains("PFM1", item.Aliases);
        Assert.Equal(1, item.Version);

        var notice = Dispatch("ANN", "BER", "T1", 720, Day(2021, 5, 4), Purpose.Training, "PFM1");
        notice.Lines[0].Packaging = new Packaging { Unit = "KSF-1 cassette", Units = 11 };
        notice.Lines[0].ItemId = "PMA-2";
        await Anna.SubmitAsync("D1", notice);
        var received = await Bert.SubmitAsync(
            "R1", Receipt("ANN", "BER", "T1", 720, Day(2021, 5, 7), Purpose.Training, "PFM-1"));
        Assert.Equal(Match.Matched, received.Transfer.Match);
        Assert.Contains("11 of KSF-1 cassette hold 72 of PFM-1 each", received.Transfer.Findings.Single(
            f => f.Rule == "APM-41").Message);
        Assert.Equal(720, await Bert.HoldingAsync(HoldingClass.Retained, "PFM-1"));

        var read = (await Bert.NoticeAsync("ANN", "D1")).Lines.Single();
        Assert.Equal(("PFM1", "PFM-1", 11), (read.Item, read.ItemId, read.Packaging.Units));
        Assert.True((await Anna.SubmitAsync("D1", notice)).Replayed);
    }

    [Fact]
    public async Task A_type_that_becomes_known_leaves_quarantine_when_its_holder_is_assessed_anew()
    {
        await RegisterAsync();
        await Anna.DeclareAsync("O1", new Declaration
        {
            AsOf = Day(2021, 1, 1),
            StockOpening = new StockOpening { Lines = { new Line { Item = "XYZ-1", Quantity = 50 } } },
        });
        var sent = await Anna.SubmitAsync(
            "D1", Dispatch("ANN", "BER", "T1", 20, Day(2021, 5, 4), Purpose.OperationalUse, "XYZ-1"));
        await Bert.SubmitAsync("R1", Receipt("ANN", "BER", "T1", 20, Day(2021, 5, 7), Purpose.OperationalUse, "XYZ-1"));
        Assert.Equal(30, await Anna.HoldingAsync(HoldingClass.Quarantined, "XYZ-1"));
        Assert.Equal(["APM-61"], (await Anna.FindingsAsync()).Select(f => f.Rule).Distinct());
        Assert.Equal(0, await _register.TerminateAsync());

        var pack = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Packs", "sixth.json"), Cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(_packs, "kites.json"),
            pack.Replace(
                "\"types\": [",
                """
                "types": [
                {"id": "XYZ-1", "name": "XYZ", "class": "ap_blast", "activation": "victim", "source": "test"},
                """),
            Cancellation);
        await _register.StartAsync();
        var secretariat = new Caller(_register, "secretariat");
        var tried = await secretariat.ReassessAsync("ANN", validateOnly: true);
        Assert.Equal(30, await Anna.HoldingAsync(HoldingClass.Quarantined, "XYZ-1"));
        foreach (var code in new[] { "ANN", "BER" })
        {
            var anew = await secretariat.ReassessAsync(code, validateOnly: false);
            Assert.Contains(anew.Closed, f => f.Rule == "APM-61");
            Assert.Contains(anew.Raised, f => f.Rule == (code == "ANN" ? "APM-01" : "APM-02"));
            if (code == "ANN")
            {
                Assert.Equal(tried.Raised.Select(f => f.Name), anew.Raised.Select(f => f.Name));
            }
        }

        Assert.Equal(0, await Anna.HoldingAsync(HoldingClass.Quarantined, "XYZ-1"));
        Assert.Equal(30, await Anna.HoldingAsync(HoldingClass.Operational, "XYZ-1"));
        Assert.Equal(20, await Bert.HoldingAsync(HoldingClass.Operational, "XYZ-1"));
        Assert.Equal(
            ["APM-01 ANN", "APM-02 BER"],
            (await Anna.TransferAsync(sent.Transfer.Name)).Findings.Select(f => $"{f.Rule} {f.Party}"));

        // A correction takes back what was booked anew.
        var corrected = Dispatch("ANN", "BER", "T1", 10, Day(2021, 5, 4), Purpose.OperationalUse, "XYZ-1");
        corrected.Supersedes = "parties/ANN/notices/D1";
        await Anna.SubmitAsync("D2", corrected);
        Assert.Equal(40, await Anna.HoldingAsync(HoldingClass.Operational, "XYZ-1"));
        Assert.Equal(0, await Anna.HoldingAsync(HoldingClass.Quarantined, "XYZ-1"));
    }

    public async ValueTask InitializeAsync() => await _register.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _register.DisposeAsync();
        Directory.Delete(_packs, recursive: true);
    }

    private async Task RegisterAsync()
    {
        var depositary = new Caller(_register, "depositary");
        foreach (var code in new[] { "ANN", "BER" })
        {
            await depositary.RegisterAsync(code, code);
            await depositary.RecordAsync(code, "joined", new DepositaryNotification
            {
                Kind = DepositaryNotification.Types.Kind.Accession,
                Convention = "conventions/apmbc",
                Date = Day(2020, 3, 3),
                Source = "test",
            });
        }
    }
}
