using System.Net;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Postgres;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>Gateway and silo as whoever runs them meets them.</summary>
public sealed class ProgramTests(PostgresHome postgres)
{
    private const string Anywhere = "http://127.0.0.1:0";

    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("Treaty.Grid.Silo", "--client-port")]
    [InlineData("Treaty.Grid.Gateway", "--identity")]
    public async Task Help_tells_of_each_switch(string program, string one)
    {
        var (exitCode, said) = await RunAsync(program, "--help");
        Assert.Equal(0, exitCode);
        Assert.Contains(one, said, StringComparison.Ordinal);
        var switches = program.EndsWith("Silo", StringComparison.Ordinal)
            ? Grid.Silo.Help.Switches
            : Grid.Gateway.Help.Switches;
        Assert.All(switches.Keys, name => Assert.Contains($"  {name} ", said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Treaty.Grid.Silo", "TreatyGrid:Postgres", "--web", Anywhere)]
    [InlineData("Treaty.Grid.Silo", "TreatyGrid:Postgres", "--postgres", "nonsense")]
    [InlineData("Treaty.Grid.Silo", "TreatyGrid:Address", "--postgres", "Host=db", "--address", "0.0.0.0")]
    [InlineData("Treaty.Grid.Silo", "TreatyGrid:SiloPort", "--postgres", "Host=db", "--silo-port", "70000")]
    [InlineData("Treaty.Grid.Silo", "TreatyGrid:Drain", "--postgres", "Host=db", "--drain", "soon")]
    [InlineData("Treaty.Grid.Silo", "--adress", "--adress", "10.0.0.1")]
    [InlineData("Treaty.Grid.Gateway", "TreatyGrid:Postgres", "--web", Anywhere)]
    [InlineData("Treaty.Grid.Gateway", "TreatyGrid:Grpc", "--postgres", "Host=db", "--grpc", "http://0.0.0.0:0")]
    [InlineData("Treaty.Grid.Gateway", "TreatyGrid:Identity", "--postgres", "Host=db", "--identity", "Nobody")]
    public async Task A_wrong_setting_is_said_in_a_sentence(string program, string setting, params string[] switches)
    {
        var (exitCode, said) = await RunAsync(program, switches);
        Assert.Equal(1, exitCode);
        Assert.Contains(setting, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("nonsense", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_lives_without_silos_is_ready_with_one_and_outlives_it()
    {
        var database = await postgres.BorrowAsync();
        await using var pair = new Pair(database.ConnectionString, "--register", "empty");

        // There is not even a table in which silos could be looked up.
        var gateway = await pair.LaunchAsync("gateway-1");
        await Eventually.Async(
            () => Task.FromResult(gateway.Said),
            said => said.Contains("Development identity", StringComparison.Ordinal), "the gateway starts");
        await pair.StartAsync("silo-1");
        await gateway.WaitAsync(gateway.Ready, EndMax, "did not find the silo");
        using var web = new HttpClient();
        Assert.Equal("Healthy", await Probe("gateway-1", "ready"));
        Assert.Equal("Healthy", await Probe("silo-1", "ready"));
        Assert.Equal("Healthy", await Probe("silo-1", "startup"));

        await pair.KillAsync("silo-1");
        await Eventually.Async(() => Probe("gateway-1", "ready"), said => said == "Unhealthy", "it is not ready");
        Assert.Equal("Healthy", await Probe("gateway-1", "live"));

        // On other ports: nothing but the table tells of it.
        await pair.StartAsync("silo-2");
        await Eventually.Async(() => Probe("gateway-1", "ready"), said => said == "Healthy", "it is ready again");
        Assert.Equal(0, await pair.TerminateAsync("silo-2"));
        Assert.Equal(0, await pair.TerminateAsync("gateway-1"));
        await postgres.ReturnAsync(database);

        async Task<string> Probe(string name, string probe)
        {
            using var response = await web.GetAsync(
                new Uri(pair.Health(name), probe), TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable);
            return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Silos_are_listed_and_those_that_crashed_can_be_forgotten()
    {
        var database = await postgres.BorrowAsync();
        await using var pair = new Pair(database.ConnectionString, "--register", "empty");
        await pair.StartAsync(1, 0);
        await pair.KillAsync("silo-1");
        string[] where = ["--postgres", database.ConnectionString];

        Assert.Contains("silo-1", (await RunAsync("Treaty.Grid.Silo", ["silo", "list", .. where])).Said);
        Assert.Contains(
            "0 forgotten, 1 left", (await RunAsync("Treaty.Grid.Silo", ["silo", "purge", .. where])).Said);
        Assert.Contains(
            "1 forgotten, 0 left", (await RunAsync("Treaty.Grid.Silo", ["silo", "purge", "--all", .. where])).Said);
        await postgres.ReturnAsync(database);
    }

    private static async Task<(int ExitCode, string Said)> RunAsync(string program, params string[] switches)
    {
        await using var child = Child.Start([.. Child.CommandOf(program), .. switches], [], "never");
        await child.WaitAsync(child.Ended, EndMax, "did not end");
        return (await child.Ended, child.Said);
    }
}
