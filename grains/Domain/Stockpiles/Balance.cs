using System.Runtime.InteropServices;

namespace Treaty.Grid.Stockpiles;

/// <summary>
/// A balance at the end of each day on which it changed, by day. A change costs the same however many years there were
/// before: it copies the steps of some weeks, and a line for each other such part.
/// </summary>
internal sealed class Balance
{
    /// <summary>A part that has grown to this many days is cut in two.</summary>
    private const int PartMax = 64;

    private readonly ImmutableArray<Part> _parts;

    private Balance(ImmutableArray<Part> parts) => _parts = parts;

    public Balance(IEnumerable<(DateOnly Day, long Quantity)> steps)
    {
        var before = 0L;
        _parts =
        [
            .. steps.Chunk(PartMax / 2).Select(days =>
            {
                var part = Part.Of(before, days);
                before = days[^1].Quantity;
                return part;
            }),
        ];
    }

    public static Balance Zero { get; } = new(ImmutableArray<Part>.Empty);

    public static Balance Sum(IEnumerable<Balance> balances)
    {
        var all = balances.ToList();
        var sum = 0L;
        return all is [var only] ? only : new Balance(all
            .SelectMany(b => b.Changes)
            .GroupBy(c => c.Day, c => c.Quantity)
            .OrderBy(day => day.Key)
            .Select(day => (day.Key, sum += day.Sum())));
    }

    public ImmutableArray<(DateOnly Day, long Quantity)> Steps =>
        [.. _parts.SelectMany(p => p.Steps.Select(s => (s.Day, p.Before + s.Change)))];

    public long Last => _parts.IsEmpty ? 0 : _parts[^1].Before + _parts[^1].Steps[^1].Change;

    /// <summary>By how much it changed on each day.</summary>
    public IEnumerable<(DateOnly Day, long Quantity)> Changes => _parts.SelectMany(p => p.Steps.Select(
        (step, index) => (step.Day, step.Change - (index == 0 ? 0 : p.Steps[index - 1].Change))));

    public bool WasEverHeld => _parts.Any(p => p.Steps.Any(s => p.Before + s.Change > 0));

    public long On(DateOnly day)
    {
        var at = IndexOf(day);
        return at < 0 ? 0 : _parts[at].On(day);
    }

    /// <summary>The lowest from a day onward, and the first day it is reached.</summary>
    public (long Balance, DateOnly Day) LowestFrom(DateOnly day)
    {
        var lowest = (Balance: On(day), Day: day);
        for (var at = Math.Max(0, IndexOf(day)); at < _parts.Length; at++)
        {
            var part = _parts[at];
            if (part.Before + part.Lowest >= lowest.Balance)
            {
                continue;
            }

            foreach (var step in part.Steps)
            {
                lowest = step.Day > day && part.Before + step.Change < lowest.Balance
                    ? (part.Before + step.Change, step.Day)
                    : lowest;
            }
        }

        return lowest;
    }

    public Balance With(DateOnly day, long change)
    {
        if (_parts.IsEmpty)
        {
            return new Balance(ImmutableArray.Create(Part.Of(0, [(day, change)])));
        }

        var at = Math.Max(0, IndexOf(day));
        var changed = _parts[at].With(day, change);
        var isCut = changed.Steps.Length == PartMax;
        var parts = new Part[_parts.Length + (isCut ? 1 : 0)];
        _parts.AsSpan()[..at].CopyTo(parts);
        var next = at;
        parts[next++] = isCut ? changed.Cut(..(PartMax / 2)) : changed;
        if (isCut)
        {
            parts[next++] = changed.Cut((PartMax / 2)..);
        }

        foreach (var later in _parts.AsSpan()[(at + 1)..])
        {
            parts[next++] = later with { Before = later.Before + change };
        }

        return new Balance(ImmutableCollectionsMarshal.AsImmutableArray(parts));
    }

    /// <summary>Of the part that a day falls into; -1 before the first.</summary>
    private int IndexOf(DateOnly day)
    {
        var (low, high) = (0, _parts.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _parts[middle].First <= day ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    /// <summary>Some days that follow each other.</summary>
    /// <param name="First">The first of them.</param>
    /// <param name="Before">The balance before it.</param>
    /// <param name="Lowest">The lowest that these days come to, as against the balance before.</param>
    /// <param name="Steps">What the balance has changed by since, at the end of each day; at least one.</param>
    private readonly record struct Part(
        DateOnly First, long Before, long Lowest, ImmutableArray<(DateOnly Day, long Change)> Steps)
    {
        /// <param name="steps">What the balance has changed by since the one before, at the end of each day.</param>
        private Part(long before, (DateOnly Day, long Change)[] steps)
            : this(steps[0].Day, before, LowestOf(steps), ImmutableCollectionsMarshal.AsImmutableArray(steps))
        {
        }

        /// <param name="steps">The balance at the end of each day.</param>
        public static Part Of(long before, (DateOnly Day, long Quantity)[] steps) =>
            new(before, Array.ConvertAll(steps, step => (step.Day, step.Quantity - before)));

        public long On(DateOnly day)
        {
            var after = IndexAfter(day);
            return after == 0 ? Before : Before + Steps[after - 1].Change;
        }

        public Part With(DateOnly day, long change)
        {
            var after = IndexAfter(day);
            var isNew = after == 0 || Steps[after - 1].Day != day;
            var at = isNew ? after : after - 1;
            var steps = new (DateOnly Day, long Change)[Steps.Length + (isNew ? 1 : 0)];
            Steps.AsSpan()[..at].CopyTo(steps);
            steps[at] = (day, after == 0 ? 0 : Steps[after - 1].Change);
            Steps.AsSpan()[after..].CopyTo(steps.AsSpan(at + 1));
            foreach (ref var step in steps.AsSpan(at))
            {
                step.Change += change;
            }

            return new Part(Before, steps);
        }

        /// <summary>Some of these days alone.</summary>
        public Part Cut(Range range)
        {
            var (first, count) = range.GetOffsetAndLength(Steps.Length);
            var since = first == 0 ? 0 : Steps[first - 1].Change;
            return new Part(
                Before + since,
                [.. Steps.Slice(first, count).Select(step => (step.Day, step.Change - since))]);
        }

        private static long LowestOf((DateOnly Day, long Change)[] steps)
        {
            var lowest = steps[0].Change;
            foreach (var step in steps)
            {
                lowest = Math.Min(lowest, step.Change);
            }

            return lowest;
        }

        /// <summary>How many of these days lie on or before a day.</summary>
        private int IndexAfter(DateOnly day)
        {
            var (low, high) = (0, Steps.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = Steps[middle].Day <= day ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }
}
