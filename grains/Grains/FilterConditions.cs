using Treaty.Grid.Contracts.Filters;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Grains;

/// <summary>
/// From what a caller filters by to the rows of the read model, whose columns are called as its fields.
/// </summary>
internal static class FilterConditions
{
    public static Condition Of(Filter filter) => filter.Fold(
        Comparison, parts => parts.Count == 0 ? Condition.True : Condition.All(parts), parts => Condition.Any(parts),
        Condition.Not);

    private static Condition Comparison(Filter.Comparison comparison)
    {
        var (column, value) = (comparison.Field.Name, comparison.Value);
        var compared = comparison.Comparator switch
        {
            Comparator.Equal when value is string { Length: > 0 } =>
                Condition.All(Condition.Equal(column, value), Condition.Stated(column)),
            Comparator.Equal => Condition.Equal(column, value),
            Comparator.Below => Condition.Below(column, value),
            Comparator.AtMost => Condition.AtMost(column, value),
            Comparator.Above => Condition.Above(column, value),
            _ => Condition.AtLeast(column, value),
        };
        // A day that is not set compares with nothing; its column is empty, which comes before every day.
        return comparison.Field.Kind == FilterKind.Day
            ? Condition.All(Condition.Above(column, ""), compared)
            : compared;
    }
}
