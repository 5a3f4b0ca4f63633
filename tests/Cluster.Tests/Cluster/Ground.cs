using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>Tests that take a cluster apart have the machine to themselves: they come last, one by one.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>
/// Three silos, two gateways and a database, each where it can be cut off from the others, with clocks that can be
/// turned.
/// </summary>
internal sealed class Ground : IAsyncDisposable
{
    private readonly SiloTable _table;

    private Ground(Network? network, TurnedClock? clock, PostgresServer server)
    {
        (Network, Clock, Server) = (network, clock, server);
        _table = new SiloTable(server.ConnectionString, "treaty-grid");
        Pair = new Pair(server.ConnectionString, "--register", "empty")
        {
            Address = name => network?.AddressOf(name) ?? "127.0.0.1",
            Before = name => [.. network?.Enter(name) ?? [], .. IsSilo(name) ? clock?.Before(name) ?? [] : []],
        };
    }

    /// <summary>Null where the machine has none to give: then nothing can be cut.</summary>
    public Network? Network { get; }

    /// <summary>Null where no clock can be turned.</summary>
    public TurnedClock? Clock { get; }

    public PostgresServer Server { get; }

    public Pair Pair { get; }

    /// <summary>
    /// Skips the test where the machine lacks something. Where everything must be checked, what can be installed must
    /// be there; what a container is not permitted is left out, and said.
    /// </summary>
    public static async Task<Ground> PrepareAsync(ITestOutputHelper output, bool withClocks = true)
    {
        PostgresHome.Need();
        var isObliged = Environment.GetEnvironmentVariable("CI") == "true";
        if (withClocks && TurnedClock.WhyNot is { } noClock)
        {
            if (isObliged)
                Assert.Fail(noClock);
            Assert.Skip(noClock);
        }

        var noNetwork = await Network.WhyNotAsync();
        if (noNetwork is not null)
        {
            if (!isObliged)
                Assert.Skip(noNetwork);
            output.WriteLine($"LEFT OUT: every cut between programs. {noNetwork}");
        }

        var network = noNetwork is null
            ? await Network.CreateAsync([.. Schedule.Silos, .. Schedule.Gateways, Schedule.Database])
            : null;
        try
        {
            var server = network is null
                ? await PostgresServer.StartAsync()
                : await PostgresServer.StartAsync(
                    network.AddressOf(Schedule.Database), network.Enter(Schedule.Database));
            return new Ground(network, withClocks ? new TurnedClock() : null, server);
        }
        catch
        {
            if (network is not null)
                await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// What the silos have a silo for, as it runs now: active, or dead, and then it must end by itself. Null where it
    /// does not run, or nobody can be asked.
    /// </summary>
    public async Task<SiloStatus?> StatusOfAsync(string silo)
    {
        var child = Pair[silo];
        if (!child.Ready.IsCompleted || child.HasEnded)
            return null;
        var address = child.Find("Silos");
        try
        {
            return (await _table.ListAsync(TestContext.Current.CancellationToken))
                .Where(row => row.Address == address)
                .Select(row => (SiloStatus?)row.Status)
                .FirstOrDefault();
        }
        catch (JournalException)
        {
            // The database is away.
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Pair.DisposeAsync();
        await _table.DisposeAsync();
        await Server.DisposeAsync();
        Clock?.Dispose();
        if (Network is not null)
            await Network.DisposeAsync();
    }

    private static bool IsSilo(string name) => name.StartsWith("silo", StringComparison.Ordinal);
}
