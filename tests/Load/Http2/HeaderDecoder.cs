using System.Globalization;
using System.Text;

namespace Treaty.Grid.Load.Http2;

/// <summary>Reads the headers that a server sends on one connection (RFC 7541), which builds on those before.</summary>
internal sealed class HeaderDecoder
{
    private const int EntryOverhead = 32;
    private const int StaticCount = 61;

    /// <summary>
    /// The largest table that the server may build: what HTTP/2 gives it unless it is told otherwise.
    /// </summary>
    private const int TableMax = 4_096;

    /// <summary>The first names of the table that all know, as far as answers have them; some with values.</summary>
    private static readonly (string Name, string Value)[] Static = MakeStatic();

    private readonly List<(string Name, string Value)> _table = [];
    private int _tableSize;
    private int _tableMax = TableMax;

    /// <exception cref="InvalidDataException">It is not what the standard asks.</exception>
    public void Decode(ReadOnlySpan<byte> block, Action<string, string> header)
    {
        while (block.Length > 0)
        {
            var first = block[0];
            if ((first & 0x80) != 0)
            {
                var (name, value) = Entry(Integer(ref block, 7));
                header(name, value);
            }
            else if ((first & 0xE0) == 0x20)
            {
                Resize(Integer(ref block, 5));
            }
            else
            {
                // With 01 it enters the table; with 0000 and 0001 it does not.
                var enters = (first & 0x40) != 0;
                var index = Integer(ref block, enters ? 6 : 4);
                var name = index == 0 ? Text(ref block) : Entry(index).Name;
                var value = Text(ref block);
                header(name, value);
                if (enters)
                    Add(name, value);
            }
        }
    }

    private static (string, string)[] MakeStatic()
    {
        var names = (
            ":authority :method :method :path :path :scheme :scheme :status :status :status :status :status :status "
            + ":status accept-charset accept-encoding accept-language accept-ranges accept "
            + "access-control-allow-origin age allow authorization cache-control content-disposition "
            + "content-encoding content-language content-length content-location content-range content-type cookie "
            + "date etag expect expires from host if-match if-modified-since if-none-match if-range "
            + "if-unmodified-since last-modified link location max-forwards proxy-authenticate proxy-authorization "
            + "range referer refresh retry-after server set-cookie strict-transport-security transfer-encoding "
            + "user-agent vary via www-authenticate").Split(' ');
        var values = "2 GET|3 POST|4 /|5 /index.html|6 http|7 https|8 200|9 204|10 206|11 304|12 400|13 404|14 500"
            .Split('|').Append("16 gzip, deflate").Select(v => v.Split(' ', 2))
            .ToDictionary(v => int.Parse(v[0], CultureInfo.InvariantCulture), v => v[1]);
        return [.. names.Select((name, i) => (name, values.GetValueOrDefault(i + 1, "")))];
    }

    private (string Name, string Value) Entry(int index) => index switch
    {
        >= 1 and <= StaticCount => Static[index - 1],
        _ when index > StaticCount && index - StaticCount <= _table.Count => _table[^(index - StaticCount)],
        _ => throw new InvalidDataException($"A header names the entry {index} of a table that has none."),
    };

    private void Add(string name, string value)
    {
        _table.Add((name, value));
        _tableSize += SizeOf(name, value);
        Shrink();
    }

    private void Resize(int max)
    {
        if (max > TableMax)
            throw new InvalidDataException($"The server makes its table {max} octets large, without leave.");
        _tableMax = max;
        Shrink();
    }

    private void Shrink()
    {
        var gone = 0;
        for (; _tableSize > _tableMax; gone++)
            _tableSize -= SizeOf(_table[gone].Name, _table[gone].Value);
        _table.RemoveRange(0, gone);
    }

    private static int SizeOf(string name, string value) => name.Length + value.Length + EntryOverhead;

    private static int Integer(ref ReadOnlySpan<byte> block, int bits)
    {
        var max = (1 << bits) - 1;
        var value = block[0] & max;
        block = block[1..];
        if (value < max)
            return value;
        for (var shift = 0; shift <= 21; shift += 7)
        {
            if (block.Length == 0)
                break;
            var octet = block[0];
            block = block[1..];
            value += (octet & 0x7F) << shift;
            if ((octet & 0x80) == 0)
                return value;
        }

        throw new InvalidDataException("A header holds a number that does not end.");
    }

    private static string Text(ref ReadOnlySpan<byte> block)
    {
        if (block.Length == 0)
            throw new InvalidDataException("A header ends too early.");
        var isCoded = (block[0] & 0x80) != 0;
        var length = Integer(ref block, 7);
        if (length > block.Length)
            throw new InvalidDataException("A header ends too early.");
        var octets = block[..length];
        block = block[length..];
        return isCoded ? Encoding.Latin1.GetString(Huffman.Decode(octets)) : Encoding.Latin1.GetString(octets);
    }
}
