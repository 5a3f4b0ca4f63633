using Treaty.Grid.Domain.Tests.Scenarios;
using Treaty.Grid.Reports;

namespace Treaty.Grid.Domain.Tests.Reports;

/// <summary>What drafts of reports tell of destruction by site; its statements may have left memory since.</summary>
public sealed class DraftTests
{
    private const string States = """
        state GRC in force 2004-03-01
        state BGR in force 1999-03-01
        opening GRC PMA-2 1000 M18A1 50 2004-03-01

        """;

    [Theory]
    [InlineData(Arrival.AtOnce)]
    [InlineData(Arrival.Forgotten)]
    public void It_sums_up_the_year_by_site_method_and_type(Arrival arrival)
    {
        var draft = Draft("GRC", arrival, """
            destroys GRC PMA-2 10 2006-12-31 site=Veria method=burning
            destroys GRC PMA-2 20 2007-01-01 site=Veria method=burning
            destroys GRC PMA-2 30 2007-12-31 site=Veria method=burning
            destroys GRC PMA-2 40 2007-06-01 site=Veria
            destroys GRC PMA-2 50 2007-06-01 site=Montana method=burning
            destroys GRC PMA-2 60 2007-06-01 method=burning
            destroys GRC M18A1 5 2007-06-01 site=Veria
            """);
        Assert.Equal(
            [
                new DestructionAtSite("Montana", "burning", "PMA-2", 50),
                new DestructionAtSite("Veria", "", "PMA-2", 40),
                new DestructionAtSite("Veria", "burning", "PMA-2", 50),
            ],
            draft.DestroyedAtSites);
        Assert.Equal(PartState.Changed, draft.Part(ReportParagraph.DestructionProgrammes)!.State);
        Assert.Equal(draft.Parts.OrderBy(p => p.Paragraph), draft.Parts);
    }

    [Theory]
    [InlineData(Arrival.AtOnce)]
    [InlineData(Arrival.Forgotten)]
    public void It_rests_on_what_is_in_effect(Arrival arrival)
    {
        const string Text = """
            destroys GRC PMA-2 20 2007-05-01 site=Veria as=d1
            destroys GRC PMA-2 20 2007-05-01 site=Montana as=d2 corrects=d1
            dispatch T1 GRC BGR PMA-2 100 destruction 2007-05-04
            receipt T1 GRC BGR PMA-2 100 destruction 2007-05-07
            certificate T1 BGR PMA-2 60 2007-06-01 site=Sofia as=c1
            certificate T1 BGR PMA-2 40 2007-06-02 site=Sofia as=c2
            certificate T1 BGR PMA-2 50 2007-06-01 site=Sofia as=c3 corrects=c1
            cancellation T1 BGR 2007-06-02 corrects=c2
            """;
        Assert.Equal([new DestructionAtSite("Montana", "", "PMA-2", 20)], Draft("GRC", arrival, Text).DestroyedAtSites);
        Assert.Equal([new DestructionAtSite("Sofia", "", "PMA-2", 50)], Draft("BGR", arrival, Text).DestroyedAtSites);
    }

    [Fact]
    public void Nothing_is_said_of_programmes_where_no_site_is_on_record()
    {
        var draft = Draft("GRC", Arrival.AtOnce, "destroys GRC PMA-2 20 2007-05-01 method=burning");
        Assert.Empty(draft.DestroyedAtSites);
        Assert.Null(draft.Part(ReportParagraph.DestructionProgrammes));
    }

    [Fact]
    public void The_initial_report_goes_back_to_entry_into_force()
    {
        var world = ScenarioRunner.Play(States + """
            destroys GRC PMA-2 10 2004-02-29 site=Veria
            destroys GRC PMA-2 20 2004-03-01 site=Veria
            destroys GRC PMA-2 30 2004-08-01 site=Veria
            destroys GRC PMA-2 40 2004-08-02 site=Veria
            """);
        var draft = ReportDraft.Initial(
            world["GRC"], world.Rulebook.Primary!, new DateOnly(2004, 3, 1), new DateOnly(2004, 8, 1), "draft");
        Assert.Equal([new DestructionAtSite("Veria", "", "PMA-2", 50)], draft.Report!.DestroyedAtSites);
    }

    private static TransparencyReport Draft(string code, Arrival arrival, string text)
    {
        var world = ScenarioRunner.Play(States + text, arrival);
        return ReportDraft.OfYear(world[code], world.Rulebook.Primary!, 2007, "draft").Report!;
    }
}
