using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Treaty.Grid.Cluster.Tests.Postgres;

/// <summary>The cable between a silo and its database. A test can cut it, at a byte of its choice.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly string _host;
    private readonly int _port;
    private readonly IPEndPoint _here;
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private Socket? _listener;
    private Task _accepting;
    private int _toServer = int.MaxValue;
    private int _toSilo = int.MaxValue;

    public Relay(PostgresDatabase database)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        (_host, _port) = (settings.Host!, settings.Port);
        _listener = Listen(new IPEndPoint(IPAddress.Loopback, 0));
        _here = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync(_listener);
        Database = database.With(s => (s.Host, s.Port) = ("127.0.0.1", _here.Port));
    }

    /// <summary>The database at the other end.</summary>
    public PostgresDatabase Database { get; }

    /// <summary>Cuts all that is connected as soon as so many more bytes went one way or the other.</summary>
    public void CutAfter(int toServer = int.MaxValue, int toSilo = int.MaxValue)
    {
        lock (_lock)
            (_toServer, _toSilo) = (toServer, toSilo);
    }

    /// <summary>Cuts all that is connected now; the next connection holds.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            foreach (var socket in _open)
                socket.Dispose();
            _open.Clear();
            (_toServer, _toSilo) = (int.MaxValue, int.MaxValue);
        }
    }

    /// <summary>From here on nobody answers.</summary>
    public async Task UnplugAsync()
    {
        _listener?.Dispose();
        _listener = null;
        await _accepting;
        Cut();
    }

    public void PlugIn()
    {
        _listener = Listen(_here);
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync() => await UnplugAsync();

    private static Socket Listen(IPEndPoint at)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(at);
        listener.Listen();
        return listener;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var silo = await listener.AcceptAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await server.ConnectAsync(_host, _port);
                lock (_lock)
                {
                    _open.Add(silo);
                    _open.Add(server);
                }

                _ = CopyAsync(silo, server, count => Count(ref _toServer, count));
                _ = CopyAsync(server, silo, count => Count(ref _toSilo, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Unplugged.
        }
    }

    private async Task CopyAsync(Socket from, Socket to, Func<int, int> count)
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var read = await from.ReceiveAsync(buffer);
                var passing = count(read);
                await to.SendAsync(buffer.AsMemory(0, passing));
                if (passing < read)
                    Cut();
                if (read == 0)
                    break;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, or one of the two has left.
        }

        from.Dispose();
        to.Dispose();
    }

    /// <summary>How many of these bytes still pass.</summary>
    private int Count(ref int left, int read)
    {
        lock (_lock)
        {
            var passing = int.Min(left, read);
            left -= left == int.MaxValue ? 0 : passing;
            return passing;
        }
    }
}
