using Treaty.Grid.Load.Programs;

namespace Treaty.Grid.Load.Comparing;

/// <summary>A server that is spoken to by gRPC, in a closed loop.</summary>
internal sealed class Served(
    string key, string name, IReadOnlyList<int> levels, RunOptions options, Func<Task<IServer>> start) : IContender
{
    public string Key => key;

    public string Name => name;

    public IReadOnlyList<int> Levels => levels;

    public bool IsBatch => options.Batch > 1;

    public async Task<IRunning> StartAsync(CancellationToken cancellation) => new Running(options, await start());

    private sealed class Running(RunOptions options, IServer server) : IRunning
    {
        private int _measurements;

        public PostgresServer? Database => (server as ClusterServer)?.Database;

        public async Task<Turn> MeasureAsync(
            int inFlight, TimeSpan warmUp, TimeSpan time, CancellationToken cancellation)
        {
            var measured = options with
            {
                Closed = inFlight,
                Warmup = warmUp,
                Duration = time,
                Name = Wire.Text($"C{++_measurements}"),
                Seed = options.Seed + _measurements,
            };
            var run = await LoadRun.PrepareAsync(server.Target, measured, TextWriter.Null);
            var result = await run.OfferAsync(run.ClosedPlan(), TextWriter.Null, cancellation);
            cancellation.ThrowIfCancellationRequested();
            return new Turn(
                result.Ok, result.Took, result.ServerProcessor.TotalSeconds, result.Errors,
                result.Lag?.TotalMilliseconds);
        }

        /// <summary>The lists came to the last receipt: that is the lag, and all before it is in them.</summary>
        public Task CheckAsync() => Task.CompletedTask;

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}

/// <summary>The echo in a process of its own.</summary>
internal sealed class EchoServer : IServer
{
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(1);
    private readonly Child _child;

    private EchoServer(Child child) => _child = child;

    public Target Target => new(new Uri(_child.Find("gRPC")), [_child.Id]);

    public static async Task<IServer> StartAsync()
    {
        var child = Child.Start(
            [.. Child.CommandOf("Treaty.Grid.Load"), "echo", "--listen", "http://127.0.0.1:0"], [], "pid");
        var server = new EchoServer(child);
        try
        {
            await child.WaitAsync(child.Ready, StartMax, "(echo) did not become ready");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await _child.EndAsync();
}

/// <summary>A gateway, a silo and PostgreSQL, each a process.</summary>
internal sealed class ClusterServer : IServer
{
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);
    private readonly List<Child> _children = [];

    private ClusterServer(PostgresServer database) => Database = database;

    public PostgresServer Database { get; }

    public Target Target => new(
        new Uri(_children[^1].Find("gRPC")), [.. _children.Select(c => c.Id), Database.ProcessId]);

    public static async Task<IServer> StartAsync()
    {
        var server = new ClusterServer(await PostgresServer.StartAsync());
        try
        {
            var silo = server.Launch(
                "Treaty.Grid.Silo", "Health", "--name", "silo-1", "--silo-port", "0", "--client-port", "0");
            var gateway = server.Launch("Treaty.Grid.Gateway", "JSON", "--grpc", "http://127.0.0.1:0");
            await silo.WaitAsync(silo.Ready, StartMax, "(silo) did not become ready");
            await gateway.WaitAsync(gateway.Ready, StartMax, "(gateway) did not become ready");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The gateway first, so that nobody is answered by half a cluster.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var child in Enumerable.Reverse(_children))
            await child.EndAsync();
        await Database.DisposeAsync();
    }

    private Child Launch(string program, string lastWord, params string[] switches)
    {
        var command = Child.CommandOf(program);
        if (!File.Exists(command[^1]))
        {
            throw new InvalidOperationException(
                $"There is no {command[^1]}. Build services/Silo and services/Gateway with the same configuration.");
        }

        var child = Child.Start(
            [
                .. command, "--postgres", Database.ConnectionString, "--web", "http://127.0.0.1:0", "--drain", "0",
                .. switches,
            ],
            [],
            lastWord);
        _children.Add(child);
        return child;
    }
}
