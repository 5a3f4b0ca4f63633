namespace Treaty.Grid.Domain.Tests.Rules;

public sealed partial class RuleTests
{
    [Fact]
    public void APM_01_raised_when_a_bound_state_dispatches_for_operational_use() => Raised("APM-01", """
        dispatch T1 GRC USA PMA-2 10 operational 2007-05-04
        finds GRC APM-01 BREACH about T1 stated_by=GRC article=1(1)(b),2(4)
        finds USA APM-03 INFORMATION about T1
        """);

    [Fact]
    public void APM_01_raised_when_no_purpose_is_stated_and_the_recipient_is_no_state() => Raised("APM-01", """
        dispatch T1 GRC REBELS PMA-2 10 unstated 2007-05-04 to=non-state
        finds GRC APM-01 BREACH about T1
        """);

    [Fact]
    public void APM_01_raised_when_not_all_three_parts_of_a_transfer_passed_as_a_review() => Raised("APM-01", """
        dispatch T1 GRC USA PMA-2 10 operational 2007-05-04 title=no
        finds GRC APM-01 REVIEW about T1 title_passed=false
        finds USA APM-03 INFORMATION about T1
        """);

    [Fact]
    public void APM_01_raised_when_only_the_recipient_says_so_as_a_review() => Raised("APM-01", """
        receipt T1 GRC USA PMA-2 10 operational 2007-05-04
        finds GRC APM-01 REVIEW about T1 stated_by=USA
        finds GRC APM-50 DATA about T1
        finds USA APM-03 INFORMATION about T1
        """);

    [Fact]
    public void APM_01_not_raised_when_the_purpose_is_permitted() => NotRaised("APM-01", """
        dispatch T1 GRC BGR PMA-2 10 training 2007-05-04
        dispatch T2 GRC BGR PMA-2 10 destruction 2007-05-04
        """);

    [Fact]
    public void APM_01_not_raised_when_the_sender_was_not_bound_yet() => NotRaised("APM-01", """
        dispatch T1 GRC USA PMA-2 10 operational 2004-02-29
        """);

    [Fact]
    public void APM_01_not_raised_when_it_is_only_planned_or_no_mine() => NotRaised("APM-01", """
        plan T1 GRC USA PMA-2 10 operational 2007-05-04
        dispatch T2 GRC USA TM-62 10 operational 2007-05-04
        dispatch T3 GRC USA M18A1 10 operational 2007-05-04 set-off-by=command
        dispatch T4 GRC USA XYZ-1 10 operational 2007-05-04
        """);

    [Fact]
    public void APM_02_raised_when_a_bound_state_receives_for_operational_use() => Raised("APM-02", """
        receipt T1 USA BGR PMA-2 10 operational 2002-05-04
        as of 2002-05-04
        finds BGR APM-02 BREACH about T1 stated_by=BGR article=1(1)(b)
        finds USA APM-03 INFORMATION about T1
        """);

    [Fact]
    public void APM_02_raised_when_only_the_sender_says_so_as_a_review() => Raised("APM-02", """
        dispatch T1 USA BGR PMA-2 10 operational 2007-05-04
        finds BGR APM-02 REVIEW about T1 stated_by=USA
        finds BGR APM-50 DATA about T1
        finds USA APM-03 INFORMATION about T1
        """);

    [Fact]
    public void APM_02_raised_when_withdrawal_is_notified_and_not_effective() => Raised("APM-02", """
        state BGR withdraws 2002-01-15
        receipt T1 USA BGR PMA-2 10 operational 2002-07-14
        receipt T2 USA BGR PMA-2 10 operational 2002-07-15
        finds BGR APM-02 BREACH about T1 status=WITHDRAWAL_NOTIFIED
        finds USA APM-03 INFORMATION about T1
        """);

    [Fact]
    public void APM_02_not_raised_when_the_recipient_refused() => NotRaised("APM-02", """
        refusal T1 BGR 2007-05-07
        dispatch T1 USA BGR PMA-2 10 operational 2007-05-04
        """);

    [Fact]
    public void APM_02_not_raised_when_the_purpose_is_permitted_or_the_recipient_not_bound() => NotRaised("APM-02", """
        receipt T1 USA BGR PMA-2 10 training 2007-05-04
        receipt T2 GRC USA PMA-2 10 operational 2007-05-04
        """);

    [Fact]
    public void APM_03_raised_when_the_other_side_is_not_bound() => Raised("APM-03", """
        receipt T1 GRC USA PMA-2 10 operational 2007-05-04
        dispatch T1 GRC USA PMA-2 10 operational 2007-05-04
        finds GRC APM-01 BREACH about T1
        finds USA APM-03 INFORMATION about T1 status=NON_PARTY
        """);

    [Fact]
    public void APM_03_not_raised_when_neither_side_is_bound() => NotRaised("APM-03", """
        state RUS is no party
        dispatch T1 USA RUS PMA-2 10 operational 2007-05-04
        receipt T1 USA RUS PMA-2 10 operational 2007-05-04
        """);

    [Fact]
    public void APM_03_not_raised_when_the_other_side_is_a_signatory_which_has_a_rule_of_its_own() =>
        NotRaised("APM-03", """
            dispatch T1 GRC SIG PMA-2 10 operational 2007-05-04
            finds GRC APM-01 BREACH about T1
            finds SIG APM-09 REVIEW about T1
            """);

    [Fact]
    public void APM_04_raised_when_mines_pass_through_a_bound_state() => Raised("APM-04", """
        dispatch T1 USA GRC PMA-2 10 operational 2007-05-04 via=SVK,SIG
        finds GRC APM-02 REVIEW about T1
        finds GRC APM-50 DATA about T1
        finds SVK APM-04 REVIEW about T1 stated_by=USA
        finds USA APM-03 INFORMATION about T1
        """);

    [Fact]
    public void APM_04_not_raised_when_the_purpose_is_permitted_or_the_state_not_bound() => NotRaised("APM-04", """
        dispatch T1 USA GRC PMA-2 10 destruction 2007-05-04 via=SVK
        dispatch T2 BGR USA PMA-2 10 operational 2007-05-04 via=SIG
        """);

    [Fact]
    public void APM_08_raised_when_mines_received_for_destruction_are_retained_as_a_review() => Raised("APM-08", """
        receipt T1 GRC BGR PMA-2 10 destruction 2007-05-04
        dispatch T1 GRC BGR PMA-2 10 destruction 2007-05-01
        reclassification BGR PMA-2 4 to RETAINED 2007-06-01 from=RECEIVED-FOR-DESTRUCTION as=keep
        finds BGR APM-08 REVIEW about keep to=RETAINED
        """);

    [Fact]
    public void APM_08_raised_when_they_are_put_to_use() => Raised("APM-08", """
        receipt T1 GRC BGR PMA-2 10 destruction 2007-05-04
        dispatch T1 GRC BGR PMA-2 10 destruction 2007-05-01
        reclassification BGR PMA-2 4 to OPERATIONAL 2002-06-01 from=RECEIVED-FOR-DESTRUCTION as=use
        as of 2002-06-01
        finds BGR APM-08 BREACH about use to=OPERATIONAL
        """);

    [Fact]
    public void APM_08_raised_when_they_are_sent_on_for_training() => Raised("APM-08", """
        receipt T1 GRC BGR PMA-2 10 destruction 2007-05-04
        dispatch T1 GRC BGR PMA-2 10 destruction 2007-05-01
        dispatch T2 BGR USA PMA-2 10 training 2007-06-01 onward-from=T1
        finds BGR APM-08 BREACH about T2
        """);

    [Fact]
    public void APM_08_not_raised_when_they_are_destroyed_returned_or_passed_on() => NotRaised("APM-08", """
        receipt T1 GRC BGR PMA-2 10 destruction 2007-05-04
        dispatch T1 GRC BGR PMA-2 10 destruction 2007-05-01
        dispatch T2 BGR SVK PMA-2 3 destruction 2007-06-01 onward-from=T1
        dispatch T3 BGR GRC PMA-2 3 unstated 2007-06-01 onward-from=T1
        certificate T1 BGR PMA-2 4 final 2007-06-02
        """);

    [Fact]
    public void APM_09_raised_when_a_signatory_receives_for_operational_use() => Raised("APM-09", """
        receipt T1 USA SIG PMA-2 10 operational 2007-05-04
        finds SIG APM-09 WARNING about T1 article=VCLT18
        """);

    [Fact]
    public void APM_09_raised_when_the_state_applies_the_convention_provisionally_as_a_breach() => Raised("APM-09", """
        receipt T1 USA DEP PMA-2 10 operational 2006-06-30
        receipt T1 USA PRO PMA-2 10 operational 2006-06-30
        finds DEP APM-09 WARNING about USA~DEP~T1 article=VCLT18
        finds PRO APM-09 BREACH about USA~PRO~T1 article=18
        """);

    [Fact]
    public void APM_09_raised_when_only_the_other_side_says_so_as_a_review() => Raised("APM-09", """
        dispatch T1 USA PRO PMA-2 10 operational 2006-06-30
        finds PRO APM-09 REVIEW about T1 stated_by=USA
        """);

    [Fact]
    public void APM_09_not_raised_when_the_purpose_is_permitted_or_the_state_free() => NotRaised("APM-09", """
        receipt T1 USA SIG PMA-2 10 training 2007-05-04
        receipt T2 USA SIG PMA-2 10 operational 1997-12-02
        """);

    [Fact]
    public void APM_12_raised_when_a_state_that_asserts_suspension_receives() => Raised("APM-12", """
        state BGR asserts suspension 2002-01-01
        state BGR is denied suspension 2002-02-01 says AUT,NOR
        receipt T1 USA BGR PMA-2 10 operational 2002-05-04
        as of 2002-05-04
        finds BGR APM-02 BREACH about T1
        finds BGR APM-12 INFORMATION suspension_asserted=2002-01-01 suspension_contested_by=AUT,NOR
        finds BGR APM-12 INFORMATION about T1 suspension_contested_by=AUT,NOR
        finds USA APM-03 INFORMATION about T1
        """);

    [Fact]
    public void APM_12_not_raised_when_nothing_is_asserted_or_the_state_is_not_bound() => NotRaised("APM-12", """
        state USA asserts suspension 2002-01-01
        receipt T1 USA BGR PMA-2 10 operational 2002-05-04
        """);
}
