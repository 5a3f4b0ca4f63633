using Treaty.Grid.Silo.Operations;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Cluster.Tests.Operations;

/// <summary>Snapshots and their index are held against the entries they come from.</summary>
public sealed class VerifySnapshotTests : IAsyncDisposable
{
    private static readonly Lazy<ScriptedRegister> Told = new(() => Story.Tell(times: 6));
    private static readonly string[] Parties = ["BGR", "GRC", "ROU", "UKR", "USA", "XXA"];

    private readonly Snapshots _snapshots = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _snapshots.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10_000)]
    public async Task However_often_a_fold_lets_go_it_comes_to_the_same_snapshots(int heldMax)
    {
        var verification = await VerifyAsync(heldMax);

        Assert.Empty(verification.Report.Named);
        Assert.Equal(Parties.Length, verification.Snapshots);
    }

    [Fact]
    public async Task Another_snapshot_than_the_entries_fold_to_is_named()
    {
        var earlier = Story.Tell(times: 5).SnapshotOf("GRC");
        _snapshots.Kept["GRC"] = new Snapshot(Told.Value["GRC"].Version, earlier.State);

        Assert.Equal(
            $"{LastOf("GRC")}: the snapshot of this version is not what its entries fold to.",
            Assert.Single((await VerifyAsync(7)).Report.Named).ToString());
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_read_is_named()
    {
        _snapshots.Kept["GRC"] = new Snapshot(Told.Value["GRC"].Version, new byte[] { 0xFF });

        Assert.StartsWith(
            $"{LastOf("GRC")}: The snapshot of GRC is damaged",
            Assert.Single((await VerifyAsync(7)).Report.Named).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_of_an_entry_that_is_not_there_is_named()
    {
        var version = Told.Value["GRC"].Version;
        _snapshots.Kept["GRC"] = new Snapshot(version + 1, Told.Value.SnapshotOf("GRC").State);

        Assert.Equal(
            $"{LastOf("GRC")}: it is the last, and there is a snapshot of version {version + 1}.",
            Assert.Single((await VerifyAsync(7)).Report.Named).ToString());
    }

    [Fact]
    public async Task An_entry_that_the_index_does_not_find_is_named()
    {
        var name = Party.NameOfNotice("T2.1.Dispatch");
        _snapshots.Forgotten = Mention.KeyOf(name);

        var entry = Told.Value.Entries.First(e => e.Party == "GRC" && EntryCodec.Decode(e.Payload.Span, "GRC").Events
            .OfType<NoticeFiled>().Any(n => n.Notice.Id == "T2.1.Dispatch"));
        Assert.Equal(
            $"position {entry.Position}, GRC version {entry.Version}: the index of the snapshot does not find it under "
            + $"{name}.",
            Assert.Single((await VerifyAsync(7)).Report.Named).ToString());
    }

    [Fact]
    public void Keys_of_names_never_change() =>
        Assert.Equal(0x2533_044E_DD7F_512EUL, Mention.KeyOf("notices/n1"));

    private async Task<Verification> VerifyAsync(int heldMax)
    {
        foreach (var party in Parties)
        {
            _snapshots.Kept.TryAdd(party, Told.Value.SnapshotOf(party));
        }

        await using var journal = new MemoryJournal();
        await Commands.FillAsync(journal, Told.Value.Entries);
        await using var quiet = new StringWriter();
        var verification = new Verification(
            journal, _snapshots, ScriptedRegister.Rulebook,
            new ProgressLine(quiet, false, true, TimeProvider.System))
        {
            HeldMax = heldMax,
        };
        await verification.RunAsync(Cancellation);
        return verification;
    }

    private static string LastOf(string party)
    {
        var last = Told.Value.Entries.Last(e => e.Party == party);
        return $"position {last.Position}, {party} version {last.Version}";
    }

    /// <summary>Finds every entry under every key, but for one key.</summary>
    private sealed class Snapshots : ISnapshotStore
    {
        public Dictionary<string, Snapshot> Kept { get; } = new(StringComparer.Ordinal);

        public ulong Forgotten { get; set; }

        public ValueTask StartAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask<Snapshot?> LoadAsync(string party, CancellationToken cancellation) =>
            ValueTask.FromResult(Kept.GetValueOrDefault(party));

        public ValueTask<bool> SaveAsync(
            string party, Snapshot snapshot, long basedOn, IReadOnlyList<Mention> mentions,
            CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<long>> FindAsync(
            string party, IReadOnlyList<ulong> keys, CancellationToken cancellation) =>
            ValueTask.FromResult<IReadOnlyList<long>>(keys.Contains(Forgotten)
                ? []
                : [.. Enumerable.Range(1, (int)Kept[party].Version).Select(v => (long)v)]);

        public ValueTask DropAsync(string party, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
