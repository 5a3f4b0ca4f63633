using System.Diagnostics;
using System.Globalization;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Processes;

/// <summary>
/// SIGKILL at drawn moments while clients file, over and over on the same journal. TREATY_GRID_KILLS says how often.
/// </summary>
public sealed class KillTests(PostgresHome postgres, ITestOutputHelper output)
{
    private const int Seed = 20_241_124;
    private const int KillsByDefault = 5;

    // Acknowledged between a start and the kill, at most; then the kill comes within so many milliseconds.
    private const int BetweenMax = 400;
    private const int DelayMax = 30;

    [Fact]
    public async Task Killed_over_and_over_the_register_keeps_in_SQLite_what_it_acknowledged_once()
    {
        await using var register = new RunningRegister([], "--register", "empty");
        await KillAsync("SQLite", register, () => new SqliteJournal(register.DataDirectory, TimeProvider.System));
    }

    [Fact]
    public async Task Killed_over_and_over_the_register_keeps_in_PostgreSQL_what_it_acknowledged_once()
    {
        var database = await postgres.BorrowAsync();
        await using (var register = new RunningRegister(
            [], "--register", "empty", "--journal", "postgres", "--postgres", database.ConnectionString))
        {
            await KillAsync("PostgreSQL", register, () => new PostgresJournal(database.ConnectionString));
        }

        await postgres.ReturnAsync(database);
    }

    private async Task KillAsync(string store, RunningRegister register, Func<IJournal> open)
    {
        var random = new Random(Seed);
        var kills = Number("TREATY_GRID_KILLS", KillsByDefault);
        var recoveries = new List<TimeSpan>();
        await register.StartAsync();
        var traffic = new Traffic(register, Seed);
        await traffic.BeginAsync();
        for (var kill = 0; kill < kills; kill++)
        {
            await traffic.MoreAsync(random.Next(1, BetweenMax));
            await Task.Delay(random.Next(DelayMax), TestContext.Current.CancellationToken);
            await register.KillAsync();
            var killed = Stopwatch.GetTimestamp();
            await register.StartAsync();
            await traffic.MoreAsync(1);
            recoveries.Add(Stopwatch.GetElapsedTime(killed));
        }

        await traffic.EndAsync();
        var audit = new Audit(traffic);
        try
        {
            await audit.RunAsync(register, open);
        }
        finally
        {
            recoveries.Sort();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{store}, seed {Seed}: {kills} kills; {traffic.Filed.Count} notices acknowledged, {traffic.Retries} "
                + $"retries, {traffic.Replayed} replayed; {audit.Lost} lost, {audit.Twice} twice, {audit.Unfinished} "
                + $"unfinished; acknowledging again after {recoveries[recoveries.Count / 2].TotalSeconds:0.0} s "
                + $"(median), {recoveries[^1].TotalSeconds:0.0} s (worst)"));
        }
    }

    /// <summary>How often, as the environment says.</summary>
    internal static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } number
            ? int.Parse(number, CultureInfo.InvariantCulture)
            : otherwise;
}
