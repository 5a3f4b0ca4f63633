namespace Treaty.Grid.Reports;

/// <summary>
/// A version of the reporting form, as documents follow it. Letters of forms belong to it; what is reported is kept by
/// the paragraphs of Article 7(1).
/// </summary>
/// <param name="Id">The year of the form, or the first one known to be reported on it.</param>
/// <param name="Letters">Of its forms, by paragraph, as far as they are known.</param>
/// <param name="Note">What its documents say about their letters.</param>
public sealed record ReportTemplate(
    string Id, ImmutableSortedDictionary<ReportParagraph, char> Letters, string Note)
{
    /// <summary>All that are known, the default first.</summary>
    public static ImmutableArray<ReportTemplate> All { get; } =
    [
        new(
            "1999",
            Enum.GetValues<ReportParagraph>()
                .ToImmutableSortedDictionary(p => p, p => (char)('A' + (int)p - (int)ReportParagraph.NationalMeasures)),
            "Forms have the letters of the template that the First Meeting of the States Parties adopted in 1999."),

        // What is known of it names no source: that reports for 2016 used it, perhaps earlier ones, and that retained
        // and transferred mines have another letter there, but not which. A wrong letter is worse than none.
        new(
            "2016",
            ImmutableSortedDictionary<ReportParagraph, char>.Empty,
            "For the template that reports for 2016 used, in the order of Article 7(1): the letters of its forms are "
                + "not on record here."),
    ];

    /// <summary>The one of an id, the default for an empty one; null if it is not known.</summary>
    public static ReportTemplate? Find(string id) => id.Length == 0 ? All[0] : All.FirstOrDefault(t => t.Id == id);

    /// <summary>What the heading of a paragraph names: its form, if the letter is known, and the paragraph.</summary>
    public string HeadingOf(ReportParagraph paragraph)
    {
        var letter = (char)('a' + (int)paragraph - (int)ReportParagraph.NationalMeasures);
        return (Letters.TryGetValue(paragraph, out var form) ? $"Form {form}, " : "") + $"Article 7(1)({letter})";
    }
}
