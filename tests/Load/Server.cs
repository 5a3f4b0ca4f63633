using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Treaty.Grid.Load;

/// <summary>AllInOne as a newcomer starts it, on data that go away with it.</summary>
internal sealed class Server : IAsyncDisposable
{
    private const string Program = "Treaty.Grid.AllInOne";
    private const int Interrupt = 2;
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopMax = TimeSpan.FromMinutes(1);

    private static readonly string? SetPriv = Array.Find(["/usr/bin/setpriv", "/bin/setpriv"], File.Exists);

    private readonly Process _process;
    private readonly string _data;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Server(Process process, string data) => (_process, _data) = (process, data);

    public Target Target { get; private set; } = new(new Uri("http://127.0.0.1"), []);

    /// <param name="path">Of AllInOne; where it lies beside this program unless it is named.</param>
    /// <param name="switches">Of its command line.</param>
    /// <exception cref="InvalidOperationException">It is not there, or does not become ready.</exception>
    public static async Task<Server> StartAsync(string? path, params string[] switches)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        path ??= Path.Combine(output.Parent!.Parent!.FullName, Program, output.Name, Program + ".dll");
        if (!File.Exists(path))
        {
            throw new InvalidOperationException(
                $"There is no {path}. Build services/AllInOne with the same configuration, or name it by --allinone.");
        }

        var data = Directory.CreateTempSubdirectory("treaty-grid-load-").FullName;
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        string[] command =
        [
            .. SetPriv is null ? Array.Empty<string>() : [SetPriv, "--pdeathsig", "KILL"],
            .. path.EndsWith(".dll", StringComparison.Ordinal)
                ? [Path.Combine(runtime.Parent!.Parent!.Parent!.FullName, "dotnet"), path]
                : new[] { path },
            "--data", data, "--grpc", "http://127.0.0.1:0", "--web", "http://127.0.0.1:0", .. switches,
        ];
        var server = new Server(
            new Process
            {
                StartInfo = new ProcessStartInfo(command[0], command[1..])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    RedirectStandardInput = true,
                },
            },
            data);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it as Ctrl-C does, or by force where that takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _ = SendSignal(_process.Id, Interrupt);
        using var late = new CancellationTokenSource(StopMax, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private async Task StartAsync()
    {
        using var started = new ManualResetEventSlim();
        // What the kernel takes for the parent is the thread: it must live as long as the program does.
        new Thread(() =>
        {
            _process.OutputDataReceived += (_, e) => Hear(e.Data);
            _process.ErrorDataReceived += (_, e) => Hear(e.Data);
            _process.Start();
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            started.Set();
            _process.WaitForExit();
            _ready.TrySetException(new InvalidOperationException($"AllInOne ended. It said:\n{_said}"));
        })
        {
            IsBackground = true,
        }.Start();
        started.Wait();
        var address = await _ready.Task.WaitAsync(StartMax, TimeProvider.System);
        Target = new Target(address, [_process.Id]);
    }

    private void Hear(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
            if (line?.TrimStart().StartsWith("Try:", StringComparison.Ordinal) != true)
                return;
            var door = _said.ToString().Split('\n').Select(l => l.Trim())
                .First(l => l.StartsWith("gRPC ", StringComparison.Ordinal));
            _ready.TrySetResult(new Uri(door["gRPC ".Length..].Trim()));
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int processId, int signal);
}
