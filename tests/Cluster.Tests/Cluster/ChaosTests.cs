using System.Globalization;
using Treaty.Grid.Cluster.Tests.Processes;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>
/// A cluster under load, in which programs are killed and frozen, links are cut, clocks turned and the database goes
/// away, for as many minutes as TREATY_GRID_CHAOS_MINUTES says, as the seed TREATY_GRID_CHAOS_SEED draws it.
/// </summary>
/// <remarks>
/// The seed decides what befalls whom and when. It does not decide what comes of it: real schedulers, networks and
/// disks have their part in that, and a seed that found a fault once may have to be run again and again to find it
/// again.
/// </remarks>
[Collection(Alone.Name)]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int SeedByDefault = 20_241_128;
    private const double MinutesByDefault = 2.5;

    // Below the time for which things are frozen and cut: a client gives up there, and asks another gateway.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(600);

    private static readonly TimeSpan VerifyMax = TimeSpan.FromMinutes(5);

    // So many that each silo has some of them.
    private static readonly string[] Filers =
        ["AUT", "BEL", "BGR", "CHE", "DEU", "ESP", "FRA", "GRC", "HUN", "ITA", "JPN", "UKR"];

    [Fact]
    public async Task Whatever_befalls_the_cluster_all_that_was_acknowledged_is_there_once()
    {
        var seed = KillTests.Number("TREATY_GRID_CHAOS_SEED", SeedByDefault);
        var minutes = Environment.GetEnvironmentVariable("TREATY_GRID_CHAOS_MINUTES") is { } stated
            ? double.Parse(stated, CultureInfo.InvariantCulture)
            : MinutesByDefault;
        await using var ground = await Ground.PrepareAsync(output);
        var lines = Schedule.Draw(
            seed, TimeSpan.FromMinutes(minutes), ground.Network is not null, ground.Clock is not null);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, {minutes} minutes:"));
        foreach (var fault in lines.SelectMany(line => line).OrderBy(f => f.Begins))
            output.WriteLine($"  {fault}");

        await ground.Pair.StartAsync(Schedule.Silos.Count, Schedule.Gateways.Count);
        var traffic = new Traffic(ground.Pair, seed) { Filers = Filers, Deadline = Deadline, Rest = Rest };
        var audit = new Audit(traffic);
        await using var chaos = new Chaos(ground, output);
        try
        {
            await traffic.BeginAsync();
            await await Task.WhenAny(chaos.RunAsync(lines), traffic.AnyEnded.Unwrap());
            await traffic.MoreAsync(100);
            chaos.Note("100 more are acknowledged");
            await traffic.EndAsync();
            chaos.Note($"all {traffic.Filed.Count} are acknowledged");
            await chaos.MendedAsync();
            await audit.RunAsync(ground.Pair, () => EndAllAsync(chaos, ground), () => JournalOf(ground));
            await VerifyAsync(ground);

            // A silo does so when it was declared dead; nothing ever tells a gateway to.
            Assert.DoesNotContain("ended by itself: gateway", chaos.Happened.Keys);
        }
        finally
        {
            foreach (var (what, count) in chaos.Happened.OrderBy(h => h.Key, StringComparer.Ordinal))
                output.WriteLine($"  {count,3} x {what}");
            output.WriteLine(
                $"{traffic.Filed.Count} notices acknowledged, {traffic.Retries} retries, {traffic.Replayed} replayed, "
                + $"{traffic.Conflicts} conflicts refused; {audit.Lost} lost, {audit.Twice} twice, {audit.Unfinished} "
                + $"unfinished. Told: {string.Join(", ", traffic.Told.Select(t => $"{t.Key} {t.Value}"))}.");
        }
    }

    /// <summary>A seed names one schedule, or nobody could run it again.</summary>
    [Fact]
    public void The_same_seed_draws_the_same_faults_and_each_kind_in_a_short_run()
    {
        var once = Draw();
        Assert.Equal(once, Draw());
        Assert.Equal(
            Enum.GetValues<FaultKind>().Except(Schedule.NotDrawn), once.Select(f => f.Kind).Distinct().Order());

        static List<Fault> Draw() =>
        [
            .. Schedule.Draw(SeedByDefault, TimeSpan.FromMinutes(MinutesByDefault), canCut: true, canTurn: true)
                .SelectMany(line => line),
        ];
    }

    private static async Task EndAllAsync(Chaos chaos, Ground ground)
    {
        await chaos.EndAsync();
        await Task.WhenAll(Schedule.Gateways.Concat(Schedule.Silos).Select(ground.Pair.KillAsync));
    }

    private static PostgresJournal JournalOf(Ground ground) => new(ground.Server.ConnectionString);

    /// <summary>As an operator does it.</summary>
    private async Task VerifyAsync(Ground ground)
    {
        await using var verify = Child.Start(
            [
                .. Child.CommandOf("Treaty.Grid.Silo"), "journal", "verify", "--postgres",
                ground.Server.ConnectionString,
            ],
            [],
            "never");
        await verify.WaitAsync(verify.Ended, VerifyMax, "did not verify the journal");
        Assert.True(await verify.Ended == 0, $"The journal is damaged:\n{verify.Said}");
        output.WriteLine($"journal verify: {verify.Said.Trim()}");
    }
}
