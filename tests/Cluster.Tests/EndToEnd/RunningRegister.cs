using Grpc.Net.Client;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>
/// The program as a newcomer starts it: a process of its own on free loopback ports, with a data directory that goes
/// away with the test. It ends with the test run, however that ends.
/// </summary>
public sealed class RunningRegister : Door, IAsyncLifetime
{
    private const string Program = "Treaty.Grid.AllInOne";

    // Wide: it tells a hanging program from a busy machine, and says nothing about speed.
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, string> _environment;
    private readonly string[] _switches;
    private Child? _child;
    private GrpcChannel? _channel;
    private HttpClient? _web;

    public RunningRegister()
        : this(new Dictionary<string, string>())
    {
    }

    /// <param name="environment">Set for the program, beside what the test run itself has.</param>
    /// <param name="switches">Of its command line, such as <c>--register empty</c>.</param>
    internal RunningRegister(Dictionary<string, string> environment, params string[] switches)
    {
        _environment = environment;
        _switches = switches;
        DataDirectory = Directory.CreateTempSubdirectory("treaty-grid-").FullName;
    }

    public string DataDirectory { get; }

    public override GrpcChannel Channel => _channel ?? throw new InvalidOperationException("It does not run.");

    public override HttpClient Web => _web ?? throw new InvalidOperationException("It does not run.");

    public int ProcessId => _child?.Id ?? throw new InvalidOperationException("It does not run.");

    public override string Said => _child?.Said ?? "";

    public ValueTask InitializeAsync() => new(StartAsync());

    /// <summary>Starts it on the data that are there, and returns when it says that it is ready.</summary>
    public async Task StartAsync()
    {
        if (_child is { HasEnded: false })
            throw new InvalidOperationException("It runs.");
        if (_child is { } former)
            await former.DisposeAsync();
        _child = Child.Start(CommandOf(DataDirectory), _environment, "Try:");
        await _child.WaitAsync(_child.Ready, StartMax, "did not become ready");
        _channel = ChannelTo(_child.Find("gRPC"));
        _web = new HttpClient { BaseAddress = new Uri(new Uri(_child.Find("JSON")), "/") };
    }

    /// <summary>SIGKILL: it gets no chance to finish anything. Returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        await _child!.KillAsync();
        Disconnect();
    }

    /// <summary>SIGSTOP: it stands still, and what it holds stays in its hands.</summary>
    public void Freeze() => _child!.Freeze();

    /// <summary>SIGCONT: it goes on where it stood, and knows nothing of the time between.</summary>
    public void Thaw() => _child!.Thaw();

    /// <summary>Ctrl-C. Returns its exit code.</summary>
    public Task<int> InterruptAsync() => EndAsync(child => child.InterruptAsync());

    /// <summary>What a service manager sends. Returns its exit code.</summary>
    public Task<int> TerminateAsync() => EndAsync(child => child.TerminateAsync());

    /// <summary>
    /// Starts another program on the same data, which must end by itself. Returns its exit code and what it said on
    /// standard error.
    /// </summary>
    internal async Task<(int ExitCode, string Errors)> StartSecondAsync()
    {
        await using var second = Child.Start(CommandOf(DataDirectory), _environment, "Try:");
        await second.WaitAsync(second.Ended, StartMax, "did not end though the data are in use");
        return (await second.Ended, second.Errors);
    }

    public async ValueTask DisposeAsync()
    {
        Disconnect();
        if (_child is { } child)
            await child.DisposeAsync();
        Directory.Delete(DataDirectory, recursive: true);
    }

    private async Task<int> EndAsync(Func<Child, Task<int>> end)
    {
        var exitCode = await end(_child!);
        Disconnect();
        return exitCode;
    }

    private void Disconnect()
    {
        _channel?.Dispose();
        _web?.Dispose();
        (_channel, _web) = (null, null);
    }

    private string[] CommandOf(string data) =>
    [
        .. Child.CommandOf(Program), "--data", data, "--grpc", "http://127.0.0.1:0", "--web", "http://127.0.0.1:0",
        .. _switches,
    ];
}
