using Treaty.Grid.Gateway.Overload;

namespace Treaty.Grid.Cluster.Tests.Gateway;

public sealed class TurnstileTests
{
    private readonly HandClock _clock = new();
    private readonly Turnstile _turnstile;

    public TurnstileTests() => _turnstile = new Turnstile(_clock);

    [Fact]
    public void As_many_are_let_in_as_were_answered_within_the_time_that_callers_should_wait()
    {
        Answer(2_000);
        Assert.Equal(2_000, Enter(3_000));
        Assert.False(_turnstile.TryEnter(out var wait));
        Assert.Equal(Turnstile.WaitMax, wait);

        // Of what was counted a moment ago as much may be inside still.
        _clock.Move(Turnstile.WaitMax);
        _turnstile.Leave(answered: true);
        Assert.Equal(1, Enter(10));
    }

    [Fact]
    public void Where_nothing_is_answered_any_more_few_are_let_in_and_none_once_they_are_inside()
    {
        Answer(2_000);
        _clock.Move(2 * Turnstile.WaitMax);
        Assert.Equal(Turnstile.FreeMax, Enter(3_000));
        _clock.Move(100 * Turnstile.WaitMax);
        Assert.Equal(0, Enter(10));
    }

    [Fact]
    public void What_was_refused_or_given_up_makes_no_room()
    {
        Enter(Turnstile.FreeMax);
        for (var i = 0; i < 2_000; i++)
        {
            _turnstile.Leave(answered: false);
            Assert.True(_turnstile.TryEnter(out _));
        }

        Assert.Equal(0, Enter(10));
    }

    [Fact]
    public void However_fast_the_grid_is_no_more_are_let_in_than_memory_is_meant_for()
    {
        Answer(100_000);
        Assert.Equal(Turnstile.InsideMax, Enter(100_000));
    }

    [Fact]
    public void A_batch_counts_as_what_is_in_it_from_when_that_is_known_until_it_leaves()
    {
        Assert.True(_turnstile.TryEnter(out _));
        Assert.True(_turnstile.TryGrow(Turnstile.FreeMax - 1, out _));
        Assert.Equal(1, Enter(10));

        _turnstile.Leave(answered: true, Turnstile.FreeMax - 1);
        Assert.Equal(Turnstile.FreeMax - 1, Enter(1_000));
    }

    [Fact]
    public void A_batch_larger_than_the_room_is_let_in_where_there_is_some_and_the_next_is_not()
    {
        Assert.Equal(2, Enter(2));
        Assert.True(_turnstile.TryGrow(2 * Turnstile.FreeMax, out _));
        Assert.False(_turnstile.TryGrow(2, out _));

        _turnstile.Leave(answered: false);
        Assert.Equal(0, Enter(10));
        _turnstile.Leave(answered: true, 2 * Turnstile.FreeMax);
        Assert.Equal(2 * Turnstile.FreeMax, Enter(3_000));
    }

    private void Answer(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(_turnstile.TryEnter(out _));
            _turnstile.Leave(answered: true);
        }
    }

    private int Enter(int count) => Enumerable.Range(0, count).Count(_ => _turnstile.TryEnter(out var _));
}
