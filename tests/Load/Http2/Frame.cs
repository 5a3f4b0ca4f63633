using System.Buffers.Binary;

namespace Treaty.Grid.Load.Http2;

internal enum FrameKind
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    Reset = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

/// <summary>The head of a frame of HTTP/2 (RFC 9113, section 4.1).</summary>
internal readonly record struct Frame(int Length, FrameKind Kind, byte Flags, int Stream)
{
    public const int HeadLength = 9;
    public const byte EndStream = 1;
    public const byte Ack = 1;
    public const byte EndHeaders = 4;
    public const byte Padded = 8;
    public const byte Priority = 32;

    public static Frame Read(ReadOnlySpan<byte> head) => new(
        (head[0] << 16) | (head[1] << 8) | head[2], (FrameKind)head[3], head[4],
        BinaryPrimitives.ReadInt32BigEndian(head[5..]) & int.MaxValue);

    public void Write(Span<byte> head)
    {
        (head[0], head[1], head[2]) = ((byte)(Length >> 16), (byte)(Length >> 8), (byte)Length);
        (head[3], head[4]) = ((byte)Kind, Flags);
        BinaryPrimitives.WriteInt32BigEndian(head[5..], Stream);
    }

    /// <summary>What is left of a payload without its padding and priority.</summary>
    public ReadOnlySpan<byte> Bare(ReadOnlySpan<byte> payload)
    {
        if ((Flags & Padded) != 0)
            payload = payload[1..^payload[0]];
        return Kind == FrameKind.Headers && (Flags & Priority) != 0 ? payload[5..] : payload;
    }
}
