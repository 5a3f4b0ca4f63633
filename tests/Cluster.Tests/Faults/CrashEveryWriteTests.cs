using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>
/// The durable steps of a run are counted; then the run is repeated with a crash before and after each of them.
/// </summary>
public abstract class CrashEveryWriteTests : IAsyncLifetime
{
    // Starting a silo is mostly waiting.
    private const int RunsAtOnce = 3;

    // Two messages of one notice may go into one commit or into two: a run may be as much shorter than the one counted.
    private const int SharedCommitsMax = 4;

    private string _undisturbed = "";
    private int _steps;

    public async ValueTask InitializeAsync()
    {
        await using var run = new Run(NewStore());
        await run.PlayAsync(atOnce: false);
        _steps = run.Silo.Journal.Steps;
        _undisturbed = await JournalAudit.CheckAsync(run);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Whatever_was_acknowledged_survives_a_crash_before_any_write() =>
        await CrashEverywhereAsync(Fault.FreezeBefore);

    [Fact]
    public async Task Whatever_was_acknowledged_survives_a_crash_after_any_write() =>
        await CrashEverywhereAsync(Fault.FreezeAfter);

    /// <summary>A new, empty store: the function opens it as a process does, one after the other.</summary>
    protected abstract Func<IJournal> NewStore();

    private async Task CrashEverywhereAsync(Fault fault)
    {
        var crashes = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(1, _steps),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = RunsAtOnce,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (step, _) =>
            {
                try
                {
                    await using var run = new Run(NewStore(), s => s == step ? fault : Fault.None);
                    await run.PlayAsync(atOnce: false);
                    Interlocked.Add(ref crashes, run.Silos - 1);
                    Assert.Equal(_undisturbed, await JournalAudit.CheckAsync(run));
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    throw new InvalidOperationException($"{fault} at write {step} of {_steps}: {e.Message}", e);
                }
            });
        Assert.InRange(crashes, _steps - SharedCommitsMax, _steps);
    }
}

/// <summary>On a journal in memory that outlives its silos.</summary>
public sealed class CrashEveryWriteInMemoryTests : CrashEveryWriteTests
{
    protected override Func<IJournal> NewStore()
    {
        var journal = new MemoryJournal();
        return () => journal;
    }
}

/// <summary>On SQLite, closed and opened anew by each silo.</summary>
public sealed class CrashEveryWriteOnSqliteTests : CrashEveryWriteTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("treaty-grid-faults-").FullName;
    private int _stores;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    protected override Func<IJournal> NewStore()
    {
        var directory = Path.Combine(_directory, $"{Interlocked.Increment(ref _stores)}");
        return () => new SqliteJournal(directory, TimeProvider.System);
    }
}
