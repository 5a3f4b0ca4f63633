using System.Globalization;
using System.Text;
using Treaty.Grid.Contracts.Filters;
using Treaty.Grid.Grains;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.ReadModels.MadeEntries;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>That a filter means the same in the tables as in memory, and values are never taken for SQL.</summary>
public abstract class FilteredLists : ReadModelContract
{
    private const int Seed = 20_261_124;
    private const int Rows = 120;
    private const int Filters = 300;

    private static readonly string[] Rules = ["APM-06", "APM-20", "APM-50", "it's", "a\"b", "x; DROP TABLE finding"];

    [Fact]
    public async Task Drawn_filters_keep_the_same_rows_in_the_tables_as_in_memory()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Rows; i++)
        {
            Made.Add("GRC", Raised(
                "GRC", $"{Rules[random.Next(Rules.Length)]}~{i}", (Severity)random.Next(1, 6),
                random.Next(3) == 0 ? "" : RandomDay(random)));
        }

        await ApplyAsync();
        var all = Values(await Model.ListFindingsAsync(All(), Cancellation)).ToList();
        Assert.Equal(Rows, all.Count);
        var some = 0;
        for (var i = 0; i < Filters; i++)
        {
            var text = Draw(random, 3);
            Assert.True(
                Filter.TryParse(text, FilterFields.Findings, out var filter, out var complaint),
                $"{text}: {complaint}");
            var kept = Values(await Model.ListFindingsAsync(
                All() with { Filter = FilterConditions.Of(filter) }, Cancellation)).Select(f => f.Name).ToList();
            var expected = all.Where(f => filter.Matches(field => ValueOf(f, field))).Select(f => f.Name).ToList();
            Assert.True(expected.SequenceEqual(kept), $"Filter {i} of seed {Seed}: {text}");
            some += kept.Count is > 0 and < Rows ? 1 : 0;
        }

        Assert.True(some > Filters / 3, $"Only {some} filters kept some and not all.");
    }

    private static string Draw(Random random, int depth)
    {
        if (depth == 0 || random.Next(3) == 0)
            return Comparison(random);
        var parts = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Draw(random, depth - 1));
        var joined = new StringBuilder("(").AppendJoin(random.Next(2) == 0 ? " AND " : " OR ", parts).Append(')');
        return random.Next(3) switch { 0 => $"NOT {joined}", 1 => $"-{joined}", _ => joined.ToString() };
    }

    private static string Comparison(Random random)
    {
        string[] all = ["=", "!=", "<", "<=", ">", ">="];
        var any = all[random.Next(all.Length)];
        return random.Next(4) switch
        {
            0 => $"rule {all[random.Next(2)]} {Quote(Rules[random.Next(Rules.Length)])}",
            1 => $"severity {any} SEVERITY_{((Severity)random.Next(1, 6)).ToString().ToUpperInvariant()}",
            2 => $"due {any} {RandomDay(random)}",
            _ => string.Create(CultureInfo.InvariantCulture, $"position {any} {random.Next(Rows + 1)}"),
        };
    }

    private static string Quote(string value) => $"\"{value.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static object ValueOf(Finding finding, string field) => field switch
    {
        "rule" => finding.Rule,
        "severity" => (long)finding.Severity,
        "due" => finding.Due is { } d ? $"{d.Year:D4}-{d.Month:D2}-{d.Day:D2}" : "",
        _ => finding.Position,
    };
}
