using Treaty.Grid.Load.Programs;

namespace Treaty.Grid.Load;

/// <summary>What runs only to be loaded, and ends when that is done.</summary>
internal interface IServer : IAsyncDisposable
{
    Target Target { get; }
}

/// <summary>AllInOne as a newcomer starts it, on data that go away with it.</summary>
internal sealed class Server : IServer
{
    private const string Program = "Treaty.Grid.AllInOne";
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);

    private readonly Child _child;
    private readonly string _data;

    private Server(Child child, string data) => (_child, _data) = (child, data);

    public Target Target { get; private set; } = new(new Uri("http://127.0.0.1"), []);

    /// <param name="path">Of AllInOne; where it lies beside this program unless it is named.</param>
    /// <param name="switches">Of its command line.</param>
    /// <exception cref="InvalidOperationException">It is not there, or does not become ready.</exception>
    public static async Task<Server> StartAsync(string? path, params string[] switches)
    {
        string[] program = path is null ? Child.CommandOf(Program)
            : path.EndsWith(".dll", StringComparison.Ordinal) ? [Child.DotNet, path]
            : [path];
        if (!File.Exists(program[^1]))
        {
            throw new InvalidOperationException(
                $"There is no {program[^1]}. Build services/AllInOne with the same configuration, or name it by"
                + " --allinone.");
        }

        var data = Directory.CreateTempSubdirectory("treaty-grid-load-").FullName;
        var child = Child.Start(
            [
                .. program, "--data", data, "--grpc", "http://127.0.0.1:0", "--web", "http://127.0.0.1:0", .. switches,
            ],
            [],
            "Try:");
        var server = new Server(child, data);
        try
        {
            await child.WaitAsync(child.Ready, StartMax, "(AllInOne) did not become ready");
            server.Target = new Target(new Uri(child.Find("gRPC")), [child.Id]);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it politely, or by force where that takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        await _child.EndAsync();
        Directory.Delete(_data, recursive: true);
    }
}
