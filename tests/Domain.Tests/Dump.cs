using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Treaty.Grid.Domain.Tests;

/// <summary>
/// A value as text, down to its last field: two values are the same if their texts are. Records that hold collections
/// do not compare that way by themselves.
/// </summary>
public static class Dump
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> KnownFields = new();

    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value, int depth)
    {
        switch (value)
        {
            case null: text.Append("null"); break;
            case string or Enum or bool: text.Append(value); break;
            case IDictionary map:
                var pairs = new List<string>();
                foreach (DictionaryEntry pair in map)
                {
                    pairs.Add($"{Inner(pair.Key, depth)}: {Inner(pair.Value, depth)}");
                }

                // No order is promised for the entries of a map.
                pairs.Sort(StringComparer.Ordinal);
                List(text, pairs, depth);
                break;
            case IEnumerable items: List(text, items.Cast<object?>().Select(i => Inner(i, depth)), depth); break;
            case IFormattable plain when value.GetType().Namespace == "System" && !IsTuple(value.GetType()):
                text.Append(plain.ToString(value is DateTimeOffset ? "O" : null, CultureInfo.InvariantCulture));
                break;
            default:
                text.Append(IsTuple(value.GetType()) ? "" : value.GetType().Name);
                List(
                    text, Fields(value.GetType()).Select(f => $"{Name(f)} = {Inner(f.GetValue(value), depth)}"), depth);
                break;
        }
    }

    private static string Inner(object? value, int depth)
    {
        var text = new StringBuilder();
        Write(text, value, depth + 1);
        return text.ToString();
    }

    private static void List(StringBuilder text, IEnumerable<string> parts, int depth)
    {
        text.Append('(');
        foreach (var part in parts)
        {
            text.Append('\n').Append(' ', 2 * (depth + 1)).Append(part);
        }

        text.Append(')');
    }

    private static bool IsTuple(Type type) => type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal);

    private static FieldInfo[] Fields(Type type) => KnownFields.GetOrAdd(
        type,
        // What was looked up lately is no part of a value: it follows from the rest.
        static t => [.. t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(f => f.FieldType.Name != "MembershipMemo")
            .OrderBy(f => f.MetadataToken)]);

    private static string Name(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
}
