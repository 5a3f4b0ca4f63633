using System.Text;

namespace Treaty.Grid.Reports;

/// <summary>
/// What a reporter wrote, in Markdown: it stays text, and makes no heading, list, table, code, link or HTML.
/// </summary>
internal static class PlainText
{
    /// <summary>Text of one line.</summary>
    public static string Line(string text)
    {
        var line = text.Trim();
        var digits = line.TakeWhile(char.IsAsciiDigit).Count();
        var opening = line.Length > digits && IsOpening(line[digits], digits) ? digits : -1;
        return string.Concat(line.Select((c, index) => IsMark(c) || index == opening ? $"\\{c}" : $"{c}"));
    }

    /// <summary>Text of many lines: each begins where it began, and an empty one parts paragraphs.</summary>
    public static string Lines(string text)
    {
        var result = new StringBuilder();
        var isApart = false;
        foreach (var line in text.Split('\n').Select(Line))
        {
            if (line.Length > 0)
            {
                result.Append(result.Length == 0 ? "" : isApart ? "\n\n" : "\\\n").Append(line);
            }

            isApart = line.Length == 0;
        }

        return result.ToString();
    }

    private static bool IsMark(char c) =>
        c is '|' or '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '#' or '&' or '~';

    /// <summary>What makes a list, a rule, a heading or a table of a line that begins with it.</summary>
    private static bool IsOpening(char c, int digits) => digits > 0 ? c is '.' or ')' : c is '-' or '+' or '=' or ':';
}
