using System.Diagnostics;

namespace Treaty.Grid.Bench;

/// <summary>What a long history costs a party: opening it, its memory, an old id, a new notice.</summary>
internal static class PartyFigures
{
    private const int Rounds = 10;
    private const int MemoryRounds = 5;
    private const int Repeats = 200;
    private const int RateRounds = 7;
    private const int RateBatch = 250;
    private const int Seed = 20_091_201;

    public static async Task OpeningAsync(Run run, CancellationToken cancellation)
    {
        var register = await run.RegisterAsync(cancellation);
        var table = new Table(
            "opening: ms until the first call of a party is answered; with a snapshot the median and worst of "
                + $"{Rounds}",
            "party", "entries", "median", "worst", "without snapshot", "calls");
        foreach (var (party, entries, folded, calls) in register.Folded)
        {
            run.Say($"opening: {party}");
            var times = new List<TimeSpan>();
            for (var round = 0; round < Rounds; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                await register.CloseAsync(party);
                var began = Stopwatch.GetTimestamp();
                await register.GetAsync(party);
                times.Add(Stopwatch.GetElapsedTime(began));
            }

            table.Add(party, entries, times.MedianOf(), times.Max(), folded, calls);
        }

        table.Print(run.Output);
    }

    public static async Task MemoryAsync(Run run, CancellationToken cancellation)
    {
        var register = await run.RegisterAsync(cancellation);
        var table = new Table(
            "memory: bytes of the heap that go with one party, and of the filters that its index keeps in the cache; "
                + $"both histories touch {History.Days} days, for which the books keep a balance each",
            "party", "closed transfers", "party", "filters");
        var bytes = new List<double>();
        foreach (var history in new[] { register.Few, register.Many })
        {
            run.Say($"memory: {history.Sender}");
            var (party, filters) = (new List<long>(), new List<long>());
            for (var round = 0; round < MemoryRounds; round++)
            {
                cancellation.ThrowIfCancellationRequested();

                // A repeat brings the filters into the cache; so both are there before and after.
                await register.FileAsync(history, [round]);
                await register.CloseAsync(history.Sender);
                var (heapBefore, filtersBefore) = (Reachable(), register.FilterBytes);
                await register.GetAsync(history.Sender);
                await register.CloseAsync(register.Few.Recipient);
                var (heap, withoutFilters) = (Reachable(), register.FilterBytes);
                party.Add(heap - heapBefore - (withoutFilters - filtersBefore));
                filters.Add(filtersBefore - withoutFilters);
            }

            table.Add(history.Sender, history.Transfers, party.MedianOf(), filters.MedianOf());
            bytes.Add(party.MedianOf());
        }

        table.Add("ratio", "", bytes[1] / bytes[0], "");
        table.Print(run.Output);
    }

    public static async Task RepeatsAsync(Run run, CancellationToken cancellation)
    {
        var register = await run.RegisterAsync(cancellation);
        var table = new Table(
            $"repeats: ms until a notice id of long ago is answered again, {Repeats} of them one by one (seed {Seed})",
            "party", "entries", "median", "worst", "same receipt");
        foreach (var history in new[] { register.Few, register.Many })
        {
            run.Say($"repeats: {history.Sender}");
            var dice = new Random(Seed);
            var (times, same) = (new List<TimeSpan>(), 0);
            for (var repeat = 0; repeat < Repeats; repeat++)
            {
                cancellation.ThrowIfCancellationRequested();
                var transfer = dice.NextInt64(history.Transfers);
                var began = Stopwatch.GetTimestamp();
                var answer = (await register.FileAsync(history, [transfer]))[0].Response;
                times.Add(Stopwatch.GetElapsedTime(began));
                same += answer.Replayed && answer.Receipt.Position == history.PositionOf(transfer) ? 1 : 0;
            }

            table.Add(history.Sender, history.Entries, times.MedianOf(), times.Max(), $"{same} of {Repeats}");
        }

        table.Print(run.Output);
    }

    public static async Task NoticesAsync(Run run, CancellationToken cancellation)
    {
        var register = await run.RegisterAsync(cancellation);
        var table = new Table(
            $"notices: new ones/s through the grain, cross-checked, in batches of {RateBatch}, one under way; the two "
                + $"take turns, median of {RateRounds} rounds",
            "party", "entries", "notices/s");
        var histories = new[] { register.Few, register.Many };
        var rates = histories.ToDictionary(h => h, _ => new List<double>());
        for (var round = -1; round < RateRounds; round++)
        {
            run.Say($"notices: round {round + 1} of {RateRounds}");

            // Whoever comes second may find a busier machine: the order changes.
            foreach (var history in round % 2 == 0 ? histories : histories.Reverse())
            {
                var rate = await RateAsync(register, history, run.Round, cancellation);
                if (round >= 0)
                    rates[history].Add(rate);
            }
        }

        foreach (var history in histories)
            table.Add(history.Sender, history.Entries, rates[history].MedianOf());
        table.Add("ratio", "", rates[register.Many].Zip(rates[register.Few], (m, f) => m / f).MedianOf());
        table.Print(run.Output);
    }

    private static async Task<double> RateAsync(
        Register register, History history, TimeSpan time, CancellationToken cancellation)
    {
        var first = history.Next;
        var began = Stopwatch.GetTimestamp();
        for (; Stopwatch.GetElapsedTime(began) < time; history.Next += RateBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            await register.FileAsync(history, Enumerable.Range(0, RateBatch).Select(i => history.Next + i));
        }

        return (history.Next - first) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static long Reachable()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
