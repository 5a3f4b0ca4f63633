using System.Buffers;
using Treaty.Grid.Contracts;

namespace Treaty.Grid.Gateway.Names;

/// <summary>
/// The forms that codes, ids and names of the contract have. Permissions and shape rules read names here and nowhere
/// else, so that both understand the same.
/// </summary>
internal static class ResourceNames
{
    /// <summary>A finding's id is made of a rule and the name or account it is about.</summary>
    public const int FindingIdLengthMax = 512;

    private const string Parties = "parties/";

    private static readonly SearchValues<char> CodeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    private static readonly SearchValues<char> WordCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>A hyphen alone is no code: in a name it stands for all parties.</summary>
    public static bool IsCode(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= Limits.PartyCodeLengthMax && !text.ContainsAnyExcept(CodeCharacters)
        && text is not "-";

    /// <summary>As packs name purposes, categories and characteristics.</summary>
    public static bool IsWord(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= Limits.IdLengthMax && !text.ContainsAnyExcept(WordCharacters)
        && char.IsAsciiLetterLower(text[0]);

    public static bool IsId(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= Limits.IdLengthMax && !text.ContainsAnyExcept(IdCharacters);

    /// <summary>One segment of a path, without what cannot be printed.</summary>
    public static bool IsFindingId(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > FindingIdLengthMax || text.Contains('/'))
            return false;
        foreach (var c in text)
        {
            if (char.IsControl(c) || char.IsSurrogate(c))
                return false;
        }

        return true;
    }

    /// <summary>The code in <c>parties/{code}</c>; null when it is no such name.</summary>
    public static string? Party(string name) =>
        name.StartsWith(Parties, StringComparison.Ordinal) && IsCode(name.AsSpan(Parties.Length))
            ? name[Parties.Length..]
            : null;

    /// <summary>The parts of <c>parties/{code}/notices/{id}</c>; null when it is no such name.</summary>
    public static (string Party, string Id)? Notice(string name) => Child(name, "/notices/", IsId);

    /// <summary>The parts of <c>parties/{code}/declarations/{id}</c>; null when it is no such name.</summary>
    public static (string Party, string Id)? Declaration(string name) => Child(name, "/declarations/", IsId);

    /// <summary>The parts of <c>parties/{code}/findings/{id}</c>; null when it is no such name.</summary>
    public static (string Party, string Id)? Finding(string name) => Child(name, "/findings/", IsFindingId);

    /// <summary>The parts of <c>parties/{sender}/transfers/{recipient}~{reference}</c>; null when it is none.</summary>
    public static (string Sender, string Recipient)? Transfer(string name)
    {
        if (Child(name, "/transfers/", IsTransferId) is not { } transfer)
            return null;
        return (transfer.Party, transfer.Id[..transfer.Id.IndexOf('~', StringComparison.Ordinal)]);
    }

    /// <summary>The id in <c>{collection}/{id}</c>; null when it is no such name.</summary>
    public static string? Entry(string name, string collection) =>
        name.StartsWith(collection, StringComparison.Ordinal) && name.Length > collection.Length
            && name[collection.Length] == '/' && IsId(name.AsSpan(collection.Length + 1))
            ? name[(collection.Length + 1)..]
            : null;

    /// <summary>
    /// Whose a resource is by its name alone: the party it lies under, and for a transfer its two sides. Null when
    /// the name is none.
    /// </summary>
    public static (string One, string Other)? Owners(string name)
    {
        if (Transfer(name) is { } sides)
            return sides;
        var owner = Party(name) ?? (Notice(name) ?? Declaration(name) ?? Finding(name))?.Party;
        return owner is null ? null : (owner, owner);
    }

    private delegate bool Form(ReadOnlySpan<char> text);

    private static (string Party, string Id)? Child(string name, string collection, Form isId)
    {
        if (!name.StartsWith(Parties, StringComparison.Ordinal))
            return null;
        var rest = name.AsSpan(Parties.Length);
        var at = rest.IndexOf(collection, StringComparison.Ordinal);
        if (at < 0 || !IsCode(rest[..at]) || !isId(rest[(at + collection.Length)..]))
            return null;
        return (rest[..at].ToString(), rest[(at + collection.Length)..].ToString());
    }

    private static bool IsTransferId(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('~');
        return at >= 0 && IsCode(text[..at]) && IsId(text[(at + 1)..]);
    }
}
