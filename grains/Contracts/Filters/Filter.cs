using System.Diagnostics.CodeAnalysis;

namespace Treaty.Grid.Contracts.Filters;

/// <summary>
/// Which items of a list a caller wants, in the language of AIP-160: comparisons of a field with a value, AND, OR, NOT
/// and parentheses. OR binds tighter than AND.
/// </summary>
public abstract record Filter
{
    private Filter()
    {
    }

    /// <summary>Reads a filter on these fields. Nothing asks for everything.</summary>
    /// <param name="complaint">What was expected, and where, if it is no filter.</param>
    public static bool TryParse(
        string text, IReadOnlyList<FilterField> fields, [NotNullWhen(true)] out Filter? filter,
        [NotNullWhen(false)] out string? complaint)
    {
        ArgumentNullException.ThrowIfNull(text);
        (filter, complaint) = new FilterParser(text, fields).Parse();
        return filter is not null;
    }

    /// <summary>Whether an item is wanted.</summary>
    /// <param name="valueOf">
    /// The item's value in a field: a string, a long for numbers and choices, a bool, or a day as yyyy-mm-dd, which is
    /// empty where there is none.
    /// </param>
    public bool Matches(Func<string, object> valueOf)
    {
        ArgumentNullException.ThrowIfNull(valueOf);
        return Fold(
            c => c.Holds(valueOf(c.Field.Name)), parts => parts.All(p => p), parts => parts.Any(p => p), p => !p);
    }

    /// <summary>From the leaves up: what each comparison, conjunction, alternative and negation comes to.</summary>
    public T Fold<T>(
        Func<Comparison, T> compare, Func<IReadOnlyList<T>, T> all, Func<IReadOnlyList<T>, T> any, Func<T, T> not)
    {
        ArgumentNullException.ThrowIfNull(compare);
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(any);
        ArgumentNullException.ThrowIfNull(not);
        return this switch
        {
            Comparison c => compare(c),
            All f => all([.. f.Parts.Select(p => p.Fold(compare, all, any, not))]),
            Any f => any([.. f.Parts.Select(p => p.Fold(compare, all, any, not))]),
            Negation f => not(f.Part.Fold(compare, all, any, not)),
            _ => throw new InvalidOperationException($"{GetType().Name} is no filter."),
        };
    }

    /// <summary>A field held against a value. <c>!=</c> is the negation of <c>=</c>.</summary>
    /// <param name="Value">In the form of the field's kind, as <see cref="Matches"/> has it.</param>
    public sealed record Comparison(FilterField Field, Comparator Comparator, object Value) : Filter
    {
        /// <summary>Whether the field's value compares so. A day that is not set compares with nothing.</summary>
        public bool Holds(object value)
        {
            if (Field.Kind == FilterKind.Day && value is "")
                return false;
            var order = value is string text
                ? string.CompareOrdinal(text, (string)Value)
                : ((IComparable)value).CompareTo(Value);
            return Comparator switch
            {
                Comparator.Equal => order == 0,
                Comparator.Below => order < 0,
                Comparator.AtMost => order <= 0,
                Comparator.Above => order > 0,
                _ => order >= 0,
            };
        }
    }

    /// <summary>All of these; with none, everything.</summary>
    public sealed record All(IReadOnlyList<Filter> Parts) : Filter;

    /// <summary>At least one of these.</summary>
    public sealed record Any(IReadOnlyList<Filter> Parts) : Filter;

    public sealed record Negation(Filter Part) : Filter;
}

/// <summary>How a field and a value compare.</summary>
public enum Comparator
{
    Equal,
    Below,
    AtMost,
    Above,
    AtLeast,
}
