using System.Text;
using Treaty.Grid.Contracts;

namespace Treaty.Grid.Grains;

/// <summary>
/// Pages of a list in the order of a key. A token holds the key of the last item given, so that a page begins after it
/// whatever was added meanwhile. It carries no authority.
/// </summary>
internal static class Page
{
    public static int Size(int asked) => asked <= 0 ? Limits.PageSizeDefault : Math.Min(asked, Limits.PageSizeMax);

    public static int LongSize(int asked) =>
        asked <= 0 ? Limits.LongPageSizeDefault : Math.Min(asked, Limits.LongPageSizeMax);

    /// <summary>A page of a list that is sorted by its keys, in ordinal order.</summary>
    public static (IReadOnlyList<T> Items, string NextToken) Of<T>(
        IReadOnlyList<T> sorted, string token, int size, Func<T, string> keyOf)
    {
        var after = Decode(token);
        var rest = sorted
            .Where(item => after.Length == 0 || string.CompareOrdinal(keyOf(item), after) > 0)
            .Take(size + 1)
            .ToList();
        return rest.Count <= size
            ? (rest, "")
            : (rest[..size], Encode(keyOf(rest[size - 1])));
    }

    public static string Encode(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(key));

    public static string Decode(string token)
    {
        var buffer = new byte[token.Length];
        return Convert.TryFromBase64String(token, buffer, out var length)
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw new RefusedException(RefusedException.RefuseField(
                "page_token", "Expected the next_page_token of the previous answer, or nothing to begin."));
    }
}
