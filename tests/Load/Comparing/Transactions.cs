using System.Globalization;
using Npgsql;
using Treaty.Grid.Load.Programs;

namespace Treaty.Grid.Load.Comparing;

/// <summary>
/// Orleans' own transactions over the grains of both parties, with state in PostgreSQL; what calls them is in the same
/// process, to their favour, and counts for a server.
/// </summary>
internal sealed class Transactions(int parties) : IContender
{
    private const string Program = "Treaty.Grid.Transactions";
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    public string Key => "transactions";

    public string Name => "two-grain transaction of Orleans";

    public IReadOnlyList<int> Levels => [64, 256, 1_024];

    public bool IsBatch => false;

    public async Task<IRunning> StartAsync(CancellationToken cancellation)
    {
        var database = await PostgresServer.StartAsync();
        Child? child = null;
        try
        {
            child = Child.Start(
                [
                    .. Child.CommandOf(Program), "--postgres", database.LocalConnectionString,
                    "--parties", Wire.Text($"{parties}"),
                ],
                [],
                "Ready");
            await child.WaitAsync(child.Ready, StartMax, "(transactions) did not become ready");
            return new Running(database, child);
        }
        catch
        {
            if (child is not null)
                await child.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }
    }

    private sealed class Running(PostgresServer database, Child child) : IRunning
    {
        private long _filed;

        public PostgresServer? Database => database;

        public async Task<Turn> MeasureAsync(
            int inFlight, TimeSpan warmUp, TimeSpan time, CancellationToken cancellation)
        {
            var (begun, done, rest) = (
                child.HearAsync("begun", warmUp + Grace), child.HearAsync("done", warmUp + time + Grace),
                child.HearAsync("rest", warmUp + time + (2 * Grace)));
            await child.SayAsync(Wire.Text($"measure {inFlight} {warmUp.TotalSeconds} {time.TotalSeconds}"));
            await begun.WaitAsync(cancellation);
            var before = Usage.Processor([child.Id, database.ProcessId]);
            var told = (await done.WaitAsync(cancellation)).Split(' ');
            var used = Usage.Processor([child.Id, database.ProcessId]) - before;
            _filed = (long)Number((await rest.WaitAsync(cancellation)).Split(' ')[1]);
            return new Turn((long)Number(told[1]), Number(told[2]), used.TotalSeconds, (long)Number(told[3]), null);
        }

        /// <summary>Each transfer is in the files of both grains.</summary>
        public async Task CheckAsync()
        {
            await using var source = NpgsqlDataSource.Create(database.LocalConnectionString);
            await using var ask = source.CreateCommand("SELECT count(*) FROM state");
            var states = (long)(await ask.ExecuteScalarAsync())!;
            if (states < 2 * _filed)
            {
                throw new InvalidOperationException(Wire.Text(
                    $"{_filed:N0} transfers were acknowledged, and {states:N0} states are there."));
            }
        }

        public async ValueTask DisposeAsync()
        {
            await child.DisposeAsync();
            await database.DisposeAsync();
        }

        private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
