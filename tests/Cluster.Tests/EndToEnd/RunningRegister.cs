using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Grpc.Net.Client;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>
/// The program as a newcomer starts it: a process of its own on free loopback ports, with a data directory that goes
/// away with the test. It ends with the test run, however that ends.
/// </summary>
public sealed class RunningRegister : IAsyncLifetime
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    private const string Program = "Treaty.Grid.AllInOne";

    // Wide: it tells a hanging program from a busy machine, and says nothing about speed.
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(60);

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

    public GrpcChannel Channel => _channel ?? throw new InvalidOperationException("It does not run.");

    /// <summary>The door of JSON; addresses begin with <c>v1/</c>.</summary>
    public HttpClient Web => _web ?? throw new InvalidOperationException("It does not run.");

    public int ProcessId => _child?.Id ?? throw new InvalidOperationException("It does not run.");

    /// <summary>What it has printed since its last start, for failures.</summary>
    public string Said => _child?.Said ?? "";

    public ValueTask InitializeAsync() => new(StartAsync());

    /// <summary>Starts it on the data that are there, and returns when it says that it is ready.</summary>
    public async Task StartAsync()
    {
        if (_child is { HasEnded: false })
            throw new InvalidOperationException("It runs.");
        if (_child is { } former)
            await former.DisposeAsync();
        _child = Child.Start(CommandOf(DataDirectory), _environment);
        await _child.WaitAsync(_child.Ready, StartMax, "did not become ready");
        _channel = GrpcChannel.ForAddress(_child.Find("gRPC"), new GrpcChannelOptions
        {
            // A batch of 1,000 answers is larger than what clients take by default.
            MaxReceiveMessageSize = 64 * 1024 * 1024,
        });
        _web = new HttpClient { BaseAddress = new Uri(new Uri(_child.Find("JSON")), "/") };
    }

    /// <summary>SIGKILL: it gets no chance to finish anything. Returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        await _child!.KillAsync();
        Disconnect();
    }

    /// <summary>SIGSTOP: it stands still, and what it holds stays in its hands.</summary>
    public void Freeze() => Assert.Equal(0, SendSignal(ProcessId, Stop));

    /// <summary>SIGCONT: it goes on where it stood, and knows nothing of the time between.</summary>
    public void Thaw() => Assert.Equal(0, SendSignal(ProcessId, Continue));

    /// <summary>Ctrl-C. Returns its exit code.</summary>
    public Task<int> InterruptAsync() => StopAsync(Interrupt);

    /// <summary>What a service manager sends. Returns its exit code.</summary>
    public Task<int> TerminateAsync() => StopAsync(Terminate);

    /// <summary>
    /// Starts another program on the same data, which must end by itself. Returns its exit code and what it said on
    /// standard error.
    /// </summary>
    internal async Task<(int ExitCode, string Errors)> StartSecondAsync()
    {
        await using var second = Child.Start(CommandOf(DataDirectory), _environment);
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

    private async Task<int> StopAsync(int signal)
    {
        var child = _child!;
        Assert.Equal(0, SendSignal(child.Id, signal));
        await child.WaitAsync(child.Ended, StopMax, $"did not end after signal {signal}");
        Disconnect();
        return await child.Ended;
    }

    private void Disconnect()
    {
        _channel?.Dispose();
        _web?.Dispose();
        (_channel, _web) = (null, null);
    }

    private string[] CommandOf(string data)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(
            output.Parent!.Parent!.FullName, Program, output.Name, Program + ".dll");
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        var dotnet = Path.Combine(runtime.Parent!.Parent!.Parent!.FullName, "dotnet");
        return
        [
            dotnet, program, "--data", data, "--grpc", "http://127.0.0.1:0", "--web", "http://127.0.0.1:0",
            .. _switches,
        ];
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int processId, int signal);

    /// <summary>One process, what it says, and its end.</summary>
    private sealed class Child : IAsyncDisposable
    {
        // Whoever runs the tests may have set these for something else.
        private static readonly string[] Foreign = ["OTEL_", "TREATYGRID__", "ASPNETCORE_", "LOGGING__"];

        private static readonly string? SetPriv =
            Array.Find(["/usr/bin/setpriv", "/bin/setpriv"], File.Exists);

        private readonly Lock _lock = new();
        private readonly StringBuilder _output = new();
        private readonly StringBuilder _errors = new();
        private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Process _process;

        private Child(ProcessStartInfo start)
        {
            _process = new Process { StartInfo = start };
            _process.OutputDataReceived += (_, e) => Add(_output, e.Data);
            _process.ErrorDataReceived += (_, e) => Add(_errors, e.Data);
        }

        public int Id { get; private set; }

        public Task Ready => _ready.Task;

        /// <summary>With its exit code; after it everything that it said has been read.</summary>
        public Task<int> Ended => _ended.Task;

        public bool HasEnded => _ended.Task.IsCompleted;

        public string Errors
        {
            get
            {
                lock (_lock)
                    return _errors.ToString();
            }
        }

        public string Said
        {
            get
            {
                lock (_lock)
                    return $"{_output}{_errors}";
            }
        }

        public static Child Start(string[] command, Dictionary<string, string> environment)
        {
            // The kernel kills it together with its parent; where there is no setpriv, only tests that end as they
            // should end it.
            string[] guarded = SetPriv is null ? command : [SetPriv, "--pdeathsig", "KILL", .. command];
            var start = new ProcessStartInfo(guarded[0], guarded[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            };
            foreach (var name in start.Environment.Keys
                .Where(name => Array.Exists(Foreign, f => name.StartsWith(f, StringComparison.OrdinalIgnoreCase)))
                .ToList())
            {
                start.Environment.Remove(name);
            }

            foreach (var (name, value) in environment)
                start.Environment[name] = value;
            var child = new Child(start);
            child.Launch();
            return child;
        }

        public async Task WaitAsync(Task task, TimeSpan max, string complaint)
        {
            try
            {
                var first = await Task.WhenAny(task, _ended.Task).WaitAsync(max);
                if (first != task && !task.IsCompleted)
                    complaint += $" and ended with exit code {await _ended.Task}";
                else
                    return;
            }
            catch (TimeoutException)
            {
                complaint += string.Create(CultureInfo.InvariantCulture, $" within {max.TotalSeconds:0} s");
            }

            Assert.Fail($"Process {Id} {complaint}. It said:\n{Said}");
        }

        /// <summary>What follows a word at the beginning of a line.</summary>
        public string Find(string word)
        {
            lock (_lock)
            {
                return _output.ToString().Split('\n')
                    .Select(line => line.Trim())
                    .First(line => line.StartsWith(word, StringComparison.Ordinal))[word.Length..].Trim();
            }
        }

        public async Task KillAsync()
        {
            if (!HasEnded)
                _process.Kill();
            await WaitAsync(Ended, StopMax, "did not end when killed");
        }

        public async ValueTask DisposeAsync()
        {
            await KillAsync();
            _process.Dispose();
        }

        /// <summary>
        /// From a thread that lives as long as the process: what the kernel takes for the parent is the thread.
        /// </summary>
        private void Launch()
        {
            using var launched = new ManualResetEventSlim();
            Exception? failure = null;
            var parent = new Thread(() =>
            {
                try
                {
                    _process.Start();
                    Id = _process.Id;
                    _process.BeginOutputReadLine();
                    _process.BeginErrorReadLine();
                }
                catch (Exception e)
                {
                    failure = e;
                    return;
                }
                finally
                {
                    launched.Set();
                }

                _process.WaitForExit();
                _ended.SetResult(_process.ExitCode);
            })
            {
                IsBackground = true,
                Name = "parent of a register",
            };
            parent.Start();
            launched.Wait();
            if (failure is not null)
                throw new InvalidOperationException($"{_process.StartInfo.FileName} cannot be started.", failure);
        }

        private void Add(StringBuilder said, string? line)
        {
            if (line is null)
                return;
            lock (_lock)
                said.AppendLine(line);

            // The last line of its greeting: all addresses are before it.
            if (line.StartsWith("Try:", StringComparison.Ordinal) && Said.Contains("Treaty Grid is ready."))
                _ready.TrySetResult();
        }
    }
}
