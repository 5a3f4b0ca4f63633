namespace Treaty.Grid.Domain.Tests.Rules;

public sealed partial class RuleTests
{
    [Fact]
    public void APM_70_raised_when_28_days_have_passed_without_an_answer() => Raised("APM-70", """
        state GRC is asked Q1 2007-05-01 says BGR
        as of 2007-05-30
        finds GRC APM-70 WARNING clarifications=Q1 requested_by=BGR due=2007-05-29 article=8
        """);

    [Fact]
    public void APM_70_not_raised_when_it_answers_in_time_or_is_no_party() => NotRaised("APM-70", """
        state GRC is asked Q1 2007-05-01 says BGR
        state USA is asked Q2 2007-05-01 says BGR
        state GRC answers Q1 2007-05-29
        as of 2008-01-01
        finds nothing
        """);
}
