using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Treaty.Grid.Load.Programs;

/// <summary>One process, what it says, and its end.</summary>
internal sealed class Child : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    // Wide: it tells a hanging program from a busy machine, and says nothing about speed.
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(90);

    // Whoever runs the tests may have set these for something else.
    private static readonly string[] Foreign = ["OTEL_", "TREATYGRID__", "ASPNETCORE_", "LOGGING__"];

    private static readonly string? SetPriv =
        Array.Find(["/usr/bin/setpriv", "/bin/setpriv"], File.Exists);

    private readonly Lock _lock = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Word, TaskCompletionSource<string> Heard)> _listeners = [];
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly string _lastWord;

    private Child(ProcessStartInfo start, string lastWord)
    {
        _lastWord = lastWord;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Add(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Add(_errors, e.Data);
    }

    /// <summary>What runs this program, and those that were built with it.</summary>
    public static string DotNet { get; } = Path.Combine(
        new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent!.Parent!.Parent!.FullName, "dotnet");

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

    /// <summary>The command that runs a program of the product.</summary>
    /// <param name="builds">Where its build lies; without it, the one that was built with this.</param>
    public static string[] CommandOf(string program, string? builds = null)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return
        [
            DotNet,
            Path.Combine(builds ?? output.Parent!.Parent!.FullName, program, output.Name, program + ".dll"),
        ];
    }

    /// <param name="lastWord">With which the last line of its greeting begins.</param>
    public static Child Start(string[] command, Dictionary<string, string> environment, string lastWord)
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
        var child = new Child(start, lastWord);
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

        throw new InvalidOperationException($"Process {Id} {complaint}. It said:\n{Said}");
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

    /// <summary>Writes a line for it to read.</summary>
    public async Task SayAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The next line that begins with a word; asked for before it can be said.</summary>
    /// <exception cref="InvalidOperationException">It has ended, or says nothing in that time.</exception>
    public async Task<string> HearAsync(string word, TimeSpan max)
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _listeners.Add((word, heard));
        await WaitAsync(heard.Task, max, $"did not say '{word}'");
        return await heard.Task;
    }

    /// <summary>SIGKILL: it gets no chance to finish anything. Returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        if (!HasEnded)
            _process.Kill();
        await WaitAsync(Ended, StopMax, "did not end when killed");
    }

    /// <summary>SIGSTOP: it stands still, and what it holds stays in its hands.</summary>
    public void Freeze() => Send(Stop);

    /// <summary>SIGCONT: it goes on where it stood, and knows nothing of the time between.</summary>
    public void Thaw() => Send(Continue);

    /// <summary>Ctrl-C. Returns its exit code.</summary>
    public Task<int> InterruptAsync() => EndAsync(Interrupt);

    /// <summary>What a service manager sends. Returns its exit code.</summary>
    public Task<int> TerminateAsync() => EndAsync(Terminate);

    /// <summary>
    /// Ends it as a service manager does, or by force where that takes too long. Not as Ctrl-C does: who was started in
    /// the background by a shell hears nothing of that.
    /// </summary>
    public async Task EndAsync()
    {
        try
        {
            if (!HasEnded)
                await TerminateAsync();
        }
        catch (InvalidOperationException)
        {
            // By force, below.
        }

        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task<int> EndAsync(int signal)
    {
        Send(signal);
        await WaitAsync(Ended, StopMax, $"did not end after signal {signal}");
        return await Ended;
    }

    private void Send(int signal)
    {
        if (SendSignal(Id, signal) != 0)
            throw new InvalidOperationException($"Process {Id} cannot be sent signal {signal}. It said:\n{Said}");
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
            Name = "parent of a program",
        };
        parent.Start();
        launched.Wait();
        if (failure is not null)
            throw new InvalidOperationException($"{_process.StartInfo.FileName} cannot be started.", failure);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int processId, int signal);

    private void Add(StringBuilder said, string? line)
    {
        if (line is null)
            return;
        lock (_lock)
        {
            said.AppendLine(line);
            foreach (var (_, heard) in _listeners.Where(l => line.StartsWith(l.Word, StringComparison.Ordinal)))
                heard.TrySetResult(line);
            _listeners.RemoveAll(l => l.Heard.Task.IsCompleted);
        }

        if (line.TrimStart().StartsWith(_lastWord, StringComparison.Ordinal) && Said.Contains("is ready"))
            _ready.TrySetResult();
    }
}
