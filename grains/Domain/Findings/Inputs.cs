using System.Collections.Frozen;
using System.Globalization;

namespace Treaty.Grid.Findings;

/// <summary>The facts a finding rests on, written so that every reader reads the same.</summary>
internal sealed class Inputs
{
    private static readonly CanonicalCache<string> Days = new(1_024);

    private readonly ImmutableSortedDictionary<string, string>.Builder _facts =
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    public Inputs Add(string name, string value)
    {
        // Two facts of one name are both kept.
        _facts[name] = _facts.TryGetValue(name, out var before) && before != value ? $"{before}, {value}" : value;
        return this;
    }

    public Inputs Add(string name, DateOnly value) => Add(name, Text(value));

    public Inputs Add(string name, long value) => Add(name, Text(value));

    public Inputs Add<T>(string name, T value) where T : struct, Enum => Add(name, Text(value));

    public Inputs Add(string name, IEnumerable<string> values) => Add(name, string.Join(", ", values));

    public ImmutableSortedDictionary<string, string> Build() => _facts.ToImmutable();

    /// <summary>As the contract writes it, without the prefix: IN_FORCE.</summary>
    public static string Text<T>(T value) where T : struct, Enum =>
        Names<T>.All.TryGetValue(value, out var name) ? name : Names<T>.Of(value);

    public static string Text(DateOnly day) => Days.Of(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private static class Names<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> All =
            Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value, Of);

        public static string Of(T value) => string.Concat(value.ToString().Select((letter, index) =>
            index > 0 && char.IsUpper(letter) ? $"_{letter}" : char.ToUpperInvariant(letter).ToString()));
    }

    public static string Text(long count) => count.ToString(CultureInfo.InvariantCulture);
}
