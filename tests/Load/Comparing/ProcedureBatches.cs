using System.Diagnostics;
using Npgsql;
using Treaty.Grid.Load.Programs;

namespace Treaty.Grid.Load.Comparing;

/// <summary>The stored procedure for many notices at once, called with arrays, in binary.</summary>
internal sealed class ProcedureBatches(int parties, int batch, int seed) : IContender
{
    private const int QuantityMax = 1_000;
    private static readonly DateOnly Day = new(2024, 3, 1);

    public string Key => "procedure-batch";

    public string Name => Wire.Text($"stored procedure, batches of {batch:N0}");

    public IReadOnlyList<int> Levels => [1, 2, 4, 8];

    public bool IsBatch => true;

    public async Task<IRunning> StartAsync(CancellationToken cancellation) =>
        new Running(await ProcedureDatabase.StartAsync(parties), parties, batch, seed);

    private sealed class Running(ProcedureDatabase database, int parties, int batch, int seed) : IRunning
    {
        private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
        private static readonly TimeSpan LongerMax = TimeSpan.FromSeconds(25);
        private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
        private int _measurements;
        private long _filed;

        public PostgresServer? Database => database.Server;

        public async Task<Turn> MeasureAsync(
            int inFlight, TimeSpan warmUp, TimeSpan time, CancellationToken cancellation)
        {
            var measurement = ++_measurements;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var clients = Enumerable.Range(0, inFlight)
                .Select(client => Task.Run(() => FileAsync(measurement, client, stop.Token), CancellationToken.None))
                .ToList();
            var all = Task.WhenAll(clients);
            try
            {
                await PassAsync(warmUp, all, cancellation);
                var (began, filed) = (Stopwatch.GetTimestamp(), Interlocked.Read(ref _filed));
                var before = Usage.Processor([database.Server.ProcessId]);
                await PassAsync(time, all, cancellation);
                cancellation.ThrowIfCancellationRequested();
                var (took, more) = (Stopwatch.GetElapsedTime(began), Interlocked.Read(ref _filed) - filed);
                var used = Usage.Processor([database.Server.ProcessId]) - before;
                return new Turn(more, took.TotalSeconds, used.TotalSeconds, 0, null);
            }
            finally
            {
                await stop.CancelAsync();
                await all.WaitAsync(Grace, TimeProvider.System, CancellationToken.None);
                database.Filed = Interlocked.Read(ref _filed);
            }
        }

        public Task CheckAsync() => database.CheckAsync();

        public ValueTask DisposeAsync() => database.DisposeAsync();

        /// <summary>So long, and longer while no batch at all is filed.</summary>
        private async Task PassAsync(TimeSpan time, Task clients, CancellationToken cancellation)
        {
            var (began, filed) = (Stopwatch.GetTimestamp(), Interlocked.Read(ref _filed));
            await Task.WhenAny(clients, Task.Delay(time, TimeProvider.System, cancellation));
            while (Interlocked.Read(ref _filed) == filed && !clients.IsCompleted
                && Stopwatch.GetElapsedTime(began) < time + LongerMax)
            {
                await Task.WhenAny(clients, Task.Delay(Poll, TimeProvider.System, cancellation));
                cancellation.ThrowIfCancellationRequested();
            }
        }

        private async Task FileAsync(int measurement, int client, CancellationToken stop)
        {
            var random = new Random(seed + (1_000 * measurement) + client);
            await using var connection = await database.Source.OpenConnectionAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand("SELECT file_notices($1, $2, $3, $4, $5, $6)", connection);
            for (var number = 0; !stop.IsCancellationRequested; number++)
            {
                // A batch is one party's, as it is with the others.
                var sender = 1 + random.Next(parties);
                var id = Wire.Text($"{measurement}-{client}-{number}");
                command.Parameters.Clear();
                Add(command, i => Wire.Text($"{id}-{i}"));
                Add(command, _ => sender);
                Add(command, _ => 1 + ((sender + random.Next(parties - 1)) % parties));
                Add(command, _ => 1 + random.Next(ProcedureDatabase.Items));
                Add(command, _ => 1L + random.Next(QuantityMax));
                Add(command, _ => Day);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
                Interlocked.Add(ref _filed, batch);
            }
        }

        private void Add<T>(NpgsqlCommand command, Func<int, T> of)
        {
            var values = new T[batch];
            for (var i = 0; i < batch; i++)
                values[i] = of(i);
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values });
        }
    }
}
