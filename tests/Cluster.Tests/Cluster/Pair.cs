using System.Text;
using Grpc.Net.Client;
using Treaty.Grid.Cluster.Tests.EndToEnd;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>
/// Silos and gateways as processes that a test starts, kills, freezes and starts again one by one. Whoever asks twice
/// asks two gateways.
/// </summary>
/// <param name="connectionString">Of the database, as each of them has it.</param>
/// <param name="switches">Of every silo, such as <c>--register empty</c>.</param>
internal sealed class Pair(string connectionString, params string[] switches) : Door, IAsyncDisposable
{
    // Wide: it tells a hanging program from a busy machine, and says nothing about speed.
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, Child> _programs = [];
    private readonly SortedDictionary<string, Gateway> _doors = new(StringComparer.Ordinal);
    private readonly StringBuilder _said = new();
    private readonly Lock _lock = new();
    private int _asked;

    /// <summary>To a gateway that runs, as far as is known; the next time to another.</summary>
    public override GrpcChannel Channel => Next().Channel;

    public override HttpClient Web => Next().Web;

    public override string Said
    {
        get
        {
            lock (_lock)
                return _said + string.Join('\n', _programs.Select(p => $"--- {p.Key}\n{p.Value.Said}"));
        }
    }

    /// <summary>Those that run, as far as is known.</summary>
    internal override IReadOnlyList<Door> Each
    {
        get
        {
            lock (_lock)
                return [.. _doors.Values];
        }
    }

    /// <summary>How a program, by its name, reaches the database, if not as all do.</summary>
    public Func<string, string> Connection { get; init; } = _ => connectionString;

    /// <summary>What stands before the command of a program, by its name: its network, or its clock.</summary>
    public Func<string, string[]> Before { get; init; } = _ => [];

    /// <summary>The address of a program, by its name.</summary>
    public Func<string, string> Address { get; init; } = _ => "127.0.0.1";

    /// <summary>Where the build of a program lies, by its name; null for that of today.</summary>
    public Func<string, string?> Builds { get; set; } = _ => null;

    /// <summary>Beside what all programs have.</summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    public Child this[string name]
    {
        get
        {
            lock (_lock)
                return _programs[name];
        }
    }

    /// <summary>Starts them all at once: <c>silo-1</c> and so on, <c>gateway-1</c> and so on.</summary>
    public Task StartAsync(int silos, int gateways) => Task.WhenAll(
        Enumerable.Range(1, silos).Select(n => StartAsync($"silo-{n}"))
            .Concat(Enumerable.Range(1, gateways).Select(n => StartAsync($"gateway-{n}"))));

    /// <summary>Starts one, again if it ran before, and returns when it says that it is ready.</summary>
    public async Task StartAsync(string name)
    {
        var child = await LaunchAsync(name);
        await child.WaitAsync(child.Ready, StartMax, $"({name}) did not become ready");
        Open(name, child);
    }

    /// <summary>As a service manager does: starts one over and over, until it is ready.</summary>
    public async Task KeepStartingAsync(string name)
    {
        while (true)
        {
            var child = await LaunchAsync(name);
            var limit = Task.Delay(StartMax);
            var first = await Task.WhenAny(child.Ready, child.Ended, limit);
            if (first == child.Ready)
            {
                Open(name, child);
                return;
            }

            if (first == limit)
                throw new TimeoutException($"{name} neither became ready nor ended. It said:\n{child.Said}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>The way in by one gateway, which must run.</summary>
    public Door Through(string gateway)
    {
        lock (_lock)
            return _doors[gateway];
    }

    /// <summary>Starts one, and does not wait for anything.</summary>
    public async Task<Child> LaunchAsync(string name)
    {
        Child? former;
        lock (_lock)
            _programs.TryGetValue(name, out former);
        if (former is not null)
        {
            Close(name);
            await former.DisposeAsync();
            lock (_lock)
                _said.AppendLine($"--- {name}, before").Append(former.Said);
        }

        var isSilo = name.StartsWith("silo", StringComparison.Ordinal);
        string[] own = isSilo
            ? ["--name", name, "--address", Address(name), "--silo-port", "0", "--client-port", "0", .. switches]
            : ["--grpc", $"http://{Address(name)}:0", "--identity", IsLocal(name) ? "Development" : "Proxy"];
        var child = Child.Start(
            [
                .. Before(name), .. Child.CommandOf(isSilo ? "Treaty.Grid.Silo" : "Treaty.Grid.Gateway", Builds(name)),
                "--postgres", Connection(name), "--web", $"http://{Address(name)}:0", "--drain", "1", .. own,
            ],
            Environment,
            isSilo ? "Health" : "JSON");
        lock (_lock)
            _programs[name] = child;
        return child;
    }

    /// <summary>SIGKILL. Callers that hold on to it as a gateway hear so at once.</summary>
    public async Task KillAsync(string name)
    {
        await this[name].KillAsync();
        Close(name);
    }

    /// <summary>SIGTERM, as a service manager stops it. Returns its exit code.</summary>
    public async Task<int> TerminateAsync(string name)
    {
        var exitCode = await this[name].TerminateAsync();
        Close(name);
        return exitCode;
    }

    /// <summary>The address of its health checks.</summary>
    public Uri Health(string name) => new(new Uri(this[name].Find(
        name.StartsWith("silo", StringComparison.Ordinal) ? "Health" : "JSON")), "/healthz/");

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _doors.Keys.ToList())
            Close(name);
        await Task.WhenAll(_programs.Values.Select(child => child.DisposeAsync().AsTask()));
    }

    private bool IsLocal(string name) => Address(name) == "127.0.0.1";

    private void Open(string name, Child child)
    {
        if (!name.StartsWith("gateway", StringComparison.Ordinal))
            return;
        var door = new Gateway(
            ChannelTo(child.Find("gRPC")),
            new HttpClient { BaseAddress = new Uri(new Uri(child.Find("JSON")), "/") },
            child);
        lock (_lock)
            _doors[name] = door;
    }

    private void Close(string name)
    {
        lock (_lock)
        {
            if (!_doors.Remove(name, out var door))
                return;
            door.Channel.Dispose();
            door.Web.Dispose();
        }
    }

    private Gateway Next()
    {
        lock (_lock)
        {
            return _doors.Count > 0
                ? _doors.Values.ElementAt(_asked++ % _doors.Count)
                : throw new InvalidOperationException("No gateway runs.");
        }
    }

    private sealed class Gateway(GrpcChannel channel, HttpClient web, Child child) : Door
    {
        public override GrpcChannel Channel => channel;

        public override HttpClient Web => web;

        public override string Said => child.Said;
    }
}
