using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

public sealed class MemorySnapshotStoreTests : SnapshotStoreContract
{
    protected override ISnapshotStore Make(long filterBytesMax) => new MemorySnapshotStore();
}
