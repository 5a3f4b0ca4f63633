using System.Globalization;

namespace Treaty.Grid.Storage;

/// <summary>
/// A statement that writes rows, and what of a row is in which column. Its text holds <c>{columns}</c>, their names,
/// and <c>{rows}</c>, where a home puts one row or many.
/// </summary>
internal sealed class RowStatement<T>(string sql)
{
    private readonly List<Column> _columns = [];

    public IReadOnlyList<Column> Columns => _columns;

    public RowStatement<T> Text(string name, Func<T, string> of) => With(new Column(name) { Text = of });

    public RowStatement<T> Number(string name, Func<T, long> of) => With(new Column(name) { Number = of });

    public RowStatement<T> Truth(string name, Func<T, bool> of) => With(new Column(name) { Truth = of });

    public RowStatement<T> Bytes(string name, Func<T, byte[]> of) => With(new Column(name) { Bytes = of });

    /// <summary>Its text for one row, whose values are parameters with the names of the columns.</summary>
    public string ForOne() => Write($"VALUES ({string.Join(", ", _columns.Select(c => $"@{c.Name}"))})");

    /// <summary>Its text for many rows, each parameter, by number, being the values of one column.</summary>
    public string ForMany() => Write("SELECT * FROM unnest(" + string.Join(
        ", ", _columns.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 1}"))) + ")");

    /// <summary>Another statement with the same columns.</summary>
    public RowStatement<T> Like(string other)
    {
        var statement = new RowStatement<T>(other);
        statement._columns.AddRange(_columns);
        return statement;
    }

    private RowStatement<T> With(Column column)
    {
        _columns.Add(column);
        return this;
    }

    private string Write(string rows) => sql
        .Replace("{columns}", string.Join(", ", _columns.Select(c => c.Name)), StringComparison.Ordinal)
        .Replace("{rows}", rows, StringComparison.Ordinal);

    /// <summary>One column, of whichever type is there.</summary>
    public sealed record Column(string Name)
    {
        public Func<T, string>? Text { get; init; }

        public Func<T, long>? Number { get; init; }

        public Func<T, bool>? Truth { get; init; }

        public Func<T, byte[]>? Bytes { get; init; }
    }
}
