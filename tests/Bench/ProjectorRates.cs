using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Treaty.Grid.Grains;
using Treaty.Grid.Silo.Register;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Bench;

/// <summary>Whether the read model keeps up with the journal, and how far it falls behind.</summary>
internal static class ProjectorRates
{
    private const int Pairs = 20;
    private const int Waiting = 1_000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    public static async Task RunAsync(Run run, CancellationToken cancellation)
    {
        var appends = await MakeAsync(run, cancellation);
        var table = new Table(
            $"projector: entries/s of the journal under load ({Waiting:N0} appends waiting) and of the read model "
                + "beside it; how far that is behind when the load stops; and made anew with nothing else to do, and "
                + "what each entry then takes of the processor in this process",
            "store", "entries", "journal", "projector", "behind", "behind, s", "anew", "CPU, µs");
        foreach (var home in new[] { Stores.Sqlite, Stores.Postgres })
        {
            run.Say($"projector: {home}");
            await using var store = await run.Stores.OpenAsync(home, cancellation);
            if (store is not null)
                table.Add([home, .. await MeasureAsync(store, appends, cancellation)]);
        }

        table.Print(run.Output);
    }

    /// <summary>What parties wrote, in order of position: closed transfers of several pairs, in turns.</summary>
    private static async Task<List<JournalEntry>> MakeAsync(Run run, CancellationToken cancellation)
    {
        run.Say("projector: making entries");
        await using var made = new MemoryJournal();
        await made.StartAsync(cancellation);
        var rulebook = RegisterFiles.ReadRulebook();
        for (var pair = 0; pair < Pairs; pair++)
        {
            await new History($"S{pair}", $"R{pair}", made, rulebook)
                .RecordAsync(run.ProjectedTransfers / Pairs, _ => { }, cancellation);
        }

        var entries = new List<JournalEntry>();
        while (await made.ReadAllAsync(entries.Count, int.MaxValue, cancellation) is { Count: > 0 } page)
            entries.AddRange(page);
        return [.. entries.OrderBy(e => e.Version)];
    }

    private static async Task<object[]> MeasureAsync(
        Store store, List<JournalEntry> entries, CancellationToken cancellation)
    {
        await using var writer = new JournalWriter(
            store.Journal, TimeProvider.System, NullLogger<JournalWriter>.Instance);
        using var projector = new Projector(
            store.Journal, store.Model, writer, TimeProvider.System, NullLogger<Projector>.Instance);
        await projector.StartAsync(cancellation);
        var began = Stopwatch.GetTimestamp();
        await AppendAsync(writer, entries, cancellation);
        var loaded = Stopwatch.GetElapsedTime(began);
        var behind = entries.Count - await store.Model.GetPositionAsync(cancellation);
        while (await store.Model.GetPositionAsync(cancellation) < entries.Count)
            await Task.Delay(Poll, cancellation);
        var caughtUp = Stopwatch.GetElapsedTime(began);
        await projector.StopAsync(cancellation);

        var used = Environment.CpuUsage.TotalTime;
        began = Stopwatch.GetTimestamp();
        await projector.RebuildAsync(new Progress<(long, long)>(), cancellation);
        var anew = Stopwatch.GetElapsedTime(began);
        return
        [
            entries.Count, entries.Count / loaded.TotalSeconds, entries.Count / caughtUp.TotalSeconds, behind,
            (caughtUp - loaded).TotalSeconds, entries.Count / anew.TotalSeconds,
            (Environment.CpuUsage.TotalTime - used).TotalMicroseconds / entries.Count,
        ];
    }

    private static async Task AppendAsync(
        JournalWriter writer, List<JournalEntry> entries, CancellationToken cancellation)
    {
        var epochs = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var party in entries.Select(e => e.Party).Distinct())
            epochs[party] = (await writer.OpenAsync(party, cancellation)).Epoch;
        using var room = new SemaphoreSlim(Waiting);
        var waiting = new List<Task>();
        foreach (var entry in entries)
        {
            await room.WaitAsync(cancellation);
            waiting.Add(AppendOneAsync(entry));
        }

        await Task.WhenAll(waiting);

        async Task AppendOneAsync(JournalEntry entry)
        {
            await writer.AppendAsync(
                new Append(entry.Party, epochs[entry.Party], entry.Version - 1, [entry.Payload]), [], cancellation);
            room.Release();
        }
    }
}
