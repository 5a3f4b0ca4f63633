using System.Globalization;

namespace Treaty.Grid.Domain.Tests.Simulation;

/// <summary>
/// Histories drawn from seeds, filed over a post that loses, repeats and reorders, with restarts in between, and held
/// against an independent model. TREATY_GRID_SEED runs one of them, TREATY_GRID_SEEDS says how many.
/// </summary>
public sealed class SimulationTests
{
    private const int Seeds = 300;

    [Fact]
    public void Whatever_happens_on_the_way_the_register_finds_what_the_statements_say()
    {
        int? one = Number("TREATY_GRID_SEED");
        int first = one ?? 1;
        int last = one ?? Number("TREATY_GRID_SEEDS") ?? Seeds;
        for (int seed = first; seed <= last; seed++)
        {
            string complaints;
            try
            {
                complaints = Simulation.Run(seed);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                complaints = e.ToString();
            }
            Assert.True(complaints.Length == 0, $"Seed {seed}. Replay: TREATY_GRID_SEED={seed} dotnet test "
                + $"--project tests/Domain.Tests --filter-class {typeof(SimulationTests).FullName}\n{complaints}");
        }
    }

    private static int? Number(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture)
        : null;
}
