using Treaty.Grid.Transfers;

namespace Treaty.Grid.Findings;

/// <summary>What people read about a rule, in one language.</summary>
/// <param name="Title">What is wrong when it is found.</param>
/// <param name="Explanation">One sentence for a reader who does not have the convention at hand.</param>
/// <param name="Remedy">One sentence: what to do about it.</param>
public sealed record RuleText(string Title, string Explanation, string Remedy);

/// <summary>One rule of a convention: a check, what it is asked about, and the article that asks it.</summary>
/// <param name="Id">Never reused, and no other convention's.</param>
/// <param name="Check">What is asked.</param>
/// <param name="Article">Of the convention.</param>
/// <param name="Severity">The gravest that it can have.</param>
/// <param name="When">The acts and items it is asked about.</param>
/// <param name="Text">In English.</param>
public sealed record Rule(string Id, Check Check, string Article, Severity Severity, Scope When, RuleText Text)
{
    /// <summary>Whether the article is from memory, and wants to be held against the text.</summary>
    public bool IsFromMemory { get; init; }

    /// <summary>As findings are cited: articles by that word, other instruments by their own name.</summary>
    public string Citation => char.IsAsciiDigit(Article[0]) ? $"Article {Article}" : Article;
}

/// <summary>Whom an act goes to.</summary>
public enum RecipientScope
{
    Any,

    /// <summary>States that the convention binds on the day of the act.</summary>
    Bound,

    /// <summary>Anybody else; not states of which that is not known yet.</summary>
    NotBound,

    /// <summary>Who is no state, and does not answer for one.</summary>
    NoState,
}

/// <summary>The acts and items that a rule is asked about. Every part narrows it down.</summary>
public sealed record Scope
{
    public static Scope Everything { get; } = new();

    /// <summary>Categories of the convention; empty for all that it covers.</summary>
    public ImmutableArray<string> Items { get; init; } = [];

    /// <summary>Purposes; empty for any.</summary>
    public ImmutableArray<string> Purposes { get; init; } = [];

    /// <summary>Purposes for which it is not asked.</summary>
    public ImmutableArray<string> ExceptPurposes { get; init; } = [];

    public RecipientScope Recipient { get; init; }

    /// <summary>The first day of acts that it is asked about.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>The most of its items that a notice may tell of, in their base unit.</summary>
    public long? QuantityMax { get; init; }

    /// <summary>Small quantities of these categories are left out.</summary>
    public ImmutableArray<string> ExceptItems { get; init; } = [];

    /// <summary>How much of them is small, in their base unit.</summary>
    public long ExceptQuantityMax { get; init; }

    /// <summary>Characteristics, each with the values that lead to it; it is asked where one is stated so.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Stated { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);

    /// <summary>Characteristics that are to be stated.</summary>
    public ImmutableArray<string> Unstated { get; init; } = [];

    /// <summary>How long before an act its plan is to be filed.</summary>
    public int DaysBefore { get; init; }

    /// <summary>Years in which a party moved less than this of its items are left out; base unit.</summary>
    public long AbovePerYear { get; init; }

    /// <summary>What of it narrows it down, as packs name that.</summary>
    public IEnumerable<string> Parts =>
        from part in new[]
        {
            (Name: "items", IsGiven: !Items.IsEmpty),
            (Name: "purposes", IsGiven: !Purposes.IsEmpty),
            (Name: "except_purposes", IsGiven: !ExceptPurposes.IsEmpty),
            (Name: "recipient", IsGiven: Recipient != RecipientScope.Any),
            (Name: "since", IsGiven: Since is not null),
            (Name: "quantity_max", IsGiven: QuantityMax is not null),
            (Name: "except", IsGiven: !ExceptItems.IsEmpty),
            (Name: "stated", IsGiven: !Stated.IsEmpty),
            (Name: "unstated", IsGiven: !Unstated.IsEmpty),
            (Name: "days_before", IsGiven: DaysBefore != 0),
            (Name: "above_per_year", IsGiven: AbovePerYear != 0),
        }
        where part.IsGiven
        select part.Name;

    /// <summary>A notice of an act for such a purpose, on such a day.</summary>
    public bool IncludesAct(Notice notice) =>
        (Purposes.IsEmpty || Purposes.Contains(notice.PurposeId)) && !ExceptPurposes.Contains(notice.PurposeId)
        && (Since is null || notice.Date >= Since);

    /// <summary>The characteristic that leads to it, as stated; null if none does.</summary>
    public KeyValuePair<string, string>? StatedIn(IReadOnlyDictionary<string, string> characteristics)
    {
        foreach (var (name, values) in Stated)
        {
            if (characteristics.TryGetValue(name, out var value) && values.Contains(value))
            {
                return new(name, value);
            }
        }

        return null;
    }
}
