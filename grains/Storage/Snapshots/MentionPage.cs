using System.Buffers.Binary;

namespace Treaty.Grid.Storage.Snapshots;

/// <summary>A piece of a run: mentions in order of key, then version. What one look reads.</summary>
/// <param name="First">The first of them, by which the page is found.</param>
/// <param name="Blob">All of them, sealed.</param>
internal readonly record struct MentionPage(Mention First, byte[] Blob)
{
    /// <summary>
    /// With its seal and its row a page then fills one 4 KiB page of SQLite, and half of one of PostgreSQL, without
    /// spilling over in either.
    /// </summary>
    public const int MentionsMax = 240;

    private const int MentionBytes = sizeof(ulong) + sizeof(long);

    /// <summary>By key, then by version: the order of mentions in a run.</summary>
    public static readonly Comparer<Mention> Order = Comparer<Mention>.Create(
        (a, b) => a.Key == b.Key ? a.Version.CompareTo(b.Version) : a.Key.CompareTo(b.Key));

    /// <summary>Before every mention: versions begin at 1.</summary>
    public static readonly Mention Start = new(0, 0);

    public static MentionPage Of(IReadOnlyList<Mention> mentions)
    {
        var blob = new byte[(mentions.Count * MentionBytes) + Sealed.Bytes];
        for (var i = 0; i < mentions.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(blob.AsSpan(i * MentionBytes), mentions[i].Key);
            BinaryPrimitives.WriteInt64LittleEndian(
                blob.AsSpan((i * MentionBytes) + sizeof(ulong)), mentions[i].Version);
        }

        Sealed.Seal(blob);
        return new MentionPage(mentions[0], blob);
    }

    public static Mention[] Open(byte[] blob)
    {
        var content = Sealed.Open(blob).Span;
        var mentions = new Mention[content.Length / MentionBytes];
        for (var i = 0; i < mentions.Length; i++)
        {
            var at = content[(i * MentionBytes)..];
            mentions[i] = new Mention(
                BinaryPrimitives.ReadUInt64LittleEndian(at),
                BinaryPrimitives.ReadInt64LittleEndian(at[sizeof(ulong)..]));
        }

        return mentions;
    }

    /// <summary>A key as databases order it, which know no unsigned numbers.</summary>
    public static long Signed(ulong key) => unchecked((long)(key ^ (1UL << 63)));
}
