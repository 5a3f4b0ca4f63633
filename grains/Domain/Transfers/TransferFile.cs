using Treaty.Grid.Conventions;

namespace Treaty.Grid.Transfers;

/// <summary>A notice as the register took it down.</summary>
/// <param name="Notice">What was said.</param>
/// <param name="RecordTime">When the filer's grain recorded it; the same in both parties' files.</param>
/// <param name="Filer">Where the filer stood on the notice's date.</param>
public sealed record FiledNotice(Notice Notice, DateTimeOffset RecordTime, Standing Filer)
{
    /// <summary>
    /// Where the other side stood on the notice's date; null until it has answered, or if it is no state.
    /// </summary>
    public Standing? Counterpart { get; init; }

    /// <summary>The version of the entry that put it into this party's journal.</summary>
    public long Version { get; init; }

    /// <summary>The position of the filer's entry, where it is another party's.</summary>
    public long FilerPosition { get; init; }

    /// <summary>The position of the counterpart's entry, where it is another party's.</summary>
    public long CounterpartPosition { get; init; }

    /// <summary>The later of the date of the act and the day of its recording: reporting periods run from it.</summary>
    public DateOnly ReportableFrom
    {
        get
        {
            var recorded = DateOnly.FromDateTime(RecordTime.UtcDateTime);
            return recorded > Notice.Date ? recorded : Notice.Date;
        }
    }
}

/// <summary>
/// Everything that both sides said about one transfer. Both parties keep it, each in its own grain; it holds the same
/// in both once the messages between them are delivered.
/// </summary>
/// <remarks>In the order of recording, whichever order they arrived in here.</remarks>
public sealed record TransferFile(TransferKey Key, ImmutableArray<FiledNotice> Notices)
{
    public TransferFile(TransferKey key) : this(key, [])
    {
    }

    /// <summary>
    /// Dispatches under other transfers by which the recipient passed on, or returned, what it had received here.
    /// </summary>
    public ImmutableArray<FiledNotice> Onward { get; init; } = [];

    /// <summary>What it was last recorded to come to; null before its first judgement.</summary>
    public Assessment? Assessed { get; init; }

    public IEnumerable<FiledNotice> Of(NoticeKind kind) => Notices.Where(n => n.Notice.Kind == kind);

    public IEnumerable<FiledNotice> Dispatches => Of(NoticeKind.Dispatch);

    public IEnumerable<FiledNotice> Receipts => Of(NoticeKind.Receipt);

    public bool Has(NoticeKind kind) => Notices.Any(n => n.Notice.Kind == kind);

    /// <summary>With a notice, or with what is newly known about one that is there.</summary>
    public TransferFile With(FiledNotice filed) => filed.Notice.Transfer == Key
        ? this with { Notices = Insert(Notices, filed) }
        : this with { Onward = Insert(Onward, filed) };

    public FiledNotice? Find(string filer, string id) =>
        Notices.Concat(Onward).FirstOrDefault(n => n.Notice.Id == id && n.Notice.Filer == filer);

    /// <summary>
    /// What notices of one kind and filer say was moved, by item; undisclosed quantities count as nothing.
    /// </summary>
    public Dictionary<string, long> Quantities(NoticeKind kind, string filer) =>
        Quantities(Notices.Where(n => n.Notice.Kind == kind && n.Notice.Filer == filer));

    public static Dictionary<string, long> Quantities(IEnumerable<FiledNotice> notices)
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in notices.SelectMany(n => n.Notice.Lines))
        {
            sums[line.Item] = sums.GetValueOrDefault(line.Item) + line.Quantity;
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
