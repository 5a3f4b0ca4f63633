using System.Numerics;

namespace Treaty.Grid.Auditor.Linearizability;

/// <summary>What an object does when it is asked one thing at a time.</summary>
/// <typeparam name="TState">A value: states that behave the same are equal.</typeparam>
/// <typeparam name="TOperation">A question together with its answer.</typeparam>
public interface ISpecification<TState, in TOperation>
    where TState : IEquatable<TState>
{
    TState Initial { get; }

    /// <summary>Whether the operation, asked in this state, is answered so; and the state after it.</summary>
    bool TryApply(TState state, TOperation operation, out TState next);
}

/// <summary>An operation and when it was under way; one without an end may have happened later, or never.</summary>
public sealed record Call<TOperation>(TOperation Operation, long Invoked, long? Completed);

/// <summary>The search has looked at as many states as it may and still does not know.</summary>
public sealed class SearchLimitException(int states)
    : Exception($"Undecided after {states} states: raise the limit or shorten the history.");

/// <summary>
/// Decides whether a history is linearizable: whether all calls could have happened one at a time, each at a moment
/// between its start and its end (Herlihy and Wing 1990, Linearizability: A Correctness Condition for Concurrent
/// Objects). It tries the orders one by one (Wing and Gong 1993, Testing and Verifying Concurrent Objects) and never
/// goes on twice from the same calls done and the same state (Lowe 2017, Testing for Linearizability). Exact, and in
/// the worst case exponential.
/// </summary>
public static class Search
{
    public const int DefaultLimit = 1_000_000;

    /// <exception cref="SearchLimitException">It would take more states than <paramref name="limit"/>.</exception>
    public static bool IsLinearizable<TState, TOperation>(
        ISpecification<TState, TOperation> specification,
        IReadOnlyList<Call<TOperation>> calls,
        int limit = DefaultLimit)
        where TState : IEquatable<TState>
    {
        var entries = new Entries<TOperation>(calls);
        var explored = new HashSet<(BigInteger Done, TState State)>();
        var trail = new Stack<(Entry<TOperation> Entry, TState Before)>();
        BigInteger done = BigInteger.Zero;
        TState state = specification.Initial;
        Entry<TOperation>? entry = entries.First;
        while (entries.Open > 0)
        {
            if (entry is { IsStart: true })
            {
                BigInteger with = done | (BigInteger.One << entry.Number);
                if (specification.TryApply(state, entry.Call.Operation, out TState next) && explored.Add((with, next)))
                {
                    if (explored.Count > limit) throw new SearchLimitException(limit);
                    trail.Push((entry, state));
                    (done, state) = (with, next);
                    entries.TakeOut(entry);
                    entry = entries.First;
                    continue;
                }
                entry = entry.Next;
                continue;
            }
            // The end of a call that has not happened yet, and nothing before it is left to try.
            if (!trail.TryPop(out var last)) return false;
            state = last.Before;
            done ^= BigInteger.One << last.Entry.Number;
            entries.PutBack(last.Entry);
            entry = last.Entry.Next;
        }
        return true;
    }

    /// <summary>The start or the end of a call.</summary>
    private sealed class Entry<TOperation>(Call<TOperation> call, int number, bool isStart)
    {
        public Call<TOperation> Call => call;

        public int Number => number;

        public bool IsStart => isStart;

        public long Time => isStart ? call.Invoked : call.Completed!.Value;

        public Entry<TOperation>? End { get; init; }

        public Entry<TOperation>? Before { get; set; }

        public Entry<TOperation>? Next { get; set; }
    }

    /// <summary>Starts and ends by time, without those of the calls that have happened.</summary>
    private sealed class Entries<TOperation>
    {
        private readonly Entry<TOperation> _head = new(new Call<TOperation>(default!, 0, 0), -1, isStart: true);

        public Entries(IReadOnlyList<Call<TOperation>> calls)
        {
            var entries = new List<Entry<TOperation>>();
            for (int i = 0; i < calls.Count; i++)
            {
                Entry<TOperation>? end = calls[i].Completed is null ? null : new(calls[i], i, isStart: false);
                entries.Add(new Entry<TOperation>(calls[i], i, isStart: true) { End = end });
                if (end is not null) entries.Add(end);
            }
            Open = entries.Count - calls.Count;
            Entry<TOperation> last = _head;
            // One that ends at the tick at which another starts may have happened after it.
            foreach (Entry<TOperation> entry in entries.OrderBy(e => e.Time).ThenBy(e => e.IsStart ? 0 : 1))
            {
                (last.Next, entry.Before) = (entry, last);
                last = entry;
            }
        }

        public Entry<TOperation>? First => _head.Next;

        /// <summary>How many calls were answered but have not happened yet.</summary>
        public int Open { get; private set; }

        public void TakeOut(Entry<TOperation> start)
        {
            Unlink(start);
            if (start.End is null) return;
            Unlink(start.End);
            Open--;
        }

        // In the opposite order, so that each still knows where it was.
        public void PutBack(Entry<TOperation> start)
        {
            if (start.End is not null)
            {
                Link(start.End);
                Open++;
            }
            Link(start);
        }

        private static void Unlink(Entry<TOperation> entry)
        {
            entry.Before!.Next = entry.Next;
            entry.Next?.Before = entry.Before;
        }

        private static void Link(Entry<TOperation> entry)
        {
            entry.Before!.Next = entry;
            entry.Next?.Before = entry;
        }
    }
}
