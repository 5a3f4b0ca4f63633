using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Transparency reports, through the door.</summary>
public abstract class ReportTests(Door register)
{
    [Collection(SharedRegister.Name)]
    public sealed class AllInOne(RunningRegister register) : ReportTests(register);

    [Collection(SharedCluster.Name)]
    public sealed class InCluster(RunningCluster cluster) : ReportTests(cluster);

    [Fact]
    public async Task A_report_is_drafted_filed_read_as_a_document_and_corrected()
    {
        var namibia = As("NAM");
        await namibia.DeclareAsync("O", new Declaration
        {
            AsOf = Day(2004, 3, 1),
            StockOpening = new StockOpening { Lines = { new Line { Item = Mine, Quantity = 700 } } },
        });
        await namibia.SubmitAsync("D", Dispatch("NAM", "MOZ", "R1", 100, Day(2007, 5, 4), Purpose.Destruction));
        await namibia.DeclareAsync("X", new Declaration
        {
            AsOf = Day(2007, 6, 1),
            Destruction = new StockDestruction { Lines = { new Line { Item = Mine, Quantity = 200 } } },
        });

        var draft = await namibia.PrepareAsync(2007);
        var account = Assert.Single(draft.Declaration.TransparencyReport.Accounts);
        Assert.Equal((700, 200, 500), (account.Opening, account.Destroyed, account.Closing));
        var transfer = Assert.Single(draft.Declaration.TransparencyReport.Transfers);
        Assert.Equal(("MOZ", false, 100), (transfer.Partner, transfer.Incoming, transfer.Lines[0].Quantity));
        Assert.Contains("| to | MOZ | destruction | PMA-2 | 100 |", draft.Document.Content);
        Assert.Contains("## Form G, Article 7(1)(g): Mines destroyed after entry into force", draft.Document.Content);

        var filed = await namibia.DeclareAsync("R-2007", draft.Declaration);
        Assert.DoesNotContain(filed.Findings, f => f.Name.EndsWith("~R-2007", StringComparison.Ordinal));
        Assert.Equal(draft.Document, await namibia.DocumentAsync("R-2007"));
        Assert.True((await namibia.DeclareAsync("R-2007", draft.Declaration)).Replayed);

        var wrong = draft.Declaration.Clone();
        wrong.TransparencyReport.Transfers[0].Lines[0].Quantity = 90;
        var again = await Caller.RefusedAsync(() => namibia.DeclareAsync("R-2007-2", wrong));
        Assert.Equal(StatusCode.InvalidArgument, again.Code);
        Assert.Equal(["declaration.supersedes"], again.Fields);
        wrong.Supersedes = "parties/NAM/declarations/R-2007";
        var corrected = await namibia.DeclareAsync("R-2007-2", wrong);
        var finding = Assert.Single(corrected.Findings, f => f.Rule == "APM-56");
        Assert.Equal("90", finding.Inputs["report[to MOZ PMA-2 DESTRUCTION]"]);
    }

    [Fact]
    public async Task Every_fault_of_a_reports_form_is_named_at_once()
    {
        var refused = await Caller.RefusedAsync(() => As("NAM").DeclareAsync("BAD", new Declaration
        {
            AsOf = Day(2007, 6, 1),
            TransparencyReport = new TransparencyReport
            {
                ReceivedDate = Day(2007, 5, 1),
                Parts =
                {
                    new ReportPart { Paragraph = ReportParagraph.Destroyed, State = ReportPart.Types.State.Changed },
                    new ReportPart { Paragraph = ReportParagraph.Stockpile, Sites = { "here" } },
                },
                Accounts = { new StockAccount { Item = "not an item" } },
                Holdings = { new Line { Item = Mine, Quantity = 0 } },
                Transfers = { new ReportedTransfer { Partner = "b g r" } },
            },
        }));
        Assert.Equal(
            [
                "declaration.transparency_report", "declaration.transparency_report.received_date",
                "declaration.transparency_report.parts[1].state", "declaration.transparency_report.parts[1].sites",
                "declaration.transparency_report.parts[1].paragraph",
                "declaration.transparency_report.accounts[0].item",
                "declaration.transparency_report.holdings[0].quantity",
                "declaration.transparency_report.transfers[0].partner",
                "declaration.transparency_report.transfers[0].lines",
            ],
            refused.Fields);
    }

    [Fact]
    public async Task A_document_follows_the_template_asked_for_and_an_unknown_one_is_refused_with_those_known()
    {
        var angola = As("AGO");
        var draft = await angola.PrepareAsync(2007);
        Assert.Equal("1999", draft.Document.Template);
        Assert.Contains("## Form D, Article 7(1)(d): Mines retained or transferred", draft.Document.Content);
        await angola.DeclareAsync("R-2007", draft.Declaration);

        var later = await angola.DocumentAsync("R-2007", "2016");
        Assert.Equal("2016", later.Template);
        Assert.Contains("## Article 7(1)(d): Mines retained or transferred", later.Content);
        Assert.Equal(later, (await angola.PrepareAsync(2007, "2016")).Document);

        foreach (var call in new Func<Task>[]
        {
            () => angola.PrepareAsync(2007, "1998"), () => angola.DocumentAsync("R-2007", "1998"),
        })
        {
            var refused = await Caller.RefusedAsync(call);
            Assert.Equal(StatusCode.InvalidArgument, refused.Code);
            Assert.Equal(["template"], refused.Fields);
            Assert.Contains("Expected one of 1999, 2016.", refused.Status.Message);
        }
    }

    [Fact]
    public async Task A_document_under_another_convention_is_that_conventions_and_has_no_template()
    {
        var botswana = As("BWA");
        var draft = await botswana.PrepareAsync(2012, convention: "conventions/att");
        Assert.Equal("", draft.Document.Template);
        Assert.Contains(": report for 2012 under the Arms Trade Treaty\n", draft.Document.Content);
        Assert.Contains("\n## Stockpiled conventional arms\n", draft.Document.Content);
        Assert.DoesNotContain("Article 7", draft.Document.Content);
        await botswana.DeclareAsync("ATT-2012", draft.Declaration);
        Assert.Equal(draft.Document, await botswana.DocumentAsync("ATT-2012"));

        foreach (var call in new Func<Task>[]
        {
            () => botswana.PrepareAsync(2012, "1999", "conventions/att"),
            () => botswana.DocumentAsync("ATT-2012", "1999"),
        })
        {
            var refused = await Caller.RefusedAsync(call);
            Assert.Equal(StatusCode.InvalidArgument, refused.Code);
            Assert.Equal(["template"], refused.Fields);
            Assert.Contains("Arms Trade Treaty follows no template", refused.Status.Message);
        }
    }

    [Fact]
    public async Task Where_and_how_mines_were_destroyed_is_kept_with_each_statement_and_summed_up_in_the_report()
    {
        var zambia = As("ZMB");
        await zambia.DeclareAsync("O", new Declaration
        {
            AsOf = Day(2004, 3, 1),
            StockOpening = new StockOpening { Lines = { new Line { Item = Mine, Quantity = 700 } } },
        });
        var burnt = await zambia.DeclareAsync("X", new Declaration
        {
            AsOf = Day(2007, 6, 1),
            Destruction = new StockDestruction
            {
                Lines = { new Line { Item = Mine, Quantity = 200 } },
                Site = "Kabwe",
                Method = "Open burning",
            },
        });
        Assert.Equal("Open burning", burnt.Declaration.Destruction.Method);
        await As("TZA").SubmitAsync("D", Dispatch("TZA", "ZMB", "Z1", 100, Day(2007, 5, 4), Purpose.Destruction));
        await zambia.SubmitAsync("R", Receipt("TZA", "ZMB", "Z1", 100, Day(2007, 5, 7), Purpose.Destruction));
        var certificate = Certificate("TZA", "ZMB", "Z1", 100, Day(2007, 8, 1), final: true);
        (certificate.Site, certificate.Method) = ("Kabwe", "Open burning");
        await zambia.SubmitAsync("C", certificate);
        var kept = await zambia.NoticeAsync("ZMB", "C");
        Assert.Equal(("Kabwe", "Open burning"), (kept.Site, kept.Method));

        var draft = await zambia.PrepareAsync(2007);
        var destroyed = Assert.Single(draft.Declaration.TransparencyReport.DestroyedAtSites);
        Assert.Equal(
            ("Kabwe", "Open burning", Mine, 300L),
            (destroyed.Site, destroyed.Method, destroyed.Item, destroyed.Quantity));
        Assert.Contains("| Kabwe | Open burning | PMA-2 | 300 |", draft.Document.Content);
        var filed = await zambia.DeclareAsync("R-2007", draft.Declaration);
        Assert.DoesNotContain(filed.Findings, f => f.Name.EndsWith("~R-2007", StringComparison.Ordinal));
        Assert.Equal(draft.Document, await zambia.DocumentAsync("R-2007"));

        var more = draft.Declaration.Clone();
        more.TransparencyReport.DestroyedAtSites[0].Quantity = 301;
        var conflict = await Caller.RefusedAsync(() => zambia.DeclareAsync("R-2007", more));
        Assert.Equal("destroyed_at_sites", conflict.Metadata["field"]);
        more.Supersedes = "parties/ZMB/declarations/R-2007";
        var found = Assert.Single(
            (await zambia.DeclareAsync("R-2007-2", more)).Findings,
            f => f.Name.EndsWith("~R-2007-2", StringComparison.Ordinal));
        Assert.Equal(("APM-41", "301"), (found.Rule, found.Inputs[$"at_sites[{Mine}]"]));
    }

    [Fact]
    public async Task Line_breaks_of_a_reports_text_are_kept_however_they_come_and_no_other_control_characters_are()
    {
        var benin = As("BEN");
        var report = (await benin.PrepareAsync(2007)).Declaration;
        report.TransparencyReport.Parts.Add(new ReportPart
        {
            Paragraph = ReportParagraph.Warnings,
            State = ReportPart.Types.State.Changed,
            Text = "Signs stand at:\r\n- the ford\r\n\r\nSchools are told.",
        });
        var filed = await benin.DeclareAsync("R-2007", report);
        Assert.Equal(
            "Signs stand at:\n- the ford\n\nSchools are told.",
            filed.Declaration.TransparencyReport.Parts[^1].Text);
        Assert.Contains(
            "\n\nSigns stand at:\\\n\\- the ford\n\nSchools are told.\n",
            (await benin.DocumentAsync("R-2007")).Content);

        report.TransparencyReport.Parts[^1].Text = "Signs stand at:\n- the ford\n\nSchools are told.";
        Assert.True((await benin.DeclareAsync("R-2007", report)).Replayed);
        report.TransparencyReport.Parts[^1].Text = "half a break\r";
        report.Remark = "none\nhere";
        var refused = await Caller.RefusedAsync(() => benin.DeclareAsync("R-2007-2", report));
        Assert.Equal(
            [
                "declaration.remark",
                $"declaration.transparency_report.parts[{report.TransparencyReport.Parts.Count - 1}].text",
            ],
            refused.Fields);
    }

    private Caller As(string code) => new(register, code);
}
