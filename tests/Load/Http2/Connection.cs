using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Treaty.Grid.Load.Http2;

/// <summary>
/// One connection of HTTP/2 without TLS that does what a generator of load needs and no more: it sends prepared
/// requests and reads what answers them. Any thread may send.
/// </summary>
internal sealed partial class Connection : IDisposable
{
    private const int SettingHeaderTableSize = 1;
    private const int SettingPush = 2;
    private const int SettingConcurrentStreams = 3;
    private const int SettingInitialWindow = 4;
    private const int SettingFrameSize = 5;

    private const int DefaultWindow = 65_535;
    private const int DefaultFrameSize = 16_384;
    private const int ReceiveWindow = 1 << 30;
    private const int BufferSize = 256 * 1024;

    /// <summary>Stream numbers end at 2^31; who comes near it needs another connection.</summary>
    private const int StreamMax = int.MaxValue - 1_000;

    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    private readonly Lock _lock = new();
    private readonly Socket _socket;
    private readonly Dictionary<int, Call> _open = [];
    private readonly Queue<Call> _waiting = [];
    private readonly HeaderDecoder _decoder = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _out = new byte[BufferSize];
    private byte[] _spare = new byte[BufferSize];
    private int _outLength;
    private bool _isWriting;
    private bool _isClosed;
    private Call? _partial;
    private int _nextStream = 1;
    private int _streamsMax = 100;
    private int _frameSize = DefaultFrameSize;
    private long _initialWindow = DefaultWindow;
    private long _window = DefaultWindow;
    private long _taken;

    private Connection(Socket socket) => _socket = socket;

    /// <summary>Calls that are sent and not answered, and those that wait for a stream.</summary>
    public (int Open, int Waiting) Load
    {
        get
        {
            lock (_lock)
                return (_open.Count, _waiting.Count + (_partial is null ? 0 : 1));
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (_lock)
                return _isClosed;
        }
    }

    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<Connection> OpenAsync(Uri address, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
                await socket.ConnectAsync(new IPEndPoint(ip, address.Port), cancellation);
            else
                await socket.ConnectAsync(address.Host, address.Port, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var connection = new Connection(socket);
        connection.Greet();
        _ = connection.ReadAsync();
        await connection._ready.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellation);
        return connection;
    }

    /// <summary>Takes a call; <see cref="Flush"/> sees that it goes.</summary>
    public void Send(Call call)
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                _waiting.Enqueue(call);
                Advance();
                return;
            }
        }

        Fail(call);
    }

    public void Flush()
    {
        lock (_lock)
        {
            if (_isWriting || _outLength == 0 || _isClosed)
                return;
            _isWriting = true;
        }

        _ = WriteAsync();
    }

    /// <summary>Ends every call that is not answered as unanswered, and the connection.</summary>
    public void Dispose() => Close(Call.NoAnswer);

    private static void Fail(Call call)
    {
        call.Status = Call.ConnectionLost;
        call.Finish(Stopwatch.GetTimestamp());
    }

    private void Greet()
    {
        var settings = new byte[18];
        WriteSetting(settings, 0, SettingPush, 0);
        WriteSetting(settings, 6, SettingInitialWindow, ReceiveWindow);
        WriteSetting(settings, 12, SettingHeaderTableSize, 4_096);
        lock (_lock)
        {
            Write(Preface);
            Write(new Frame(settings.Length, FrameKind.Settings, 0, 0), settings);
            WriteWindow(ReceiveWindow - DefaultWindow);
        }

        Flush();

        static void WriteSetting(Span<byte> at, int offset, ushort setting, int value)
        {
            BinaryPrimitives.WriteUInt16BigEndian(at[offset..], setting);
            BinaryPrimitives.WriteInt32BigEndian(at[(offset + 2)..], value);
        }
    }

    /// <summary>Starts what may start; under the lock.</summary>
    private void Advance()
    {
        if (_partial is { } partial && !SendBody(partial))
            return;
        _partial = null;
        while (_waiting.Count > 0 && _open.Count < _streamsMax && _nextStream < StreamMax)
        {
            // An answered call of the same connection does not wait in vain: its answer calls this again.
            var call = _waiting.Dequeue();
            call.Stream = _nextStream;
            _nextStream += 2;
            call.Window = _initialWindow;
            call.Sent = Stopwatch.GetTimestamp();
            _open.Add(call.Stream, call);
            Write(new Frame(call.Headers.Length, FrameKind.Headers, Frame.EndHeaders, call.Stream), call.Headers);
            if (!SendBody(call))
            {
                _partial = call;
                return;
            }
        }
    }

    /// <summary>False while the server takes no more of it.</summary>
    private bool SendBody(Call call)
    {
        if (!_open.ContainsKey(call.Stream))
            return true;
        while (call.Offset < call.Body.Length)
        {
            var part = (int)Math.Min(
                Math.Min(call.Body.Length - call.Offset, _frameSize), Math.Min(_window, call.Window));
            if (part <= 0)
                return false;
            var isLast = call.Offset + part == call.Body.Length;
            Write(
                new Frame(part, FrameKind.Data, isLast ? Frame.EndStream : (byte)0, call.Stream),
                call.Body.AsSpan(call.Offset, part));
            call.Offset += part;
            call.Window -= part;
            _window -= part;
        }

        return true;
    }

    private void Write(Frame head, ReadOnlySpan<byte> payload)
    {
        Span<byte> bytes = stackalloc byte[Frame.HeadLength];
        head.Write(bytes);
        Write(bytes);
        Write(payload);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_outLength + bytes.Length > _out.Length)
            Array.Resize(ref _out, Math.Max(2 * _out.Length, _outLength + bytes.Length));
        bytes.CopyTo(_out.AsSpan(_outLength));
        _outLength += bytes.Length;
    }

    private void WriteWindow(int more)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, more);
        Write(new Frame(4, FrameKind.WindowUpdate, 0, 0), bytes);
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                byte[] bytes;
                int length;
                lock (_lock)
                {
                    if (_outLength == 0 || _isClosed)
                    {
                        _isWriting = false;
                        return;
                    }

                    (bytes, length) = (_out, _outLength);
                    (_out, _spare, _outLength) = (_spare, _out, 0);
                }

                for (var sent = 0; sent < length;)
                    sent += await _socket.SendAsync(bytes.AsMemory(sent, length - sent));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Close(Call.ConnectionLost);
        }
    }

    private void Close(int status)
    {
        List<Call> left;
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            left = [.. _open.Values, .. _waiting];
            _open.Clear();
            _waiting.Clear();
            _partial = null;
        }

        _socket.Dispose();
        _ready.TrySetException(new IOException("The server closed the connection before it greeted."));
        var now = Stopwatch.GetTimestamp();
        foreach (var call in left)
        {
            call.Status = status;
            call.Finish(now);
        }
    }
}
