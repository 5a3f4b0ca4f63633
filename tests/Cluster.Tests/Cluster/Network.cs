using System.Diagnostics;
using System.Globalization;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>
/// A bridge of the tests' own, and on it a network namespace for each program, so that what two of them say to each
/// other can be lost without either hearing of it. This process is on the bridge too, and reaches all of them always.
/// </summary>
internal sealed class Network : IAsyncDisposable
{
    private const string Prefix = "tgrid";

    // No one has it: what is sent there goes to every port of the bridge, and is taken at none.
    private const string Nowhere = "02:00:00:00:ff:ff";

    private readonly string[] _programs;
    private readonly string _bridge = PrefixOf(Environment.ProcessId);
    private readonly string _subnet = string.Create(
        CultureInfo.InvariantCulture,
        $"10.{100 + (Environment.ProcessId / 256 % 100)}.{Environment.ProcessId % 256}");

    private Network(string[] programs) => _programs = programs;

    /// <summary>Why there can be none on this machine; null if there can.</summary>
    public static async Task<string?> WhyNotAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return "Networks of their own are made by root on Linux only.";
        try
        {
            await using var network = await CreateAsync("trial");
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"No network can be made here (apt-get install iproute2?): {e.Message}";
        }
    }

    /// <param name="programs">By name; each gets an address of its own.</param>
    public static async Task<Network> CreateAsync(params string[] programs)
    {
        await RemoveLeftAsync();
        var network = new Network(programs);
        try
        {
            await network.CreateAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public string AddressOf(string program) => $"{_subnet}.{10 + Number(program)}";

    /// <summary>What stands before the command of a program, so that it runs where it belongs.</summary>
    public string[] Enter(string program) => ["ip", "netns", "exec", NamespaceOf(program)];

    /// <summary>From here on everything between the two is lost, both ways, and neither is told.</summary>
    public Task CutAsync(string one, string other) => Task.WhenAll(
        AimAsync(one, other, Nowhere, "permanent"), AimAsync(other, one, Nowhere, "permanent"));

    /// <summary>Ends a cut.</summary>
    public Task HealAsync(string one, string other) => Task.WhenAll(
        AimAsync(one, other, HardwareOf(other), "reachable"), AimAsync(other, one, HardwareOf(one), "reachable"));

    public async ValueTask DisposeAsync() => await RemoveAsync(Environment.ProcessId);

    private async Task CreateAsync()
    {
        await RunAsync("link", "add", _bridge, "type", "bridge");
        await RunAsync("addr", "add", $"{_subnet}.1/24", "dev", _bridge);
        await RunAsync("link", "set", _bridge, "up");
        foreach (var program in _programs)
        {
            var space = NamespaceOf(program);
            var link = $"{_bridge}v{Number(program)}";
            await RunAsync("netns", "add", space);
            await RunAsync(
                "link", "add", link, "type", "veth", "peer", "name", "eth0", "address", HardwareOf(program), "netns",
                space);
            await RunAsync("link", "set", link, "master", _bridge, "up");
            await RunAsync("-n", space, "addr", "add", $"{AddressOf(program)}/24", "dev", "eth0");
            await RunAsync("-n", space, "link", "set", "eth0", "up");
            await RunAsync("-n", space, "link", "set", "lo", "up");
        }
    }

    private Task AimAsync(string sender, string recipient, string hardware, string state) => RunAsync(
        "-n", NamespaceOf(sender), "neigh", "replace", AddressOf(recipient), "lladdr", hardware, "dev", "eth0", "nud",
        state);

    private int Number(string program) => Array.IndexOf(_programs, program) is var index and >= 0
        ? index + 1
        : throw new ArgumentException($"{program} is not in this network.", nameof(program));

    private string NamespaceOf(string program) => $"{_bridge}-{Number(program)}";

    private string HardwareOf(string program) =>
        string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:01:{Number(program):x2}");

    private static string PrefixOf(int processId) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{processId}");

    /// <summary>What runs left that were killed: names say whose they were.</summary>
    private static async Task RemoveLeftAsync()
    {
        var names = (await RunAsync("netns", "list")).Split('\n').Concat((await RunAsync("-br", "link")).Split('\n'));
        foreach (var processId in names
            .Select(OwnerOf)
            .OfType<int>()
            .Distinct()
            .Where(id => id == Environment.ProcessId || !Directory.Exists($"/proc/{id}")))
        {
            await RemoveAsync(processId);
        }
    }

    private static async Task RemoveAsync(int processId)
    {
        foreach (var name in (await RunAsync("netns", "list")).Split('\n').Where(n => OwnerOf(n) == processId))
            await RunAsync("netns", "delete", name.Split(' ')[0]);
        foreach (var name in (await RunAsync("-br", "link")).Split('\n').Where(n => OwnerOf(n) == processId))
        {
            try
            {
                await RunAsync("link", "delete", name.Split(' ', '@')[0]);
            }
            catch (InvalidOperationException)
            {
                // The kernel takes away by itself what leads into a namespace that is gone.
            }
        }
    }

    /// <summary>The process that has made what a line of a list names; null if it was none of these.</summary>
    private static int? OwnerOf(string line)
    {
        if (!line.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var digits = string.Concat(line.Skip(Prefix.Length).TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var processId) ? processId : null;
    }

    private static async Task<string> RunAsync(params string[] command)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", command)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = ip.StandardOutput.ReadToEndAsync();
        var errors = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync();
        return ip.ExitCode == 0
            ? await said
            : throw new InvalidOperationException($"ip {string.Join(' ', command)}: {errors.Trim()}");
    }
}
