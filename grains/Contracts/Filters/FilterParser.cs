using System.Buffers;
using System.Globalization;

namespace Treaty.Grid.Contracts.Filters;

/// <summary>Reads one filter by recursive descent; each method is one line of the grammar.</summary>
internal sealed class FilterParser(string text, IReadOnlyList<FilterField> fields)
{
    private const string Comparators = "=, !=, <, <=, > or >=";

    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\r\n\"'()=!<>:,");

    private int _at;
    private int _depth;

    /// <summary>The filter; or what was expected, and where.</summary>
    public (Filter? Filter, string? Complaint) Parse()
    {
        if (text.Length > Limits.FilterLengthMax)
            return (null, $"Expected at most {Limits.FilterLengthMax} characters, not {text.Length}. Shorten it.");
        try
        {
            SkipSpace();
            if (_at == text.Length)
                return (new Filter.All([]), null);
            var filter = Expression();
            return _at == text.Length ? (filter, null) : throw Expected("AND, OR or the end");
        }
        catch (FormatException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>expression: factor {AND factor}</summary>
    private Filter Expression()
    {
        var parts = new List<Filter> { Factor() };
        while (TakeWord("AND"))
            parts.Add(Factor());
        return parts.Count == 1 ? parts[0] : new Filter.All(parts);
    }

    /// <summary>factor: term {OR term}</summary>
    private Filter Factor()
    {
        var parts = new List<Filter> { Term() };
        while (TakeWord("OR"))
            parts.Add(Term());
        return parts.Count == 1 ? parts[0] : new Filter.Any(parts);
    }

    /// <summary>term: [NOT | -] (comparison | ( expression ))</summary>
    private Filter Term()
    {
        var isNegated = TakeWord("NOT") || Take("-");
        var simple = Take("(") ? Composite() : Comparison();
        return isNegated ? new Filter.Negation(simple) : simple;
    }

    private Filter Composite()
    {
        if (++_depth > Limits.FilterDepthMax)
            throw Expected($"at most {Limits.FilterDepthMax} parentheses inside each other");
        var inside = Expression();
        if (!Take(")"))
            throw Expected("AND, OR or )");
        _depth--;
        return inside;
    }

    /// <summary>comparison: field comparator value</summary>
    private Filter Comparison()
    {
        var start = _at;
        var name = Word();
        var field = fields.FirstOrDefault(f => f.Name == name);
        if (field is null)
        {
            _at = start;
            throw Expected($"a field of this list ({string.Join(", ", fields.Select(f => f.Name))})");
        }

        SkipSpace();
        start = _at;
        var comparator = TakeComparator() ?? throw Expected($"{Comparators} after {name}");
        if (comparator.Comparator != Comparator.Equal && !field.IsOrdered)
        {
            _at = start;
            throw Expected($"= or != after {name}, whose values have no order");
        }

        var comparison = new Filter.Comparison(field, comparator.Comparator, Value(field));
        return comparator.IsNegated ? new Filter.Negation(comparison) : comparison;
    }

    private (Comparator Comparator, bool IsNegated)? TakeComparator() =>
        Take("!=") ? (Comparator.Equal, true)
        : Take("<=") ? (Comparator.AtMost, false)
        : Take(">=") ? (Comparator.AtLeast, false)
        : Take("=") ? (Comparator.Equal, false)
        : Take("<") ? (Comparator.Below, false)
        : Take(">") ? (Comparator.Above, false)
        : null;

    private object Value(FilterField field)
    {
        var start = _at;
        var value = _at < text.Length && text[_at] is '"' or '\'' ? Quoted() : Word();
        object? read = field.Kind switch
        {
            FilterKind.Text => start < _at ? value : null,
            FilterKind.Number => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number : null,
            FilterKind.Day => DateOnly.TryParseExact(
                value, "yyyy-MM-dd", CultureInfo.InvariantCulture, default, out _) ? value : null,
            FilterKind.Truth => value is "true" or "false" ? value is "true" : null,
            _ => field.Choices.TryGetValue(value, out var choice) ? choice : null,
        };
        if (read is not null)
        {
            SkipSpace();
            return read;
        }

        _at = start;
        throw Expected(field.Kind switch
        {
            FilterKind.Text => $"a value for {field.Name}",
            FilterKind.Number => $"a number from 0 for {field.Name}",
            FilterKind.Day => $"a day of the calendar as YYYY-MM-DD for {field.Name}",
            FilterKind.Truth => $"true or false for {field.Name}",
            _ => $"one of {string.Join(", ", field.Choices.OrderBy(c => c.Value).Select(c => c.Key))}",
        });
    }

    /// <summary>In either quotation marks; a backslash takes the next character as it is.</summary>
    private string Quoted()
    {
        var (start, mark) = (_at, text[_at]);
        var value = new System.Text.StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] == mark)
            {
                _at++;
                return value.ToString();
            }

            if (text[_at] == '\\' && _at + 1 < text.Length)
                _at++;
            value.Append(text[_at]);
        }

        _at = start;
        throw Expected($"the text to end with {mark}, as it begins");
    }

    private string Word()
    {
        var rest = text.AsSpan(_at);
        var end = rest.IndexOfAny(WordEnds);
        var word = (end < 0 ? rest : rest[..end]).ToString();
        _at += word.Length;
        return word;
    }

    private bool TakeWord(string word)
    {
        var start = _at;
        if (Word() == word)
        {
            SkipSpace();
            return true;
        }

        _at = start;
        return false;
    }

    private bool Take(string symbol)
    {
        if (string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) != 0)
            return false;
        _at += symbol.Length;
        SkipSpace();
        return true;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
    }

    private FormatException Expected(string what) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Expected {what} at character {_at + 1}{(_at < text.Length ? "" : ", where it ends")}."));
}
