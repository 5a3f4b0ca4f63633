using System.Globalization;

namespace Treaty.Grid.Load;

/// <summary>The command line: names with values, and some without.</summary>
internal sealed class Switches
{
    private readonly Dictionary<string, string> _values = [];

    /// <param name="valued">Those followed by a value.</param>
    /// <param name="bare">Those that stand alone.</param>
    /// <exception cref="SwitchException">There is one that is not known, or a value is missing.</exception>
    public Switches(IReadOnlyList<string> args, IReadOnlyCollection<string> valued, IReadOnlyCollection<string> bare)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (bare.Contains(args[i]))
                _values[args[i]] = "";
            else if (!valued.Contains(args[i]))
                throw new SwitchException($"{args[i]} is not known here.");
            else if (i + 1 == args.Count)
                throw new SwitchException($"{args[i]} lacks its value.");
            else
                _values[args[i]] = args[++i];
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    public double Number(string name, double otherwise) =>
        _values.TryGetValue(name, out var text) ? NumberOf(name, text) : otherwise;

    public int Count(string name, int otherwise) => (int)Number(name, otherwise);

    public TimeSpan Time(string name, TimeSpan otherwise) =>
        _values.TryGetValue(name, out var text) ? TimeOf(name, text) : otherwise;

    /// <summary>As <c>1500</c>, <c>1.5k</c> or <c>2M</c>.</summary>
    /// <exception cref="SwitchException">It is none.</exception>
    public static double NumberOf(string name, string text)
    {
        var (digits, times) = text.Length == 0 ? ("", 1) : text[^1] switch
        {
            'k' => (text[..^1], 1e3),
            'M' => (text[..^1], 1e6),
            _ => (text, 1.0),
        };
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number * times
            : throw new SwitchException($"{name}: expected a number such as 1500 or 1.5k, not '{text}'.");
    }

    /// <summary>As <c>250ms</c>, <c>30s</c>, <c>5m</c> or <c>1h</c>; without a unit, seconds.</summary>
    /// <exception cref="SwitchException">It is none.</exception>
    public static TimeSpan TimeOf(string name, string text)
    {
        var unit = text.TrimStart("0123456789.".ToCharArray());
        var seconds = unit switch
        {
            "us" => 1e-6,
            "ms" => 1e-3,
            "" or "s" => 1,
            "m" => 60,
            "h" => 3_600,
            _ => throw new SwitchException($"{name}: expected a time such as 250ms, 30s or 5m, not '{text}'."),
        };
        return TimeSpan.FromSeconds(NumberOf(name, text[..^unit.Length]) * seconds);
    }
}

/// <summary>The command line is wrong; the message says where.</summary>
internal sealed class SwitchException(string message) : Exception(message);
