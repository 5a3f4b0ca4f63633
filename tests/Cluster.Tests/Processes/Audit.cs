using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Cluster.Tests.Processes;

/// <summary>
/// Holds what clients were told against what the register answers afterwards, and against what lies in its journal.
/// </summary>
internal sealed class Audit(Traffic traffic)
{
    private const int EntriesAtOnce = 5_000;

    private readonly List<string> _complaints = [];
    private readonly Dictionary<string, (long Position, J.NoticeFiled Filed)> _filed = [];
    private readonly Dictionary<(string From, string To, long Sequence), J.NoticeDelivered> _delivered = [];
    private readonly Dictionary<(string Party, Place Place), long> _books = [];

    /// <summary>Acknowledged, and not where the receipt says.</summary>
    public int Lost { get; private set; }

    /// <summary>Filed or delivered more than once.</summary>
    public int Twice { get; private set; }

    /// <summary>Notices whose cross-check never came to an end.</summary>
    public int Unfinished { get; private set; }

    /// <summary>Of a register that nobody files at any more. Ends it, since its journal is then read.</summary>
    public Task RunAsync(RunningRegister register, Func<IJournal> open) =>
        RunAsync(register, register.KillAsync, open);

    /// <inheritdoc cref="RunAsync(RunningRegister, Func{IJournal})"/>
    /// <param name="end">Ends it.</param>
    public async Task RunAsync(Door register, Func<Task> end, Func<IJournal> open)
    {
        Unfinished = await traffic.RepeatAllAsync();
        var stocks = new Dictionary<string, Stockpile>();
        foreach (var party in traffic.Filers)
            stocks[party] = await new Caller(register, party).StockAsync();
        await CompareFilesAsync(register);
        await end();

        await using (var journal = open())
        {
            await journal.StartAsync(TestContext.Current.CancellationToken);
            await ReadAsync(journal);
        }

        CheckReceipts();
        CheckDeliveries();
        foreach (var party in traffic.Filers)
            CheckBooks(party, stocks[party]);
        Assert.True(
            Lost + Twice + Unfinished + _complaints.Count == 0,
            $"{Lost} lost, {Twice} twice, {Unfinished} unfinished.\n{string.Join('\n', _complaints.Take(20))}");
    }

    /// <summary>Both sides tell the same of every transfer.</summary>
    private Task CompareFilesAsync(Door register) => Parallel.ForEachAsync(
        traffic.Filed.Values.GroupBy(a => a.Request.Notice.Transfer + a.Request.Notice.Sender),
        new ParallelOptions
        {
            MaxDegreeOfParallelism = 8,
            CancellationToken = TestContext.Current.CancellationToken,
        },
        async (filings, _) =>
        {
            var notice = filings.First().Request.Notice;
            var name = Statements.TransferName(notice.Sender, notice.Recipient, notice.Transfer);
            var ours = await new Caller(register, notice.Sender).TransferAsync(name);
            var theirs = await new Caller(register, notice.Recipient).TransferAsync(name);
            var notices = filings.Select(f => $"{f.Request.Parent}/notices/{f.Request.NoticeId}").Order().ToList();
            if (Brief(ours) != Brief(theirs) || !notices.SequenceEqual(ours.Notices.Select(n => n.Name).Order()))
            {
                lock (_complaints)
                {
                    _complaints.Add(
                        $"{name}: {Brief(ours)} against {Brief(theirs)}; filed {string.Join(' ', notices)}");
                }
            }
        });

    private static string Brief(Transfer transfer) =>
        $"{transfer.Movement} {transfer.Pairing} {transfer.Match} {transfer.Completed} {transfer.Differences} "
        + string.Join(' ', transfer.Notices.Select(n => n.Name).Order());

    private async Task ReadAsync(IJournal journal)
    {
        var versions = new Dictionary<string, long>();
        var position = 0L;
        while (await journal.ReadAllAsync(position, EntriesAtOnce, TestContext.Current.CancellationToken)
            is { Count: > 0 } entries)
        {
            foreach (var stored in entries)
            {
                Expect(stored.Position == ++position, $"A gap before position {stored.Position}.");
                var version = versions[stored.Party] = versions.GetValueOrDefault(stored.Party) + 1;
                Expect(stored.Version == version, $"{stored.Party} has {stored.Version} in place of {version}.");
                foreach (var happened in J.Entry.Parser.ParseFrom(stored.Payload.Span).Events)
                    Fold(stored, happened);
            }
        }
    }

    private void Fold(JournalEntry stored, J.Event happened)
    {
        if (happened.NoticeFiled is { } filed
            && !_filed.TryAdd($"parties/{stored.Party}/notices/{filed.Id}", (stored.Position, filed)))
        {
            Twice++;
            _complaints.Add($"{stored.Party} filed {filed.Id} again at {stored.Position}.");
        }

        if (happened.NoticeDelivered is { } delivered
            && !_delivered.TryAdd((delivered.From, stored.Party, delivered.Sequence), delivered))
        {
            Twice++;
            _complaints.Add($"{stored.Party} took {delivered.From} {delivered.Sequence} again at {stored.Position}.");
        }

        foreach (var booking in happened.StockBooked?.Bookings ?? [])
        {
            Book(stored.Party, booking.From, -booking.Quantity);
            Book(stored.Party, booking.To, booking.Quantity);
        }
    }

    private void Book(string party, J.Account account, long quantity)
    {
        var key = (party, (Place)account.Place);
        _books[key] = _books.GetValueOrDefault(key) + quantity;
    }

    /// <summary>What was acknowledged is where the receipt says, and nothing else is there.</summary>
    private void CheckReceipts()
    {
        foreach (var (name, acknowledged) in traffic.Filed)
        {
            if (_filed.GetValueOrDefault(name).Position != acknowledged.Receipt.Position)
            {
                Lost++;
                _complaints.Add($"{name} is not at {acknowledged.Receipt.Position}.");
            }
        }

        // All clients went on until they had an answer.
        foreach (var name in _filed.Keys.Where(name => !traffic.Filed.ContainsKey(name)))
            _complaints.Add($"{name} was never acknowledged.");
    }

    /// <summary>Each notice reached each addressee, under its number.</summary>
    private void CheckDeliveries()
    {
        var sent = 0;
        foreach (var (name, (position, filed)) in _filed)
        {
            foreach (var address in filed.Addresses)
            {
                sent++;
                var delivered = _delivered.GetValueOrDefault((name.Split('/')[1], address.To, address.Sequence));
                if (delivered?.Id != filed.Id || delivered.Position != position)
                {
                    Unfinished += delivered is null ? 1 : 0;
                    _complaints.Add($"{name} is not at {address.To} under {address.Sequence}: {delivered?.Id}.");
                }
            }
        }

        Expect(sent == _delivered.Count, $"{_delivered.Count} were delivered of {sent} sent.");
    }

    private void CheckBooks(string party, Stockpile stock)
    {
        var books = _books.Where(b => b.Key.Party == party).ToDictionary(b => b.Key.Place, b => b.Value);
        Expect(books.Values.Sum() == 0, $"The books of {party} do not sum to zero.");
        var received = Acknowledged(NoticeKind.Receipt, n => n.Recipient);
        var destroyed = Acknowledged(NoticeKind.Destruction, n => n.Recipient);
        var dispatched = Acknowledged(NoticeKind.Dispatch, n => n.Sender);
        Same(-received, books.GetValueOrDefault(Place.Received), "received");
        Same(destroyed, books.GetValueOrDefault(Place.Destroyed), "destroyed");
        Same(
            dispatched,
            books.GetValueOrDefault(Place.AbroadForDestruction) + books.GetValueOrDefault(Place.DestroyedAbroad),
            "delivered for destruction");
        Same(0, books.GetValueOrDefault(Place.InTransit), "in transit");
        foreach (var place in books.Keys.Where(p => p < Place.Declared))
        {
            Same(
                books[place],
                stock.Holdings.Where(h => (Place)h.HoldingClass == place).Sum(h => h.Quantity),
                $"{place}, as it answers");
        }

        void Same(long expected, long found, string what) =>
            Expect(expected == found, $"{party} has {found} {what} in place of {expected}.");

        long Acknowledged(NoticeKind kind, Func<Notice, string> side) => traffic.Filed.Values
            .Select(a => a.Request.Notice)
            .Where(n => n.Kind == kind && side(n) == party)
            .Sum(n => n.Lines.Sum(l => l.Quantity));
    }

    private void Expect(bool isSo, string complaint)
    {
        if (!isSo)
            _complaints.Add(complaint);
    }
}
