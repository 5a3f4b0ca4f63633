namespace Treaty.Grid.Storage.Snapshots;

/// <summary>
/// Whether a run may mention a key: never no for one that it mentions, and yes for some 0.05 % of all others.
/// </summary>
/// <remarks>
/// n keys, m = 16 n bits, k = 11 probes (the best k is m/n · ln 2): (1 - e^(-k n/m))^k = 0.00046. A party has at most
/// <see cref="Run.PerLevelMax"/> runs on each of the six levels below the top one, and one on top for every four
/// million mentions or more: with ten million behind it 20 runs, which is 0.92 % in the worst moment, half of that on
/// average. What the bits mean is stored: it may never change but with the schema.
/// </remarks>
internal sealed class BloomFilter
{
    private const int BytesPerKey = 2;
    private const int Probes = 11;

    private readonly ulong _bits;

    private BloomFilter(byte[] blob)
    {
        Blob = blob;
        _bits = (ulong)(blob.Length - Sealed.Bytes) * 8;
    }

    /// <summary>The bits, and the seal that lies upon them.</summary>
    public byte[] Blob { get; }

    /// <param name="keys">How many different ones will be added.</param>
    public static BloomFilter Empty(long keys) => new(new byte[BytesFor(keys) + Sealed.Bytes]);

    /// <summary>A filter as it was stored.</summary>
    public static BloomFilter Open(byte[] blob, long keys)
    {
        Sealed.Open(blob, BytesFor(keys));
        return new BloomFilter(blob);
    }

    public static long BytesFor(long keys) => keys * BytesPerKey;

    public void Add(ulong key)
    {
        var (at, step) = Mix(key);
        for (var i = 0; i < Probes; i++, at = unchecked(at + step))
        {
            var bit = Math.BigMul(at, _bits, out _);
            Blob[bit >> 3] |= (byte)(1 << (int)(bit & 7));
        }
    }

    public bool MayContain(ulong key)
    {
        var (at, step) = Mix(key);
        for (var i = 0; i < Probes; i++, at = unchecked(at + step))
        {
            var bit = Math.BigMul(at, _bits, out _);
            if ((Blob[bit >> 3] & (1 << (int)(bit & 7))) == 0)
                return false;
        }

        return true;
    }

    /// <summary>
    /// Two hashes are as good as eleven (Kirsch and Mitzenmacher). Mixed anew (the finaliser of SplitMix64), so that
    /// nothing rests on how evenly the caller's hash spreads.
    /// </summary>
    private static (ulong At, ulong Step) Mix(ulong key)
    {
        var at = Finalise(unchecked(key + 0x9E37_79B9_7F4A_7C15));
        return (at, Finalise(unchecked(at + 0x9E37_79B9_7F4A_7C15)) | 1);
    }

    private static ulong Finalise(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            return z ^ (z >> 31);
        }
    }
}
