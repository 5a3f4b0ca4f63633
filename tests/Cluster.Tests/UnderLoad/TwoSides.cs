using Treaty.Grid.Silo.Register;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Cluster.Tests.UnderLoad;

/// <summary>
/// What the grains of two states of the register do with the notices of ordinary transfers, without grains: each is
/// filed by one side, taken by the other, and answered; both sides' entries are encoded. The states are bound, and most
/// transfers concern three conventions.
/// </summary>
internal sealed class TwoSides
{
    private const string Sender = "DEU";
    private const string Recipient = "FRA";

    private static readonly DateOnly LastDay = new(2024, 8, 2);
    private static readonly DateTimeOffset Began = new(2024, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Items = ["PMN", "PMN-2", "PMA-2", "PMA-3", "M14"];

    private readonly bool _namesLots;
    private readonly int _days;
    private DateTimeOffset _now = Began;
    private long _position;

    /// <param name="namesLots">
    /// Each transfer is of a lot of its own, and both sides have declared their stock: so all is judged.
    /// </param>
    /// <param name="days">One dispatch on each of so many days, then again from the first.</param>
    public TwoSides(bool namesLots = false, int days = 200)
    {
        (_namesLots, _days) = (namesLots, days);
        foreach (var state in RegisterFiles.ReadStates().Where(s => s.Code is Sender or Recipient))
        {
            var side = state.Code == Sender ? From : To;
            side.Decide(new RegisterParty(state.Name, _now), Rulebook);
            foreach (var notification in state.Notifications)
                side.Decide(new RecordNotification(notification, _now), Rulebook);
            if (namesLots)
            {
                side.Decide(new FileDeclaration(Stock(), _now), Rulebook);
            }
        }
    }

    private DateOnly FirstDay => LastDay.AddDays(-_days);

    public Rulebook Rulebook { get; } = RegisterFiles.ReadRulebook();

    public Side From { get; } = new(Sender);

    public Side To { get; } = new(Recipient);

    /// <summary>The next transfer that nobody has spoken of.</summary>
    public int Next { get; private set; }

    /// <summary>Both notices of as many transfers.</summary>
    public void Exchange(int transfers)
    {
        for (var last = Next + transfers; Next < last; Next++)
        {
            Exchange(From, To, Dispatch(Next));
            Exchange(To, From, Receipt(Next));
        }
    }

    /// <summary>Both forget what is at rest, as after a snapshot.</summary>
    public void Release()
    {
        From.Party = From.Party.Released(Rulebook);
        To.Party = To.Party.Released(Rulebook);
    }

    public FileNotice Dispatch(int number) => File(
        number, NoticeKind.Dispatch, Sender, FirstDay.AddDays(number % _days),
        LineOf(number) with { Class = Place.Retained });

    public FileNotice Receipt(int number) => File(
        number, NoticeKind.Receipt, Recipient, FirstDay.AddDays((number % _days) + 5), LineOf(number));

    /// <summary>The message that tells the other side of a notice just filed.</summary>
    public TakeNotice Message(Decided filed)
    {
        var notice = filed.Events.OfType<NoticeFiled>().Single();
        return new TakeNotice(
            notice.Addresses.Single().Sequence, notice.Notice, filed.RecordTime, ++_position, notice.Filer, _now);
    }

    /// <summary>The answer to it.</summary>
    public TakeAnswer Answer(string from, Decided taken)
    {
        var delivered = taken.Events.OfType<NoticeDelivered>().Single();
        return new TakeAnswer(new AnswerReceived(from, delivered.Sequence, ++_position, delivered.Here), _now);
    }

    private void Exchange(Side filer, Side other, FileNotice file)
    {
        _now = _now.AddMilliseconds(1);
        var filed = filer.Decide(file, Rulebook);
        filer.Seal(filed);
        var taken = other.Decide(Message(filed), Rulebook);
        other.Seal(taken);
        filer.Ride(Answer(other.Party.Code, taken), Rulebook);
    }

    private Declaration Stock() => new(
        "stock", DeclarationKind.Opening, FirstDay.AddDays(-1),
        [.. Items.Select(item => new Line(item, 1_000_000_000) { Class = Place.Retained })], Place.Unspecified, null);

    private Line LineOf(int number)
    {
        // No two say the same: that would be found.
        var size = 1_000 + (10L * number);
        return new Line(Items[number % Items.Length], size)
        {
            Lots = _namesLots ? [new Lot(FormattableString.Invariant($"L-{number}"), size)] : [],
        };
    }

    private FileNotice File(int number, NoticeKind kind, string filer, DateOnly day, Line line) => new(
        new Notice(
            FormattableString.Invariant($"{kind}-{number}"), filer, kind,
            new TransferKey(Sender, Recipient, FormattableString.Invariant($"T-{number}")), Purpose.Training, day,
            [line]),
        _now);

    /// <summary>What a grain keeps of its party while it decides.</summary>
    internal sealed class Side(string code)
    {
        private readonly List<Event> _riding = [];

        public Party Party { get; set; } = new(code);

        /// <summary>Of the last entry.</summary>
        public byte[] Payload { get; private set; } = [];

        public Decided Decide(Command command, Rulebook rulebook)
        {
            var decided = (Decided)Party.Decide(command, rulebook);
            Party = decided.Next.Sealed(decided.RecordTime);
            return decided;
        }

        public void Seal(Decided decided)
        {
            Payload = EntryCodec.Encode(
                new Entry(decided.RecordTime, default, [.. _riding, .. decided.Events]), code);
            _riding.Clear();
        }

        /// <summary>An answer is recorded with the next entry.</summary>
        public void Ride(TakeAnswer answer, Rulebook rulebook)
        {
            var decided = (Decided)Party.Decide(answer, rulebook);
            _riding.AddRange(decided.Events);
            Party = decided.Next;
        }
    }
}
