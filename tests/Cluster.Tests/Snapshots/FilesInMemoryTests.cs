using System.Diagnostics.Metrics;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Faults;
using Treaty.Grid.Grains;
using Treaty.Grid.Storage;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

/// <summary>
/// The gauge of what parties keep in memory. It is the process's, so no other test may run meanwhile.
/// </summary>
[Collection(Cluster.Alone.Name)]
public sealed class FilesInMemoryTests : IDisposable
{
    private const int Transfers = 30;

    private static readonly Google.Type.Date Sent = Day(2024, 11, 21);

    private readonly MeterListener _listener = new();
    private long _files;

    public FilesInMemoryTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GrainTelemetry.Name && instrument.Name == "treatygrid.parties.files")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, files, _, _) => Interlocked.Add(ref _files, files));
        _listener.Start();
    }

    [Fact]
    public async Task What_is_open_counts_for_each_party_until_it_is_at_rest_or_the_party_leaves()
    {
        await using var silo = await RunningSilo.StartAsync(
            new FaultyJournal(new MemoryJournal(), _ => Fault.None), new OneDay());
        await silo.RegisterAsync("JOR", "SYR");
        await silo.AccedeAsync("JOR");
        await silo.AccedeAsync("SYR");
        var numbers = Enumerable.Range(0, Transfers);
        await silo.FileAsync("JOR", numbers.Select(n => ($"d-{n}", Dispatch("JOR", "SYR", $"T-{n}", n + 1, Sent))));
        await ComesToAsync(files => files == 2 * Transfers, "Each party has a file of each transfer");

        await silo.FileAsync("SYR", numbers.Select(n => ($"r-{n}", Receipt("JOR", "SYR", $"T-{n}", n + 1, Sent))));
        var declared = 0;
        await ComesToAsync(
            files => files <= Transfers, "What both have told of leaves memory",
            async () =>
            {
                declared++;
                await silo.DeclareAsync("JOR", declared);
                await silo.DeclareAsync("SYR", declared);
            });
        await silo.FileAsync(
            "JOR", numbers.Select(n => ($"e-{n}", Dispatch("JOR", "SYR", $"U-{n}", Transfers + n + 1, Sent))));
        await ComesToAsync(files => files >= 2 * Transfers, "What is sent then counts too");
        foreach (var party in new[] { "JOR", "SYR" })
            await silo.DeactivateAsync(party);

        await ComesToAsync(files => files == 0, "Parties that leave take theirs with them");
    }

    public void Dispose() => _listener.Dispose();

    private async Task ComesToAsync(Predicate<long> isThere, string what, Func<Task>? meanwhile = null) =>
        await Eventually.Async(
            async () =>
            {
                await (meanwhile?.Invoke() ?? Task.CompletedTask);
                return Interlocked.Read(ref _files);
            },
            isThere,
            what);
}
