using System.Globalization;

namespace Treaty.Grid.Findings;

/// <summary>The facts a finding rests on, written so that every reader reads the same.</summary>
internal sealed class Inputs
{
    private readonly ImmutableSortedDictionary<string, string>.Builder _facts =
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    public Inputs Add(string name, string value)
    {
        _facts[name] = value;
        return this;
    }

    public Inputs Add(string name, DateOnly value) => Add(name, Text(value));

    public Inputs Add(string name, long value) => Add(name, Text(value));

    public Inputs Add(string name, IEnumerable<string> values) => Add(name, string.Join(", ", values));

    public ImmutableSortedDictionary<string, string> Build() => _facts.ToImmutable();

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Text(long count) => count.ToString(CultureInfo.InvariantCulture);
}
