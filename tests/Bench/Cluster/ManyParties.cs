using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Treaty.Grid.Cluster.Tests.Cluster;
using Treaty.Grid.V1;

namespace Treaty.Grid.Bench.Cluster;

/// <summary>What parties cost that are registered, and those that are active: memory of the silos, and time.</summary>
internal static class ManyParties
{
    private const int Silos = 3;
    private const int ActiveOf = 100;
    private const int AtOnce = 16;

    public static async Task RunAsync(int parties, TextWriter output, TextWriter progress)
    {
        await using var server = await PostgresServer.StartAsync();
        var began = Stopwatch.GetTimestamp();
        await Registered.FillAsync(server.ConnectionString, parties, count =>
        {
            if (count % 100_000 == 0)
                progress.WriteLine($"{count:N0} of {parties:N0} registered");
        });
        var filled = Stopwatch.GetElapsedTime(began);

        await using var pair = new Pair(server.ConnectionString, "--register", "empty");
        began = Stopwatch.GetTimestamp();
        await pair.StartAsync(Silos, 1);
        var started = Stopwatch.GetElapsedTime(began);

        // Each silo reads the journal through once after its start, to find what was not delivered.
        await QuietAsync(pair);
        var settled = Stopwatch.GetElapsedTime(began);
        var cold = Memory(pair);
        var table = new Table(
            $"{parties:N0} registered parties, {parties / ActiveOf:N0} of them called; {Silos} silos, 1 gateway",
            "", "value");
        table.Add("registered at, parties/s (straight into the journal)", parties / filled.TotalSeconds);
        table.Add("silos and gateway ready after, ms", started);
        table.Add("the journal read through by all after, ms", settled);
        table.Add("memory of each silo, none called, MiB", Mebibytes(cold));
        var first = await CallAsync(pair, parties);
        var warm = Memory(pair);
        table.Add("memory of each silo, 1 % called, MiB", Mebibytes(warm));
        table.Add("more, KiB per active party", (warm.Sum() - cold.Sum()) / 1024.0 / (parties / (double)ActiveOf));
        Add("first call", first);
        Add("second call", await CallAsync(pair, parties));
        table.Print(output);

        void Add(string what, (TimeSpan Took, List<TimeSpan> Calls) calls)
        {
            table.Add($"{what}: parties/s, {AtOnce} at once", calls.Calls.Count / calls.Took.TotalSeconds);
            table.Add($"{what}: median, ms", calls.Calls[calls.Calls.Count / 2]);
            table.Add($"{what}: p99, ms", calls.Calls[calls.Calls.Count * 99 / 100]);
        }
    }

    private static string Mebibytes(long[] bytes) => string.Join(
        " ", bytes.Select(b => (b / 1024.0 / 1024).ToString("N0", CultureInfo.InvariantCulture)));

    private static long[] Memory(Pair pair) =>
        [.. Enumerable.Range(1, Silos).Select(n => Usage.Memory(pair[$"silo-{n}"].Id))];

    private static async Task QuietAsync(Pair pair)
    {
        var (last, quiet) = (TimeSpan.Zero, 0);
        while (quiet < 5)
        {
            await Task.Delay(1_000);
            var now = Enumerable.Range(1, Silos)
                .Aggregate(TimeSpan.Zero, (sum, n) => sum + Usage.Processor(pair[$"silo-{n}"].Id));
            quiet = now - last < TimeSpan.FromMilliseconds(300) ? quiet + 1 : 0;
            last = now;
        }
    }

    /// <summary>One call to every hundredth party; times in rising order.</summary>
    private static async Task<(TimeSpan Took, List<TimeSpan> Calls)> CallAsync(Pair pair, int parties)
    {
        var calls = new List<TimeSpan>();
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, parties / ActiveOf),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (n, cancellation) =>
            {
                var since = Stopwatch.GetTimestamp();
                await new PartyService.PartyServiceClient(pair.Channel).GetPartyAsync(
                    new GetPartyRequest { Name = $"parties/{Registered.CodeOf(n * ActiveOf)}" },
                    new Metadata { { "x-party", "secretariat" } }, cancellationToken: cancellation);
                lock (calls)
                    calls.Add(Stopwatch.GetElapsedTime(since));
            });
        var took = Stopwatch.GetElapsedTime(began);
        calls.Sort();
        return (took, calls);
    }
}
