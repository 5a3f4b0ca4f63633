using System.Buffers.Binary;
using System.Numerics;

namespace Treaty.Grid.Storage.Snapshots;

/// <summary>
/// A blob that ends with its checksum (CRC-32C). A bit that flips in a filter or a page would let a notice that was
/// filed long ago be filed again, and neither SQLite nor PostgreSQL by its defaults would notice.
/// </summary>
internal static class Sealed
{
    /// <summary>What the seal takes at the end of a blob.</summary>
    public const int Bytes = sizeof(uint);

    /// <summary>Seals a blob in place: its last bytes were left free for that.</summary>
    public static void Seal(byte[] blob)
    {
        var content = blob.AsSpan(..^Bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(^Bytes..), Checksum(content));
    }

    /// <summary>The content of a sealed blob of which it is known how long it must be.</summary>
    public static ReadOnlyMemory<byte> Open(byte[] blob, long bytesExpected) =>
        blob.Length == bytesExpected + Bytes
            ? Open(blob)
            : throw new SnapshotsDamagedException($"A blob of {bytesExpected} bytes has {blob.Length - Bytes}.");

    public static ReadOnlyMemory<byte> Open(byte[] blob)
    {
        if (blob.Length < Bytes
            || Checksum(blob.AsSpan(..^Bytes)) != BinaryPrimitives.ReadUInt32LittleEndian(blob.AsSpan(^Bytes..)))
        {
            throw new SnapshotsDamagedException("A blob does not match its checksum.");
        }

        return blob.AsMemory(..^Bytes);
    }

    private static uint Checksum(ReadOnlySpan<byte> content)
    {
        var sum = uint.MaxValue;
        for (; content.Length >= sizeof(ulong); content = content[sizeof(ulong)..])
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(content));
        foreach (var last in content)
            sum = BitOperations.Crc32C(sum, last);
        return ~sum;
    }
}

/// <summary>What was kept is not what was written.</summary>
internal sealed class SnapshotsDamagedException(string message) : Exception(message);
