using System.Globalization;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Items;

namespace Treaty.Grid.Transfers;

/// <summary>Whether what both sides said agrees. Numbers are those of the contract.</summary>
public enum Match
{
    /// <summary>Not both sides, or more receipts to come.</summary>
    NotMatched = 1,
    Matched = 2,

    /// <summary>A quantity is approximate or undisclosed and fits as far as it goes.</summary>
    MatchedWithinTolerance = 3,
    Mismatched = 4,

    /// <summary>
    /// It agrees with the exceptions that the recipient declared; or it differs, and one side has explained why.
    /// </summary>
    Explained = 5,

    /// <summary>It agrees now that one side or both have corrected a notice.</summary>
    Corrected = 6,
}

/// <summary>What kind of field two sides differ on; each has a finding of its own.</summary>
public enum DifferenceKind
{
    /// <summary>APM-51.</summary>
    Quantity,

    /// <summary>APM-52: equal totals of other items.</summary>
    Item,

    /// <summary>APM-52: of an unspecified type on one side.</summary>
    UnspecifiedItem,

    /// <summary>APM-52.</summary>
    Purpose,

    /// <summary>APM-53.</summary>
    Lot,

    /// <summary>APM-54.</summary>
    Date,
}

/// <summary>One field on which the two sides differ.</summary>
/// <param name="Kind">What is compared.</param>
/// <param name="Field">As the contract writes it, such as <c>quantity[PMA-2]</c>.</param>
/// <param name="SenderValue">As the sender says.</param>
/// <param name="RecipientValue">As the recipient says.</param>
/// <param name="Tolerance">What would still have been taken as equal.</param>
public sealed record Difference(
    DifferenceKind Kind, string Field, string SenderValue, string RecipientValue, string Tolerance)
{
    /// <summary>Sender's count less recipient's, for quantities.</summary>
    public long Gap { get; init; }
}

/// <summary>
/// Holds the two sides of a file against each other. A pure function of the file: it gives both parties the same
/// answer, whatever the order of filing.
/// </summary>
public sealed class Matching
{
    private readonly TransferFile _file;
    private readonly Taxonomy _taxonomy;
    private readonly Terms _terms;
    private readonly List<Difference> _differences = [];
    private bool _tolerated;
    private bool _excepted;

    private Matching(TransferFile file, Taxonomy taxonomy, Terms terms) =>
        (_file, _taxonomy, _terms) = (file, taxonomy, terms);

    /// <summary>Compares a file as it stands.</summary>
    public static (Match Match, ImmutableArray<Difference> Differences) Compare(
        TransferFile file, Taxonomy taxonomy, Terms terms) => new Matching(file, taxonomy, terms).Compare();

    private (Match Match, ImmutableArray<Difference> Differences) Compare()
    {
        if (!_file.Has(NoticeKind.Dispatch)
            || (!_file.Has(NoticeKind.Receipt) && !_file.Has(NoticeKind.Refusal)))
        {
            return (Match.NotMatched, []);
        }

        ComparePurposes();
        CompareDates();

        // A part refused, and nothing received yet: the rest is still to come.
        var final = _file.Has(NoticeKind.Receipt) ? _file.Receipts.Any(r => r.Notice.IsFinal) : IsRefusedWhole();
        if (final)
        {
            CompareQuantities();
        }

        var match = _differences.Count > 0 ? _file.Explanation is null ? Match.Mismatched : Match.Explained
            : !final ? Match.NotMatched
            : _excepted ? Match.Explained
            : IsCorrected ? Match.Corrected
            : _tolerated ? Match.MatchedWithinTolerance
            : Match.Matched;
        return (match, _differences.Count == 0 ? [] : [.. _differences]);
    }

    private bool IsCorrected => _file.Notices.Any(n => n.Notice.Supersedes.Length > 0
        && n.Notice.Kind is NoticeKind.Dispatch or NoticeKind.Receipt or NoticeKind.Refusal);

    private bool IsRefusedWhole()
    {
        var (sent, refused) = (new Tally(_file.Dispatches), new Tally(_file.Of(NoticeKind.Refusal)));
        return _file.Of(NoticeKind.Refusal).Any(r => r.Notice.Lines.IsEmpty)
            || sent.Items.All(item => refused[item] >= sent[item]);
    }

    private void ComparePurposes()
    {
        if (IsOnePurpose())
        {
            return;
        }

        var sender = Purposes(_file.Dispatches);
        var recipient = Purposes(_file.Receipts);
        if (recipient.Length > 0 && sender != recipient)
        {
            _differences.Add(new Difference(DifferenceKind.Purpose, "purpose", sender, recipient, "equal"));
        }
    }

    private bool IsOnePurpose()
    {
        Notice? one = null;
        foreach (var filed in _file.Notices)
        {
            var notice = filed.Notice;
            if (!notice.IsAct)
            {
                continue;
            }

            one ??= notice;
            if (notice.Purpose != one.Purpose || notice.PurposeCode != one.PurposeCode)
            {
                return false;
            }
        }

        return true;
    }

    private void CompareDates()
    {
        if (!_file.Has(NoticeKind.Receipt))
        {
            return;
        }

        var (dispatched, lastDispatched) = Days(NoticeKind.Dispatch);
        var (first, last) = Days(NoticeKind.Receipt);
        var odd = first < dispatched ? first : last;
        if (first < dispatched || last > lastDispatched.AddDays(_terms.JourneyDaysMax))
        {
            _differences.Add(new Difference(
                DifferenceKind.Date, "date", Iso(dispatched), Iso(odd),
                $"a receipt 0 to {_terms.JourneyDaysMax} days after the dispatch"));
        }
    }

    /// <summary>Of the notices of a kind that there is.</summary>
    private (DateOnly First, DateOnly Last) Days(NoticeKind kind)
    {
        var (first, last) = (DateOnly.MaxValue, DateOnly.MinValue);
        foreach (var filed in _file.Notices)
        {
            if (filed.Notice.Kind == kind)
            {
                first = filed.Notice.Date < first ? filed.Notice.Date : first;
                last = filed.Notice.Date > last ? filed.Notice.Date : last;
            }
        }

        return (first, last);
    }

    private void CompareQuantities()
    {
        if (IsPlain())
        {
            return;
        }

        var sent = new Tally(_file.Dispatches);
        var arrived = new Tally(_file.Receipts);
        _excepted = arrived.Accounted(sent, _file);
        var open = new List<(string Item, long Sent, long Arrived)>();
        var unknown = false;
        foreach (var item in sent.Items.Union(arrived.Items).Order(StringComparer.Ordinal))
        {
            var (left, right) = (sent[item], arrived[item]);
            var both = sent.Items.Contains(item) && arrived.Items.Contains(item);
            var undisclosed = sent.Undisclosed.Contains(item) || arrived.Undisclosed.Contains(item);
            if (both && undisclosed)
            {
                _tolerated |= !(sent.Undisclosed.Contains(item) && arrived.Undisclosed.Contains(item));
            }
            else if (left == right && !undisclosed)
            {
                _tolerated |= sent.Approximate.Contains(item) != arrived.Approximate.Contains(item);
                CompareLots(item, sent, arrived);
            }
            else if (both && IsNear(item, left, right, sent, arrived))
            {
                _tolerated = true;
            }
            else
            {
                unknown |= undisclosed;
                open.Add((item, left, right));
            }
        }

        if (open.Count > 0)
        {
            Report(open, unknown);
        }
    }

    /// <summary>As most are: one dispatch and one receipt of as much of one item, exact, and nothing beside.</summary>
    private bool IsPlain() => _file.Notices is
    [
    { Notice: { Kind: NoticeKind.Dispatch, Lines: [var sent] } },
    { Notice: { Kind: NoticeKind.Receipt, Lines: [var arrived] } },
    ]
        && sent.Item == arrived.Item && sent.Quantity == arrived.Quantity
        && sent.Exactness == QuantityBasis.Exact && arrived.Exactness == QuantityBasis.Exact
        && arrived.Exceptions.IsEmpty && (sent.Lots.IsEmpty || arrived.Lots.IsEmpty);

    /// <summary>Equal totals of other items are a difference of items; anything else one of quantities.</summary>
    private void Report(List<(string Item, long Sent, long Arrived)> open, bool unknown)
    {
        var more = open.Where(o => o.Sent > o.Arrived || (unknown && o.Arrived == 0)).ToList();
        var less = open.Except(more).ToList();
        if (unknown || (open.Sum(o => o.Sent - o.Arrived) == 0 && more.Count > 0 && less.Count > 0))
        {
            var unspecified = more.Count > 0 && less.Count > 0
                && (more.TrueForAll(o => IsUnspecified(o.Item)) || less.TrueForAll(o => IsUnspecified(o.Item)));
            _differences.Add(new Difference(
                unspecified ? DifferenceKind.UnspecifiedItem : DifferenceKind.Item, "item",
                string.Join(", ", more.Select(o => $"{o.Item} {Count(o.Sent - o.Arrived)}")),
                string.Join(", ", less.Select(o => $"{o.Item} {Count(o.Arrived - o.Sent)}")), "equal"));
            return;
        }

        foreach (var (item, left, right) in open)
        {
            _differences.Add(
                new Difference(DifferenceKind.Quantity, $"quantity[{item}]", Count(left), Count(right), "0")
                {
                    Gap = left - right,
                });
        }
    }

    /// <summary>What one side holds in a lot and the other cannot, not even in what it gave no lot number.</summary>
    private void CompareLots(string item, Tally sent, Tally arrived)
    {
        var (left, right) = (sent.Lots(item), arrived.Lots(item));
        if (left.Count == 0 || right.Count == 0)
        {
            return;
        }

        var (leftRest, rightRest) = (sent[item] - left.Values.Sum(), arrived[item] - right.Values.Sum());
        var differs = left.Keys.Union(right.Keys).Any(lot =>
            left.GetValueOrDefault(lot) > right.GetValueOrDefault(lot) + rightRest
            || right.GetValueOrDefault(lot) > left.GetValueOrDefault(lot) + leftRest);
        if (differs)
        {
            _differences.Add(new Difference(
                DifferenceKind.Lot, $"lot[{item}]", Describe(left), Describe(right), "equal where both give lots"));
        }
    }

    private bool IsNear(string item, long left, long right, Tally sent, Tally arrived) =>
        (sent.Approximate.Contains(item) || arrived.Approximate.Contains(item))
        && (Int128)Math.Abs(left - right) * 100 <= (Int128)Math.Max(left, right) * _terms.ApproximatePercentMax;

    private bool IsUnspecified(string item) => _taxonomy.Find(item) is { IsUnspecified: true };

    private static string Purposes(IEnumerable<FiledNotice> notices) =>
        string.Join(", ", notices.Select(n => (n.Notice.Purpose, n.Notice.PurposeCode)).Distinct().Order()
            .Select(p => p.PurposeCode.Length > 0 ? p.PurposeCode : Inputs.Text(p.Purpose)));

    private static string Describe(IReadOnlyDictionary<string, long> lots) =>
        string.Join(", ", lots.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key} {Count(l.Value)}"));

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Count(long quantity) => quantity.ToString(CultureInfo.InvariantCulture);

    /// <summary>What one side says of each item, over all its notices.</summary>
    private sealed class Tally
    {
        private readonly Dictionary<string, long> _sums = new(StringComparer.Ordinal);
        private readonly List<Line> _lines;

        public Tally(IEnumerable<FiledNotice> notices)
        {
            _lines = [.. notices.SelectMany(n => n.Notice.Lines)];
            foreach (var line in _lines)
            {
                _sums[line.Item] = this[line.Item] + line.Quantity;
                (line.Exactness switch
                {
                    QuantityBasis.Approximate => Approximate,
                    QuantityBasis.Undisclosed => Undisclosed,
                    _ => [],
                }).Add(line.Item);
            }
        }

        public IReadOnlyCollection<string> Items => _sums.Keys;

        public HashSet<string> Approximate { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Undisclosed { get; } = new(StringComparer.Ordinal);

        public long this[string item] => _sums.GetValueOrDefault(item);

        /// <summary>
        /// Adds what the recipient declares not to have accepted and what the sender declares lost on the way, and
        /// takes off what the recipient declares to have come on top. True if that changed anything.
        /// </summary>
        public bool Accounted(Tally sent, TransferFile file)
        {
            var changed = false;
            foreach (var line in _lines.Where(l => l.Exceptions.Length > 0))
            {
                var change = line.Excepted(ExceptionKind.Short) + line.Excepted(ExceptionKind.Damaged)
                    + line.Excepted(ExceptionKind.Refused) - line.Excepted(ExceptionKind.Excess);
                _sums[line.Item] = this[line.Item] + change;
                changed = true;
            }

            // What the sender itself says was lost on the way is accounted for as well.
            foreach (var (item, quantity) in file.Quantities(NoticeKind.Loss, file.Key.Sender))
            {
                _sums[item] = this[item] + quantity;
                changed |= quantity > 0;
            }

            foreach (var refusal in file.Of(NoticeKind.Refusal))
            {
                // Without lines all that was dispatched and did not arrive is refused.
                var refused = refusal.Notice.Lines.IsEmpty
                    ? sent.Items.Select(i => (Item: i, Quantity: Math.Max(0, sent[i] - this[i])))
                    : refusal.Notice.Lines.Select(l => (l.Item, l.Quantity));
                foreach (var (item, quantity) in refused.ToList())
                {
                    _sums[item] = this[item] + quantity;
                    if (sent.Undisclosed.Contains(item))
                    {
                        Undisclosed.Add(item);
                    }
                }
            }

            return changed;
        }

        public Dictionary<string, long> Lots(string item) => _lines
            .Where(l => l.Item == item)
            .SelectMany(l => l.Lots)
            .GroupBy(l => l.Number, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(l => l.Quantity), StringComparer.Ordinal);
    }
}
