using Treaty.Grid.Auditor.Linearizability;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>
/// What several clients ask of the files of parties at the same time, while silos that hold the parties are frozen,
/// killed and cut off, and whether an order can be found in which each answer is right.
/// </summary>
/// <remarks>
/// The strong read is <c>GetStockpile</c>: the party's own grain answers it from what it holds in memory, and each
/// receipt is booked under a lot of its own, so that one answer shows the whole file. The other read is
/// <c>ListNotices</c> from a position on, which any silo answers from the lists.
/// </remarks>
[Collection(Alone.Name)]
public sealed class LinearizabilityTests(ITestOutputHelper output)
{
    private const int Seed = 20_241_129;
    private const string Peer = "ZZZ";

    // One page shows all of a file, or a read would not be one.
    private const int NoticesMax = 190;

    // More than wait at a frozen silo would keep the others from being asked.
    private const int ReadsAtOnce = 40;
    private const int PauseMax = 700;

    // A client that files asks another gateway then; one that reads waits, so that what a silo was asked while it was
    // frozen or cut off is answered by it.
    private static readonly TimeSpan FilingDeadline = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan ReadingDeadline = TimeSpan.FromSeconds(28);

    private static readonly Google.Type.Date Date = Day(2007, 5, 4);

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(3);

    // By then a party has written down all that it heard. One that must still write when it is cut off from the
    // database gives itself up, and there would be nobody to give an old answer.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    // Where a party lives is drawn from its code, and so is the silo that a gateway asks for it: of so many some are
    // asked for at the silo that is left out, and live there.
    private const int FilesMax = 24;

    private volatile TaskCompletionSource _mayFile = new();

    [Fact]
    public async Task Whatever_befalls_the_silo_of_a_party_no_answer_is_older_than_what_was_acknowledged_before()
    {
        await using var ground = await Ground.PrepareAsync(output, withClocks: false);
        await ground.Pair.StartAsync(Schedule.Silos.Count, Schedule.Gateways.Count);
        await new Caller(ground.Pair, "depositary").RegisterAsync(Peer, Peer);
        _mayFile.SetResult();
        await using var chaos = new Chaos(ground, output);
        var violations = new List<string>();
        foreach (var (round, fault) in FaultsOn(ground).Index())
            violations.AddRange(await RunAsync(ground.Pair, chaos, fault, round));
        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    /// <summary>
    /// With files that are new, or none would be at a silo that was started again since: what has moved elsewhere stays
    /// there.
    /// </summary>
    private async Task<IReadOnlyList<string>> RunAsync(Pair pair, Chaos chaos, Fault fault, int round)
    {
        var depositary = new Caller(pair, "depositary");
        var recorders = Enumerable.Range('A', FilesMax)
            .ToDictionary(letter => $"Q{(char)('A' + round)}{(char)letter}", _ => new Recorder());
        foreach (var party in recorders.Keys)
            await depositary.RegisterAsync(party, party);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var clients = recorders
            .SelectMany((r, index) => ClientsOf(
                pair, FilingAt(pair, fault), r.Key, r.Value, Seed + (10 * index), enough.Token))
            .ToList();
        await Task.Delay(Before, TestContext.Current.CancellationToken);
        if (fault.Other is not null)
        {
            _mayFile = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await Task.Delay(Quiet, TestContext.Current.CancellationToken);
        }

        var running = chaos.RunAsync([[fault]]);
        await Task.Delay(Before, TestContext.Current.CancellationToken);
        _mayFile.TrySetResult();
        await await Task.WhenAny(running, Task.WhenAny(clients).Unwrap());
        await enough.CancelAsync();
        await Task.WhenAll(clients);

        var violations = recorders
            .Select(r => (Party: r.Key, Found: FileAudit.Check(r.Value.ToHistory())))
            .Where(v => v.Found is not null)
            .Select(v => $"{fault}: {v.Party}: {v.Found}")
            .ToList();
        output.WriteLine(
            $"{recorders.Count} files: {recorders.Values.Sum(r => r.Appends)} appends, "
            + $"{recorders.Values.Sum(r => r.AppendsUnanswered)} of them unanswered; "
            + $"{recorders.Values.Sum(r => r.StrongReads)} strong reads, {recorders.Values.Sum(r => r.OtherReads)} "
            + $"others, {recorders.Values.Sum(r => r.ReadsUnanswered)} reads unanswered; {violations.Count} violated.");
        Assert.All(recorders.Values, recorder => Assert.InRange(recorder.StrongReads, 1, int.MaxValue));
        return violations;
    }

    /// <summary>Or nothing would be said by the test above.</summary>
    [Fact]
    public async Task A_stale_answer_among_those_that_are_written_down_is_found()
    {
        var recorder = new Recorder();
        await AppendAsync("N-1", 10);
        var old = new Recorder.Answer(["N-1"], 10, IsInOrder: false);
        await recorder.ReadAsync(() => Task.FromResult(old));
        Assert.False(await recorder.AppendAsync("N-2", () => throw new Grpc.Core.RpcException(
            new Grpc.Core.Status(Grpc.Core.StatusCode.DeadlineExceeded, ""))));
        await AppendAsync("N-2", 20);
        await recorder.ReadAsync(() => Task.FromResult(
            new Recorder.Answer(["N-2", "N-1"], 20, IsInOrder: false)));
        await recorder.ReadAsync(() => Task.FromResult(new Recorder.Answer(["N-1"], 10, IsInOrder: true)), atLeast: 10);
        Assert.Null(FileAudit.Check(recorder.ToHistory()));

        await recorder.ReadAsync(() => Task.FromResult(old));
        var found = FileAudit.Check(recorder.ToHistory());
        Assert.True(
            found?.Kind is Contradiction.StaleRead or Contradiction.VanishedEntry, $"It is taken for {found}.");

        async Task AppendAsync(string id, long position) =>
            Assert.True(await recorder.AppendAsync(id, () => Task.FromResult(position)));
    }

    /// <summary>
    /// One after the other, and each silo in turn: where nothing can be cut only those for which that is not needed. A
    /// silo that is killed, or cut off from the journal too, has nothing old to say: those are for long runs.
    /// </summary>
    private static List<Fault> FaultsOn(Ground ground)
    {
        var (frozen, cut) = (TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(18));
        List<Fault> faults =
        [
            new(FaultKind.Freeze, Schedule.Silos[0], default, frozen),
        ];
        var isLong = Environment.GetEnvironmentVariable("TREATY_GRID_CHAOS_MINUTES") is { Length: > 0 };
        if (isLong)
            faults.Add(new(FaultKind.Kill, Schedule.Silos[1], default, TimeSpan.FromSeconds(1)));
        if (ground.Network is not null)
        {
            faults.Insert(0, new(FaultKind.Split, Schedule.Silos[0], default, cut, Schedule.Gateways[0]));
            if (isLong)
                faults.Add(new(FaultKind.Isolate, Schedule.Silos[2], default, cut));
        }

        return faults;
    }

    /// <summary>
    /// At either gateway in turn; but not at one that is left alone with a silo: what is filed there tells the silo
    /// that it no longer speaks for the party, and it is to be asked while it does not know.
    /// </summary>
    private static Func<Door> FilingAt(Pair pair, Fault fault) =>
        Schedule.Gateways.FirstOrDefault(g => fault.Other is not null && g != fault.Other) is { } other
            ? () => pair.Through(other)
            : () => pair;

    /// <summary>One files, one reads at each gateway, and one reads the lists.</summary>
    private IEnumerable<Task> ClientsOf(
        Pair pair, Func<Door> filing, string party, Recorder recorder, int seed, CancellationToken enough)
    {
        yield return FileAsync(filing, party, recorder, new Random(seed), enough);
        for (var gateway = 0; gateway < Schedule.Gateways.Count; gateway++)
        {
            var name = Schedule.Gateways[gateway];
            var random = new Random(seed + 1 + gateway);
            yield return ReadAsync(
                recorder, _ => AskStockAsync(pair.Through(name), party), isStrong: true, random, enough);
        }

        yield return ReadAsync(
            recorder, position => AskListAsync(pair, party, position), isStrong: false, new Random(seed + 9), enough);
    }

    private async Task FileAsync(
        Func<Door> door, string party, Recorder recorder, Random random, CancellationToken enough)
    {
        for (var n = 1; n <= NoticesMax && !enough.IsCancellationRequested; n++)
        {
            await _mayFile.Task.WaitAsync(TestContext.Current.CancellationToken);
            var id = $"N-{n}";
            var receipt = Receipt(Peer, party, id, 1, Date);
            receipt.Lines[0].Lots.Add(new Lot { Lot_ = id, Quantity = 1 });

            // Until it is acknowledged, even if that is the last one.
            while (!await recorder.AppendAsync(id, async () =>
                (await new Caller(door(), party) { Deadline = FilingDeadline }.SubmitAsync(id, receipt))
                    .Receipt.Position))
            {
                await Task.Delay(random.Next(50), TestContext.Current.CancellationToken);
            }

            await Task.Delay(random.Next(2 * PauseMax), TestContext.Current.CancellationToken);
        }

        // The others go on reading what there is.
        await Task.Delay(Timeout.Infinite, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Asks again and again, whether the last one was answered or not, and at the end waits for all.</summary>
    private static async Task ReadAsync(
        Recorder recorder, Func<long, Task<Recorder.Answer>> ask, bool isStrong, Random random,
        CancellationToken enough)
    {
        var underWay = new List<Task>();
        while (!enough.IsCancellationRequested)
        {
            underWay.RemoveAll(read => read.IsCompletedSuccessfully);
            if (underWay.Find(read => read.IsCompleted) is { } failed)
                await failed;
            if (underWay.Count < ReadsAtOnce)
            {
                var position = recorder.Position;
                underWay.Add(recorder.ReadAsync(() => ask(position), isStrong ? null : position));
            }

            await Task.Delay(random.Next(PauseMax), TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(underWay);
    }

    private static async Task<Recorder.Answer> AskStockAsync(Door gateway, string party)
    {
        var stock = await new Caller(gateway, party) { Deadline = ReadingDeadline }.StockAsync();
        return new Recorder.Answer([.. stock.Holdings.Select(h => h.Lot)], stock.Position, IsInOrder: false);
    }

    private static async Task<Recorder.Answer> AskListAsync(Door register, string party, long position)
    {
        var page = await new Caller(register, party) { Deadline = ReadingDeadline }.ListAsync(
            new ListNoticesRequest { Parent = $"parties/{party}", PageSize = 200, AtLeastPosition = position });
        Assert.Empty(page.NextPageToken);
        return new Recorder.Answer(
            [.. page.Notices.Select(n => n.Name.Split('/')[^1])], page.Position, IsInOrder: true);
    }
}
