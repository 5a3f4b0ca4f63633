namespace Treaty.Grid.Load.Http2;

/// <summary>The code that HTTP/2 headers may be written in (RFC 7541, Appendix B).</summary>
internal static class Huffman
{
    private const int LengthMax = 30;
    private const int End = 256;

    /// <summary>
    /// The number of bits of each symbol, the end last. The code is canonical: the bits follow from these alone, the
    /// shorter ones first, and those of one length in the order of their symbols.
    /// </summary>
    private static readonly byte[] Lengths =
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    private static readonly int[] Symbols =
        [.. Enumerable.Range(0, Lengths.Length).OrderBy(s => Lengths[s]).ThenBy(s => s)];

    /// <summary>Of each length: its first code, and where its symbols begin.</summary>
    private static readonly (int First, int Index, int Count)[] ByLength = Tabulate();

    /// <exception cref="InvalidDataException">It is not in this code.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> coded)
    {
        var decoded = new List<byte>(coded.Length * 2);
        var (code, length) = (0, 0);
        foreach (var octet in coded)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | ((octet >> bit) & 1);
                var (first, index, count) = ByLength[++length];
                if (code - first < count)
                {
                    var symbol = Symbols[index + code - first];
                    if (symbol == End)
                        throw new InvalidDataException("A header holds the symbol that ends all.");
                    decoded.Add((byte)symbol);
                    (code, length) = (0, 0);
                }
                else if (length == LengthMax)
                {
                    throw new InvalidDataException("A header holds a code that stands for nothing.");
                }
            }
        }

        // What fills the last octet is the beginning of the end's code: ones alone, and fewer than eight.
        if (length > 7 || code != (1 << length) - 1)
            throw new InvalidDataException("A header does not end as it should.");
        return [.. decoded];
    }

    /// <summary>For tests: clients of ours write headers as they are.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> plain)
    {
        var bits = new List<bool>();
        foreach (var octet in plain)
        {
            var (first, index, _) = ByLength[Lengths[octet]];
            var code = first + Array.IndexOf(Symbols, octet) - index;
            for (var bit = Lengths[octet] - 1; bit >= 0; bit--)
                bits.Add(((code >> bit) & 1) == 1);
        }

        while (bits.Count % 8 != 0)
            bits.Add(true);
        return [.. bits.Chunk(8).Select(b => (byte)b.Aggregate(0, (sum, bit) => (sum << 1) | (bit ? 1 : 0)))];
    }

    private static (int First, int Index, int Count)[] Tabulate()
    {
        var table = new (int, int, int)[LengthMax + 1];
        var (code, index) = (0, 0);
        for (var length = 1; length <= LengthMax; length++)
        {
            var count = Lengths.Count(l => l == length);
            table[length] = (code, index, count);
            code = (code + count) << 1;
            index += count;
        }

        return table;
    }
}
