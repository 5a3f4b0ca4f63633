using Treaty.Grid.Contracts.Filters;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>How a filter is read, and what is said of one that cannot be.</summary>
public sealed class FilterTests
{
    [Theory]
    [InlineData("", "all()")]
    [InlineData("  ", "all()")]
    [InlineData("rule = APM-06", "rule Equal APM-06")]
    [InlineData("rule=APM-06", "rule Equal APM-06")]
    [InlineData("rule = 'it\\'s'", "rule Equal it's")]
    [InlineData("transfer = \"\"", "transfer Equal ")]
    [InlineData("transfer = parties/GRC/transfers/BGR~T.1", "transfer Equal parties/GRC/transfers/BGR~T.1")]
    [InlineData("severity >= SEVERITY_WARNING", "severity AtLeast 4")]
    [InlineData("due < 2026-02-28", "due Below 2026-02-28")]
    [InlineData("position > 7", "position Above 7")]
    [InlineData("rule != APM-06", "not(rule Equal APM-06)")]
    [InlineData("NOT rule = a", "not(rule Equal a)")]
    [InlineData("-rule = a", "not(rule Equal a)")]
    [InlineData("rule = a AND rule = b OR rule = c", "all(rule Equal a, any(rule Equal b, rule Equal c))")]
    [InlineData("rule = a OR rule = b AND rule = c", "all(any(rule Equal a, rule Equal b), rule Equal c)")]
    [InlineData("(rule = a AND rule = b) OR rule = c", "any(all(rule Equal a, rule Equal b), rule Equal c)")]
    [InlineData("NOT rule = a OR rule = b", "any(not(rule Equal a), rule Equal b)")]
    [InlineData("NOT (rule = a OR rule = b)", "not(any(rule Equal a, rule Equal b))")]
    [InlineData("rule = AND", "rule Equal AND")]
    public void A_filter_is_read_with_OR_before_AND(string text, string expected)
    {
        Assert.True(Filter.TryParse(text, FilterFields.Findings, out var filter, out var complaint), complaint);
        Assert.Equal(expected, filter.Fold(
            c => $"{c.Field.Name} {c.Comparator} {c.Value}", parts => $"all({string.Join(", ", parts)})",
            parts => $"any({string.Join(", ", parts)})", part => $"not({part})"));
    }

    [Theory]
    [InlineData("colour = red", "Expected a field of this list (party, rule, severity, status, transfer, due, position)"
        + " at character 1.")]
    [InlineData("rule", "Expected =, !=, <, <=, > or >= after rule at character 5, where it ends.")]
    [InlineData("rule = ", "Expected a value for rule at character 8, where it ends.")]
    [InlineData("rule < a", "Expected = or != after rule, whose values have no order at character 6.")]
    [InlineData("rule : a", "Expected =, !=, <, <=, > or >= after rule at character 6.")]
    [InlineData("due = 2026-02-30", "Expected a day of the calendar as YYYY-MM-DD for due at character 7.")]
    [InlineData("position = -1", "Expected a number from 0 for position at character 12.")]
    [InlineData("position = 99999999999999999999", "Expected a number from 0 for position at character 12.")]
    [InlineData("status = OPEN", "Expected one of FINDING_STATUS_UNSPECIFIED, FINDING_STATUS_OPEN,"
        + " FINDING_STATUS_CLOSED at character 10.")]
    [InlineData("rule = \"a", "Expected the text to end with \", as it begins at character 8.")]
    [InlineData("rule = a rule = b", "Expected AND, OR or the end at character 10.")]
    [InlineData("rule = a)", "Expected AND, OR or the end at character 9.")]
    [InlineData("(rule = a", "Expected AND, OR or ) at character 10, where it ends.")]
    [InlineData("rule = a AND", "Expected a field of this list (party, rule, severity, status, transfer, due, position)"
        + " at character 13, where it ends.")]
    [InlineData("rule = a and rule = b", "Expected AND, OR or the end at character 10.")]
    public void What_is_no_filter_is_told_what_was_expected_and_where(string text, string complaint)
    {
        Assert.False(Filter.TryParse(text, FilterFields.Findings, out _, out var said));
        Assert.Equal(complaint, said);
    }

    [Fact]
    public void A_filter_has_bounds()
    {
        Assert.False(Parses(new string(' ', 2_001)));
        Assert.True(Parses(new string(' ', 2_000)));
        Assert.True(Parses($"{new string('(', 20)}rule = a{new string(')', 20)}"));
        Assert.False(Parses($"{new string('(', 21)}rule = a{new string(')', 21)}"));
        Assert.True(Parses(string.Join(" OR ", Enumerable.Repeat("due>2026-01-01", 110))));

        static bool Parses(string text) => Filter.TryParse(text, FilterFields.Findings, out _, out _);
    }

    [Fact]
    public void Every_field_of_every_list_can_be_named() => Assert.All(
        new[]
        {
            FilterFields.Transfers, FilterFields.Notices, FilterFields.Declarations, FilterFields.Findings,
            FilterFields.Obligations,
        }.SelectMany(fields => fields.Select(f => (Fields: fields, Field: f))),
        f => Assert.True(Filter.TryParse(
            $"{f.Field.Name} = {ValueOf(f.Field)}", f.Fields, out _, out var complaint), complaint));

    private static string ValueOf(FilterField field) => field.Kind switch
    {
        FilterKind.Truth => "true",
        FilterKind.Day => "2026-01-01",
        FilterKind.Number => "1",
        FilterKind.Choice => field.Choices.Keys.First(),
        _ => "x",
    };
}
