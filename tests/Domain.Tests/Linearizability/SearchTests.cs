using Treaty.Grid.Auditor.Linearizability;

namespace Treaty.Grid.Domain.Tests.Linearizability;

/// <summary>The search by itself, on queues as in the first figure of Herlihy and Wing 1990.</summary>
public sealed class SearchTests
{
    [Fact]
    public void Concurrent_enqueues_may_come_out_in_either_order()
    {
        Assert.True(IsLinearizable(Enq("x", 0, 10), Enq("y", 5, 15), Deq("x", 20, 30), Deq("y", 25, 35)));
        Assert.True(IsLinearizable(Enq("x", 0, 10), Enq("y", 5, 15), Deq("y", 20, 30), Deq("x", 31, 35)));
    }

    [Fact]
    public void What_was_enqueued_first_comes_out_first() =>
        Assert.False(IsLinearizable(Enq("x", 0, 10), Enq("y", 11, 15), Deq("y", 20, 30)));

    [Fact]
    public void An_item_may_come_out_while_it_is_put_in()
    {
        Assert.True(IsLinearizable(Enq("x", 0, 10), Deq("x", 5, 7)));
        Assert.True(IsLinearizable(Enq("x", 0, null), Deq("x", 5, 7)));
        Assert.False(IsLinearizable(Deq("x", 5, 7), Enq("x", 8, null)));
    }

    [Fact]
    public void An_item_does_not_come_out_twice() =>
        Assert.False(IsLinearizable(Enq("x", 0, 10), Enq("y", 5, 15), Deq("y", 20, 30), Deq("y", 20, 30)));

    [Fact]
    public void What_is_undecided_within_the_limit_is_an_error()
    {
        Call<Step>[] calls = [.. Enumerable.Range(0, 8).Select(i => Enq($"{i}", 0, 10)), Deq("none", 20, 30)];

        // All orders of the eight, and of any of them.
        Assert.Throws<SearchLimitException>(() => Search.IsLinearizable(Queue.Empty, calls, 109_599));
        Assert.False(Search.IsLinearizable(Queue.Empty, calls, 109_600));
    }

    [Fact]
    public void The_same_calls_done_in_another_order_are_not_tried_again()
    {
        // Of equal items all orders are one: 2^12 sets of calls, where there are 12! orders.
        Call<Step>[] calls = [.. Enumerable.Range(0, 12).Select(_ => Enq("x", 0, 10)), Deq("none", 20, 30)];

        Assert.False(Search.IsLinearizable(Queue.Empty, calls, (1 << 12) - 1));
    }

    private static bool IsLinearizable(params Call<Step>[] calls) => Search.IsLinearizable(Queue.Empty, calls);

    private static Call<Step> Enq(string item, long invoked, long? completed) =>
        new(new Step(item, IsPut: true), invoked, completed);

    private static Call<Step> Deq(string item, long invoked, long? completed) =>
        new(new Step(item, IsPut: false), invoked, completed);

    private sealed record Step(string Item, bool IsPut);

    private sealed class Queue : ISpecification<string, Step>
    {
        public static Queue Empty { get; } = new();

        public string Initial => "";

        public bool TryApply(string state, Step operation, out string next)
        {
            string item = $"{operation.Item} ";
            bool fits = operation.IsPut || state.StartsWith(item, StringComparison.Ordinal);
            next = operation.IsPut ? state + item : fits ? state[item.Length..] : state;
            return fits;
        }
    }
}
