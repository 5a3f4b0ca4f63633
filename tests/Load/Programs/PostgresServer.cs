using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Treaty.Grid.Load.Programs;

/// <summary>
/// A PostgreSQL server of this process's own, from the binaries that are installed: on loopback, or in a network of
/// the tests' own, with its data in a temporary directory, and waiting for the disk as in earnest. It ends with this
/// process, however that ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    // Wide: it tells a hanging server from a busy machine, and says nothing about speed.
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    // Stays beside the server, and holds the other end of a pipe to this process. A line names the signal that ends
    // the server, and keeps its data; a pipe that breaks ends both, even after a SIGKILL of this process. It outlives
    // the signals that a terminal sends to all at once, to tidy up.
    private const string Guard = """
        trap '' HUP INT TERM
        directory=$1; shift
        "$@" >>"$directory/log" 2>&1 &
        echo $!
        if read -r signal; then
          children=
          if [ "$signal" = KILL ]; then children=$(cat "/proc/$!/task/$!/children"); fi
          kill -s "$signal" $! $children
          wait
        else
          kill -s QUIT $!
          wait
          rm -rf "$directory"
        fi
        """;

    private readonly string _binaries;
    private readonly string _address;
    private readonly string[] _before;
    private readonly string _directory;
    private readonly int _port;
    private Process? _guard;

    private PostgresServer(string binaries, string address, string[] before)
    {
        (_binaries, _address, _before) = (binaries, address, before);
        _directory = Directory.CreateTempSubdirectory("treaty-grid-postgres-").FullName;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Of the database <c>postgres</c>, as its owner. Stays the same over restarts.</summary>
    public string ConnectionString => $"Host={_address};Port={_port};Username=postgres;Database=postgres";

    /// <summary>As <see cref="ConnectionString"/>, by a socket of the system instead of one of the network.</summary>
    public string LocalConnectionString => $"Host={_directory};Port={_port};Username=postgres;Database=postgres";

    /// <summary>Of the process that starts all others of the server.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Whether that process is there; a server that cannot go on ends by itself.</summary>
    public bool IsRunning
    {
        get
        {
            // The guard takes note of the end only when it is told to: until then a zombie is there.
            try
            {
                return _guard is not null
                    && !File.ReadAllText($"/proc/{ProcessId}/stat").Contains(") Z ", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>Where its data lie. Between its end and its next start a test may move what is in there.</summary>
    public string Data => Path.Combine(_directory, "data");

    /// <summary>Where the programs of a server lie; null if none is installed.</summary>
    public static string? FindBinaries() => InPath().Concat(Installed()).FirstOrDefault(
        d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "postgres")));

    /// <summary>Another of its programs, such as <c>pgbench</c>.</summary>
    /// <exception cref="InvalidOperationException">It is not installed.</exception>
    public static string Find(string program) => Installed().Concat(InPath()).Select(d => Path.Combine(d, program))
        .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{program} is not here: apt-get install postgresql.");

    /// <param name="address">Where it listens.</param>
    /// <param name="before">What stands before its command, such as the network in which it runs.</param>
    public static async Task<PostgresServer> StartAsync(string address = "127.0.0.1", params string[] before)
    {
        var server = new PostgresServer(
            FindBinaries()
                ?? throw new InvalidOperationException("PostgreSQL is not here: apt-get install postgresql."),
            address, before);
        try
        {
            await server.InitializeAsync();
            await server.RestartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again on its data, after <see cref="StopAsync"/> or <see cref="KillAsync"/>.</summary>
    public async Task RestartAsync()
    {
        if (_guard is not null)
            throw new InvalidOperationException("It runs.");
        _guard = Launch(
            "sh", "-c", Guard, "guard", _directory,
            Path.Combine(_binaries, "postgres"), "-D", Data, "-p", $"{_port}", "-h", _address, "-k", _directory);
        using var limit = new CancellationTokenSource(StartMax);
        var processId = await _guard.StandardOutput.ReadLineAsync(limit.Token);
        ProcessId = int.Parse(processId!, CultureInfo.InvariantCulture);
        await using var source = NpgsqlDataSource.Create(ConnectionString + ";Pooling=false");
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(limit.Token);
                return;
            }
            catch (NpgsqlException) when (IsRunning)
            {
                await Task.Delay(Poll, limit.Token);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"PostgreSQL does not start:\n{ReadLog()}", e);
            }
        }
    }

    /// <summary>A polite stop: sessions are cut off, what was committed is in its place.</summary>
    public Task StopAsync() => EndAsync("INT");

    /// <summary>SIGKILL to the server and all its sessions. Returns when they are gone.</summary>
    public Task KillAsync() => EndAsync("KILL");

    public async ValueTask DisposeAsync()
    {
        await EndAsync(signal: null);
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    /// <param name="signal">Null for the end for ever.</param>
    private async Task EndAsync(string? signal)
    {
        if (_guard is not { } guard)
            return;
        _guard = null;
        using (guard)
        {
            if (signal is not null)
                await guard.StandardInput.WriteLineAsync(signal);
            guard.StandardInput.Close();
            using var limit = new CancellationTokenSource(StopMax);
            await guard.WaitForExitAsync(limit.Token);
        }
    }

    private async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            using var own = Process.Start("chown", ["postgres:postgres", _directory]);
            await own.WaitForExitAsync();
        }

        using var initialize = Launch(
            Path.Combine(_binaries, "initdb"),
            "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale");
        initialize.StandardInput.Close();
        var said = await initialize.StandardOutput.ReadToEndAsync();
        var errors = await initialize.StandardError.ReadToEndAsync();
        await initialize.WaitForExitAsync();
        if (initialize.ExitCode != 0)
            throw new InvalidOperationException($"initdb failed:\n{said}\n{errors}");

        // Who is in the same network as its address is one of the tests' programs.
        await File.AppendAllTextAsync(Path.Combine(Data, "pg_hba.conf"), "host all all samenet trust\n");
    }

    private static string[] InPath() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>As Debian installs it, the newest first.</summary>
    private static IEnumerable<string> Installed() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.TryParse(
                Path.GetFileName(d), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(d => Path.Combine(d, "bin"))
        : [];

    /// <summary>As the user postgres where this is root: a server refuses to be that.</summary>
    private Process Launch(params string[] command)
    {
        string[] whole = Environment.IsPrivilegedProcess
            ? [.. _before, "setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", .. command]
            : [.. _before, .. command];
        return Process.Start(new ProcessStartInfo(whole[0], whole[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
    }

    private string ReadLog()
    {
        var log = Path.Combine(_directory, "log");
        return File.Exists(log) ? File.ReadAllText(log) : "It said nothing.";
    }
}
