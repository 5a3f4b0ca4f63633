using System.Collections.Concurrent;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Treaty.Grid.Storage.Codec;

/// <summary>
/// Entries and findings as they lie on disk: a Zstandard frame (RFC 8878) over a dictionary, whose number in one byte
/// takes the place of the frame's magic number. One entry by itself is too short to repeat anything; what entries have
/// in common is in the dictionary.
/// </summary>
/// <remarks>
/// Without its dictionary nothing can be read, so that never changes. <c>tests/Bench -- dictionary</c> makes one: a
/// better one takes the next number, and those before stay for what they wrote.
/// </remarks>
internal static class Compression
{
    /// <summary>Far above any entry; a damaged frame may ask for more memory than there is.</summary>
    private const int ExpandedMax = 64 * 1024 * 1024;

    /// <summary>Higher ones take longer for 3 bytes in 100.</summary>
    private const int Level = 3;

    /// <summary>Below 10, which is what an entry begins with: the field and type of its time.</summary>
    private const byte DictionaryNumber = 1;

    private static readonly byte[] Dictionary = ReadDictionary();

    // For one thread at a time, and costly to make; as many as ever worked at once.
    private static readonly ConcurrentBag<Compressor> Compressors = [];
    private static readonly ConcurrentBag<Decompressor> Decompressors = [];

    private static ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>As they are stored.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, ExpandedMax, nameof(bytes));
        if (!Compressors.TryTake(out var compressor))
        {
            compressor = new Compressor(Level);
            compressor.SetParameter(ZSTD_cParameter.ZSTD_c_dictIDFlag, 0);
            compressor.LoadDictionary(Dictionary);
        }

        try
        {
            return [DictionaryNumber, .. compressor.Wrap(bytes)[Magic.Length..]];
        }
        finally
        {
            Compressors.Add(compressor);
        }
    }

    /// <summary>
    /// What was stored. Bytes without dictionary were stored before there was one, and are handed out as they are; so
    /// are damaged ones, which are no entry: whoever reads them can then say which entry it would be.
    /// </summary>
    public static byte[] Expand(byte[] stored)
    {
        if (stored is not [DictionaryNumber, ..])
        {
            return stored;
        }

        if (!Decompressors.TryTake(out var decompressor))
        {
            decompressor = new Decompressor();
            decompressor.LoadDictionary(Dictionary);
        }

        try
        {
            byte[] frame = [.. Magic, .. stored.AsSpan(1)];
            return decompressor.Unwrap(frame, ExpandedMax).ToArray();
        }
        catch (ZstdException)
        {
            return stored;
        }
        finally
        {
            Decompressors.Add(decompressor);
        }
    }

    private static byte[] ReadDictionary()
    {
        const string Name = "dictionary-1.zstd";
        using var stream = typeof(Compression).Assembly.GetManifestResourceStream(typeof(Compression), Name)
            ?? throw new InvalidOperationException($"{Name} is not compiled into {typeof(Compression).Assembly}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
