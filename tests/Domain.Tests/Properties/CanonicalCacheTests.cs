using CsCheck;

namespace Treaty.Grid.Domain.Tests.Properties;

public sealed class CanonicalCacheTests
{
    private const int Slots = 8;

    [Fact]
    public void A_value_is_given_back_as_it_is_whatever_came_before() => Gen.String[0, 3].Array[0, 100].Sample(values =>
    {
        var cache = new CanonicalCache<string>(Slots);
        Assert.All(values, value => Assert.Equal(value, cache.Of(value)));
    });

    [Fact]
    public void Of_equal_values_that_follow_each_other_the_first_is_given_back() => Gen.String[0, 3].Sample(value =>
    {
        var cache = new CanonicalCache<string>(Slots);
        Assert.Same(value, cache.Of(value));
        Assert.Same(value, cache.Of(new string(value.AsSpan())));
    });

    [Fact]
    public void It_keeps_no_more_than_it_has_slots_for()
    {
        var cache = new CanonicalCache<string>(Slots);
        var values = Enumerable.Range(0, 20 * Slots).Select(n => $"{n}").ToList();
        values.ForEach(value => cache.Of(value));

        // The latest first: each question that it cannot answer takes a slot.
        values.Reverse();
        Assert.InRange(values.Count(value => ReferenceEquals(value, cache.Of(new string(value.AsSpan())))), 1, Slots);
    }
}
