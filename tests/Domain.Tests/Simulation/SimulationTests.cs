using System.Globalization;

namespace Treaty.Grid.Domain.Tests.Simulation;

/// <summary>
/// Histories drawn from seeds, filed over a post that loses, repeats and reorders, with crashes in between, and held
/// against an independent model. TREATY_GRID_SEED runs one of them, TREATY_GRID_SEEDS says how many.
/// </summary>
public sealed class SimulationTests
{
    private const int Seeds = 1_000;

    // Of the planted mistakes: each shows within a few.
    private const int SeedsUntilCaught = 50;

    public static TheoryData<string> Mistakes => [.. PlantedMistakes.All.Keys];

    [Fact]
    public void Whatever_happens_on_the_way_the_register_finds_what_the_statements_say()
    {
        int? one = Number("TREATY_GRID_SEED");
        int first = one ?? 1;
        int last = one ?? Number("TREATY_GRID_SEEDS") ?? Seeds;
        string failure = "";
        // Break lets all lower seeds finish, so that the one reported is the same each time.
        ParallelLoopResult result = Parallel.For(
            first, last + 1, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            (seed, loop) =>
            {
                if (Simulation.Run(seed).Complaints.Length > 0) loop.Break();
            });
        if (result.LowestBreakIteration is { } lowest)
            failure = Failure((int)lowest, Simulation.Run((int)lowest).Complaints);
        Assert.True(failure.Length == 0, failure);
    }

    [Fact]
    public void The_same_seed_gives_the_same_journal_to_the_last_field()
    {
        var journals = Enumerable.Range(1, 3).Select(seed => Dump.Of(Simulation.Run(seed).Journal)).ToList();

        Assert.Equal(journals, Enumerable.Range(1, 3).Select(seed => Dump.Of(Simulation.Run(seed).Journal)));
        Assert.Distinct(journals);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void The_audit_catches(string mistake)
    {
        for (int seed = 1; seed <= SeedsUntilCaught; seed++)
        {
            string complaints = Simulation.Run(seed, PlantedMistakes.All[mistake]).Complaints;
            if (complaints.Length == 0) continue;
            Assert.Contains($"\nTREATY_GRID_SEED={seed} dotnet test ", Failure(seed, complaints));
            return;
        }
        Assert.Fail($"Not caught within {SeedsUntilCaught} seeds: {mistake}");
    }

    // The command stands alone on its line, to be copied.
    private static string Failure(int seed, string complaints) =>
        $"Seed {seed}. Replay:\nTREATY_GRID_SEED={seed} dotnet test --project tests/Domain.Tests -c Release "
        + $"--filter-method *.{nameof(Whatever_happens_on_the_way_the_register_finds_what_the_statements_say)}\n"
        + complaints;

    private static int? Number(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture)
        : null;
}
