namespace Treaty.Grid.Auditor;

/// <summary>Chance from one seed: the same seed draws the same history on every machine.</summary>
public sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>0 to one less than <paramref name="bound"/>.</summary>
    public int Below(int bound) => _random.Next(bound);

    public int Between(int first, int last) => _random.Next(first, last + 1);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    public DateOnly Day(DateOnly first, DateOnly last) =>
        first.AddDays(_random.Next(last.DayNumber - first.DayNumber + 1));

    public void Shuffle<T>(IList<T> list)
    {
        for (int i = list.Count - 1; i > 0; i--)
        {
            int j = _random.Next(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }
}
