using System.Collections.Concurrent;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Faults;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

/// <summary>When a party's grain saves and loads.</summary>
public sealed class SavingTests
{
    // Their entries are more than a grain lets lie without a snapshot.
    private const int Notices = 1_000;

    // Far longer than a party takes to open. The test only passes when nothing happens in that time, and never fails
    // because it was short.
    private static readonly TimeSpan AWhile = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task A_party_that_leaves_memory_while_it_is_saved_is_opened_again_from_what_was_saved()
    {
        var store = new GatedSnapshotStore();
        await using var silo = await RunningSilo.StartAsync(
            new FaultyJournal(new MemoryJournal(), _ => Fault.None), new OneDay(), store);
        await silo.RegisterAsync("JOR", "SYR");
        await silo.FileAsync("JOR", Enumerable.Range(0, Notices).Select(
            n => ($"j-{n}", Statements.Dispatch("JOR", "SYR", $"T-{n}", 1, Statements.Day(2024, 11, 21)))));
        await store.Saving.WaitAsync(TestContext.Current.CancellationToken);

        await silo.DeactivateAsync("JOR");
        var asked = silo["JOR"].GetParty(new GetPartyRequest { Name = "parties/JOR" }).AsTask();
        await Task.WhenAny(asked, store.LoadedAgain, Task.Delay(AWhile, TestContext.Current.CancellationToken));
        store.GoOn();

        Assert.Equal("JOR", (await asked).DisplayName);
        Assert.Contains("load", store.Calls);
        Assert.Equal("saved", store.Calls.TakeWhile(c => c != "load").LastOrDefault());
    }

    /// <summary>Writes down what it is asked about one party, and holds up the first save of it.</summary>
    private sealed class GatedSnapshotStore : ISnapshotStore
    {
        private readonly MemorySnapshotStore _inner = new();
        private readonly TaskCompletionSource _saving = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _loadedAgain = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<string> Calls { get; } = [];

        public Task Saving => _saving.Task;

        public Task LoadedAgain => _loadedAgain.Task;

        public void GoOn() => _goOn.TrySetResult();

        public ValueTask StartAsync(CancellationToken cancellation) => _inner.StartAsync(cancellation);

        public ValueTask<Snapshot?> LoadAsync(string party, CancellationToken cancellation)
        {
            if (party == "JOR")
            {
                Calls.Enqueue("load");
                if (_saving.Task.IsCompleted)
                    _loadedAgain.TrySetResult();
            }

            return _inner.LoadAsync(party, cancellation);
        }

        public async ValueTask<bool> SaveAsync(
            string party, Snapshot snapshot, long basedOn, IReadOnlyList<Mention> mentions,
            CancellationToken cancellation)
        {
            if (party != "JOR")
                return await _inner.SaveAsync(party, snapshot, basedOn, mentions, cancellation);
            Calls.Enqueue("save");
            _saving.TrySetResult();
            await _goOn.Task;
            var isSaved = await _inner.SaveAsync(party, snapshot, basedOn, mentions, cancellation);
            Calls.Enqueue("saved");
            return isSaved;
        }

        public ValueTask<IReadOnlyList<long>> FindAsync(
            string party, IReadOnlyList<ulong> keys, CancellationToken cancellation) =>
            _inner.FindAsync(party, keys, cancellation);

        public ValueTask DropAsync(string party, CancellationToken cancellation) =>
            _inner.DropAsync(party, cancellation);

        public ValueTask DisposeAsync() => _inner.DisposeAsync();
    }
}
