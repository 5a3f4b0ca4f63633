using Microsoft.Extensions.Logging;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Grains;

/// <summary>For an operator: makes the read model anew while no silo runs, or beside those that do.</summary>
public static class ReadModelRebuild
{
    /// <param name="progress">How many entries are in the model, and how many there are.</param>
    public static async Task RunAsync(
        IJournal journal, ReadModel model, TimeProvider time, ILoggerFactory logs,
        IProgress<(long Done, long Total)> progress, CancellationToken cancellation)
    {
        await using var writer = new JournalWriter(journal, time, logs.CreateLogger<JournalWriter>());
        using var projector = new Projector(journal, model, writer, time, logs.CreateLogger<Projector>());
        await projector.RebuildAsync(progress, cancellation);
    }
}
