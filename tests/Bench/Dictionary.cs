using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using ZstdSharp;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Bench;

/// <summary>Makes a dictionary of what entries have in common, for the store to compress them by.</summary>
internal static class Dictionary
{
    private const string Help = """
        Makes a Zstandard dictionary from an exported journal, and prints what entries take with it.

          dotnet run -c Release --project tests/Bench -- dictionary EXPORT FILE [BYTES]

          EXPORT  of `journal export`: entries of all kinds, of a register whose texts are the present ones
          FILE    where to put it: a new number in grains/Storage/Codec, never in place of one that a release has
          BYTES   how large it may be (16384)

        It is made of nine of ten entries, and tried on the tenth.
        """;

    private const int SamplesMax = 20_000;
    private const int Level = 3;

    public static int Run(string[] args)
    {
        var bytesMax = 16_384;
        if (args.Length is < 2 or > 3 || args.Length == 3
            && !int.TryParse(args[2], NumberStyles.None, CultureInfo.InvariantCulture, out bytesMax))
        {
            Console.WriteLine(Help);
            return args is ["--help"] ? 0 : 1;
        }

        var lines = File.ReadLines(args[0]).Where(line => line.Contains("\"payload\"", StringComparison.Ordinal));
        var entries = Spread([.. lines.Select(Payload)]);
        var tried = entries.Where((_, i) => i % 10 == 0).ToList();
        var samples = entries.Where((_, i) => i % 10 != 0).SelectMany(e => Findings(e).Prepend(e)).ToList();
        var dictionary = DictBuilder.TrainFromBuffer(samples, bytesMax);
        File.WriteAllBytes(args[1], dictionary);

        using var compressor = new Compressor(Level);
        compressor.LoadDictionary(dictionary);
        var (before, after) = (tried.Average(e => e.Length), tried.Average(e => compressor.Wrap(e).Length));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{dictionary.Length} bytes of {samples.Count} samples; an entry takes {after:F0} of {before:F0} bytes"));
        return 0;
    }

    private static byte[] Payload(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("payload").GetBytesFromBase64();
    }

    private static List<byte[]> Spread(List<byte[]> entries) => entries.Count <= SamplesMax
        ? entries
        : [.. Enumerable.Range(0, SamplesMax).Select(i => entries[(int)((long)i * entries.Count / SamplesMax)])];

    /// <summary>The lists keep them by themselves.</summary>
    private static IEnumerable<byte[]> Findings(byte[] entry) => J.Entry.Parser.ParseFrom(entry).Events
        .Where(e => e.FindingRaised is not null)
        .Select(e => e.FindingRaised.Finding.ToByteArray());
}
