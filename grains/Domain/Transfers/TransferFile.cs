using Treaty.Grid.Conventions;

namespace Treaty.Grid.Transfers;

/// <summary>A notice as the register took it down.</summary>
/// <param name="Notice">What was said.</param>
/// <param name="RecordTime">When the filer's grain recorded it; the same in both parties' files.</param>
/// <param name="Filer">Where the filer stood on the notice's date.</param>
public sealed record FiledNotice(Notice Notice, DateTimeOffset RecordTime, Standings Filer)
{
    /// <summary>
    /// Where the other side stood on the notice's date; null until it has answered, or if it is no state.
    /// </summary>
    public Standings? Counterpart { get; init; }

    /// <summary>
    /// Where the holder of the file stood on it, if that is neither the filer nor the other side: a state on the route.
    /// </summary>
    public Standings? Here { get; init; }

    /// <summary>The version of the entry that put it into this party's journal.</summary>
    public long Version { get; init; }

    /// <summary>The position of the filer's entry, where it is another party's.</summary>
    public long FilerPosition { get; init; }

    /// <summary>The position of the counterpart's entry, where it is another party's.</summary>
    public long CounterpartPosition { get; init; }

    /// <summary>The id of the notice of its filer that has taken its place; empty if none has.</summary>
    public string SupersededBy { get; init; } = "";

    /// <summary>
    /// Of the first version of what this corrects, or of what was moved here; null if this is the first.
    /// </summary>
    public DateTimeOffset? FirstRecordTime { get; init; }

    /// <summary>
    /// What it moved in its filer's own books, without what statements of those books made of it: a correction takes it
    /// back. Kept by the filer only.
    /// </summary>
    public ImmutableArray<Stockpiles.Booking> Bookings { get; init; } = [];

    /// <summary>
    /// The later of the date of the act and the day on which it was first reported: reporting periods run from it.
    /// </summary>
    public DateOnly ReportableFrom
    {
        get
        {
            var recorded = DateOnly.FromDateTime((FirstRecordTime ?? RecordTime).UtcDateTime);
            return recorded > Notice.Date ? recorded : Notice.Date;
        }
    }
}

/// <summary>
/// Everything that both sides said about one transfer. Both parties keep it, each in its own grain; it holds the same
/// in both once the messages between them are delivered.
/// </summary>
/// <param name="Notices">
/// Those in effect: neither superseded nor withdrawn. In the order of recording, whichever order they arrived in here.
/// </param>
public sealed record TransferFile(TransferKey Key, ImmutableArray<FiledNotice> Notices)
{
    public TransferFile(TransferKey key) : this(key, [])
    {
    }

    /// <summary>
    /// Dispatches under other transfers by which the recipient passed on, or returned, what it had received here.
    /// </summary>
    public ImmutableArray<FiledNotice> Onward { get; init; } = [];

    /// <summary>What was said before it was corrected, here or in the dispatches onward; and withdrawals.</summary>
    public ImmutableArray<FiledNotice> Replaced { get; init; } = [];

    /// <summary>Every version of every notice about this transfer, in the order of recording.</summary>
    public IEnumerable<FiledNotice> History => Replaced.IsEmpty
        ? Notices
        : Notices.Concat(Replaced.Where(n => n.Notice.Transfer == Key)).Order(Comparer<FiledNotice>.Create(Compare));

    /// <summary>Somebody has said something about this transfer, and not only about one that follows from it.</summary>
    public bool IsKnown => !Notices.IsEmpty || Replaced.Any(n => n.Notice.Transfer == Key);

    /// <summary>What it was last recorded to come to; null before its first judgement.</summary>
    public Assessment? Assessed { get; init; }

    public IEnumerable<FiledNotice> Of(NoticeKind kind) => Notices.Where(n => n.Notice.Kind == kind);

    public IEnumerable<FiledNotice> Dispatches => Of(NoticeKind.Dispatch);

    public IEnumerable<FiledNotice> Receipts => Of(NoticeKind.Receipt);

    public bool Has(NoticeKind kind)
    {
        foreach (var filed in Notices)
        {
            if (filed.Notice.Kind == kind)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// What was said of the difference since either side last reported what moved; the last word. Null if nothing was.
    /// </summary>
    public FiledNotice? Explanation
    {
        get
        {
            if (!Has(NoticeKind.Explanation))
            {
                return null;
            }

            var last = Notices.LastOrDefault(n => n.Notice.Kind == NoticeKind.Explanation);
            var told = Notices.LastOrDefault(n => n.Notice.Kind
                is NoticeKind.Dispatch or NoticeKind.Receipt or NoticeKind.Refusal or NoticeKind.Loss);
            return last is not null && told is not null && Compare(last, told) > 0 ? last : null;
        }
    }

    /// <summary>With a notice, or with what is newly known about one that is there.</summary>
    public TransferFile With(FiledNotice filed)
    {
        if (filed.Notice.IsWithdrawal || filed.SupersededBy.Length > 0)
        {
            var file = Without(filed);
            return file with { Replaced = Insert(file.Replaced, filed) };
        }

        if (filed.Notice.Supersedes.Length > 0)
        {
            return Without(filed).Add(filed with { FirstRecordTime = FirstRecordTimeOf(filed) });
        }

        return Add(filed with { FirstRecordTime = filed.FirstRecordTime ?? filed.Notice.FirstReported });
    }

    private TransferFile Add(FiledNotice filed) => filed.Notice.Transfer == Key
        ? this with { Notices = Insert(Notices, filed) }
        : this with { Onward = Insert(Onward, filed) };

    /// <summary>Without the notice in effect that another one takes the place of.</summary>
    private TransferFile Without(FiledNotice next)
    {
        if (FormerOf(next.Notice) is not { SupersededBy.Length: 0 } former)
        {
            return this;
        }

        return this with
        {
            Notices = Notices.Remove(former),
            Onward = Onward.Remove(former),
            Replaced = Insert(Replaced, former with { SupersededBy = next.Notice.Id }),
        };
    }

    private DateTimeOffset? FirstRecordTimeOf(FiledNotice filed) => filed.FirstRecordTime
        ?? (FormerOf(filed.Notice) is { } former ? former.FirstRecordTime ?? former.RecordTime : null);

    /// <summary>What a notice corrects or withdraws; null if it does not.</summary>
    public FiledNotice? FormerOf(Notice notice) =>
        notice.Supersedes.Length == 0 ? null : Find(notice.Filer, notice.Supersedes);

    /// <summary>Any version of any notice that the file holds.</summary>
    public FiledNotice? Find(string filer, string id) =>
        Find(Notices, filer, id) ?? Find(Onward, filer, id) ?? Find(Replaced, filer, id);

    private static FiledNotice? Find(ImmutableArray<FiledNotice> notices, string filer, string id)
    {
        foreach (var filed in notices)
        {
            if (filed.Notice.Id == id && filed.Notice.Filer == filer)
            {
                return filed;
            }
        }

        return null;
    }

    /// <summary>
    /// What notices of one kind and filer say was moved, by item; undisclosed quantities count as nothing.
    /// </summary>
    public Dictionary<string, long> Quantities(NoticeKind kind, string filer) => Has(kind)
        ? Quantities(Notices.Where(n => n.Notice.Kind == kind && n.Notice.Filer == filer))
        : [];

    /// <summary>
    /// The file as if nothing but some items had been reported: a notice of others tells that none of these moved. A
    /// refusal of others is left out, since one that names nothing refuses all.
    /// </summary>
    public TransferFile Of(Func<string, bool> items) => AreAll(Notices, items) && AreAll(Onward, items)
        ? this
        : this with { Notices = Of(Notices, items), Onward = Of(Onward, items) };

    private static bool AreAll(ImmutableArray<FiledNotice> notices, Func<string, bool> items)
    {
        foreach (var filed in notices)
        {
            foreach (var line in filed.Notice.Lines)
            {
                if (!items(line.Item))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static ImmutableArray<FiledNotice> Of(ImmutableArray<FiledNotice> notices, Func<string, bool> items) =>
    [
        .. notices
            .Select(n => (Whole: n, Lines: n.Notice.Lines.RemoveAll(l => !items(l.Item))))
            .Where(n => n.Whole.Notice.Kind != NoticeKind.Refusal
                || !n.Lines.IsEmpty || n.Whole.Notice.Lines.IsEmpty)
            .Select(n => n.Whole with { Notice = n.Whole.Notice with { Lines = n.Lines } }),
    ];

    public static Dictionary<string, long> Quantities(IEnumerable<FiledNotice> notices)
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var filed in notices)
        {
            foreach (var line in filed.Notice.Lines)
            {
                sums[line.Item] = sums.GetValueOrDefault(line.Item) + line.Quantity;
            }
        }

        return sums;
    }

    private static ImmutableArray<FiledNotice> Insert(ImmutableArray<FiledNotice> notices, FiledNotice filed)
    {
        var index = 0;
        while (index < notices.Length && Compare(notices[index], filed) < 0)
        {
            index++;
        }

        return index < notices.Length && Compare(notices[index], filed) == 0
            ? notices.SetItem(index, filed)
            : notices.Insert(index, filed);
    }

    private static int Compare(FiledNotice left, FiledNotice right)
    {
        var byTime = left.RecordTime.CompareTo(right.RecordTime);
        return byTime != 0
            ? byTime
            : string.CompareOrdinal(left.Notice.Name, right.Notice.Name);
    }
}
