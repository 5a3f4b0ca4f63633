using Treaty.Grid.Domain.Tests.Scenarios;
using Treaty.Grid.Findings;

namespace Treaty.Grid.Domain.Tests.Rules;

public sealed partial class RuleTests
{
    [Fact]
    public void APM_05_raised_when_a_training_transfer_exceeds_the_declared_total() => Raised("APM-05", """
        opening BGR PMA-2 100 2007-01-01 from=RETAINED
        receipt T1 USA BGR PMA-2 1 training 2007-05-04
        finds BGR APM-05 REVIEW about T1 retained=101 declared=100
        """);

    [Fact]
    public void APM_05_raised_when_the_threshold_is_exceeded_and_no_total_was_declared()
    {
        var world = ScenarioRunner.Play(
            States + "receipt T1 USA BGR PMA-2 101 training 2007-05-04", rulebook: TestBook.WithRetainedThreshold(100));
        Assert.Contains(world.FindingsOn(new DateOnly(2007, 5, 4)), f => f.Key.Rule == "APM-05");
    }

    [Fact]
    public void APM_05_raised_when_what_is_declared_to_be_retained_is_of_another_convention() => Raised("APM-05", """
        opening BGR CBU-87 20 2007-01-01 from=RETAINED
        receipt T1 USA BGR PMA-2 15 training 2007-05-04
        finds BGR APM-05 REVIEW about T1 retained=15 declared=0
        """);

    [Fact]
    public void APM_05_not_raised_when_a_report_under_another_convention_followed_the_declared_total() =>
        NotRaised("APM-05", """
            state BGR ratified 2010-02-01 under ccm
            opening BGR PMA-2 100 CBU-87 20 2002-01-01 from=RETAINED
            consumption BGR PMA-2 50 2011-01-01
            recorded on 2013-02-01
            report BGR 2012 under ccm
            receipt T1 USA BGR PMA-2 50 training 2013-05-04
            """);

    [Fact]
    public void APM_05_not_raised_when_used_up_mines_are_replaced() => NotRaised("APM-05", """
        opening BGR PMA-2 100 2007-01-01 from=RETAINED
        consumption BGR PMA-2 10 2007-02-01
        receipt T1 USA BGR PMA-2 10 training 2007-05-04
        """);

    [Fact]
    public void APM_05_not_raised_when_nothing_was_declared_and_there_is_no_threshold() => NotRaised("APM-05", """
        receipt T1 USA BGR PMA-2 1000 training 2007-05-04
        """);

    [Fact]
    public void APM_06_raised_when_the_certificate_is_overdue() => Raised("APM-06", """
        receipt T1 GRC BGR PMA-2 10 destruction 2007-05-04
        dispatch T1 GRC BGR PMA-2 10 destruction 2007-05-01
        certificate T1 BGR PMA-2 9 2007-06-01
        as of 2008-05-05
        finds BGR APM-06 WARNING about T1 outstanding=1 due=2008-05-04 days_late=1
        """);

    [Fact]
    public void APM_06_not_raised_when_there_is_time_left_or_all_is_accounted_for() => NotRaised("APM-06", """
        receipt T1 GRC BGR PMA-2 10 destruction 2007-05-04
        dispatch T1 GRC BGR PMA-2 10 destruction 2007-05-01
        as of 2008-05-04
        finds nothing
        certificate T1 BGR PMA-2 9 2008-05-04
        loss T1 BGR PMA-2 1 2009-01-01
        as of 2010-01-01
        finds nothing
        """);

    [Fact]
    public void APM_07_raised_when_the_final_certificate_is_short_or_says_too_much() => Raised("APM-07", """
        receipt T1 GRC BGR PMA-2 10 destruction 2007-05-04
        dispatch T1 GRC BGR PMA-2 10 destruction 2007-05-01
        certificate T1 BGR PMA-2 9 final 2007-06-01
        receipt T2 GRC BGR PMA-2 10 destruction 2007-05-05
        dispatch T2 GRC BGR PMA-2 10 destruction 2007-05-02
        certificate T2 BGR PMA-2 11 final 2007-06-01
        finds BGR APM-07 WARNING about T1 outstanding=1
        finds BGR APM-07 WARNING about T2 outstanding=-1
        """);

    [Fact]
    public void APM_07_not_raised_when_a_partial_certificate_is_short_or_the_final_one_is_not() =>
        NotRaised("APM-07", """
            receipt T1 GRC BGR PMA-2 10 destruction 2007-05-04
            certificate T1 BGR PMA-2 9 2007-06-01
            certificate T1 BGR APM-UNSPECIFIED 1 final 2007-06-02
            """);

    [Fact]
    public void APM_11_raised_when_a_withdrawing_state_is_in_armed_conflict() => Raised("APM-11", """
        state GRC enters armed conflict 2007-01-01 says UNGA
        state GRC withdraws 2007-03-01
        as of 2007-08-31
        finds nothing
        as of 2007-09-01
        finds GRC APM-11 INFORMATION armed_conflict_asserted_by=UNGA withdrawal_expiry=2007-09-01
        """);

    [Fact]
    public void APM_11_not_raised_when_the_conflict_ended_before() => NotRaised("APM-11", """
        state GRC enters armed conflict 2007-01-01 says UNGA
        state GRC leaves armed conflict 2007-08-31 says UNGA
        state GRC withdraws 2007-03-01
        opening GRC 2008-01-01
        as of 2008-01-01
        finds nothing
        """);

    [Fact]
    public void APM_20_raised_when_stock_is_left_the_day_after_the_deadline() => Raised("APM-20", """
        opening GRC PMA-2 10 2007-01-01
        opening BGR PMA-2 10 2003-03-01 from=AWAITING-DESTRUCTION
        as of 2003-03-02
        finds BGR APM-20 BREACH due=2003-03-01 days_late=1 balance=10
        as of 2008-03-02
        finds BGR APM-20 BREACH days_late=1828
        finds GRC APM-20 BREACH due=2008-03-01 days_late=1 balance=10 article=4
        """);

    [Theory]
    [InlineData(Severity.Breach)]
    [InlineData(Severity.Review)]
    public void Stock_past_the_deadline_is_called_a_breach_where_the_rule_is_that_grave(Severity severity)
    {
        var convention = TestBook.MineBan.Convention;
        var world = ScenarioRunner.Play(
            States + "opening BGR PMA-2 10 2003-03-01",
            rulebook: TestBook.Rulebook.With(convention with
            {
                Rules = [.. convention.Rules.Select(r => r.Id == "APM-20" ? r with { Severity = severity } : r)],
            }));
        var found = Assert.Single(world.FindingsOn(new DateOnly(2003, 3, 2)), f => f.Key.Rule == "APM-20");
        Assert.Equal(severity, found.Severity);
        Assert.Equal(severity == Severity.Breach, found.Message.Contains("breach", StringComparison.Ordinal));
    }

    [Fact]
    public void APM_20_not_raised_when_it_is_the_last_day_or_the_stock_is_of_another_kind() => NotRaised("APM-20", """
        opening GRC PMA-2 10 2007-01-01
        as of 2008-03-01
        finds nothing
        opening BGR PMA-2 10 2007-01-01 from=RETAINED
        opening SVK TM-62 10 M18A1 5 2007-01-01
        discovery SVK PMA-2 5 2007-01-01
        receipt T1 GRC BGR PMR-2A 10 destruction 2007-05-04
        dispatch T2 BGR SVK PMA-2 3 training 2007-05-04
        as of 2008-03-01
        """);

    [Fact]
    public void APM_20_not_raised_when_the_state_is_not_bound() => NotRaised("APM-20", """
        opening USA PMA-2 10 2020-01-01
        opening SIG PMA-2 10 2020-01-01
        """);

    [Fact]
    public void APM_21_raised_when_stock_is_found_after_completion() => Raised("APM-21", """
        completion BGR 2003-03-01
        discovery BGR PMA-2 30 2007-05-04
        finds BGR APM-21 INFORMATION completed=2003-03-01 found=2007-05-04 left=30
        as of 2008-05-04
        finds BGR APM-21 INFORMATION due=2008-05-04 days_late=0
        as of 2008-05-05
        finds BGR APM-21 WARNING due=2008-05-04 days_late=1
        destroys BGR PMA-2 30 2009-01-01 from=FOUND
        as of 2009-01-01
        finds BGR APM-21 INFORMATION left=0
        """);

    [Fact]
    public void APM_21_not_raised_when_nothing_was_declared_complete() => NotRaised("APM-21", """
        discovery BGR PMA-2 30 2002-05-04
        completion BGR 2003-03-01
        """);

    [Fact]
    public void APM_21_not_raised_when_what_was_found_is_of_another_convention() => NotRaised("APM-21", """
        opening BGR PMA-2 10 2001-01-01
        destroys BGR PMA-2 10 2001-02-01
        completion BGR 2001-03-01
        discovery BGR CBU-87 7 2012-02-01
        """);

    [Fact]
    public void APM_21_raised_when_mines_were_found_after_stock_of_another_convention() => Raised("APM-21", """
        completion BGR 2001-03-01
        discovery BGR CBU-87 7 2002-02-01
        discovery BGR CBU-87 7 PMA-2 3 2012-02-01
        finds BGR APM-21 INFORMATION completed=2001-03-01 found=2012-02-01 left=3 due=2013-02-01
        """);

    [Fact]
    public void APM_42_raised_when_more_leaves_than_was_held() => Raised("APM-42", """
        opening BGR PMA-2 100 2002-01-01
        destroys BGR PMA-2 101 2002-02-01
        finds BGR APM-42 WARNING about PMA-2~AWAITING_DESTRUCTION lowest_balance=-1 on=2002-02-01
        """);

    [Fact]
    public void APM_42_raised_when_an_earlier_booking_leaves_too_little_later_on() => Raised("APM-42", """
        opening BGR PMA-2 100 2002-01-01 from=RETAINED
        consumption BGR PMA-2 60 2002-03-01
        consumption BGR PMA-2 60 2002-02-01
        finds BGR APM-42 WARNING about PMA-2~RETAINED lowest_balance=-20 on=2002-03-01
        """);

    [Fact]
    public void APM_42_not_raised_when_no_opening_was_declared_or_an_unspecified_type_covers_it() =>
        NotRaised("APM-42", """
            destroys BGR PMA-2 101 2002-02-01
            opening GRC APM-UNSPECIFIED 101 2007-01-01
            destroys GRC PMA-2 101 2007-02-01
            """);

    [Fact]
    public void APM_42_not_raised_when_a_dispatch_of_before_the_opening_is_filed_after_it() => NotRaised("APM-42", """
        opening GRC PMA-2 5 2007-01-01
        dispatch T1 GRC BGR PMA-2 101 training 2006-02-01
        dispatch T2 GRC BGR PMR-2A 101 training 2006-02-01
        """);
}
