using Treaty.Grid.Conventions;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Bench;

/// <summary>
/// Closed transfers between two parties of the convention, in a journal as their grains would have written them: each a
/// dispatch and a receipt that match, so two entries of either side. What rides with which entry is as in batches of
/// <see cref="BatchMax"/>.
/// </summary>
internal sealed class History(string sender, string recipient, IJournal journal, Rulebook rulebook)
{
    public const int BatchMax = 500;

    /// <summary>
    /// The transfers' days go round: books keep one balance per account and day, so two histories compare only if they
    /// touch as many days.
    /// </summary>
    public const int Days = 365;

    private const string Item = "PMA-2";
    private static readonly DateOnly FirstDay = new(2015, 1, 1);
    private static readonly DateTimeOffset Recorded = new(2016, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The position of the first dispatch of each batch.</summary>
    private readonly List<long> _positions = [];

    private readonly Side _sender = new(sender);
    private readonly Side _recipient = new(recipient);
    private long _head;
    private DateTimeOffset _now = Recorded;

    public string Sender => sender;

    public string Recipient => recipient;

    /// <summary>How many have been recorded.</summary>
    public long Transfers { get; private set; }

    /// <summary>Entries of the sender that are about transfers.</summary>
    public long Entries => 2 * Transfers;

    /// <summary>The next transfer that nobody has spoken of.</summary>
    public long Next { get; set; }

    /// <summary>The dispatch of a transfer, the same for the same number.</summary>
    public Notice Dispatch(long number) => Make(NoticeKind.Dispatch, sender, number);

    /// <summary>What the dispatch was answered with when it was filed first.</summary>
    public long PositionOf(long number) => _positions[(int)(number / BatchMax)] + (number % BatchMax);

    /// <summary>
    /// Records transfers, a multiple of the batch, in a journal that nobody else writes to meanwhile.
    /// </summary>
    public async Task RecordAsync(long transfers, Action<long> progress, CancellationToken cancellation)
    {
        _head = await journal.GetHeadAsync(cancellation);
        foreach (var side in new[] { _sender, _recipient })
            side.Epoch = (await journal.OpenAsync(side.Code, cancellation)).Epoch;
        await CommitAsync([Enter(_sender), Enter(_recipient)]);

        var committing = Task.CompletedTask;
        for (; Transfers < transfers; Transfers += BatchMax)
        {
            cancellation.ThrowIfCancellationRequested();
            var appends = new List<Append>();
            var numbers = Enumerable.Range(0, BatchMax).Select(i => Transfers + i).ToList();
            _positions.Add(_head + 1);
            Exchange(_sender, _recipient, numbers.Select(Dispatch), appends);
            Exchange(_recipient, _sender, numbers.Select(n => Make(NoticeKind.Receipt, recipient, n)), appends);
            foreach (var side in new[] { _sender, _recipient })
                side.Party = side.Party.Released(rulebook);

            // The next batch is decided meanwhile.
            await committing;
            committing = Task.Run(() => CommitAsync(appends), cancellation);
            progress(Transfers);
        }

        await committing;
        Next = Transfers;
    }

    /// <summary>Registers a side, bound by the convention, with more stock than it will ever send.</summary>
    private Append Enter(Side side)
    {
        var (day, stock) = (new DateOnly(2000, 1, 1), new Line(Item, 1L << 50) { Class = Place.Retained });
        return side.Seal(
        [
            new RegisterParty(side.Code, _now),
            new RecordNotification(
                new DepositaryNotification(
                    "accession", "apmbc", NotificationKind.Accession, day, null, [], "benchmark"),
                _now),
            new FileDeclaration(
                new Declaration("opening", DeclarationKind.Opening, day.AddYears(1), [stock], default, null), _now),
            // Else whoever receives would hold more than it declared to retain, and none of its files were ever closed.
            new FileDeclaration(
                new Declaration(
                    "consumption", DeclarationKind.Consumption, day.AddYears(2),
                    [stock with { Quantity = stock.Quantity / 2 }], default, null), _now),
        ], rulebook, _ => _head++);
    }

    /// <summary>One side files, the other takes it; the answers ride with what the first says next.</summary>
    private void Exchange(Side from, Side to, IEnumerable<Notice> notices, List<Append> appends)
    {
        _now = _now.AddSeconds(1);
        var letters = new List<TakeNotice>();
        appends.Add(from.Seal(notices.Select(n => new FileNotice(n, _now)), rulebook, decided =>
        {
            var filed = decided.Events.OfType<NoticeFiled>().Single();
            letters.Add(new TakeNotice(
                filed.Addresses.Single().Sequence, filed.Notice, decided.RecordTime, ++_head, filed.Filer, _now));
        }));
        var answers = new List<AnswerReceived>();
        appends.Add(to.Seal(letters, rulebook, decided =>
        {
            var delivered = decided.Events.OfType<NoticeDelivered>().Single();
            answers.Add(new AnswerReceived(to.Code, delivered.Sequence, ++_head, delivered.Here));
        }));
        foreach (var answer in answers)
            from.Take(new TakeAnswer(answer, _now), rulebook);
    }

    private async Task CommitAsync(IReadOnlyList<Append> appends)
    {
        foreach (var outcome in await journal.CommitAsync(appends, CancellationToken.None))
        {
            if (outcome.Result != AppendResult.Committed)
                throw new InvalidOperationException($"{sender} and {recipient} are in use: {outcome.Result}.");
        }
    }

    // No two say the same: that would be found.
    private Notice Make(NoticeKind kind, string filer, long number) => new(
        FormattableString.Invariant($"{kind}-{number}"), filer, kind,
        new TransferKey(sender, recipient, FormattableString.Invariant($"T{number}")), Purpose.Training,
        FirstDay.AddDays((int)(number % Days)), [new Line(Item, 1 + (number / Days))]);

    /// <summary>What a grain keeps of its party while it decides.</summary>
    private sealed class Side(string code)
    {
        private readonly List<Event> _riding = [];

        public string Code => code;

        public long Epoch { get; set; }

        public Party Party { get; set; } = new(code);

        public Append Seal(IEnumerable<Command> commands, Rulebook rulebook, Action<Decided> sealing)
        {
            var (expected, payloads) = (Party.Version, new List<ReadOnlyMemory<byte>>());
            foreach (var command in commands)
            {
                var decided = Decide(command, rulebook);
                payloads.Add(EntryCodec.Encode(
                    new Entry(decided.RecordTime, default, [.. _riding, .. decided.Events]), code));
                _riding.Clear();
                Party = decided.Next.Sealed(decided.RecordTime);
                sealing(decided);
            }

            return new Append(code, Epoch, expected, payloads);
        }

        public void Take(TakeAnswer command, Rulebook rulebook)
        {
            var decided = Decide(command, rulebook);
            _riding.AddRange(decided.Events);
            Party = decided.Next;
        }

        private Decided Decide(Command command, Rulebook rulebook) => Party.Decide(command, rulebook) as Decided
            ?? throw new InvalidOperationException($"{code} records nothing of {command}.");
    }
}
