using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Journal;

public sealed class MemoryJournalTests : JournalContract
{
    protected override ValueTask<IJournal> MakeAsync() => ValueTask.FromResult<IJournal>(new MemoryJournal());
}
