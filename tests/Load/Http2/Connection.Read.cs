using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Treaty.Grid.Load.Http2;

/// <remarks>What the server sends.</remarks>
internal sealed partial class Connection
{
    private static readonly byte[] Cancelled = [0, 0, 0, 8];
    private readonly List<Call> _finished = [];
    private byte[] _headers = [];
    private bool _headersEnd;
    private Call? _reading;

    private async Task ReadAsync()
    {
        var buffer = new byte[BufferSize];
        var held = 0;
        try
        {
            while (true)
            {
                var count = await _socket.ReceiveAsync(buffer.AsMemory(held));
                if (count == 0)
                    break;
                var now = Stopwatch.GetTimestamp();
                held += count;
                var used = Take(buffer.AsSpan(0, held));
                Report(now);
                buffer.AsSpan(used, held - used).CopyTo(buffer);
                held -= used;
                if (held >= Frame.HeadLength)
                {
                    var needed = Frame.HeadLength + Frame.Read(buffer).Length;
                    if (needed > buffer.Length)
                        Array.Resize(ref buffer, needed);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Whoever waits is told below.
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException or FormatException)
        {
            await Console.Error.WriteLineAsync($"A connection is given up: {e.Message}");
        }

        Close(Call.ConnectionLost);
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        lock (_lock)
        {
            while (bytes.Length - used >= Frame.HeadLength)
            {
                var frame = Frame.Read(bytes[used..]);
                if (bytes.Length - used < Frame.HeadLength + frame.Length)
                    break;
                Take(frame, bytes.Slice(used + Frame.HeadLength, frame.Length));
                used += Frame.HeadLength + frame.Length;
            }

            Advance();
        }

        Flush();
        return used;
    }

    private void Report(long now)
    {
        foreach (var call in _finished)
            call.Finish(now);
        _finished.Clear();
    }

    private void Take(Frame frame, ReadOnlySpan<byte> payload)
    {
        switch (frame.Kind)
        {
            case FrameKind.Data:
                TakeData(frame, payload);
                break;
            case FrameKind.Headers:
                _reading = _open.GetValueOrDefault(frame.Stream);
                _headersEnd = (frame.Flags & Frame.EndStream) != 0;
                TakeHeaders(frame, frame.Bare(payload));
                break;
            case FrameKind.Continuation:
                TakeHeaders(frame, payload);
                break;
            case FrameKind.Reset:
                if (_open.GetValueOrDefault(frame.Stream) is { } reset)
                    End(reset, Call.ConnectionLost);
                break;
            case FrameKind.Settings when (frame.Flags & Frame.Ack) == 0:
                TakeSettings(payload);
                break;
            case FrameKind.Ping when (frame.Flags & Frame.Ack) == 0:
                Write(frame with { Flags = Frame.Ack }, payload);
                break;
            case FrameKind.GoAway:
                // What it has begun it still answers; what waits here goes elsewhere, or fails with the connection.
                _streamsMax = 0;
                break;
            case FrameKind.WindowUpdate:
                TakeWindow(frame, BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue);
                break;
            default:
                break;
        }
    }

    private void TakeData(Frame frame, ReadOnlySpan<byte> payload)
    {
        _taken += frame.Length;
        if (_taken > ReceiveWindow / 2)
        {
            WriteWindow((int)_taken);
            _taken = 0;
        }

        if (_open.GetValueOrDefault(frame.Stream) is not { } call)
            return;
        call.Append(frame.Bare(payload));
        if ((frame.Flags & Frame.EndStream) != 0)
            End(call, Call.ConnectionLost);
    }

    private void TakeHeaders(Frame frame, ReadOnlySpan<byte> part)
    {
        if ((frame.Flags & Frame.EndHeaders) == 0 || _headers.Length > 0)
        {
            _headers = [.. _headers, .. part];
            if ((frame.Flags & Frame.EndHeaders) == 0)
                return;
            part = _headers;
            _headers = [];
        }

        // Those of streams that are gone too: each changes the table.
        var call = _reading;
        var (status, message, details, http) = (Call.NoAnswer, "", "", "200");
        _decoder.Decode(part, (name, value) =>
        {
            switch (name)
            {
                case "grpc-status": status = int.Parse(value, CultureInfo.InvariantCulture); break;
                case "grpc-message": message = value; break;
                case "grpc-status-details-bin": details = value; break;
                case ":status": http = value; break;
                default: break;
            }
        });
        if (call is null || !_headersEnd)
            return;
        (call.Message, call.Details) = (message, details);
        if (status == Call.NoAnswer)
            status = http == "200" ? Call.ConnectionLost : (int)Google.Rpc.Code.Unknown;
        End(call, status);
    }

    private void TakeSettings(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= 6; payload = payload[6..])
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(payload[2..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(payload))
            {
                case SettingConcurrentStreams:
                    _streamsMax = (int)Math.Min(value, int.MaxValue);
                    break;
                case SettingFrameSize:
                    _frameSize = (int)value;
                    break;
                case SettingInitialWindow:
                    foreach (var call in _open.Values)
                        call.Window += value - _initialWindow;
                    _initialWindow = value;
                    break;
                default:
                    break;
            }
        }

        Write(new Frame(0, FrameKind.Settings, Frame.Ack, 0), []);
        _ready.TrySetResult();
    }

    private void TakeWindow(Frame frame, int more)
    {
        if (frame.Stream == 0)
            _window += more;
        else if (_open.GetValueOrDefault(frame.Stream) is { } call)
            call.Window += more;
    }

    private void End(Call call, int status)
    {
        // Answered before all of it was sent: the rest is not sent, and the server is told not to wait for it.
        if (call.Offset < call.Body.Length)
            Write(new Frame(4, FrameKind.Reset, 0, call.Stream), Cancelled);
        call.Status = status;
        _open.Remove(call.Stream);
        _finished.Add(call);
    }
}
