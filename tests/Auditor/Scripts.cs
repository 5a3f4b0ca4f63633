namespace Treaty.Grid.Auditor;

/// <summary>
/// The kinds of story a transfer can have. Each adds the statements both sides make about it; what findings follow is
/// not known here.
/// </summary>
internal sealed partial class Scripts
{
    /// <summary>Sent without naming the class it leaves, and never for a use that is not permitted.</summary>
    public const string Open = "M14";

    private static readonly DateOnly First = new(2009, 1, 10);
    private static readonly DateOnly Last = new(2010, 10, 31);

    private readonly Dice _dice;
    private readonly IReadOnlyList<Country> _countries;
    private readonly List<Statement> _statements = [];
    private readonly List<string> _played = [];
    private readonly HashSet<TransferKey> _keys = [];
    private readonly (string Name, Action Play)[] _all;
    private int _ids;

    public Scripts(Dice dice, IReadOnlyList<Country> countries)
    {
        _dice = dice;
        _countries = countries;
        _all =
        [
            ("equal", Equal), ("equal lots", EqualLots), ("short", Short), ("excess", Excess),
            ("declared exception", DeclaredException), ("other item", OtherItem), ("unspecified item", UnspecifiedItem),
            ("purpose contradiction", PurposeContradiction), ("lot difference", LotDifference),
            ("receipt before dispatch", ReceiptBeforeDispatch), ("far apart", FarApart),
            ("silent recipient", SilentRecipient), ("silent sender", SilentSender), ("prohibited", Prohibited),
            ("prohibited with an unbound side", ProhibitedUnbound), ("not yet bound", NotYetBound),
            ("title kept", TitleKept), ("destroyed", Destroyed), ("destroyed in part", DestroyedInPart),
            ("final certificate short", FinalShort), ("no certificate", NoCertificate), ("refusal", Refusal),
            ("never ordered", NeverOrdered), ("transit", Transit), ("unknown item", UnknownItem),
            ("directional", Directional), ("no anti-personnel mine", NoMine), ("same notice twice", Twice),
            ("undisclosed", Undisclosed), ("training", Training), ("stated total", StatedTotal),
            ("two consignments", TwoConsignments), ("plan", Plan), ("lost on the way", LostOnTheWay),
            ("lost by the holder", LostByHolder),
            ("forwarded", Forwarded), ("diverted", Diverted), ("organisation", Organisation),
            ("approximate", Approximate), ("contractor", Contractor),
        ];
    }

    public Dice Dice => _dice;

    public IReadOnlyList<Country> Countries => _countries;

    public IReadOnlyList<Statement> Statements => _statements;

    public IReadOnlyList<string> Played => _played;

    public void Play()
    {
        var (name, play) = _dice.Pick(_all);
        _played.Add(name);
        play();
    }

    public void Add(Statement statement) => _statements.Add(
        statement is Notice { Kind: "dispatch", OnwardFrom: null } notice
            ? notice with { Lines = [.. notice.Lines.Select(l => Placed(notice, l))] }
            : statement);

    public string Id() => $"n{++_ids}";

    // No two shipments are of the same size: only the script "same notice twice" files the same content twice.
    private long Size() => 1000 + (_dice.Below(40) * 1000) + ++_ids;

    private string Mine() => _dice.Pick(Taxonomy.Mines);

    // By default the books look in more than one class, and which has enough depends on what they know that day: of one
    // item alone the class is left open, and its openings always cover it.
    private static Line Placed(Notice notice, Line line) =>
        line.HoldingClass.Length > 0 ? line : line with { HoldingClass = From(notice.Purpose, line.Item) };

    private static string From(string purpose, string item) => item is Open or Taxonomy.Unknown ? "" : purpose switch
    {
        "training" => "retained",
        "destruction" => "awaiting_destruction",
        _ => "operational",
    };

    private string Other() => _dice.Pick(Taxonomy.Mines.Where(m => m != Open).ToList());

    private string Permitted() => _dice.Chance(50) ? "training" : "destruction";

    private Shipment Draw(string purpose, string item, Func<Country, Country, DateOnly, DateOnly, bool> suits)
    {
        while (true)
        {
            Country sender = _dice.Pick(_countries);
            Country recipient = _dice.Pick(_countries);
            DateOnly sent = _dice.Day(First, Last);
            DateOnly arrived = sent.AddDays(_dice.Below(25));
            if (sender == recipient || !suits(sender, recipient, sent, arrived)) continue;
            // A reference is unique only together with both sides: small numbers, so that others use it too.
            var key = new TransferKey(sender.Code, recipient.Code, $"T-{_dice.Between(1, 30)}");
            if (_keys.Add(key)) return new Shipment(key, purpose, item, Size(), sent, arrived);
        }
    }

    // Bound from a month before until long after: the script then may set dates of its own.
    private Shipment BetweenBound(string purpose, string item) =>
        Draw(purpose, item, (s, r, sent, _) => BoundThroughout(s, sent) && BoundThroughout(r, sent));

    private Shipment BetweenBound(string purpose) =>
        BetweenBound(purpose, purpose == "operational_use" ? Other() : Mine());

    private static bool BoundThroughout(Country c, DateOnly sent) =>
        c.BoundOn(sent.AddMonths(-1)) && (c.Left is null || c.BoundOn(sent.AddMonths(5)));

    private void Both(Shipment s, Func<Notice, Notice>? dispatch = null, Func<Notice, Notice>? receipt = null)
    {
        Notice sent = s.Dispatch(Id());
        Notice arrived = s.Receipt(Id());
        Add(dispatch is null ? sent : dispatch(sent));
        Add(receipt is null ? arrived : receipt(arrived));
    }

    private static Notice Counting(Notice notice, params Line[] lines) => notice with { Lines = lines };

    // The certificates which a careful holder files, so that nothing but the scripted difference is found.
    private void CloseIfForDestruction(Shipment s, long held)
    {
        if (s.Purpose == "destruction" && _dice.Chance(80))
            Add(s.Certificate(Id(), s.Arrived.AddDays(_dice.Between(1, 60)), held, true));
    }
}
