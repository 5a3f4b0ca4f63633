namespace Treaty.Grid.Findings;

/// <summary>One rule of a convention.</summary>
/// <param name="Id">Never reused.</param>
/// <param name="Title">What is wrong when it is found.</param>
/// <param name="Article">Of the convention.</param>
/// <param name="Severity">The gravest that it can have.</param>
/// <param name="ByTime">
/// The passing of time alone can raise it, or change it; or the party's books can, by a statement about something else.
/// </param>
public sealed record Rule(string Id, string Title, string Article, Severity Severity, bool ByTime = false);

/// <summary>The rules of the Mine Ban Convention, in the order of their ids.</summary>
public static class MineBanRules
{
    public static readonly Rule ProhibitedDispatch =
        new("APM-01", "Transfer for a purpose that is not permitted", "1(1)(b), 2(4)", Severity.Breach);

    public static readonly Rule ProhibitedReceipt =
        new("APM-02", "Acquisition for a purpose that is not permitted", "1(1)(b)", Severity.Breach);

    public static readonly Rule OutsideTheConvention =
        new("APM-03", "Other side of a prohibited transfer is outside this convention", "20", Severity.Information);

    public static readonly Rule ProhibitedTransit =
        new("APM-04", "Transit of a prohibited transfer", "1(1)(c), 2(4)", Severity.Review);

    public static readonly Rule RetainedAboveDeclared =
        new("APM-05", "Training transfer raises retained stock above what was declared", "3(1)", Severity.Review, true);

    public static readonly Rule CertificateOverdue =
        new("APM-06", "Received for destruction and not accounted for in time", "3(2), 7(1)", Severity.Warning, true);

    public static readonly Rule UnaccountedAfterDestruction =
        new("APM-07", "Received for destruction and unaccounted for", "3(2), 7(1)(g)", Severity.Warning);

    public static readonly Rule DivertedFromDestruction =
        new("APM-08", "Received for destruction and put to another use", "3", Severity.Breach);

    public static readonly Rule AgainstObjectAndPurpose =
        new("APM-09", "Act against Article 1 before being bound", "VCLT 18", Severity.Breach);

    /// <summary>An evaluation rule: it has no finding.</summary>
    public static readonly Rule BoundUntilWithdrawalTakesEffect =
        new("APM-10", "Between withdrawal and its effect a state is judged as bound", "20", Severity.Information);

    public static readonly Rule WithdrawalHeldUp =
        new("APM-11", "Withdrawal without effect during an armed conflict", "20", Severity.Information, true);

    public static readonly Rule SuspensionContested =
        new("APM-12", "Suspension asserted and contested", "20", Severity.Information, true);

    public static readonly Rule StockPastDeadline =
        new("APM-20", "Stock past its destruction deadline", "4", Severity.Breach, true);

    public static readonly Rule StockFoundAfterCompletion =
        new("APM-21", "Stock found after its destruction was declared complete", "4, 7", Severity.Warning, true);

    public static readonly Rule PartsAndTotalDiffer =
        new("APM-41", "Parts do not add up to the total stated", "7(1)(b)", Severity.Data);

    public static readonly Rule Overdrawn =
        new("APM-42", "More left an account than it held", "7(1)", Severity.Warning);

    public static readonly Rule OneSideSilent =
        new("APM-50", "Only one side has reported", "7(1)(d)", Severity.Warning, true);

    public static readonly Rule ShipperReceiverDifference =
        new("APM-51", "Quantities dispatched and received differ", "7(1)(d)", Severity.Warning);

    public static readonly Rule ItemOrPurposeDiffers =
        new("APM-52", "Items or purposes of the two sides differ", "7(1)(d)", Severity.Warning);

    public static readonly Rule LotsDiffer =
        new("APM-53", "Lots of the two sides differ", "7(1)(d)", Severity.Data);

    public static readonly Rule DatesDiffer =
        new("APM-54", "Dates of the two sides do not fit", "7(1)(d)", Severity.Data);

    public static readonly Rule LotOrNoticeTwice =
        new("APM-55", "The same mines or the same notice under two transfers", "7(1)(d)", Severity.Review, true);

    public static readonly Rule NotAMine =
        new("APM-60", "Reported item is not, or may not be, an anti-personnel mine", "2(1)", Severity.Review);

    public static readonly Rule ItemUnknown =
        new("APM-61", "Item unknown to the taxonomy", "7(1)(h)", Severity.Data);

    /// <summary>All of them, by id.</summary>
    public static ImmutableSortedDictionary<string, Rule> All { get; } = typeof(MineBanRules)
        .GetFields()
        .Select(field => (Rule)field.GetValue(null)!)
        .ToImmutableSortedDictionary(rule => rule.Id, rule => rule, StringComparer.Ordinal);
}
