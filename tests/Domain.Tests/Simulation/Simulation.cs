using System.Text;
using Treaty.Grid.Auditor;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Simulation;

/// <summary>One history, filed with a register over a bad post, then held against what the auditor expects.</summary>
internal sealed class Simulation
{
    private readonly History _history;
    private readonly Expectation _expectation;
    private readonly Register _register;
    private readonly Dice _dice;
    private readonly StringBuilder _complaints = new();

    /// <summary>What each party was asked and has not heard of since, in order.</summary>
    private readonly Dictionary<string, List<(Filing Filing, Command Command)>> _asked;

    /// <summary>The position that each statement was acknowledged with.</summary>
    private readonly Dictionary<(string Party, string Id), long> _receipts = [];

    private Simulation(int seed, Func<Party, Command, Decision> decide)
    {
        _history = History.Draw(seed);
        _expectation = new Expectation(_history, Translation.Terms);
        _register = new Register(decide, new Dice(seed ^ 0x1e7));
        _dice = new Dice(seed ^ 0x5eed);
        _asked = _history.Countries.ToDictionary(
            c => c.Code, _ => new List<(Filing, Command)>(), StringComparer.Ordinal);
    }

    /// <summary>Everything that became durable, in order.</summary>
    public IReadOnlyList<JournalEntry> Journal => _register.Journal;

    /// <summary>What is not as it must be, a line for each, and the story of it; empty if all is well.</summary>
    public string Complaints { get; private set; } = "";

    /// <summary>One history from its seed: the same every time.</summary>
    public static Simulation Run(int seed) => Run(seed, static (party, c) => party.Decide(c, Translation.Rulebook));

    /// <summary>As <see cref="Run(int)"/>, with parties that decide otherwise.</summary>
    public static Simulation Run(int seed, Func<Party, Command, Decision> decide)
    {
        var simulation = new Simulation(seed, decide);
        try
        {
            simulation.File();
            simulation.Audit();
        }
        catch (Exception e)
        {
            simulation.Complain(e.ToString());
        }
        if (simulation._complaints.Length > 0) simulation.Complaints = simulation.Told();
        return simulation;
    }

    private void File()
    {
        DateTimeOffset now = Noon(_history.Filings[0].RecordDay);
        foreach (string code in _history.Countries.Select(c => c.Code))
        {
            _register.Ask(code, new RegisterParty(code, now));
            _register.Commit(code);
        }
        var post = new Post(_register, _dice);
        foreach (Filing filing in _history.Filings)
        {
            if (Noon(filing.RecordDay) <= now)
            {
                now = now.AddSeconds(1);
            }
            else
            {
                // The auditor knows the day on which each was recorded: nobody is kept waiting over night.
                foreach (string code in _asked.Keys) Acknowledge(code);
                now = Noon(filing.RecordDay);
            }
            // Clocks of two machines differ, and those of one machine go back; never over midnight here.
            Command command = Translation.Command(filing.Statement, now.AddMinutes(-_dice.Below(60)));
            Check(filing, _register.Ask(filing.Statement.Party, command), again: false);
            _asked[filing.Statement.Party].Add((filing, command));
            if (_dice.Chance(60)) Acknowledge(filing.Statement.Party);
            if (_dice.Chance(12)) Crash();
            post.Work(now);
        }
        foreach (string code in _asked.Keys) Acknowledge(code);
        post.Finish(now.AddSeconds(1));
        foreach (string code in _asked.Keys) _register.Commit(code);
    }

    private void Acknowledge(string code)
    {
        _register.Commit(code);
        foreach (var (filing, _) in _asked[code].Where(a => a.Filing.Answer != "conflict"))
        {
            long receipt = Receipt(filing.Statement);
            _receipts.TryAdd((code, filing.Statement.Id), receipt);
            if (_receipts[(code, filing.Statement.Id)] != receipt) Complain($"another receipt, {receipt}: {filing}");
        }
        _asked[code].Clear();
    }

    private long Receipt(Statement statement)
    {
        Party party = _register[statement.Party];
        long version = statement switch
        {
            Auditor.Notice => party.FindNotice(statement.Id)!.Version,
            Auditor.Declaration => party.Declarations[statement.Id].Version,
            _ => party.NotificationIds[statement.Id].Version,
        };
        return _register.PositionOf(statement.Party, version)
            ?? throw new InvalidOperationException($"Acknowledged and not durable: {statement}");
    }

    // Whoever was not answered asks again, in the same order.
    private void Crash()
    {
        string code = _dice.Pick(_history.Countries).Code;
        Party before = _register[code];
        bool isWhole = !_register.Waits(code);
        _register.Crash(code);
        if (isWhole && _dice.Chance(20)) CompareStates(before, _register[code]);
        foreach (var (filing, command) in _asked[code]) Check(filing, _register.Ask(code, command), again: true);
    }

    private void CompareStates(Party before, Party after)
    {
        var (was, now) = (Dump.Of(before), Dump.Of(after));
        if (was == now) return;
        Complain($"{before.Code} is not what its entries say");
        Compare(was.Split('\n'), now.Split('\n'));
    }

    private void Check(Filing filing, Decision decision, bool again)
    {
        string answer = decision switch
        {
            Decided => "accepted",
            Repeated => "repeat",
            Refused { Refusal: { Reason: RefusalReason.IdConflict, Field.Length: > 0 } } => "conflict",
            _ => decision.ToString()!,
        };
        bool isRepeat = again && (filing.Answer, answer) == ("accepted", "repeat");
        if (answer != filing.Answer && !isRepeat) Complain($"answered {answer} to {filing}");
    }

    private void Audit()
    {
        AuditStatements();
        foreach (JournalEntry entry in _register.Journal) AuditPositions(entry);
        foreach (Auditor.TransferKey key in _expectation.Transfers) AuditTransfer(key);
        foreach (Party party in _register.Parties) AuditBooks(party);
        List<DateOnly> days = [.. _expectation.Days(_history.LastRecordDay.AddDays(1))];
        AuditFindings(days[0]);
        AuditFindings(days[^1]);
        for (int i = 0; i < 2; i++) AuditFindings(_dice.Pick(days));
    }

    private void AuditStatements()
    {
        foreach (var (statement, _) in _history.OnRecord)
        {
            Party party = _register[statement.Party];
            bool there = statement switch
            {
                Auditor.Notice n => Count(party, n) == 1 && Others(n).All(p => Count(p, n) == 1),
                Auditor.Declaration d => party.Declarations.ContainsKey(d.Id),
                _ => party.NotificationIds.ContainsKey(statement.Id),
            };
            if (!there) Complain($"not there once: {statement}");
            else if (_receipts[(statement.Party, statement.Id)] != Receipt(statement)) Complain($"moved: {statement}");
        }
    }

    // What an entry says of another party's entry is said there.
    private void AuditPositions(JournalEntry entry)
    {
        foreach (Event happened in entry.Events)
        {
            bool isThere = happened switch
            {
                NoticeDelivered d => At(d.Position, d.From).OfType<NoticeFiled>().Any(
                    f => f.Notice.Id == d.Notice.Id && f.Addresses.Contains(new Address(entry.Party, d.Sequence))),
                AnswerReceived a => At(a.Position, a.From).OfType<NoticeDelivered>().Any(
                    d => d.From == entry.Party && d.Sequence == a.Sequence),
                _ => true,
            };
            if (!isThere) Complain($"not where {entry.Party} says it is: {happened}");
        }

        IEnumerable<Event> At(long position, string party) =>
            _register.Journal.Where(e => e.Position == position && e.Party == party).SelectMany(e => e.Events);
    }

    private static int Count(Party party, Auditor.Notice notice) =>
        party.Files[Translation.Key(notice.Transfer)].History
            .Count(n => n.Notice.Id == notice.Id && n.Notice.Filer == notice.Party);

    private IEnumerable<Party> Others(Auditor.Notice notice) =>
        new[] { notice.Transfer.Sender, notice.Transfer.Recipient }.Where(_register.Holds).Select(c => _register[c]);

    private static MembershipStatus? Status(Standings? standings) =>
        standings?.Under(Translation.MineBan.Id)?.Status;

    private void AuditTransfer(Auditor.TransferKey key)
    {
        var answers = new List<(string Party, string Match, string File)>();
        foreach (string side in new[] { key.Sender, key.Recipient }.Where(_register.Holds))
        {
            TransferFile file = _register[side].Files[Translation.Key(key)];
            var (match, differences) = Matching.Compare(
                file, Translation.Rulebook.Taxonomy, Translation.MineBan.Terms);
            string told = string.Join('\n', [
                .. file.Notices.Select(n => $"{n.Notice} {n.RecordTime:O} {Status(n.Filer)} {Status(n.Counterpart)}"),
                .. file.Onward.Select(n => $"{n.Notice.Name}"),
                .. differences.Select(d => $"{d}"),
            ]);
            answers.Add((side, Translation.Word(match), told));
        }
        if (answers.Select(a => (a.Match, a.File)).Distinct().Count() != 1) Complain($"the files of {key} differ");
        string expected = _expectation.Match(key);
        if (answers[0].Match != expected) Complain($"{key} is {answers[0].Match}, expected {expected}");
    }

    private void AuditBooks(Party party)
    {
        if (party.Books.Sum != 0) Complain($"the books of {party.Code} add up to {party.Books.Sum}");
        DateOnly day = _history.LastRecordDay;
        var held = party.Books.HoldingsOn(day)
            .GroupBy(h => $"{h.Account.Item} {Translation.Word(h.Account.Place)}", h => h.Quantity)
            .Select(g => $"{party.Code} holds {g.Key} {g.Sum()}")
            .Where(h => !h.EndsWith(" 0", StringComparison.Ordinal));
        var expected = _expectation.Balances(party.Code, day)
            .Select(b => $"{party.Code} holds {b.Key.Item} {b.Key.HoldingClass} {b.Value}");
        Compare(expected, held);
        // The balance of Article 4 may be of any size below zero where nothing was declared.
        long owed = Math.Max(0, _expectation.Article4Balance(party.Code, day));
        long owes = Math.Max(0, StockToDestroy.Balance(party.Books, Translation.MineBan, day));
        Compare([$"{party.Code} owes {owed}"], [$"{party.Code} owes {owes}"]);
    }

    private void AuditFindings(DateOnly day)
    {
        var found = _register.Parties
            .SelectMany(p => p.FindingsOn(day, Translation.Rulebook).Select(f => (By: p.Code, Finding: f)))
            .Where(f => f.Finding.Closed is null)
            .ToList();
        string Text(Finding f) => $"{new Expected(
            f.Key.Rule, f.Key.Party, Translation.About(f.Key.About), Translation.Word(f.Severity))} on {day:O}";
        Compare(
            _expectation.Findings(day).Select(e => $"{e} on {day:O}"), found.Select(f => Text(f.Finding)).Distinct());
        var own = found.Where(f => f.By == f.Finding.Key.Party).Select(f => f.Finding.Key).ToHashSet();
        foreach (var (by, finding) in found.Where(f => !own.Contains(f.Finding.Key)))
            if (_register.Holds(finding.Key.Party)) Complain($"only {by} knows of {Text(finding)}");
    }

    private void Compare(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        var (wanted, got) = (expected.ToList(), actual.ToList());
        foreach (string line in wanted.Except(got)) Complain($"missing:  {line}");
        foreach (string line in got.Except(wanted)) Complain($"too much: {line}");
    }

    private void Complain(string what) => _complaints.AppendLine(what);

    // The complaints, and the statements about whatever they name.
    private string Told()
    {
        var story = new StringBuilder($"Scripts: {string.Join(", ", _history.Scripts)}\n").Append(_complaints);
        foreach (Filing filing in _history.Filings) story.AppendLine(Line(filing));
        return story.ToString();
    }

    private static string Line(Filing filing)
    {
        static string Of(Auditor.Line l) => $"{l.Item} {l.Quantity} {l.Basis} {l.HoldingClass} {l.Activation} "
            + string.Join(',', l.Lots) + string.Join(',', l.Exceptions);
        return $"  {filing.RecordDay:O} {filing.Answer} " + filing.Statement switch
        {
            Auditor.Notice n => $"{n.Party} {n.Id} {n.Kind} {n.Transfer} {n.Date:O} {n.Purpose} final={n.Final} "
                + $"{n.OnwardFrom} {string.Join(' ', n.Transit)} {string.Join("; ", n.Lines.Select(Of))}",
            Auditor.Declaration d => $"{d.Party} {d.Id} {d.Kind} {d.To} {d.Date:O} "
                + string.Join("; ", d.Lines.Select(Of)),
            _ => filing.Statement.ToString(),
        };
    }

    private static DateTimeOffset Noon(DateOnly day) => new(day, new TimeOnly(12, 0), TimeSpan.Zero);
}
