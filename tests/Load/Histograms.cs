using System.Globalization;
using System.IO.Compression;
using HdrHistogram;
using HdrHistogram.Utilities;

namespace Treaty.Grid.Load;

/// <summary>Times in microseconds, three digits of each, up to an hour.</summary>
internal static class Histograms
{
    private const long Highest = 3_600_000_000;
    private const int Digits = 3;

    // A cookie and a length, four octets each, and the two that zlib begins with.
    private const int HeadLength = 10;

    public static LongHistogram New() => new(1, Highest, Digits);

    public static void Add(this LongHistogram histogram, TimeSpan time) =>
        histogram.RecordValue(Math.Clamp((long)time.TotalMicroseconds, 1, Highest));

    /// <summary>Milliseconds within which so many of a hundred were; 0 when there were none.</summary>
    public static double At(this HistogramBase histogram, double percentile) => histogram.TotalCount == 0
        ? 0
        : histogram.GetValueAtPercentile(percentile) / 1_000.0;

    /// <summary>Milliseconds.</summary>
    public static double Max(this HistogramBase histogram) => histogram.At(100);

    /// <summary>In the compressed form that all programs for these histograms read.</summary>
    public static string Encode(HistogramBase histogram)
    {
        var buffer = ByteBuffer.Allocate(histogram.GetNeededByteBufferCapacity() + 1_024);
        var length = histogram.EncodeIntoCompressedByteBuffer(buffer);
        var bytes = new byte[length];
        buffer.Position = 0;
        for (var i = 0; i < length; i++)
            bytes[i] = buffer.Get();
        return Convert.ToBase64String(bytes);
    }

    public static LongHistogram Decode(string text)
    {
        var histogram = New();
        // The library asks a stream once for all that is compressed, and streams give less: it is unpacked for it here.
        using var packed = new MemoryStream(Convert.FromBase64String(text)[HeadLength..]);
        using var unpacker = new DeflateStream(packed, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        unpacker.CopyTo(plain);
        var decoded = HistogramEncoding.DecodeFromByteBuffer(ByteBuffer.Allocate(plain.ToArray()), Highest);
        if (decoded.TotalCount > 0)
            histogram.Add(decoded);
        return histogram;
    }

    /// <summary>In the text form that plotters read; values in milliseconds.</summary>
    public static void WritePercentiles(HistogramBase histogram, TextWriter output) =>
        histogram.OutputPercentileDistribution(output, 5, 1_000);

    /// <summary>The points of the percentile curve: 1/(1-p), and milliseconds.</summary>
    public static IEnumerable<(double Inverse, double Milliseconds)> Curve(HistogramBase histogram)
    {
        if (histogram.TotalCount == 0)
            yield break;
        for (var inverse = 1.0; inverse <= histogram.TotalCount; inverse *= Math.Pow(10, 0.05))
            yield return (inverse, histogram.At(100 * (1 - (1 / inverse))));
        yield return (histogram.TotalCount, histogram.Max());
    }

    public static string Text(double milliseconds) => milliseconds.ToString(
        milliseconds < 10 ? "0.00" : milliseconds < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture);
}
