using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Cluster.Tests.Processes;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>A cluster that grows, loses a silo, and is replaced program by program, while clients file.</summary>
[Collection(Alone.Name)]
public sealed class GrowthTests(PostgresHome postgres, ITestOutputHelper output)
{
    private const int Seed = 20_241_130;

    private static readonly TimeSpan ListMax = TimeSpan.FromSeconds(60);

    // A gateway that stops has a second to answer what it was asked, and not longer.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    // So many that each silo gets some of them.
    private static readonly string[] Newcomers = [.. Enumerable.Range('A', 18).Select(letter => $"N{(char)letter}X")];

    [Fact]
    public async Task Silos_that_join_take_load_one_that_is_killed_loses_nothing_and_all_are_replaced_under_load()
    {
        var database = await postgres.BorrowAsync();
        await using var pair = new Pair(database.ConnectionString, "--register", "empty")
        {
            Connection = name => database.With(settings => settings.Options = Witness.As(name)).ConnectionString,
        };
        await pair.StartAsync(silos: 1, gateways: 1);
        await database.RunAsync(Witness.Begin);
        var first = pair["silo-1"].Id;
        var traffic = new Traffic(pair, Seed) { Deadline = Deadline, Rest = Rest };
        await traffic.BeginAsync();
        await traffic.MoreAsync(200);
        Assert.Equal(["silo-1"], await WritersAsync(database, "true"));

        await Task.WhenAll(Start("silo-2"), Start("silo-3"), Start("gateway-2"));
        Assert.Equal(3, (await ListAsync(database)).Split('\n').Count(line => line.Contains(" Active ")));
        await RegisterAsync(pair, traffic);
        Assert.Equal(Schedule.Silos, await WritersAsync(database, "party LIKE 'N_X'"));
        Assert.Equal(first, pair["silo-1"].Id);
        Assert.False(pair["silo-1"].HasEnded);
        output.WriteLine($"{traffic.Filed.Count} notices by the time that three silos write.");

        await pair.KillAsync("silo-2");
        await traffic.MoreAsync(200);
        await Start("silo-2");
        output.WriteLine($"{traffic.Filed.Count} notices by the time that one was killed and is back.");

        // As a rollout goes: one at a time, and the next when it is ready.
        foreach (var program in Schedule.Gateways.Concat(Schedule.Silos))
        {
            Assert.Equal(0, await pair.TerminateAsync(program));
            await Start(program);
            await traffic.MoreAsync(50);
        }

        await traffic.EndAsync();
        Assert.Equal(0, await database.AskAsync<long>(Witness.WrittenWithoutRight));
        await new Audit(traffic).RunAsync(
            pair,
            () => Task.WhenAll(Schedule.Gateways.Concat(Schedule.Silos).Select(pair.KillAsync)),
            () => new PostgresJournal(database.ConnectionString));
        output.WriteLine(
            $"Seed {Seed}: {traffic.Filed.Count} notices acknowledged, {traffic.Retries} retries, {traffic.Replayed} "
            + $"replayed, {traffic.Conflicts} conflicts refused; none lost.");
        await database.RunAsync(Witness.End);
        await postgres.ReturnAsync(database);

        // A port that was free when a silo chose it may be some client's a moment later: that one chooses again.
        Task Start(string program) => pair.KeepStartingAsync(program);
    }

    /// <summary>Registers parties that nobody has asked for, and files for each of them.</summary>
    private static async Task RegisterAsync(Pair pair, Traffic traffic)
    {
        foreach (var party in Newcomers)
            await new Caller(pair, "depositary").RegisterAsync(party, party);
        foreach (var (party, peer) in Newcomers.Zip([.. Newcomers.Skip(1), Newcomers[0]]))
        {
            await traffic.FileAsync(
                party, [Traffic.RequestOf(party, "D-new", Traffic.DispatchOf(party, peer, "new", 1))]);
            await traffic.FileAsync(
                peer, [Traffic.RequestOf(peer, "R-new", Traffic.ReceiptOf(party, peer, "new", 1))]);
        }
    }

    private static async Task<IReadOnlyList<string>> WritersAsync(PostgresDatabase database, string condition) =>
        (await database.AskAsync<string>(
            $"SELECT string_agg(DISTINCT silo, ' ' ORDER BY silo) FROM witness.written WHERE {condition}")).Split(' ');

    /// <summary>What <c>silo list</c> says.</summary>
    private static async Task<string> ListAsync(PostgresDatabase database)
    {
        await using var list = Child.Start(
            [.. Child.CommandOf("Treaty.Grid.Silo"), "silo", "list", "--postgres", database.ConnectionString],
            [],
            "never");
        await list.WaitAsync(list.Ended, ListMax, "did not list the silos");
        return list.Said;
    }
}
