using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Google.Protobuf;
using Treaty.Grid.Load.Http2;

namespace Treaty.Grid.Load;

/// <summary>
/// What load is put on: an address that speaks HTTP/2 without TLS, and who serves it, where that is known.
/// </summary>
/// <param name="Processes">Whose use of processors and memory is told.</param>
internal sealed record Target(Uri Address, IReadOnlyList<int> Processes)
{
    public const string Package = "/treaty.grid.v1.";
    public const string Submit = Package + "NoticeService/SubmitNotice";
    public const string BatchSubmit = Package + "NoticeService/BatchSubmitNotices";

    public string Authority => Address.Authority;
}

/// <summary>Connections to a target, reopened when they break.</summary>
internal sealed class Lines(Target target, TimeSpan timeout) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Method, string Caller), byte[]> _headers = new();
    private Connection[] _connections = [];
    private int _reopening;
    private int _next;

    public Target Target => target;

    public int Count => _connections.Length;

    /// <summary>How often a connection broke and was opened anew.</summary>
    public int Reopened { get; private set; }

    /// <summary>Calls on their way, and those that wait for a stream.</summary>
    public (int Open, int Waiting) Load => _connections.Select(c => c.Load)
        .Aggregate((0, 0), (sum, load) => (sum.Item1 + load.Open, sum.Item2 + load.Waiting));

    public static async Task<Lines> OpenAsync(Target target, int count, TimeSpan timeout)
    {
        var lines = new Lines(target, timeout);
        lines._connections = await Task.WhenAll(
            Enumerable.Range(0, count).Select(_ => Connection.OpenAsync(target.Address, CancellationToken.None)));
        return lines;
    }

    public byte[] HeadersOf(string method, string caller) => _headers.GetOrAdd(
        (method, caller),
        static (key, at) => HeaderBlock.Of(at.target.Authority, key.Method, key.Caller, at.timeout),
        (target, timeout));

    /// <summary>
    /// One after the other; what is broken is opened again meanwhile, and fails its calls until then.
    /// </summary>
    public Connection Next()
    {
        var index = (int)((uint)Interlocked.Increment(ref _next) % (uint)_connections.Length);
        if (_connections[index].IsClosed && Interlocked.CompareExchange(ref _reopening, 1, 0) == 0)
            _ = ReopenAsync(index);
        return _connections[index];
    }

    /// <summary>One call and its answer.</summary>
    /// <exception cref="CallFailedException">The server says that it failed, or does not answer.</exception>
    public async Task<T> AskAsync<T>(string method, string caller, IMessage request, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var connection = Next();
        connection.Send(new Call
        {
            Headers = HeadersOf(Target.Package + method, caller),
            Body = Call.BodyOf(request),
            Done = call =>
            {
                if (call.Succeeded)
                    done.SetResult(parser.ParseFrom(call.Answer));
                else
                    done.SetException(new CallFailedException(method, call.Outcome, call.Message));
            },
        });
        connection.Flush();
        return await done.Task;
    }

    /// <summary>
    /// As <see cref="AskAsync"/>, and asks again for a minute while the server has other things to do.
    /// </summary>
    /// <exception cref="CallFailedException">The server says that it failed, or does not answer in that
    /// time.</exception>
    public async Task<T> AskLongAsync<T>(string method, string caller, IMessage request, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await AskAsync(method, caller, request, parser);
            }
            catch (CallFailedException e) when (e.MayPass && Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private async Task ReopenAsync(int index)
    {
        try
        {
            _connections[index] = await Connection.OpenAsync(target.Address, CancellationToken.None);
            Reopened++;
        }
        catch (Exception e) when (e is SocketException or IOException or TimeoutException)
        {
            await Task.Delay(Pause, TimeProvider.System);
        }
        finally
        {
            Volatile.Write(ref _reopening, 0);
        }
    }
}

/// <summary>A call outside of the load failed.</summary>
internal sealed class CallFailedException(string method, string outcome, string message)
    : Exception($"{method}: {outcome} {Uri.UnescapeDataString(message)}")
{
    public string Outcome => outcome;

    /// <summary>Another time it may be answered.</summary>
    public bool MayPass => outcome.Split('/')[0] is
        "Unavailable" or "ResourceExhausted" or "DeadlineExceeded" or "CONNECTION_LOST" or "NO_ANSWER";
}
