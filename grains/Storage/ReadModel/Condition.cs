namespace Treaty.Grid.Storage;

/// <summary>
/// Which rows of a list are wanted. Columns are named by the program, never by a caller; values travel as parameters.
/// </summary>
public sealed class Condition
{
    private readonly Func<List<object>, string> _write;

    private Condition(Func<List<object>, string> write) => _write = write;

    /// <summary>Every row.</summary>
    public static Condition True { get; } = new(_ => "TRUE");

    /// <summary>
    /// Every row with text in this column. Beside another condition on it, an index of such rows only can be used.
    /// </summary>
    public static Condition Stated(string column) => new(_ => $"{column} <> ''");

    public static Condition Equal(string column, object value) => Compare(column, "=", value);

    /// <summary>Every row with the same in both columns.</summary>
    public static Condition Same(string column, string other) => new(_ => $"{column} = {other}");

    public static Condition Below(string column, object value) => Compare(column, "<", value);

    public static Condition AtMost(string column, object value) => Compare(column, "<=", value);

    public static Condition Above(string column, object value) => Compare(column, ">", value);

    public static Condition AtLeast(string column, object value) => Compare(column, ">=", value);

    public static Condition All(params IReadOnlyList<Condition> parts) => Join(" AND ", parts);

    public static Condition Any(params IReadOnlyList<Condition> parts) => Join(" OR ", parts);

    public static Condition Not(Condition part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return new Condition(values => $"NOT ({part._write(values)})");
    }

    /// <summary>The rows that come later in the order of these columns, whose values at a row are given.</summary>
    internal static Condition After(
        IReadOnlyList<string> columns, IReadOnlyList<object> values, bool descending) => new(all =>
        {
            var names = values.Select(value => Parameter(all, value)).ToList();
            return $"({string.Join(", ", columns)}) {(descending ? "<" : ">")} ({string.Join(", ", names)})";
        });

    /// <summary>Its text; the parameters it names are added to the list, <c>@p1</c> being the first.</summary>
    internal string Write(List<object> values) => _write(values);

    private static Condition Compare(string column, string comparison, object value) =>
        new(values => $"{column} {comparison} {Parameter(values, value)}");

    private static Condition Join(string word, IReadOnlyList<Condition> parts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count);
        return new Condition(values => $"({string.Join(word, parts.Select(part => part._write(values)))})");
    }

    private static string Parameter(List<object> values, object value)
    {
        values.Add(value);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"@p{values.Count}");
    }
}
