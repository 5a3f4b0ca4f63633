using System.Runtime.CompilerServices;

namespace Treaty.Grid.Findings;

/// <summary>
/// A question that the grid can ask of facts. A rule of a convention is one of these, with the article that asks it and
/// the acts and items that it is asked about.
/// </summary>
/// <param name="Id">As rules name it.</param>
/// <param name="Inputs">The facts that a finding may name; those of an item or lot carry it in brackets.</param>
/// <param name="ByTime">
/// The passing of time alone can raise it, or change it; or the party's books can, by a statement about something else.
/// </param>
public sealed record Check(string Id, ImmutableArray<string> Inputs, bool ByTime = false)
{
    /// <summary>The parts of a rule's scope that it reads, as <see cref="Scope.Parts"/> names them.</summary>
    public ImmutableArray<string> Reads { get; init; } = [];

    /// <summary>Whether one convention may ask it by several rules, each of its own scope.</summary>
    public bool Repeats => !Reads.IsEmpty;

    /// <summary>There is one object of each: it is looked up often, and to compare all it says takes long.</summary>
    public bool Equals(Check? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}

/// <summary>All questions that rules can be made of.</summary>
public static class Checks
{
    /// <summary>Of an act of one side.</summary>
    private static readonly ImmutableArray<string> ActInputs =
    [
        "date", "purpose", "status", "stated_by", "items", "moved", "title_passed", "control_passed", "recipient",
        "stated",
    ];

    /// <summary>What narrows acts down.</summary>
    private static readonly ImmutableArray<string> ActScope =
        ["items", "purposes", "except_purposes", "recipient", "since", "quantity_max", "except", "stated"];

    /// <summary>Of a difference that one side has explained.</summary>
    private static readonly ImmutableArray<string> Explained = ["explanation", "explained_by"];

    public static readonly Check ProhibitedDispatch =
        new("prohibited_dispatch", ActInputs) { Reads = ActScope };

    public static readonly Check ProhibitedReceipt =
        new("prohibited_receipt", ActInputs) { Reads = ActScope };

    /// <summary>The other side of a prohibited act is not bound.</summary>
    public static readonly Check OutsideTheConvention = new("outside_the_convention", ActInputs);

    public static readonly Check ProhibitedTransit =
        new("prohibited_transit", ["date", "items", "stated_by"]) { Reads = ActScope };

    /// <summary>A bound sender says nothing of what the convention asks about an item.</summary>
    public static readonly Check CharacteristicsUnstated =
        new("characteristics_unstated", ["date", "items", "unstated", "stated_by"])
        {
            Reads = [.. ActScope, "unstated"],
        };

    /// <summary>A bound side acts without having filed its plan so many days before.</summary>
    public static readonly Check AdvanceNoticeMissing =
        new("advance_notice_missing", ["date", "items", "days_before", "planned"])
        {
            Reads = [.. ActScope, "days_before"],
        };

    public static readonly Check RetainedAboveDeclared =
        new("retained_above_declared", ["retained", "declared", "on"], true);

    public static readonly Check CertificateOverdue =
        new("certificate_overdue", ["received", "destroyed", "lost", "onward", "outstanding", "due"], true);

    public static readonly Check UnaccountedAfterDestruction =
        new("unaccounted_after_destruction", ["received", "destroyed", "lost", "onward", "outstanding"]);

    public static readonly Check DivertedFromDestruction =
        new("diverted_from_destruction", ["date", "items", "purpose", "to"]);

    /// <summary>By a signatory, or between consent and entry into force.</summary>
    public static readonly Check AgainstObjectAndPurpose = new("against_object_and_purpose", ActInputs);

    /// <summary>Says how standings are read: it has no finding.</summary>
    public static readonly Check BoundUntilWithdrawalTakesEffect = new("bound_until_withdrawal_takes_effect", []);

    public static readonly Check WithdrawalHeldUp = new(
        "withdrawal_held_up", ["withdrawal_notified", "withdrawal_expiry", "armed_conflict_asserted_by"], true);

    public static readonly Check SuspensionContested = new(
        "suspension_contested",
        [.. ActInputs, "suspension_asserted", "suspension_asserted_by", "suspension_contested_by"], true);

    public static readonly Check StockPastDeadline =
        new("stock_past_deadline", ["entry_into_force", "deadline", "balance"], true);

    public static readonly Check StockFoundAfterCompletion =
        new("stock_found_after_completion", ["completed", "found", "left", "due"], true);

    public static readonly Check RetainedUntold = new("retained_untold", ["retained", "years"], true);

    public static readonly Check InitialReportOverdue = new("initial_report_overdue", ["due"], true);

    public static readonly Check YearlyReportOverdue =
        new("yearly_report_overdue", ["years", "due"], true) { Reads = ["items", "above_per_year"] };

    public static readonly Check PartMissing = new("part_missing", ["missing", "period"]);

    public static readonly Check AccountUnbalanced =
        new("account_unbalanced", ["expected", "closing", "recounted", "books"]);

    public static readonly Check PartsAndTotalDiffer =
        new("parts_and_total_differ",
            ["sum", "stated_total", "lots", "quantity", "units", "per_unit", "at_sites", "destroyed"]);

    public static readonly Check Overdrawn =
        new("overdrawn", ["item", "holding_class", "lowest_balance", "on", "opening"]);

    public static readonly Check OpeningDiffers = new("opening_differs", ["last_closing", "opening", "books"]);

    public static readonly Check OneSideSilent =
        new("one_side_silent", ["reported_by", "date", "reportable_from", "due"], true);

    public static readonly Check ShipperReceiverDifference = new(
        "shipper_receiver_difference", [.. Explained, "quantity.sender", "quantity.recipient", "difference"]);

    public static readonly Check ItemOrPurposeDiffers = new(
        "item_or_purpose_differs",
        [.. Explained, "item.sender", "item.recipient", "purpose.sender", "purpose.recipient"]);

    public static readonly Check LotsDiffer = new("lots_differ", [.. Explained, "lot.sender", "lot.recipient"]);

    public static readonly Check DatesDiffer = new("dates_differ", [.. Explained, "date.sender", "date.recipient"]);

    public static readonly Check LotOrNoticeTwice = new("lot_or_notice_twice", ["same_notice", "lot"], true);

    public static readonly Check ReportAgainstNotices = new("report_against_notices", ["report", "notices"]);

    /// <summary>Reported, and not what the convention is about, or only in some uses.</summary>
    public static readonly Check NotCovered = new("not_covered", ["not_covered", "covered_if_set_off_by_a_person"]);

    public static readonly Check ItemUnknown = new("item_unknown", ["items", "taxonomy"]);

    public static readonly Check ClarificationUnanswered =
        new("clarification_unanswered", ["clarifications", "requested_by", "due"], true);

    /// <summary>All of them, by id.</summary>
    public static ImmutableSortedDictionary<string, Check> All { get; } = typeof(Checks)
        .GetFields()
        .Select(field => (Check)field.GetValue(null)!)
        .ToImmutableSortedDictionary(check => check.Id, check => check, StringComparer.Ordinal);
}
