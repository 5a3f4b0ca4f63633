namespace Treaty.Grid.Storage;

/// <summary>
/// What several entries change together, each row once: as they leave it, one after the other. Rows of a table come in
/// the order of its key.
/// </summary>
internal sealed class Changes
{
    private readonly List<AddedNotice> _notices = [];
    private readonly List<AddedDeclaration> _declarations = [];
    private readonly Dictionary<(string Party, string Name), AssessedTransfer> _transfers = [];
    private readonly Dictionary<(string Name, string Holder), RaisedFinding> _raised = [];
    private readonly Dictionary<(string Name, string Holder), ClosedFinding> _closed = [];
    private readonly Dictionary<(string Party, string Rule, string Transfer), Change> _duties = [];
    private readonly List<SkippedEntry> _skipped = [];

    public IReadOnlyList<AddedNotice> Notices => Sorted(_notices, (a, b) => Compare(
        string.CompareOrdinal(a.Party, b.Party), a.Version.CompareTo(b.Version), a.Event.CompareTo(b.Event)));

    public IReadOnlyList<AddedDeclaration> Declarations => Sorted(_declarations, (a, b) => Compare(
        string.CompareOrdinal(a.Party, b.Party), a.Version.CompareTo(b.Version)));

    public IReadOnlyList<AssessedTransfer> Transfers => Sorted(_transfers.Values, (a, b) => Compare(
        string.CompareOrdinal(a.Party, b.Party), string.CompareOrdinal(a.Name, b.Name)));

    public IReadOnlyList<RaisedFinding> Raised => Sorted(_raised.Values, (a, b) => Compare(
        string.CompareOrdinal(a.Name, b.Name), string.CompareOrdinal(a.Holder, b.Holder)));

    /// <summary>Findings that were raised by entries before these.</summary>
    public IReadOnlyList<ClosedFinding> Closed => Sorted(_closed.Values, (a, b) => Compare(
        string.CompareOrdinal(a.Name, b.Name), string.CompareOrdinal(a.Holder, b.Holder)));

    public IReadOnlyList<SetDuty> Duties => Sorted(_duties.Values.OfType<SetDuty>(), (a, b) => Compare(
        string.CompareOrdinal(a.Party, b.Party), string.CompareOrdinal(a.Rule, b.Rule),
        string.CompareOrdinal(a.Transfer, b.Transfer)));

    public IReadOnlyList<GoneDuty> GoneDuties => Sorted(_duties.Values.OfType<GoneDuty>(), (a, b) => Compare(
        string.CompareOrdinal(a.Party, b.Party), string.CompareOrdinal(a.Rule, b.Rule),
        string.CompareOrdinal(a.Transfer, b.Transfer)));

    /// <summary>In order of position.</summary>
    public IReadOnlyList<SkippedEntry> Skipped => _skipped;

    /// <summary>What the next event changes.</summary>
    public void Add(Change change)
    {
        switch (change)
        {
            case AddedNotice notice:
                _notices.Add(notice);
                break;
            case AddedDeclaration declaration:
                _declarations.Add(declaration);
                break;
            case AssessedTransfer transfer:
                Assess(transfer);
                break;
            case RaisedFinding finding:
                Raise(finding);
                break;
            case ClosedFinding finding:
                Close(finding);
                break;
            case SetDuty duty:
                _duties[(duty.Party, duty.Rule, duty.Transfer)] = duty;
                break;
            case GoneDuty duty:
                _duties[(duty.Party, duty.Rule, duty.Transfer)] = duty;
                break;
            default:
                throw new InvalidOperationException($"{change.GetType().Name} has no table: add it.");
        }
    }

    public void Add(SkippedEntry skipped) => _skipped.Add(skipped);

    /// <summary>It replaces all of a row but where its file began; sender and recipient follow from the name.</summary>
    private void Assess(AssessedTransfer transfer)
    {
        var key = (transfer.Party, transfer.Name);
        _transfers[key] = _transfers.TryGetValue(key, out var before)
            ? transfer with { Opened = before.Opened }
            : transfer;
    }

    /// <summary>
    /// It replaces all of a row but its rule and where it was first raised; whether it was closed before is then no
    /// matter.
    /// </summary>
    private void Raise(RaisedFinding finding)
    {
        var key = (finding.Name, finding.Holder);
        _closed.Remove(key);
        _raised[key] = _raised.TryGetValue(key, out var before)
            ? finding with { Rule = before.Rule, Opened = before.Opened }
            : finding;
    }

    private void Close(ClosedFinding finding)
    {
        var key = (finding.Name, finding.Holder);
        if (_raised.TryGetValue(key, out var raised))
        {
            _raised[key] = raised with
            {
                Status = finding.Status,
                Position = finding.Position,
                Closing = finding.Closing,
            };
        }
        else
        {
            _closed[key] = finding;
        }
    }

    private static List<T> Sorted<T>(IEnumerable<T> rows, Comparison<T> order)
    {
        var sorted = rows.ToList();
        sorted.Sort(order);
        return sorted;
    }

    private static int Compare(int first, int second, int third = 0) =>
        first != 0 ? first : second != 0 ? second : third;
}
