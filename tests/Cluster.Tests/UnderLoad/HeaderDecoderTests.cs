using System.Text;
using Treaty.Grid.Load.Http2;

namespace Treaty.Grid.Cluster.Tests.UnderLoad;

/// <summary>The examples of RFC 7541, and what must not pass for headers.</summary>
public sealed class HeaderDecoderTests
{
    /// <summary>A table of 256 octets, as the examples have it.</summary>
    private const string Resize = "3fe101";

    [Fact]
    public void The_standards_answers_in_its_code_are_read_with_a_table_that_overflows()
    {
        var decoder = new HeaderDecoder();
        Assert.Equal(
            [
                ":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT",
                "location: https://www.example.com",
            ],
            Decode(
                decoder,
                Resize + "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b"
                + "97c8e9ae82ae43d3"));
        Assert.Equal(
            [
                ":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT",
                "location: https://www.example.com",
            ],
            Decode(decoder, "4883640effc1c0bf"));
        Assert.Equal(
            [
                ":status: 200", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:22 GMT",
                "location: https://www.example.com", "content-encoding: gzip",
                "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
            ],
            Decode(
                decoder,
                "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960"
                + "d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007"));
    }

    [Fact]
    public void What_is_written_for_a_request_is_read_again()
    {
        var block = HeaderBlock.Of("127.0.0.1:5400", "/a.B/C", "USA", TimeSpan.FromSeconds(10));
        Assert.Equal(
            [
                ":method: POST", ":scheme: http", ":path: /a.B/C", ":authority: 127.0.0.1:5400",
                "content-type: application/grpc", "te: trailers", "grpc-timeout: 10000m", "x-party: USA",
            ],
            Decode(new HeaderDecoder(), Convert.ToHexString(block)));
    }

    [Fact]
    public void Every_octet_comes_through_the_code_as_it_was()
    {
        var all = Enumerable.Range(0, 256).Select(o => (byte)o).ToArray();
        Assert.Equal(all, Huffman.Decode(Huffman.Encode(all)));
    }

    [Theory]
    [InlineData("be")] // An entry that nobody made.
    [InlineData("80")] // No entry has the number 0.
    [InlineData("0003")] // A name that is not there.
    [InlineData("ffffffffffff7f")] // A number without end.
    [InlineData("3fe1ff03")] // A table larger than was allowed.
    [InlineData("0084ffffffff00")] // The symbol that ends all.
    [InlineData("00811000")] // Filled up with zeros.
    public void What_is_no_header_is_refused(string block) =>
        Assert.Throws<InvalidDataException>(() => Decode(new HeaderDecoder(), block));

    private static List<string> Decode(HeaderDecoder decoder, string block)
    {
        var headers = new List<string>();
        decoder.Decode(Convert.FromHexString(block), (name, value) => headers.Add($"{name}: {value}"));
        Assert.All(headers, h => Assert.Equal(h.Length, Encoding.UTF8.GetByteCount(h)));
        return headers;
    }
}
