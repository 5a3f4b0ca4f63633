namespace Treaty.Grid.Domain.Tests.Architecture;

/// <summary>
/// Finds methods in formatted source by its indentation: a member of a type starts one level inside it and ends at the
/// brace, or the semicolon, of that level.
/// </summary>
internal static class SourceMethods
{
    public const int LengthMax = 70;

    private static readonly string[] TypeWords =
        [" class ", " record ", " struct ", " interface ", " enum ", "namespace ", " extension("];

    /// <summary>The line of each method that is too long, and its length.</summary>
    public static IEnumerable<(int Line, int Length)> TooLong(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (OpensMember(lines, i) && End(lines, i) is var end && end - i + 1 > LengthMax)
            {
                yield return (i + 1, end - i + 1);
            }
        }
    }

    private static bool OpensMember(string[] lines, int index)
    {
        var line = lines[index];
        var indent = Indent(line);
        return indent is > 0 and <= 16 && char.IsLetter(line[indent])
            && line.Contains('(', StringComparison.Ordinal)
            && !Array.Exists(TypeWords, word => (" " + line).Contains(word, StringComparison.Ordinal))
            && IsInType(lines, index, indent);
    }

    /// <summary>The line that opens the block around this one declares a type.</summary>
    private static bool IsInType(string[] lines, int index, int indent)
    {
        var open = index - 1;
        while (open >= 0 && !(lines[open].Trim() == "{" && Indent(lines[open]) == indent - 4))
        {
            open--;
        }

        var head = open - 1;
        while (head > 0 && (lines[head].Length == 0 || Indent(lines[head]) > indent - 4))
        {
            head--;
        }

        return head >= 0
            && Array.Exists(TypeWords, w => $" {lines[head]} ".Contains(w, StringComparison.Ordinal));
    }

    private static int End(string[] lines, int start)
    {
        var indent = Indent(lines[start]);
        var end = start;
        while (end + 1 < lines.Length
            && (lines[end + 1].Length == 0 || Indent(lines[end + 1]) > indent || IsBrace(lines[end + 1], indent)))
        {
            end++;
            if (lines[end].Length > 0 && Indent(lines[end]) == indent && lines[end].Trim()[0] == '}')
            {
                break;
            }
        }

        while (lines[end].Length == 0)
        {
            end--;
        }

        return end;
    }

    private static bool IsBrace(string line, int indent) => Indent(line) == indent && line.Trim()[0] is '{' or '}';

    private static int Indent(string line) => line.Length - line.TrimStart().Length;
}
