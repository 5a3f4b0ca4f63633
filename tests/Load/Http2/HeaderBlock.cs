using System.Text;

namespace Treaty.Grid.Load.Http2;

/// <summary>
/// The headers of a gRPC request, prepared once for each method and caller. Nothing of them enters the server's table,
/// so the same bytes do on every connection.
/// </summary>
internal static class HeaderBlock
{
    private const int MethodPost = 3;
    private const int SchemeHttp = 6;
    private const int Path = 4;
    private const int Authority = 1;
    private const int ContentType = 31;

    /// <param name="method">As <c>/treaty.grid.v1.NoticeService/SubmitNotice</c>.</param>
    /// <param name="timeout">After which the server gives up.</param>
    public static byte[] Of(string authority, string method, string caller, TimeSpan timeout)
    {
        var block = new List<byte> { 0x80 | MethodPost, 0x80 | SchemeHttp };
        AddKnown(block, Path, method);
        AddKnown(block, Authority, authority);
        AddKnown(block, ContentType, "application/grpc");
        AddNew(block, "te", "trailers");
        AddNew(block, "grpc-timeout", FormattableString.Invariant($"{(long)timeout.TotalMilliseconds}m"));
        AddNew(block, "x-party", caller);
        return [.. block];
    }

    private static void AddKnown(List<byte> block, int index, string value)
    {
        AddInteger(block, index, 4);
        AddText(block, value);
    }

    private static void AddNew(List<byte> block, string name, string value)
    {
        block.Add(0);
        AddText(block, name);
        AddText(block, value);
    }

    private static void AddText(List<byte> block, string text)
    {
        var octets = Encoding.Latin1.GetBytes(text);
        AddInteger(block, octets.Length, 7);
        block.AddRange(octets);
    }

    private static void AddInteger(List<byte> block, int value, int bits)
    {
        var max = (1 << bits) - 1;
        if (value < max)
        {
            block.Add((byte)value);
            return;
        }

        block.Add((byte)max);
        for (value -= max; value >= 0x80; value >>= 7)
            block.Add((byte)(0x80 | (value & 0x7F)));
        block.Add((byte)value);
    }
}
