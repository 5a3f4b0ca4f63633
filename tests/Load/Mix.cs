using System.Globalization;

namespace Treaty.Grid.Load;

/// <summary>What becomes of a transfer.</summary>
internal enum StoryKind : byte
{
    /// <summary>Mines for training, about which both sides say the same.</summary>
    Match,

    /// <summary>Mines for destruction, about which both sides say the same, and their certificate.</summary>
    Permitted,

    /// <summary>The recipient counts fewer.</summary>
    Short,

    /// <summary>The recipient counts more.</summary>
    Excess,

    /// <summary>The recipient names another type.</summary>
    Item,

    /// <summary>The recipient says nothing.</summary>
    Missing,

    /// <summary>It arrived later than a journey takes.</summary>
    Late,

    /// <summary>The sender files its dispatch again, as another transfer.</summary>
    Duplicate,

    /// <summary>The sender uses the id of its dispatch for other content, which is refused.</summary>
    Conflict,

    /// <summary>For operational use, between states that are bound.</summary>
    Prohibited,

    /// <summary>The sender sends its dispatch again under the same id, as after a lost answer.</summary>
    Repeat,
}

/// <summary>How many of each kind.</summary>
internal sealed class Mix
{
    public const string Standard =
        "match=0.97,permitted=0.02,short=0.002,excess=0.002,item=0.001,missing=0.001,late=0.001,duplicate=0.001,"
        + "conflict=0.001,prohibited=0.001";

    private readonly (StoryKind Kind, double UpTo)[] _parts;

    private Mix((StoryKind, double)[] parts) => _parts = parts;

    /// <param name="text">As <c>match=0.9,short=0.1</c>: shares, taken in proportion to their sum.</param>
    /// <exception cref="SwitchException">A kind is not known, or there is nothing.</exception>
    public static Mix Parse(string text)
    {
        var shares = text.Split(',').Select(part =>
        {
            return part.Split('=') is [var name, var share]
                && Enum.TryParse<StoryKind>(name, ignoreCase: true, out var kind) && !char.IsAsciiDigit(name[0])
                ? (kind, Share: Switches.NumberOf("--mix", share))
                : throw new SwitchException(
                    $"--mix: expected kind=share of {string.Join(", ", Names)}; not '{part}'.");
        }).ToList();
        var sum = shares.Sum(s => s.Share);
        if (sum <= 0)
            throw new SwitchException("--mix: expected at least one share above zero.");
        var upTo = 0.0;
        return new Mix([.. shares.Where(s => s.Share > 0).Select(s => (s.kind, upTo += s.Share / sum))]);
    }

    private static IEnumerable<string> Names => Enum.GetNames<StoryKind>().Select(n => n.ToLowerInvariant());

    /// <param name="chance">From 0 to 1, drawn evenly.</param>
    public StoryKind Draw(double chance)
    {
        foreach (var (kind, upTo) in _parts)
        {
            if (chance < upTo)
                return kind;
        }

        return _parts[^1].Kind;
    }

    public override string ToString() => string.Join(',', _parts.Select((p, i) => string.Create(
        CultureInfo.InvariantCulture,
        $"{p.Kind.ToString().ToLowerInvariant()}={p.UpTo - (i == 0 ? 0 : _parts[i - 1].UpTo):0.####}")));
}
