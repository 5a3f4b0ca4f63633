using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using Google.Rpc;

namespace Treaty.Grid.Load.Http2;

/// <summary>One request on its way, and what came of it.</summary>
internal sealed class Call
{
    /// <summary>What gRPC puts before a message: not compressed, and its length.</summary>
    public const int PrefixLength = 5;

    /// <summary>The status of a call whose connection broke: it may have been done.</summary>
    public const int ConnectionLost = -1;

    /// <summary>The status of a call that nobody has answered.</summary>
    public const int NoAnswer = -2;

    private byte[]? _answer;
    private int _length;

    /// <summary>From <see cref="HeaderBlock"/>.</summary>
    public required byte[] Headers { get; init; }

    /// <summary>The message with its prefix.</summary>
    public required byte[] Body { get; init; }

    /// <summary>
    /// Told once, by the connection's reader. It must not wait; what it is given of the answer ends with it.
    /// </summary>
    public required Action<Call> Done { get; init; }

    /// <summary>Whatever the caller needs to know again.</summary>
    public object? Tag { get; init; }

    /// <summary>When it should have been made, as a timestamp.</summary>
    public long Due { get; init; }

    /// <summary>When its first byte was given to the connection: it may have waited for one.</summary>
    public long Sent { get; set; }

    public long Answered { get; set; }

    /// <summary>A status of gRPC, or one of ours.</summary>
    public int Status { get; set; } = NoAnswer;

    /// <summary>As the server sent them in its trailer; empty unless it failed.</summary>
    public string Message { get; set; } = "";

    /// <summary>A <see cref="Google.Rpc.Status"/> in base 64; empty if there was none.</summary>
    public string Details { get; set; } = "";

    public bool Succeeded => Status == 0;

    /// <summary>The message that was answered, without its prefix.</summary>
    public ReadOnlySpan<byte> Answer =>
        _length > PrefixLength ? _answer.AsSpan(PrefixLength, _length - PrefixLength) : [];

    /// <summary>How much of the body has been sent.</summary>
    public int Offset { get; set; }

    /// <summary>How much more of the body the server takes.</summary>
    public long Window { get; set; }

    public int Stream { get; set; }

    /// <summary>How it is counted: the code and, where the server gives one, the reason.</summary>
    public string Outcome => Status switch
    {
        0 => "OK",
        ConnectionLost => "CONNECTION_LOST",
        NoAnswer => "NO_ANSWER",
        _ => OutcomeOf(Status, Reason),
    };

    /// <summary>The reason in the error's details, as the contract lists them; empty if there is none.</summary>
    public string Reason => Error is { } error ? ReasonOf(error) : "";

    /// <summary>After how long the server asks to be called again; null if it does not say.</summary>
    public TimeSpan? RetryDelay => Error?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan();

    private Google.Rpc.Status? Error => Details.Length == 0 ? null
        : Google.Rpc.Status.Parser.ParseFrom(
            Convert.FromBase64String(Details.PadRight((Details.Length + 3) / 4 * 4, '=')));

    public static string OutcomeOf(int code, string reason) =>
        reason.Length > 0 ? $"{(Code)code}/{reason}" : $"{(Code)code}";

    public static string ReasonOf(Google.Rpc.Status status) => status.GetDetail<ErrorInfo>()?.Reason ?? "";

    public static byte[] BodyOf(IMessage message)
    {
        var size = message.CalculateSize();
        var body = new byte[PrefixLength + size];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), size);
        message.WriteTo(body.AsSpan(PrefixLength));
        return body;
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        if (_answer is null || _length + data.Length > _answer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + data.Length, 2 * _length));
            _answer?.AsSpan(0, _length).CopyTo(larger);
            Release();
            _answer = larger;
        }

        data.CopyTo(_answer.AsSpan(_length));
        _length += data.Length;
    }

    /// <summary>Tells whoever asked, and lets go of the answer.</summary>
    public void Finish(long now)
    {
        Answered = now;
        Done(this);
        Release();
        (_answer, _length) = (null, 0);
    }

    private void Release()
    {
        if (_answer is { } array)
            ArrayPool<byte>.Shared.Return(array);
    }
}
