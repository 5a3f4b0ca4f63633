using Treaty.Grid.Transfers;

namespace Treaty.Grid.Stockpiles;

/// <summary>
/// What has left the sender's transit account under one transfer, when, and where it went: a function of the file
/// alone, so that the order of filing makes no difference. Per item: dispatched = delivered + refused + lost + short +
/// still in transit.
/// </summary>
internal sealed class OnTheWay
{
    private readonly TransferFile _file;
    private readonly Rulebook _rulebook;
    private readonly ImmutableHashSet<string> _quarantined;
    private readonly ImmutableArray<Notice> _dispatches;
    private readonly List<Shipment> _shipments;
    private readonly Purpose _purpose;
    private readonly bool _isOwn;
    private readonly Dictionary<(Account From, Account To, DateOnly Date), long> _flows = [];

    private OnTheWay(TransferFile file, Rulebook rulebook, ImmutableHashSet<string> quarantined)
    {
        (_file, _rulebook, _quarantined) = (file, rulebook, quarantined);
        _shipments = [.. file.Quantities(NoticeKind.Dispatch, file.Key.Sender)
            .OrderBy(d => d.Key, StringComparer.Ordinal)
            .Select(d => new Shipment(d.Key, d.Value))];
        _dispatches = [.. file.Dispatches
            .Select(d => d.Notice)
            .OrderBy(n => n.Date)
            .ThenBy(n => n.Name, StringComparer.Ordinal)];
        _purpose = _dispatches.IsEmpty ? Purpose.Unspecified : _dispatches[0].Purpose;
        _isOwn = !_dispatches.Any(n => n.OnwardFrom is not null);
    }

    /// <summary>Counts by the account they came from, the one they went to, and the day of the act.</summary>
    /// <param name="quarantined">Items that are taken as if the taxonomy did not know them.</param>
    public static Dictionary<(Account From, Account To, DateOnly Date), long> Of(
        TransferFile file, Rulebook rulebook, ImmutableHashSet<string>? quarantined = null)
    {
        if (!file.Has(NoticeKind.Dispatch))
        {
            return [];
        }

        var onTheWay = new OnTheWay(file, rulebook, quarantined ?? []);
        if (onTheWay._shipments.Count > 0)
        {
            onTheWay.Follow();
        }

        return onTheWay._flows;
    }

    private void Follow()
    {
        var (sender, recipient) = (_file.Key.Sender, _file.Key.Recipient);
        var forDestruction = _isOwn && _purpose == Purpose.Destruction;
        var there = forDestruction ? Place.AbroadForDestruction : Place.Delivered;
        Note(Counts(NoticeKind.Dispatch, sender));
        Leave(_ => there, WillReport ? Counts(NoticeKind.Receipt, recipient) : Counts(NoticeKind.Dispatch, sender));
        var taken = _shipments.Select(s => new Shipment(s.Item, s.Sent - s.Left)).ToList();
        Leave(Home, Counts(NoticeKind.Refusal, recipient));
        Leave(Home, [.. Excepted(ExceptionKind.Refused), .. Excepted(ExceptionKind.Damaged)]);
        Leave(Home, RefusedWhole());
        Leave(_ => Place.Lost, Counts(NoticeKind.Loss, sender));
        Leave(_ => Place.Short, Excepted(ExceptionKind.Short));
        if (forDestruction)
        {
            Move(taken, there, _ => Place.DestroyedAbroad, Counts(NoticeKind.Destruction, recipient));
            Move(taken, there, _ => Place.Lost, Counts(NoticeKind.Loss, recipient));
        }
    }

    /// <summary>
    /// False for a recipient that is no state, or that is known not to be bound and has said nothing: its notice is not
    /// waited for.
    /// </summary>
    private bool WillReport =>
        _file.Has(NoticeKind.Receipt) || _file.Has(NoticeKind.Refusal)
        || _file.Dispatches.All(d => d.Notice.IsToState && Lifecycle.MayOweNotice(d.Counterpart, _file, _rulebook));

    private List<Count> Counts(NoticeKind kind, string filer) => Counts(kind, filer, null);

    private List<Count> Excepted(ExceptionKind kind) => Counts(NoticeKind.Receipt, _file.Key.Recipient, kind);

    /// <param name="excepted">Counts what is excepted so, in place of the quantities.</param>
    private List<Count> Counts(NoticeKind kind, string filer, ExceptionKind? excepted)
    {
        var counts = new List<Count>();
        foreach (var filed in _file.Notices)
        {
            if (filed.Notice.Kind != kind || filed.Notice.Filer != filer)
            {
                continue;
            }

            foreach (var line in filed.Notice.Lines)
            {
                var quantity = excepted is { } exception ? line.Excepted(exception) : line.Quantity;
                if (quantity > 0)
                {
                    counts.Add(new Count(line.Item, filed.Notice.Date) { Left = quantity });
                }
            }
        }

        return counts;
    }

    /// <summary>A refusal that names nothing refuses all that did not arrive.</summary>
    private List<Count> RefusedWhole() => !_file.Has(NoticeKind.Refusal) ? [] :
    [
        .. _file.Of(NoticeKind.Refusal)
            .Where(r => r.Notice.Lines.IsEmpty)
            .SelectMany(r => _shipments.Select(s => new Count(s.Item, r.Notice.Date) { Left = s.Left })),
    ];

    /// <summary>Where mines of a type return that are not accepted: the class they left.</summary>
    private Place Home(string item)
    {
        var line = _dispatches.SelectMany(n => n.Lines).First(l => l.Item == item);
        return _quarantined.Contains(item) || _rulebook.Taxonomy.Find(item) is null ? Place.Quarantined
            : line.Class != Place.Unspecified ? line.Class
            : !_isOwn ? Place.ReceivedForDestruction
            : _purpose switch
            {
                Purpose.Destruction => Place.AwaitingDestruction,
                Purpose.Training => Place.Retained,
                _ => Place.Operational,
            };
    }

    private void Leave(Func<string, Place> to, List<Count> counts) =>
        Move(_shipments, _isOwn ? Place.InTransit : Place.PassedOn, to, counts);

    /// <summary>
    /// Moves counts in the order of their days, as far as there is something left: each item by counts of its own type
    /// first, then by those of a type that was not dispatched. What arrived under another name has arrived.
    /// </summary>
    private void Move(List<Shipment> shipments, Place from, Func<string, Place> to, List<Count> counts)
    {
        if (counts.Count == 0)
        {
            return;
        }

        var inOrder = counts.Count == 1
            ? counts
            : [.. counts.OrderBy(c => c.Date).ThenBy(c => c.Item, StringComparer.Ordinal)];
        Move(shipments, from, to, inOrder, byName: true);
        Move(shipments, from, to, inOrder, byName: false);
    }

    private void Move(
        List<Shipment> shipments, Place from, Func<string, Place> to, List<Count> inOrder, bool byName)
    {
        foreach (var shipment in shipments)
        {
            foreach (var count in inOrder)
            {
                if (byName ? count.Item != shipment.Item : !IsRenamed(count.Item))
                {
                    continue;
                }

                var moved = Math.Min(shipment.Left, count.Left);
                if (moved > 0)
                {
                    shipment.Left -= moved;
                    count.Left -= moved;
                    Add(shipment.Item, from, to(shipment.Item), count.Date, moved);
                }
            }
        }
    }

    private bool IsRenamed(string counted) => !_shipments.Exists(s => s.Item == counted);

    private void Add(string item, Place from, Place to, DateOnly date, long quantity)
    {
        if (quantity > 0)
        {
            var flow = (new Account(item, from), new Account(item, to), date);
            _flows[flow] = _flows.GetValueOrDefault(flow) + quantity;
            if (from == Place.InTransit && _purpose == Purpose.Training)
            {
                Add(item, Place.InTransitForTraining, Place.NotInTransitForTraining, date, quantity);
            }
        }
    }

    /// <summary>Notes what goes for training, until it leaves the transit account.</summary>
    private void Note(List<Count> counts)
    {
        foreach (var count in _isOwn && _purpose == Purpose.Training ? counts : [])
        {
            Add(count.Item, Place.NotInTransitForTraining, Place.InTransitForTraining, count.Date, count.Left);
        }
    }

    /// <summary>What was dispatched of one item, and what of it has not gone anywhere yet.</summary>
    private sealed class Shipment(string item, long sent)
    {
        public string Item { get; } = item;

        public long Sent { get; } = sent;

        public long Left { get; set; } = sent;
    }

    /// <summary>A part of a notice, and what of it is not used up yet.</summary>
    private sealed class Count(string item, DateOnly date)
    {
        public string Item { get; } = item;

        public DateOnly Date { get; } = date;

        public long Left { get; set; }
    }
}
