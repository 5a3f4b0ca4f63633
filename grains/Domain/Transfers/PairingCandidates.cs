using System.Globalization;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;

namespace Treaty.Grid.Transfers;

/// <summary>A file that may tell of the same transfer as another, by the other side's word.</summary>
/// <param name="Other">The other file.</param>
/// <param name="Score">From 0 to 1.</param>
/// <param name="Reasons">What fits and what does not, each with its part of the score and the weight it has.</param>
public sealed record PairingCandidate(TransferKey Other, double Score, ImmutableArray<string> Reasons);

/// <summary>
/// What may belong together though the two sides chose references of their own: the dispatch of one file held against
/// the receipt of another. A pure function of the two, so both sides see the same; it changes nothing, and nothing is
/// paired by it.
/// </summary>
/// <remarks>
/// Of 100 points items have 25, quantities 35, lots 10, the purpose 10 and dates 20. What a side does not tell speaks
/// neither for nor against, and has half.
/// </remarks>
public static class PairingCandidates
{
    /// <summary>
    /// Below it nothing is suggested: quantities that have nothing to do with each other need a lot in common.
    /// </summary>
    public const double Threshold = 0.65;

    public const int SuggestedMax = 5;

    private const int Items = 25;
    private const int Quantities = 35;
    private const int Lots = 10;
    private const int Purposes = 10;
    private const int Dates = 20;

    private const double Untold = 0.5;
    private const double Near = 0.9;

    /// <summary>The candidates for a file among others of a party, the best first.</summary>
    public static ImmutableArray<PairingCandidate> Of(
        TransferFile file, IEnumerable<TransferFile> others, Rulebook rulebook) => SideOf(file) is not { } side ? [] :
    [
        .. others
            .Where(o => o.Key != file.Key
                && (o.Key.Sender, o.Key.Recipient) == (file.Key.Sender, file.Key.Recipient)
                && SideOf(o) is { } theirs && theirs != side)
            .Select(o => side == NoticeKind.Dispatch
                ? Compare(file, o, rulebook) with { Other = o.Key }
                : Compare(o, file, rulebook) with { Other = o.Key })
            .Where(c => c.Score >= Threshold)
            .OrderByDescending(c => c.Score)
            .ThenBy(c => c.Other)
            .Take(SuggestedMax),
    ];

    /// <summary>How well a file with a dispatch and one with a receipt fit together.</summary>
    /// <param name="sent">The file with the dispatch.</param>
    /// <param name="arrived">The file with the receipt, which the result names.</param>
    /// <param name="rulebook">For what is meant by near, and by the longest journey: the terms of the dispatch.</param>
    public static PairingCandidate Compare(TransferFile sent, TransferFile arrived, Rulebook rulebook)
    {
        var terms = rulebook.TermsOf(sent);
        var (left, right) = (
            sent.Dispatches.Select(n => n.Notice).ToList(), arrived.Receipts.Select(n => n.Notice).ToList());
        (int Weight, double Fit, string What)[] aspects =
        [
            WithWeight(Items, CompareItems(left, right, rulebook)),
            WithWeight(Quantities, CompareQuantities(left, right, rulebook, terms)),
            WithWeight(Lots, CompareLots(left, right)),
            WithWeight(Purposes, ComparePurposes(left, right)),
            WithWeight(Dates, CompareDates(left, right, terms)),
        ];
        return new PairingCandidate(
            arrived.Key, Math.Round(aspects.Sum(a => a.Weight * a.Fit) / 100, 3),
            [.. aspects.Select(a => string.Create(
                CultureInfo.InvariantCulture, $"{a.Weight * a.Fit:0.#} of {a.Weight}: {a.What}."))]);
    }

    /// <summary>Only one side has reported that something left or arrived.</summary>
    public static bool IsOneSided(TransferFile file) => SideOf(file) is not null;

    /// <summary>The kind of the act that a file has of one side only; null if it has both, or none.</summary>
    private static NoticeKind? SideOf(TransferFile file) =>
        (file.Dispatches.Any(), file.Receipts.Any(), file.Has(NoticeKind.Refusal)) switch
        {
            (true, false, false) => NoticeKind.Dispatch,
            (false, true, false) => NoticeKind.Receipt,
            _ => null,
        };

    private static (int, double, string) WithWeight(int weight, (double Fit, string What) aspect) =>
        (weight, aspect.Fit, aspect.What);

    private static (double Fit, string What) CompareItems(List<Notice> left, List<Notice> right, Rulebook rulebook)
    {
        var (ours, theirs) = (ItemsIn(left), ItemsIn(right));
        var common = ours.Intersect(theirs, StringComparer.Ordinal).ToList();
        return common.Count > 0
            ? ((double)common.Count / ours.Union(theirs, StringComparer.Ordinal).Count(),
                $"both name {Join(common)}" + Rest(ours.Except(common).Concat(theirs.Except(common)).ToList()))
            : IsUnspecified(ours, rulebook) || IsUnspecified(theirs, rulebook)
                ? (Untold, $"{Join(ours)} and {Join(theirs)} may be the same: one is of no stated type")
                : (0, $"{Join(ours)} was dispatched and {Join(theirs)} received");

        static string Rest(List<string> rest) => rest.Count == 0 ? "" : $", and one side alone {Join(rest)}";
    }

    private static (double Fit, string What) CompareQuantities(
        List<Notice> left, List<Notice> right, Rulebook rulebook, Terms terms)
    {
        var (sent, arrived) = (Sums(left), Sums(right));
        if (IsUnspecified(sent.Keys, rulebook) || IsUnspecified(arrived.Keys, rulebook))
        {
            (sent, arrived) = (Total(sent), Total(arrived));
        }

        var items = sent.Keys.Union(arrived.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var fits = items.Select(i => (Item: i, Fit: FitOf(
            sent.TryGetValue(i, out var s) ? s : 0, arrived.TryGetValue(i, out var a) ? a : 0, terms))).ToList();
        return (fits.Average(f => f.Fit.Fit), Join([.. fits.Select(f => $"{f.Item} {f.Fit.What}")], "; "));

        static Dictionary<string, long?> Total(Dictionary<string, long?> sums) => new(StringComparer.Ordinal)
        {
            ["in all"] = sums.Values.Any(q => q is null) ? null : sums.Values.Sum(),
        };
    }

    /// <param name="sent">Null where it is not told.</param>
    /// <param name="arrived">With what the recipient declares apart; null where it is not told.</param>
    private static (double Fit, string What) FitOf(long? sent, long? arrived, Terms terms)
    {
        if (sent is not { } left || arrived is not { } right)
        {
            return (Untold, "is not disclosed by both sides");
        }

        var (less, more) = (Math.Min(left, right), Math.Max(left, right));
        var counts = string.Create(CultureInfo.InvariantCulture, $"{left} dispatched, {right} received");
        return less == more ? (1, $"{counts}, the same")
            : (Int128)(more - less) * 100 <= (Int128)more * terms.ApproximatePercentMax
                ? (Near, $"{counts}, within {terms.ApproximatePercentMax} %")
            : (0.75 * less / more, $"{counts}, which differ");
    }

    private static (double Fit, string What) CompareLots(List<Notice> left, List<Notice> right)
    {
        var (ours, theirs) = (LotsIn(left), LotsIn(right));
        var common = ours.Intersect(theirs, StringComparer.Ordinal).ToList();
        return ours.Count == 0 || theirs.Count == 0 ? (Untold, "lots are not given by both sides")
            : common.Count == 0 ? (0, $"no lot in common: {Join(ours)} against {Join(theirs)}")
            : ((double)common.Count / Math.Min(ours.Count, theirs.Count), $"both give {Join(common)}");
    }

    private static (double Fit, string What) ComparePurposes(List<Notice> left, List<Notice> right)
    {
        var (ours, theirs) = (PurposesIn(left), PurposesIn(right));
        return ours.SequenceEqual(theirs, StringComparer.Ordinal)
            ? (1, $"both for {Join(ours)}")
            : (0, $"dispatched for {Join(ours)}, received for {Join(theirs)}");
    }

    /// <summary>The sooner after the dispatch, the better: at the end of the longest journey it has half.</summary>
    private static (double Fit, string What) CompareDates(List<Notice> left, List<Notice> right, Terms terms)
    {
        var days = right.Min(n => n.Date).DayNumber - left.Min(n => n.Date).DayNumber;
        return days < 0 ? (0, $"received {-days} days before the dispatch")
            : days > terms.JourneyDaysMax
                ? (0, $"received {days} days after the dispatch, more than {terms.JourneyDaysMax}")
            : (1 - (0.5 * days / Math.Max(1, terms.JourneyDaysMax)), $"received {days} days after the dispatch");
    }

    private static List<string> ItemsIn(List<Notice> notices) => Sorted(LinesIn(notices).Select(l => l.Item));

    private static List<string> LotsIn(List<Notice> notices) => Sorted(
        LinesIn(notices).SelectMany(l => l.Lots.Select(lot => $"lot {lot.Number} of {l.Item}")));

    private static List<string> PurposesIn(List<Notice> notices) => Sorted(
        notices.Select(n => n.PurposeCode.Length > 0 ? n.PurposeCode : Inputs.Text(n.Purpose)));

    private static Dictionary<string, long?> Sums(List<Notice> notices) => LinesIn(notices)
        .GroupBy(l => l.Item, StringComparer.Ordinal)
        .ToDictionary(
            g => g.Key,
            g => g.Any(l => l.Exactness == QuantityBasis.Undisclosed)
                ? (long?)null
                : Math.Max(0, g.Sum(l => l.Quantity + l.Excepted(ExceptionKind.Short)
                    + l.Excepted(ExceptionKind.Damaged) + l.Excepted(ExceptionKind.Refused)
                    - l.Excepted(ExceptionKind.Excess))),
            StringComparer.Ordinal);

    private static IEnumerable<Line> LinesIn(List<Notice> notices) => notices.SelectMany(n => n.Lines);

    private static bool IsUnspecified(IEnumerable<string> items, Rulebook rulebook) =>
        items.Any(i => rulebook.Taxonomy.Find(i) is { IsUnspecified: true });

    private static List<string> Sorted(IEnumerable<string> names) =>
        [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The first few: a reason is read by people.</summary>
    private static string Join(List<string> names, string separator = ", ") =>
        string.Join(separator, names.Take(5)) + (names.Count > 5 ? $" and {names.Count - 5} more" : "");
}
