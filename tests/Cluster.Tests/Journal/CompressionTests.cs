using System.Security.Cryptography;
using System.Text;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Cluster.Tests.Journal;

public class CompressionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(600)]
    [InlineData(200_000)]
    public void What_was_stored_comes_back(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        Assert.Equal(bytes, Compression.Expand(Compression.Compress(bytes)));
        Assert.Equal(new byte[length], Compression.Expand(Compression.Compress(new byte[length])));
    }

    [Fact]
    public void Many_at_once_do_not_mix()
    {
        var texts = Enumerable.Range(0, 2_000).Select(i => Encoding.UTF8.GetBytes($"{i}: {new string('x', i)}"));

        var mixed = texts.AsParallel().WithDegreeOfParallelism(8)
            .Where(t => !Compression.Expand(Compression.Compress(t)).AsSpan().SequenceEqual(t));

        Assert.Empty(mixed);
    }

    [Fact]
    public async Task An_entry_of_before_is_handed_out_as_it_is() =>
        Assert.All(await EntriesAsync(), entry => Assert.Same(entry, Compression.Expand(entry)));

    [Fact]
    public async Task What_is_damaged_is_no_entry()
    {
        var stored = Compression.Compress((await EntriesAsync()).MaxBy(e => e.Length));

        for (var length = 1; length < stored.Length; length++)
        {
            var cut = Compression.Expand(stored[..length]);
            Assert.Throws<InvalidDataException>(() => EntryCodec.Decode(cut, "GRC"));
        }
    }

    [Fact]
    public async Task Entries_take_less_than_half_of_what_they_are()
    {
        var entries = await EntriesAsync();

        var stored = entries.Sum(e => Compression.Compress(e).Length);

        Assert.InRange(stored, 1, entries.Sum(e => e.Length) / 2);
    }

    /// <summary>With another one no journal could be read: the next takes a number of its own.</summary>
    [Fact]
    public void The_dictionary_is_the_one_that_journals_were_written_with()
    {
        using var dictionary = typeof(Compression).Assembly
            .GetManifestResourceStream(typeof(Compression), "dictionary-1.zstd")!;

        Assert.Equal(
            "fded544676cbfe9e146d89d0a4d7b66701e8763e175ab303aba2f83184db0abf",
            Convert.ToHexStringLower(SHA256.HashData(dictionary)));
    }

    /// <summary>Those of the fixtures, which older builds wrote: registrations, declarations and notices.</summary>
    private static async Task<List<byte[]>> EntriesAsync()
    {
        var entries = new List<byte[]>();
        foreach (var file in FixtureTests.Files(".jsonl"))
            entries.AddRange((await FixtureTests.ReadAsync(file)).Select(e => e.Payload.ToArray()));
        return entries;
    }
}
