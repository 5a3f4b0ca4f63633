using Treaty.Grid.Cluster.Tests.Postgres;
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

    public virtual async ValueTask InitializeAsync()
    {
        await using var store = await NewStoreAsync();
        await using var run = new Run(store.Open);
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

    protected abstract ValueTask<Store> NewStoreAsync();

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
                    await using var store = await NewStoreAsync();
                    await using var run = new Run(store.Open, s => s == step ? fault : Fault.None);
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

    /// <summary>A new, empty store.</summary>
    /// <param name="open">Opens it as a process does, one after the other.</param>
    /// <param name="drop">Takes away what it left behind.</param>
    protected sealed class Store(Func<IJournal> open, Func<ValueTask>? drop = null) : IAsyncDisposable
    {
        public Func<IJournal> Open { get; } = open;

        public ValueTask DisposeAsync() => drop?.Invoke() ?? ValueTask.CompletedTask;
    }
}

/// <summary>On a journal in memory that outlives its silos.</summary>
public sealed class CrashEveryWriteInMemoryTests : CrashEveryWriteTests
{
    protected override ValueTask<Store> NewStoreAsync()
    {
        var journal = new MemoryJournal();
        return ValueTask.FromResult(new Store(() => journal));
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

    protected override ValueTask<Store> NewStoreAsync()
    {
        var directory = Path.Combine(_directory, $"{Interlocked.Increment(ref _stores)}");
        return ValueTask.FromResult(new Store(() => new SqliteJournal(directory, TimeProvider.System)));
    }
}

/// <summary>On PostgreSQL, over connections of each silo's own.</summary>
public sealed class CrashEveryWriteOnPostgresTests(PostgresHome postgres) : CrashEveryWriteTests
{
    protected override async ValueTask<Store> NewStoreAsync()
    {
        var database = await postgres.BorrowAsync();
        return new Store(
            () => new PostgresJournal(database.ConnectionString),
            async () => await postgres.ReturnAsync(database));
    }
}
