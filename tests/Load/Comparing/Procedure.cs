using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Treaty.Grid.Load.Programs;

namespace Treaty.Grid.Load.Comparing;

/// <summary>The stored procedure called for each notice by pgbench: no gRPC, and a client that costs little.</summary>
internal sealed partial class Procedure(int parties, int seed) : IContender
{
    public string Key => "procedure";

    public string Name => "stored procedure, pgbench";

    public IReadOnlyList<int> Levels => [8, 16, 32, 64];

    public bool IsBatch => false;

    public async Task<IRunning> StartAsync(CancellationToken cancellation) =>
        new Running(await ProcedureDatabase.StartAsync(parties), parties, seed);

    private sealed partial class Running(ProcedureDatabase database, int parties, int seed) : IRunning
    {
        private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
        private readonly string _script = Path.GetTempFileName();
        private long _runs;

        public PostgresServer? Database => database.Server;

        public async Task<Turn> MeasureAsync(
            int inFlight, TimeSpan warmUp, TimeSpan time, CancellationToken cancellation)
        {
            await File.WriteAllTextAsync(_script, ProcedureDatabase.Resource("procedure.pgbench"), cancellation);
            if (warmUp > TimeSpan.Zero)
                await RunAsync(inFlight, warmUp, cancellation);
            var before = Usage.Processor([database.Server.ProcessId]);
            var (notices, rate, failed) = await RunAsync(inFlight, time, cancellation);
            var used = Usage.Processor([database.Server.ProcessId]) - before;
            return new Turn(notices, notices / rate, used.TotalSeconds, failed, null);
        }

        public Task CheckAsync() => database.CheckAsync();

        public ValueTask DisposeAsync()
        {
            File.Delete(_script);
            return database.DisposeAsync();
        }

        private async Task<(long Notices, double Rate, long Failed)> RunAsync(
            int clients, TimeSpan time, CancellationToken cancellation)
        {
            var socket = new NpgsqlConnectionStringBuilder(database.Server.LocalConnectionString);
            var program = PostgresServer.Find("pgbench");
            await using var child = Child.Start(
                [
                    program, "-h", socket.Host!, "-p", Wire.Text($"{socket.Port}"), "-U", socket.Username!, "-n",
                    "-M", "prepared", "-c", Wire.Text($"{clients}"),
                    "-j", Wire.Text($"{Math.Min(clients, Environment.ProcessorCount)}"),
                    "-T", Wire.Text($"{Math.Max(1, Math.Ceiling(time.TotalSeconds))}"),
                    "-D", Wire.Text($"n={_runs++ * 1_000_000_000}"), "-D", Wire.Text($"parties={parties}"),
                    "-D", Wire.Text($"items={ProcedureDatabase.Items}"),
                    Wire.Text($"--random-seed={seed + _runs}"), "-f", _script, socket.Database!,
                ],
                new() { ["PGOPTIONS"] = "-c synchronous_commit=on" },
                "pgbench");
            await using var stop = cancellation.Register(() => _ = child.KillAsync());
            await child.WaitAsync(child.Ended, time + Grace, "(pgbench) did not end");
            cancellation.ThrowIfCancellationRequested();
            if (await child.Ended != 0)
                throw new InvalidOperationException($"pgbench failed:\n{child.Said}");
            var notices = (long)Find(Processed(), child.Said);
            database.Filed += notices;
            return (notices, Find(PerSecond(), child.Said), (long)Find(FailedOnes(), child.Said));
        }

        private static double Find(Regex what, string said) => what.Match(said) is { Success: true } match
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"pgbench does not tell {what}:\n{said}");

        [GeneratedRegex(@"transactions actually processed: (\d+)")]
        private static partial Regex Processed();

        [GeneratedRegex(@"failed transactions: (\d+)")]
        private static partial Regex FailedOnes();

        [GeneratedRegex(@"tps = ([\d.]+) \(without initial connection time\)")]
        private static partial Regex PerSecond();
    }
}
