using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Bench;

/// <summary>How many entries one silo makes durable, by how many appends wait at a time.</summary>
internal static class WriterRates
{
    private const int Parties = 1_000;
    private const int EntryBytes = 400;
    private const int Rounds = 3;
    private static readonly int[] Waiting = [1, 100, 1_000];

    public static async Task RunAsync(Run run, CancellationToken cancellation)
    {
        var table = new Table(
            $"writer: entries/s through the journal writer, {EntryBytes} bytes each, {Parties:N0} parties, "
                + $"median of {Rounds} rounds, by appends waiting",
            ["store", .. Waiting.Select(w => $"{w:N0}")]);
        foreach (var home in new[] { Stores.Memory, Stores.Sqlite, Stores.Postgres })
        {
            await using var store = await run.Stores.OpenAsync(home, cancellation);
            if (store is null)
                continue;
            await using var writer = new JournalWriter(
                store.Journal, TimeProvider.System, NullLogger<JournalWriter>.Instance);
            var parties = await Task.WhenAll(Enumerable.Range(0, Parties)
                .Select(i => OpenAsync(writer, $"P{i}", cancellation)));
            var rates = new List<object>();
            foreach (var waiting in Waiting)
            {
                run.Say($"writer: {home}, {waiting:N0} waiting");
                await MeasureAsync(writer, parties, waiting, run.Round / 4, cancellation);
                var rounds = new List<double>();
                for (var round = 0; round < Rounds; round++)
                    rounds.Add(await MeasureAsync(writer, parties, waiting, run.Round, cancellation));
                rates.Add(rounds.MedianOf());
            }

            table.Add([home, .. rates]);
        }

        table.Print(run.Output);
    }

    private static async Task<Writing> OpenAsync(JournalWriter writer, string party, CancellationToken cancellation) =>
        new(party, (await writer.OpenAsync(party, cancellation)).Epoch);

    /// <summary>As many callers as appends wait, each with parties of its own, one after the other.</summary>
    private static async Task<double> MeasureAsync(
        JournalWriter writer, Writing[] parties, int waiting, TimeSpan time, CancellationToken cancellation)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> payloads = [new byte[EntryBytes]];
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, waiting).Select(caller => Task.Run(async () =>
        {
            var appends = 0;
            for (var next = caller; Stopwatch.GetElapsedTime(began) < time; next = (next + waiting) % Parties)
            {
                var party = parties[next];
                await writer.AppendAsync(
                    new Append(party.Code, party.Epoch, party.Version++, payloads), [], cancellation);
                appends++;
            }

            return appends;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private sealed record Writing(string Code, long Epoch)
    {
        public long Version { get; set; }
    }
}
