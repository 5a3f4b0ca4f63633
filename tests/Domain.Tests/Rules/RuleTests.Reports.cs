namespace Treaty.Grid.Domain.Tests.Rules;

public sealed partial class RuleTests
{
    [Fact]
    public void APM_41_raised_when_lines_do_not_add_up_to_the_total() => Raised("APM-41", """
        opening BGR PMA-2 100 PMR-2A 50 2002-01-01 total=151 from=RETAINED as=stock
        dispatch T1 GRC BGR M14 10(A:11) training 2007-01-01 total=10
        receipt T1 GRC BGR M14 10 training 2007-01-02 total=9
        finds BGR APM-05 REVIEW about T1
        finds BGR APM-41 DATA about stock
        finds BGR APM-41 DATA about T1
        finds GRC APM-41 DATA about T1
        """);

    [Fact]
    public void APM_41_not_raised_when_they_do_or_when_a_line_has_no_number() => NotRaised("APM-41", """
        opening BGR PMA-2 100(A:60,B:40) PMR-2A 50(A:10) 2002-01-01 total=150
        dispatch T1 GRC BGR PMA-2 undisclosed PMR-2A 50 training 2007-01-01 total=500
        """);

    [Fact]
    public void APM_41_raised_when_the_packaging_holds_another_number() => Raised("APM-41", """
        dispatch T1 GRC BGR PFM-1 100 training 2007-01-01 packed=100:Cassette
        receipt T1 GRC BGR PFM-1 100 training 2007-01-01 packed=100:box
        finds GRC APM-41 DATA about T1
        """);

    [Fact]
    public void APM_41_not_raised_when_the_packaging_holds_as_many() => NotRaised("APM-41", """
        dispatch T1 GRC BGR PFM-1 7200 training 2007-01-01 packed=100:cassette
        receipt T1 GRC BGR PFM-1 7200 training 2007-01-01
        """);

    [Fact]
    public void APM_41_raised_when_more_was_destroyed_at_sites_than_by_the_account() => Raised("APM-41", """
        opening GRC PMA-2 100 PMR-2A 10 2007-01-01
        destroys GRC PMA-2 60 2007-06-01 site=Veria
        destroys GRC PMA-2 10 2007-06-02
        recorded on 2008-02-01
        report GRC 2007 as=r at.Montana.PMA-2=11 at.Veria.PMR-2A=1
        finds GRC APM-41 DATA about r at_sites[PMA-2]=71 destroyed[PMA-2]=70 at_sites[PMR-2A]=1 destroyed[PMR-2A]=0
        """);

    [Fact]
    public void APM_41_not_raised_when_the_sites_of_some_of_it_are_told() => NotRaised("APM-41", """
        opening GRC PMA-2 100 2007-01-01
        destroys GRC PMA-2 60 2007-06-01 site=Veria
        destroys GRC PMA-2 10 2007-06-02
        recorded on 2008-02-01
        report GRC 2007 at.Montana.PMA-2=10
        report BGR 2007 at.Montana.PMA-2=10
        """);

    [Fact]
    public void APM_50_raised_when_one_side_is_silent() => Raised("APM-50", """
        receipt T1 GRC BGR PMA-2 10 training 2007-05-04
        dispatch T2 BGR GRC PMA-2 10 training 2007-05-31
        finds GRC APM-50 DATA about T1 due=2007-06-30 reported_by=BGR
        finds GRC APM-50 DATA about T2 due=2007-06-30 reported_by=BGR
        as of 2007-07-01
        finds GRC APM-50 WARNING about T1
        finds GRC APM-50 WARNING about T2
        """);

    [Fact]
    public void APM_50_raised_when_the_silent_side_has_only_planned_it() => Raised("APM-50", """
        plan T1 GRC BGR PMA-2 10 training 2007-05-01 by=BGR
        dispatch T1 GRC BGR PMA-2 10 training 2007-05-04
        finds BGR APM-50 DATA about T1 reported_by=GRC
        """);

    [Fact]
    public void APM_50_not_raised_when_the_silent_side_is_no_party() => NotRaised("APM-50", """
        dispatch T1 GRC USA PMA-2 10 training 2007-05-04
        dispatch T2 GRC UNMAS PMA-2 10 training 2007-05-04 to=international-organisation
        dispatch T3 GRC SIG PMA-2 10 training 2007-05-04
        as of 2010-01-01
        finds nothing
        pairing T1 UNPAIRABLE
        pairing T2 UNPAIRABLE
        """);

    [Fact]
    public void APM_50_not_raised_when_the_other_side_refused_or_had_answered() => NotRaised("APM-50", """
        plan T0 USA BGR PMA-2 10 training 2007-05-01
        refusal T1 BGR 2007-05-05
        reply T2 BGR 2007-05-05
        dispatch T1 GRC BGR PMA-2 10 training 2007-05-04
        dispatch T2 GRC BGR PMA-2 11 training 2007-05-04
        as of 2010-01-01
        finds nothing
        """);

    [Fact]
    public void APM_51_raised_when_more_or_less_arrived_than_was_dispatched() => Raised("APM-51", """
        dispatch T1 GRC BGR PMA-2 480 training 2007-05-04
        receipt T1 GRC BGR PMA-2 481 training 2007-05-07
        finds BGR APM-51 WARNING about T1 difference=-1
        finds GRC APM-51 WARNING about T1 difference=-1
        """);

    [Fact]
    public void APM_51_raised_when_the_other_side_is_no_party_on_the_bound_side_only() => Raised("APM-51", """
        dispatch T1 USA BGR PMA-2 480 training 2007-05-04
        receipt T1 USA BGR PMA-2 400 training 2007-05-07 short=79
        finds BGR APM-51 WARNING about T1 difference=1
        """);

    [Fact]
    public void APM_51_not_raised_when_the_difference_is_declared() => NotRaised("APM-51", """
        dispatch T1 GRC BGR PMA-2 480 training 2007-05-04
        receipt T1 GRC BGR PMA-2 470 training 2007-05-07 short=5 damaged=3 refused=2
        match T1 EXPLAINED
        dispatch T2 GRC BGR PMA-2 480 training 2007-05-05
        receipt T2 GRC BGR PMA-2 490 training 2007-05-07 excess=10
        match T2 EXPLAINED
        loss T3 GRC PMA-2 30 2007-05-06
        dispatch T3 GRC BGR PMA-2 480 training 2007-05-06
        receipt T3 GRC BGR PMA-2 450 training 2007-05-07
        match T3 EXPLAINED
        finds nothing
        """);

    [Fact]
    public void APM_51_not_raised_when_more_receipts_are_to_come() => NotRaised("APM-51", """
        dispatch T1 GRC BGR PMA-2 480 training 2007-05-04
        receipt T1 GRC BGR PMA-2 400 training 2007-05-07 final=no
        match T1 NOT-MATCHED
        receipt T1 GRC BGR PMA-2 80 training 2007-05-08
        match T1 MATCHED
        """);

    [Fact]
    public void APM_51_not_raised_when_a_figure_is_approximate_or_undisclosed() => NotRaised("APM-51", """
        dispatch T1 GRC BGR PMA-2 ~1000 training 2007-05-04
        receipt T1 GRC BGR PMA-2 950 training 2007-05-07
        match T1 MATCHED-WITHIN-TOLERANCE
        dispatch T2 GRC BGR PMA-2 undisclosed training 2007-05-04
        receipt T2 GRC BGR PMA-2 950 training 2007-05-08
        match T2 MATCHED-WITHIN-TOLERANCE
        finds nothing
        """);

    [Fact]
    public void APM_52_raised_when_items_or_purposes_differ() => Raised("APM-52", """
        dispatch T1 GRC BGR PMA-2 480 training 2007-05-04
        receipt T1 GRC BGR PMR-2A 480 training 2007-05-07
        dispatch T2 GRC BGR APM-UNSPECIFIED undisclosed training 2007-05-04
        receipt T2 GRC BGR PMR-2A 400 training 2007-05-07
        dispatch T3 GRC BGR PMA-2 480 training 2007-05-05
        receipt T3 GRC BGR PMA-2 480 destruction 2007-05-07
        finds BGR APM-52 WARNING about T1
        finds BGR APM-52 DATA about T2
        finds BGR APM-52 REVIEW about T3
        finds GRC APM-52 WARNING about T1
        finds GRC APM-52 DATA about T2
        finds GRC APM-52 REVIEW about T3
        """);

    [Fact]
    public void APM_52_not_raised_when_quantities_differ() => NotRaised("APM-52", """
        dispatch T1 GRC BGR PMA-2 480 training 2007-05-04
        receipt T1 GRC BGR PMA-2 400 training 2007-05-07
        """);

    [Fact]
    public void APM_53_raised_when_both_gave_lots_and_they_differ() => Raised("APM-53", """
        dispatch T1 GRC BGR PMA-2 480(A:480) training 2007-05-04
        receipt T1 GRC BGR PMA-2 480(a:480) training 2007-05-07
        finds BGR APM-53 DATA about T1 lot[PMA-2].sender=A480 lot[PMA-2].recipient=a480
        finds GRC APM-53 DATA about T1
        """);

    [Fact]
    public void APM_53_not_raised_when_one_side_gave_no_lots_or_fewer() => NotRaised("APM-53", """
        dispatch T1 GRC BGR PMA-2 480(A:480) training 2007-05-04
        receipt T1 GRC BGR PMA-2 480 training 2007-05-07
        dispatch T2 GRC BGR PMA-2 480(A:400) training 2007-05-05
        receipt T2 GRC BGR PMA-2 480(A:400,B:80) training 2007-05-07
        """);

    [Fact]
    public void APM_54_raised_when_the_receipt_is_dated_before_the_dispatch_or_long_after_it() => Raised("APM-54", """
        dispatch T1 GRC BGR PMA-2 480 training 2007-05-04
        receipt T1 GRC BGR PMA-2 480 training 2007-05-03
        dispatch T2 GRC BGR PMA-2 470 training 2007-05-04
        receipt T2 GRC BGR PMA-2 470 training 2008-05-04
        finds BGR APM-54 DATA about T1
        finds BGR APM-54 DATA about T2
        finds GRC APM-54 DATA about T1
        finds GRC APM-54 DATA about T2
        """);

    [Fact]
    public void APM_54_not_raised_when_the_journey_is_short() => NotRaised("APM-54", """
        dispatch T1 GRC BGR PMA-2 480 training 2007-05-04
        receipt T1 GRC BGR PMA-2 480 training 2007-05-04
        """);

    [Fact]
    public void APM_55_raised_when_more_of_a_lot_is_dispatched_than_it_held() => Raised("APM-55", """
        opening GRC PMA-2 480(A:100) 2007-01-01
        dispatch T1 GRC BGR PMA-2 80(A:80) training 2007-05-04
        reply T1 BGR 2007-05-04
        dispatch T2 GRC USA PMA-2 80(A:80) training 2007-05-05
        finds GRC APM-55 REVIEW about T1 lot[PMA-2/A]=-60
        finds GRC APM-55 REVIEW about T2 lot[PMA-2/A]=-60
        """);

    [Fact]
    public void APM_55_raised_when_the_same_notice_stands_under_two_references() => Raised("APM-55", """
        dispatch T1 GRC USA PMA-2 80 training 2007-05-04
        dispatch T2 GRC USA PMA-2 80 training 2007-05-04
        finds GRC APM-55 REVIEW about T2 same_notice=parties/GRC/transfers/USA~T1
        """);

    [Fact]
    public void APM_55_raised_when_the_same_notice_stood_long_ago_and_kept_when_more_is_said() => Raised("APM-55", """
        dispatch T1 GRC USA PMA-2 80 training 2007-05-04
        receipt T1 GRC USA PMA-2 80 training 2007-05-05
        dispatch T2 GRC USA PMA-2 80 training 2007-05-04
        receipt T2 GRC USA PMA-2 80 training 2007-05-05
        finds GRC APM-55 REVIEW about T2 same_notice=parties/GRC/transfers/USA~T1
        finds USA APM-55 REVIEW about T2 same_notice=parties/GRC/transfers/USA~T1
        reply T2 USA 2007-06-01
        reply T2 GRC 2007-06-02
        finds GRC APM-55 REVIEW about T2 same_notice=parties/GRC/transfers/USA~T1
        finds USA APM-55 REVIEW about T2 same_notice=parties/GRC/transfers/USA~T1
        """);

    [Fact]
    public void APM_55_not_raised_when_the_lot_holds_them_or_the_books_never_held_it() => NotRaised("APM-55", """
        opening GRC PMA-2 480(A:100) 2007-01-01
        dispatch T1 GRC USA PMA-2 100(A:100) training 2007-05-04
        dispatch T2 GRC USA PMA-2 100(B:100) training 2007-05-04
        dispatch T3 GRC USA PMA-2 100 training 2007-05-04
        dispatch T4 GRC USA PMA-2 100 training 2007-05-05
        """);

    [Fact]
    public void APM_60_raised_when_the_item_is_no_mine_or_may_be_none() => Raised("APM-60", """
        opening BGR TM-62 5 M605-FUZE 5 2002-01-01 as=others
        dispatch T1 USA BGR M18A1 5 operational 2002-01-01 set-off-by=command
        dispatch T2 USA BGR M18A1 5 training 2002-01-01
        reply T1 BGR 2002-01-02
        reply T2 BGR 2002-01-02
        finds BGR APM-60 DATA about others not_covered=M605-FUZE,TM-62
        finds USA APM-60 DATA about T1 not_covered=M18A1
        finds USA APM-60 REVIEW about T2 covered_if_set_off_by_a_person=M18A1
        """);

    [Fact]
    public void APM_60_not_raised_when_it_is_one() => NotRaised("APM-60", """
        opening BGR PMA-2 5 APM-UNSPECIFIED 5 2002-01-01
        """);

    [Fact]
    public void APM_61_raised_when_the_taxonomy_does_not_know_the_item() => Raised("APM-61", """
        opening BGR XYZ-1 5 2002-01-01 as=stock
        finds BGR APM-61 DATA about stock items=XYZ-1 article=7(1)(h)
        """);

    [Fact]
    public void APM_61_not_raised_when_it_does() => NotRaised("APM-61", """
        opening BGR PMA-2 5 2002-01-01
        """);
}
