using Microsoft.Extensions.Logging;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Journal;

/// <summary>What the writer tells its operator while the journal fails.</summary>
public sealed class JournalWriterNewsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_journal_that_writes_some_and_not_others_is_reported_once_and_once_when_it_writes_again()
    {
        var said = new Said();
        await using var journal = new GatedJournal();
        await using var writer = new JournalWriter(journal, TimeProvider.System, said);
        await writer.OpenAsync("GRC", Cancellation);
        for (var i = 0; i < 5; i++)
        {
            journal.FailBefore = new JournalUnavailableException("disk full");
            await Assert.ThrowsAsync<JournalUnavailableException>(() => Append(writer, i));
            Assert.Equal(i, await Append(writer, i) - 1);
        }

        Assert.Equal([1, 2], said.Events);
    }

    [Fact]
    public async Task What_is_refused_is_no_news_of_a_journal_that_writes_again()
    {
        var said = new Said();
        await using var journal = new GatedJournal();
        await using var writer = new JournalWriter(journal, TimeProvider.System, said);
        await writer.OpenAsync("GRC", Cancellation);
        journal.FailBefore = new JournalUnavailableException("disk full");
        await Assert.ThrowsAsync<JournalUnavailableException>(() => Append(writer, 0));

        await Assert.ThrowsAsync<JournalFencedException>(() => Append(writer, 7));

        // It is reported as failing, and an append as refused; not as working.
        Assert.Equal([1, 3], said.Events);
    }

    private static async Task<long> Append(JournalWriter writer, long expectedVersion) =>
        await writer.AppendAsync(new Append("GRC", 1, expectedVersion, [new byte[3]]), [], Cancellation);

    /// <summary>The numbers of what was written to the log.</summary>
    private sealed class Said : ILogger<JournalWriter>
    {
        public List<int> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Events.Add(eventId.Id);
    }
}
