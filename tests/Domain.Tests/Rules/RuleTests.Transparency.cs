namespace Treaty.Grid.Domain.Tests.Rules;

public sealed partial class RuleTests
{
    [Fact]
    public void APM_22_raised_when_two_reports_say_nothing_of_retained_mines() => Raised("APM-22", """
        opening BGR PMA-2 100 2002-01-01 from=RETAINED
        recorded on 2007-02-01
        report BGR 2006
        recorded on 2008-02-01
        report BGR 2007 unchanged=d
        finds nothing
        recorded on 2009-02-01
        report BGR 2008 unchanged=d
        finds BGR APM-22 REVIEW retained=100 years=2007,2008
        recorded on 2010-02-01
        report BGR 2009 tells=d
        finds nothing
        """);

    [Fact]
    public void APM_22_not_raised_when_one_tells_of_their_use_or_none_are_left() => NotRaised("APM-22", """
        opening BGR PMA-2 100 2002-01-01 from=RETAINED
        recorded on 2007-02-01
        report BGR 2006 unchanged=d
        consumption BGR PMA-2 100 2007-06-01
        recorded on 2008-02-01
        report BGR 2007 tells=d
        recorded on 2009-02-01
        report BGR 2008 unchanged=d
        recorded on 2010-02-01
        report BGR 2009 unchanged=d
        """);

    [Fact]
    public void APM_22_not_raised_when_what_is_retained_is_of_another_convention() => NotRaised("APM-22", """
        opening BGR CBU-87 20 2013-01-01 from=RETAINED
        recorded on 2014-02-01
        report BGR 2013
        recorded on 2015-02-01
        report BGR 2014
        """);

    [Fact]
    public void APM_30_raised_when_180_days_have_passed() => Raised("APM-30", """
        reports owed from 2004-05-01
        as of 2004-08-28
        finds nothing
        as of 2004-08-29
        finds GRC APM-30 WARNING due=2004-08-28 days_late=1
        """);

    [Fact]
    public void APM_30_not_raised_when_the_report_is_there_or_was_due_before_the_register_assesses() =>
        NotRaised("APM-30", """
        reports owed from 2004-05-01
        report GRC initial 2004-08-01 received=2004-08-28
        as of 2005-04-30
        finds nothing
        """);

    [Fact]
    public void APM_31_raised_when_a_year_has_no_report_by_30_April() => Raised("APM-31", """
        reports owed from 2009-01-01
        recorded on 2009-01-01
        report GRC 2008
        report SVK 2008
        report DEP 2008
        report PRO 2008
        as of 2009-04-30
        finds nothing
        as of 2009-05-01
        finds BGR APM-31 WARNING years=2008 due=2009-04-30 days_late=1
        recorded on 2010-05-02
        as of 2010-05-02
        report SVK 2009 received=2010-04-30
        report DEP 2009 received=2010-04-30
        report PRO 2009 received=2010-04-30
        report GRC 2009 received=2010-04-30
        finds BGR APM-31 WARNING years=2008,2009
        report BGR 2008
        finds BGR APM-31 WARNING years=2009 due=2010-04-30
        report BGR 2009
        finds nothing
        """);

    [Fact]
    public void APM_31_not_raised_when_the_initial_report_is_due_after_30_April_or_nobody_is_bound() =>
        NotRaised("APM-31", """
        reports owed from 2007-03-01
        state NEW in force 2007-01-01
        recorded on 2007-04-29
        report GRC 2006
        report BGR 2006
        report SVK 2006
        report DEP 2006
        report PRO 2006
        as of 2007-05-01
        finds nothing
        recorded on 2008-04-30
        report GRC 2007
        report BGR 2007
        report SVK 2007
        report DEP 2007
        report PRO 2007
        report NEW initial 2007-06-01
        report NEW 2007
        state NEW withdraws 2008-10-30
        as of 2009-04-30
        finds nothing
        """);

    [Fact]
    public void APM_32_raised_when_the_books_have_something_to_tell() => Raised("APM-32", """
        opening GRC PMA-2 1000 2004-03-01
        destroys GRC PMA-2 400 2007-06-01
        dispatch T1 GRC SVK PMA-2 100 training 2007-06-01
        receipt T1 GRC SVK PMA-2 100 training 2007-06-01
        recorded on 2008-02-01
        report GRC 2007 as=blank without=b without=d without=g
        finds GRC APM-32 DATA about blank missing=b,d,g period=2007
        report GRC 2007 as=whole corrects=blank
        finds nothing
        """);

    [Fact]
    public void APM_32_not_raised_when_there_is_nothing_or_it_is_said_to_be_unchanged() => NotRaised("APM-32", """
        opening BGR 2004-03-01
        opening GRC PMA-2 1000 2004-03-01
        recorded on 2007-02-01
        report GRC 2006
        report BGR 2006 without=b without=d without=g
        recorded on 2008-02-01
        report GRC 2007 unchanged=b
        finds nothing
        """);

    [Fact]
    public void APM_40_raised_when_an_account_does_not_add_up() => Raised("APM-40", """
        recorded on 2008-02-01
        report GRC 2007 as=r opening.PMA-2=1000 destroyed.PMA-2=400 closing.PMA-2=590
        finds GRC APM-41 DATA about r
        finds GRC APM-40 WARNING about r expected[PMA-2]=600 closing[PMA-2]=590
        """);

    [Fact]
    public void APM_40_raised_when_it_is_not_what_the_books_hold() => Raised("APM-40", """
        opening GRC PMA-2 1000 2004-03-01
        recorded on 2008-02-01
        report GRC 2007 as=r opening.PMA-2=990 closing.PMA-2=990 held.PMA-2=990
        finds GRC APM-40 WARNING about r books[PMA-2]=1000 closing[PMA-2]=990
        # Ten were destroyed before, and nobody had declared it.
        destroys GRC PMA-2 10 2005-01-01
        finds nothing
        """);

    [Fact]
    public void APM_40_raised_when_there_was_a_recount() => Raised("APM-40", """
        opening GRC PMA-2 1000 2004-03-01
        recorded on 2008-02-01
        report GRC 2007 as=r recounted.PMA-2=-20 closing.PMA-2=980 held.PMA-2=980
        finds GRC APM-40 WARNING about r recounted[PMA-2]=-20
        report GRC 2007 as=r2 corrects=r recounted.PMA-2=-20 closing.PMA-2=980 held.PMA-2=980 reason=counted
        finds GRC APM-40 INFORMATION about r2 recounted[PMA-2]=-20
        """);

    [Fact]
    public void APM_40_not_raised_when_the_draft_is_filed_as_it_is() => NotRaised("APM-40", """
        opening GRC PMA-2 1000(A:600) PMR-2A 20 2004-03-01
        destroys GRC PMA-2 400 2007-06-01
        discovery GRC PMR-2A 5 2007-07-01
        dispatch T1 GRC BGR PMA-2 100 destruction 2007-12-20
        receipt T1 GRC BGR PMA-2 60 destruction 2008-01-05 final=no
        recorded on 2008-02-01
        report GRC 2007
        finds nothing
        """);

    [Fact]
    public void APM_43_raised_when_it_opens_with_something_else() => Raised("APM-43", """
        recorded on 2008-02-01
        report GRC 2007 opening.PMA-2=1566532 closing.PMA-2=1566532 as=a
        finds GRC APM-41 DATA about a
        recorded on 2009-02-01
        report GRC 2008 opening.PMA-2=1568167 closing.PMA-2=1568167 as=b
        finds GRC APM-41 DATA about a
        finds GRC APM-41 DATA about b
        finds GRC APM-43 WARNING about b last_closing[PMA-2]=1566532 opening[PMA-2]=1568167
        report GRC 2008 opening.PMA-2=1568167 closing.PMA-2=1568167 reason=by-types as=c corrects=b
        finds GRC APM-41 DATA about a
        finds GRC APM-41 DATA about c
        finds GRC APM-43 INFORMATION about c
        """);

    [Fact]
    public void APM_43_raised_when_it_says_unchanged_and_the_books_changed() => Raised("APM-43", """
        opening GRC PMA-2 1000 2004-03-01
        recorded on 2007-02-01
        report GRC 2006
        destroys GRC PMA-2 10 2007-06-01
        recorded on 2008-02-01
        report GRC 2007 as=r unchanged=b
        finds GRC APM-43 WARNING about r last_closing[PMA-2]=1000 books[PMA-2]=990
        """);

    [Fact]
    public void APM_43_not_raised_when_it_opens_with_what_the_last_one_closed_with() => NotRaised("APM-43", """
        opening GRC PMA-2 1000 2004-03-01 from=RETAINED
        recorded on 2007-02-01
        report GRC 2006
        recorded on 2008-02-01
        report GRC 2007 unchanged=b
        destroys GRC PMA-2 10 2008-06-01 from=RETAINED
        recorded on 2009-02-01
        report GRC 2008
        finds nothing
        """);

    [Fact]
    public void APM_56_raised_when_the_report_has_another_number_than_the_notices() => Raised("APM-56", """
        opening GRC PMA-2 1000 2004-03-01
        opening SVK 2004-03-01
        dispatch T1 GRC SVK PMA-2 500 destruction 2007-05-04
        receipt T1 GRC SVK PMA-2 500 destruction 2007-05-07
        recorded on 2008-02-01
        report GRC 2007 as=g sent.SVK.PMA-2.destruction=480
        report SVK 2007 as=s received-from.GRC.PMA-2.destruction=0 received-from.GRC.PMA-2.training=500
        finds GRC APM-56 WARNING about g
        finds SVK APM-56 WARNING about s
        report GRC 2007 as=g2 corrects=g
        finds SVK APM-56 WARNING about s
        """);

    [Fact]
    public void APM_56_raised_until_a_late_notice_explains_it() => Raised("APM-56", """
        recorded on 2008-02-01
        report SVK 2007 as=s received-from.BGR.PMA-2.training=20 tells=d
        finds SVK APM-56 WARNING about s
        receipt T1 BGR SVK PMA-2 20 training 2007-05-07
        finds BGR APM-50 DATA about T1
        finds SVK APM-05 REVIEW about T1 declared=0 retained=20
        finds SVK APM-32 DATA about s missing=b
        """);

    [Fact]
    public void APM_56_not_raised_when_the_draft_is_filed_across_a_year_end() => NotRaised("APM-56", """
        opening GRC PMA-2 1000 2004-03-01 from=RETAINED
        dispatch T1 GRC SVK PMA-2 500 training 2007-12-04
        recorded on 2007-12-31
        receipt T1 GRC SVK PMA-2 500 training 2008-01-07
        recorded on 2008-02-01
        report GRC 2007
        report SVK 2007
        finds nothing
        recorded on 2009-01-04
        report GRC 2008
        report SVK 2008
        finds nothing
        """);
}
