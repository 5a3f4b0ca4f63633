using System.Globalization;
using System.Resources;

namespace Treaty.Grid.Findings;

/// <summary>One rule of a convention.</summary>
/// <param name="Id">Never reused.</param>
/// <param name="Article">Of the convention.</param>
/// <param name="Severity">The gravest that it can have.</param>
/// <param name="Inputs">The facts that a finding of it may name; those of an item or lot carry it in brackets.</param>
/// <param name="ByTime">
/// The passing of time alone can raise it, or change it; or the party's books can, by a statement about something else.
/// </param>
public sealed record Rule(
    string Id, string Article, Severity Severity, ImmutableArray<string> Inputs, bool ByTime = false)
{
    /// <summary>A finding of a rule that this build does not know keeps its id, and has no text.</summary>
    private static readonly ResourceManager Texts = new(typeof(Rule).Namespace + ".RuleTexts", typeof(Rule).Assembly);

    /// <summary>What is wrong when it is found.</summary>
    public string Title { get; } = Text(Id, "title");

    /// <summary>One sentence for a reader who does not have the convention at hand.</summary>
    public string Explanation { get; } = Text(Id, "explanation");

    /// <summary>One sentence: what to do about it.</summary>
    public string Remedy { get; } = Text(Id, "remedy");

    private static string Text(string id, string of) =>
        Texts.GetString($"{id}.{of}", CultureInfo.InvariantCulture) ?? "";
}

/// <summary>The rules of the Mine Ban Convention, in the order of their ids.</summary>
public static class MineBanRules
{
    /// <summary>Of an act of one side.</summary>
    private static readonly ImmutableArray<string> ActInputs =
        ["date", "purpose", "status", "stated_by", "items", "moved", "title_passed", "control_passed"];

    /// <summary>Of a difference that one side has explained.</summary>
    private static readonly ImmutableArray<string> Explained = ["explanation", "explained_by"];

    public static readonly Rule ProhibitedDispatch =
        new("APM-01", "1(1)(b), 2(4)", Severity.Breach, ActInputs);

    public static readonly Rule ProhibitedReceipt =
        new("APM-02", "1(1)(b)", Severity.Breach, ActInputs);

    public static readonly Rule OutsideTheConvention =
        new("APM-03", "20", Severity.Information, ActInputs);

    public static readonly Rule ProhibitedTransit =
        new("APM-04", "1(1)(c), 2(4)", Severity.Review, ["date", "items", "stated_by"]);

    public static readonly Rule RetainedAboveDeclared =
        new("APM-05", "3(1)", Severity.Review, ["retained", "declared", "on"], true);

    public static readonly Rule CertificateOverdue =
        new(
            "APM-06", "3(2), 7(1)", Severity.Warning,
            ["received", "destroyed", "lost", "onward", "outstanding", "due"], true);

    public static readonly Rule UnaccountedAfterDestruction =
        new("APM-07", "3(2), 7(1)(g)", Severity.Warning, ["received", "destroyed", "lost", "onward", "outstanding"]);

    public static readonly Rule DivertedFromDestruction =
        new("APM-08", "3", Severity.Breach, ["date", "items", "purpose", "to"]);

    public static readonly Rule AgainstObjectAndPurpose =
        new("APM-09", "VCLT 18", Severity.Breach, ActInputs);

    /// <summary>An evaluation rule: it has no finding.</summary>
    public static readonly Rule BoundUntilWithdrawalTakesEffect =
        new("APM-10", "20", Severity.Information, []);

    public static readonly Rule WithdrawalHeldUp =
        new(
            "APM-11", "20", Severity.Information,
            ["withdrawal_notified", "withdrawal_expiry", "armed_conflict_asserted_by"], true);

    public static readonly Rule SuspensionContested =
        new(
            "APM-12", "20", Severity.Information,
            [.. ActInputs, "suspension_asserted", "suspension_asserted_by", "suspension_contested_by"], true);

    public static readonly Rule StockPastDeadline =
        new("APM-20", "4", Severity.Breach, ["entry_into_force", "deadline", "article_4_balance"], true);

    public static readonly Rule StockFoundAfterCompletion =
        new("APM-21", "4, 7", Severity.Warning, ["completed", "found", "left", "due"], true);

    public static readonly Rule RetainedUntold =
        new("APM-22", "3(1), 7(1)(d)", Severity.Review, ["retained", "years"], true);

    public static readonly Rule InitialReportOverdue =
        new("APM-30", "7(1)", Severity.Warning, ["due"], true);

    public static readonly Rule YearlyReportOverdue =
        new("APM-31", "7(2)", Severity.Warning, ["years", "due"], true);

    public static readonly Rule PartMissing =
        new("APM-32", "7(1)", Severity.Data, ["missing", "period"]);

    public static readonly Rule AccountUnbalanced =
        new("APM-40", "7(1)", Severity.Warning, ["expected", "closing", "recounted", "books"]);

    public static readonly Rule PartsAndTotalDiffer =
        new("APM-41", "7(1)(b)", Severity.Data, ["sum", "stated_total", "lots", "quantity"]);

    public static readonly Rule Overdrawn =
        new("APM-42", "7(1)", Severity.Warning, ["item", "holding_class", "lowest_balance", "on", "opening"]);

    public static readonly Rule OpeningDiffers =
        new("APM-43", "7(2)", Severity.Warning, ["last_closing", "opening", "books"]);

    public static readonly Rule OneSideSilent =
        new("APM-50", "7(1)(d)", Severity.Warning, ["reported_by", "date", "reportable_from", "due"], true);

    public static readonly Rule ShipperReceiverDifference =
        new(
            "APM-51", "7(1)(d)", Severity.Warning,
            [.. Explained, "quantity.sender", "quantity.recipient", "difference"]);

    public static readonly Rule ItemOrPurposeDiffers =
        new(
            "APM-52", "7(1)(d)", Severity.Warning,
            [.. Explained, "item.sender", "item.recipient", "purpose.sender", "purpose.recipient"]);

    public static readonly Rule LotsDiffer =
        new("APM-53", "7(1)(d)", Severity.Data, [.. Explained, "lot.sender", "lot.recipient"]);

    public static readonly Rule DatesDiffer =
        new("APM-54", "7(1)(d)", Severity.Data, [.. Explained, "date.sender", "date.recipient"]);

    public static readonly Rule LotOrNoticeTwice =
        new("APM-55", "7(1)(d)", Severity.Review, ["same_notice", "lot"], true);

    public static readonly Rule ReportAgainstNotices =
        new("APM-56", "7(1)(d)", Severity.Warning, ["report", "notices"]);

    public static readonly Rule NotAMine =
        new("APM-60", "2(1)", Severity.Review, ["not_a_mine", "mine_if_set_off_by_a_person"]);

    public static readonly Rule ItemUnknown =
        new("APM-61", "7(1)(h)", Severity.Data, ["items", "taxonomy"]);

    public static readonly Rule ClarificationUnanswered =
        new("APM-70", "8", Severity.Warning, ["clarifications", "requested_by", "due"], true);

    /// <summary>All of them, by id.</summary>
    public static ImmutableSortedDictionary<string, Rule> All { get; } = typeof(MineBanRules)
        .GetFields()
        .Select(field => (Rule)field.GetValue(null)!)
        .ToImmutableSortedDictionary(rule => rule.Id, rule => rule, StringComparer.Ordinal);
}
