using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Treaty.Grid.Contracts;

namespace Treaty.Grid.Grains;

/// <summary>
/// Tokens that hold the key of the last item given, and which list it was of. They carry no authority: whoever may read
/// a list may read any page of it.
/// </summary>
internal static class PageToken
{
    private const int FingerprintBytes = 8;

    // These change from page to page of one list.
    private static readonly string[] OfPage = ["page_size", "page_token", "at_least_position"];

    public static string Write(IMessage request, IReadOnlyList<string> key) =>
        Page.Encode(JsonSerializer.Serialize<string[]>([FingerprintOf(request), .. key]));

    /// <summary>The key after which the list goes on; null to begin.</summary>
    /// <exception cref="RefusedException">It is no token, or one of another list.</exception>
    public static IReadOnlyList<string>? Read(IMessage request, string token)
    {
        if (token.Length == 0)
            return null;
        try
        {
            if (JsonSerializer.Deserialize<string[]>(Page.Decode(token)) is [var fingerprint, .. var key]
                && Array.TrueForAll(key, k => k is not null))
            {
                return fingerprint == FingerprintOf(request)
                    ? key
                    : throw new RefusedException(RefusedException.RefuseField(
                        "page_token",
                        "Expected the token of a page of this same list. Leave everything but page_size as it was, or"
                        + " begin anew without it."));
            }
        }
        catch (JsonException)
        {
            // Refused below.
        }

        throw Malformed();
    }

    public static RefusedException Malformed() => new(RefusedException.RefuseField(
        "page_token", "Expected the next_page_token of the previous answer, or nothing to begin."));

    private static string FingerprintOf(IMessage request)
    {
        var list = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
        foreach (var field in OfPage)
            list.Descriptor.FindFieldByName(field)?.Accessor.Clear(list);
        return Convert.ToHexString(SHA256.HashData(list.ToByteArray()).AsSpan(0, FingerprintBytes));
    }
}
