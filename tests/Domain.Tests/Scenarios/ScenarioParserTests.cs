using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;
using Xunit.Sdk;

namespace Treaty.Grid.Domain.Tests.Scenarios;

/// <summary>A scenario says what it seems to say, and fails when it is wrong.</summary>
public sealed class ScenarioParserTests
{
    [Fact]
    public void A_dispatch_has_items_with_lots_a_purpose_a_date_and_more()
    {
        var step = Assert.IsType<NoticeStep>(Assert.Single(ScenarioParser.Parse(
            "dispatch T1 GRC BGR PMA-2 480(A:100,B:380) M14 ~5 destruction 2009-05-04 via=SVK,HUN title=no # remark")));
        var notice = step.Notice;
        Assert.Equal((NoticeKind.Dispatch, "GRC", "L1"), (notice.Kind, notice.Filer, notice.Id));
        Assert.Equal(new TransferKey("GRC", "BGR", "T1"), notice.Transfer);
        Assert.Equal((Purpose.Destruction, new DateOnly(2009, 5, 4)), (notice.Purpose, notice.Date));
        Assert.Equal(["PMA-2", "M14"], notice.Lines.Select(l => l.Item));
        Assert.Equal([new Lot("A", 100), new Lot("B", 380)], notice.Lines[0].Lots);
        Assert.Equal(QuantityBasis.Approximate, notice.Lines[1].Basis);
        Assert.Equal(["SVK", "HUN"], notice.Transit);
        Assert.False(notice.TitlePassed);
    }

    [Fact]
    public void A_certificate_takes_its_sides_from_the_line_that_names_them()
    {
        var steps = ScenarioParser.Parse(
            "certificate T1 BGR PMA-2 480 final 2011-01-01\nreceipt T1 GRC BGR PMA-2 1 unstated 2011-01-01");
        var notice = Assert.IsType<NoticeStep>(steps[0]).Notice;
        Assert.Equal(new TransferKey("GRC", "BGR", "T1"), notice.Transfer);
        Assert.Equal(("BGR", true), (notice.Filer, notice.IsFinal));
        Assert.Equal("BGR", Assert.IsType<NoticeStep>(steps[1]).Notice.Filer);
    }

    [Fact]
    public void A_finding_is_expected_with_its_severity_its_subject_and_some_facts()
    {
        var step = Assert.IsType<FindsStep>(ScenarioParser.Parse(
            "plan T1 GRC BGR M14 1 training 2011-01-01\nfinds BGR APM-07 WARNING about T1 outstanding=480")[1]);
        Assert.Equal(("BGR", "APM-07", "GRC~BGR~T1"), (step.Party, step.Rule, step.About));
        Assert.Equal(Severity.Warning, step.Severity);
        Assert.Equal(("outstanding", "480"), Assert.Single(step.Facts));
    }

    [Fact]
    public void A_reclassification_names_both_classes()
    {
        var step = Assert.IsType<DeclarationStep>(Assert.Single(ScenarioParser.Parse(
            "reclassification BGR M14 4 to RETAINED 2007-06-01 from=RECEIVED-FOR-DESTRUCTION as=x")));
        Assert.Equal(("x", Place.Retained), (step.Declaration.Id, step.Declaration.To));
        Assert.Equal(Place.ReceivedForDestruction, step.Declaration.Lines[0].Class);
    }

    [Theory]
    [InlineData("send T1 GRC BGR")]
    [InlineData("dispatch T1 GRC BGR M14 ten training 2011-01-01")]
    [InlineData("dispatch T1 GRC BGR M14 10 training 2011-02-30")]
    [InlineData("dispatch T1 GRC BGR M14 10 training 2011-01-01 colour=red")]
    [InlineData("dispatch T1 GRC BGR M14 10 training 2011-01-01 2011-01-01")]
    [InlineData("certificate T9 BGR M14 480 2011-01-01")]
    [InlineData("state GRC wonders 2011-01-01")]
    [InlineData("finds GRC APM-07 GRAVE")]
    [InlineData("match T1 7")]
    public void A_line_that_says_nothing_is_an_error_with_its_number(string line)
    {
        var error = Assert.Throws<FormatException>(() => ScenarioParser.Parse("\n" + line));
        Assert.StartsWith("Line 2, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("finds nothing")]
    [InlineData("finds UKR APM-02 WARNING about T1")]
    [InlineData("finds UKR APM-02 BREACH about T1 stated_by=USA\nfinds USA APM-03 INFORMATION about T1")]
    [InlineData("finds UKR APM-02 BREACH about T1")]
    [InlineData(
        "finds UKR APM-02 BREACH about T1\nfinds USA APM-03 INFORMATION about T1\nfinds USA APM-50 DATA about T1")]
    [InlineData("finds nothing about T1")]
    [InlineData("match T1 MISMATCHED")]
    [InlineData("stock UKR M14 OPERATIONAL 11")]
    [InlineData("membership UKR SIGNATORY on 2024-11-20")]
    public void What_does_not_hold_fails(string expectation) => Assert.ThrowsAny<XunitException>(() =>
        ScenarioRunner.Play(
            """
            state USA is no party
            state UKR in force 2024-01-01
            dispatch T1 USA UKR M14 10 operational 2024-11-20
            receipt T1 USA UKR M14 10 operational 2024-11-20

            """ + expectation));

    [Fact]
    public void A_table_that_does_not_hold_is_shown_with_what_was_found()
    {
        var failure = Assert.ThrowsAny<XunitException>(() => ScenarioRunner.Play(
            """
            state USA is no party
            state UKR in force 2024-01-01
            receipt T1 USA UKR M14 10 operational 2024-11-20
            finds UKR APM-02 REVIEW about T1 stated_by=USA
            finds USA APM-03 INFORMATION about T1
            """));
        Assert.Contains("- finds UKR APM-02 REVIEW about T1 stated_by=USA", failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            "+ finds UKR APM-02 BREACH about USA~UKR~T1 stated_by=UKR", failure.Message, StringComparison.Ordinal);
        Assert.Contains("  finds USA APM-03 INFORMATION about T1", failure.Message, StringComparison.Ordinal);
    }
}
