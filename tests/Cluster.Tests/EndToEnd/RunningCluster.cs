using System.Text.RegularExpressions;
using Grpc.Net.Client;
using Treaty.Grid.Cluster.Tests.Postgres;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>
/// A cluster as a developer starts it: <c>deploy/local/up</c>, with three silos, two gateways and a PostgreSQL of its
/// own. Whoever asks twice asks both gateways.
/// </summary>
public sealed partial class RunningCluster : Door, IAsyncLifetime
{
    // Wide: it tells a hanging program from a busy machine, and says nothing about speed.
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(180);

    private readonly string _directory = Directory.CreateTempSubdirectory("treaty-grid-cluster-").FullName;
    private readonly List<GrpcChannel> _channels = [];
    private readonly List<HttpClient> _webs = [];
    private Child? _child;
    private int _asked;

    public override GrpcChannel Channel => _channels[Interlocked.Increment(ref _asked) % _channels.Count];

    public override HttpClient Web => _webs[Interlocked.Increment(ref _asked) % _webs.Count];

    public override string Said => string.Join('\n', Directory.GetFiles(Logs).Select(File.ReadAllText));

    private string Logs => Path.Combine(_directory, "logs");

    public async ValueTask InitializeAsync()
    {
        PostgresHome.Need();
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            // The server is another user there.
            File.SetUnixFileMode(_directory, File.GetUnixFileMode(_directory) | UnixFileMode.OtherExecute);
        }

        _child = Child.Start(
            [Path.Combine(Repository.Root, "deploy", "local", "up"), "--free-ports", "--data", _directory], [], "Try:");
        await _child.WaitAsync(_child.Ready, StartMax, "did not start a cluster");
        foreach (Match gateway in Gateway().Matches(_child.Said))
        {
            _channels.Add(ChannelTo(gateway.Groups["grpc"].Value));
            _webs.Add(new HttpClient { BaseAddress = new Uri(gateway.Groups["web"].Value) });
        }

        Assert.Equal(2, _channels.Count);
    }

    public async ValueTask DisposeAsync()
    {
        _channels.ForEach(c => c.Dispose());
        _webs.ForEach(w => w.Dispose());
        if (_child is { } child)
        {
            var exitCode = child.HasEnded ? await child.Ended : await child.TerminateAsync();
            await child.DisposeAsync();
            Assert.Equal(0, exitCode);
        }

        Directory.Delete(_directory, recursive: true);
    }

    [GeneratedRegex(@"gateway-\d +gRPC (?<grpc>\S+) +JSON (?<web>\S+/)v1 ")]
    private static partial Regex Gateway();
}
