using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Gateway;
using Treaty.Grid.Contracts;
using Treaty.Grid.Grains;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.ReadModels.MadeEntries;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>Who has something undelivered is woken, whenever it was sent.</summary>
public sealed class SweeperTests : IAsyncDisposable
{
    private readonly SqliteReadModel _model = SqliteReadModel.Temporary(TimeProvider.System);
    private readonly FakeGrains _grains = new();
    private readonly ConcurrentQueue<string> _woken = new();

    public SweeperTests()
    {
        foreach (var party in new[] { "GRC", "BGR", "ROU" })
            _grains.On(party, nameof(IPartyGrain.Kick), () => _woken.Enqueue(party));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    [Fact]
    public async Task Who_has_something_undelivered_is_woken_and_nobody_else()
    {
        await using var journal = new MemoryJournal();
        await RecordAsync(journal, "GRC", Sent("BGR", 1), Sent("ROU", 1));
        await RecordAsync(journal, "BGR", Sent("GRC", 1), Taken("GRC", 1));
        await RecordAsync(journal, "GRC", Taken("BGR", 1));
        await SweepAsync(journal, () => !_woken.IsEmpty);
        Assert.Equal(["GRC"], _woken.Distinct());
    }

    [Fact]
    public async Task A_start_goes_on_from_what_was_put_down()
    {
        await using var journal = new MemoryJournal();
        await RecordAsync(journal, "GRC", Sent("BGR", 1));
        await FillAsync(journal);
        await SweepAsync(journal, () => _model.FindUndeliveredAsync(Cancellation).Result is not null);
        var kept = (await _model.FindUndeliveredAsync(Cancellation))!;
        Assert.Equal(Sweeper.KeptEvery + 1, kept.Position);
        Assert.Equal([new UnevenPair("GRC", "BGR", 1, 0)], kept.Pairs);

        // As long, with something else before: of that nothing is read again.
        await using var other = new MemoryJournal();
        await RecordAsync(other, "BGR", Sent("GRC", 1));
        await FillAsync(other);
        await RecordAsync(other, "ROU", Sent("BGR", 1));
        _woken.Clear();
        await SweepAsync(other, () => _woken.Distinct().Count() == 2);
        Assert.Equal(["GRC", "ROU"], _woken.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_put_down_of_a_longer_journal_is_not_this_ones()
    {
        await _model.FindUndeliveredAsync(Cancellation);
        await _model.KeepUndeliveredAsync(
            new Undelivered(1_000, [new UnevenPair("ROU", "GRC", 7, 3)]), Cancellation);
        await using var journal = new MemoryJournal();
        await RecordAsync(journal, "GRC", Sent("BGR", 1));
        await SweepAsync(journal, () => !_woken.IsEmpty);
        Assert.Equal(["GRC"], _woken.Distinct());
    }

    private static J.Event Sent(string to, long sequence)
    {
        var filed = Filed($"N{sequence}", NoticeKind.Dispatch, "GRC", "BGR", "2026-01-01");
        filed.NoticeFiled.Addresses.Add(new J.Address { To = to, Sequence = sequence });
        return filed;
    }

    private static J.Event Taken(string from, long sequence) => new()
    {
        NoticeDelivered = new J.NoticeDelivered { From = from, Sequence = sequence },
    };

    private static Task RecordAsync(MemoryJournal journal, string party, params J.Event[] events) =>
        AppendAsync(journal, party, [new J.Entry { Events = { events } }.ToByteArray()]);

    /// <summary>With entries that say nothing to anybody.</summary>
    private static Task FillAsync(MemoryJournal journal)
    {
        var entry = new J.Entry { RecordTime = new Timestamp { Seconds = 1 } };
        ReadOnlyMemory<byte> nothing = entry.ToByteArray();
        return AppendAsync(journal, "XXA", [.. Enumerable.Repeat(nothing, Sweeper.KeptEvery)]);
    }

    private static async Task AppendAsync(MemoryJournal journal, string party, ReadOnlyMemory<byte>[] payloads)
    {
        foreach (var chunk in payloads.Chunk(1_000))
        {
            var (epoch, version) = await journal.OpenAsync(party, Cancellation);
            var outcomes = await journal.CommitAsync([new Append(party, epoch, version, chunk)], Cancellation);
            Assert.Equal(AppendResult.Committed, Assert.Single(outcomes).Result);
        }
    }

    private async Task SweepAsync(MemoryJournal journal, Func<bool> isEnough)
    {
        using var sweeper = new Sweeper(
            journal, _model, _grains.Factory, TimeProvider.System, NullLogger<Sweeper>.Instance);
        await sweeper.StartAsync(Cancellation);
        await Eventually.Async(() => Task.FromResult(isEnough()), enough => enough, "the sweeper has done so");
        await sweeper.StopAsync(Cancellation);
    }
}
