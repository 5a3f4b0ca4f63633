namespace Treaty.Grid.Auditor;

/// <summary>
/// What some states did and said over two years, drawn from a seed: who they are, what they filed, in which order and
/// on which day it was recorded, with repeats and conflicts in between.
/// </summary>
public sealed class History
{
    private readonly Dice _dice;
    private readonly List<Filing> _filings = [];

    private History(int seed, int transfers)
    {
        Seed = seed;
        _dice = new Dice(seed);
        Countries = DrawCountries(_dice);
        var scripts = new Scripts(_dice, Countries);
        for (int i = 0; i < transfers; i++) scripts.Play();
        new OwnStock(_dice, scripts).Declare();
        Scripts = scripts.Played;
        File(scripts.Statements);
    }

    public int Seed { get; }

    public IReadOnlyList<Country> Countries { get; }

    /// <summary>The names of the scripts that were played, in order.</summary>
    public IReadOnlyList<string> Scripts { get; }

    /// <summary>In the order in which they reach the register; status acts first where days are equal.</summary>
    public IReadOnlyList<Filing> Filings => _filings;

    /// <summary>Everything that must be on record at the end, each once.</summary>
    public IEnumerable<(Statement Statement, DateOnly RecordDay)> OnRecord =>
        _filings.Where(f => f.Answer == "accepted").Select(f => (f.Statement, f.RecordDay));

    /// <summary>
    /// Of these what holds in the end: nothing that was replaced or withdrawn. The day is that on which the first
    /// version was recorded.
    /// </summary>
    public IEnumerable<(Statement Statement, DateOnly RecordDay)> InEffect
    {
        get
        {
            var recorded = OnRecord.ToDictionary(r => (r.Statement.Party, r.Statement.Id));
            var replaced = OnRecord
                .Select(r => (r.Statement.Party, Replaces(r.Statement)))
                .Where(r => r.Item2.Length > 0)
                .ToHashSet();
            return OnRecord
                .Where(r => !replaced.Contains((r.Statement.Party, r.Statement.Id)))
                .Where(r => r.Statement is not Notice { Kind: "cancellation", Supersedes.Length: > 0 })
                .Select(r => (r.Statement, FirstRecordDay(r.Statement)));

            DateOnly FirstRecordDay(Statement statement)
            {
                // What was corrected may have corrected something in its turn.
                while (Replaces(statement) is { Length: > 0 } former)
                    statement = recorded[(statement.Party, former)].Statement;
                return recorded[(statement.Party, statement.Id)].RecordDay;
            }
        }
    }

    public DateOnly LastRecordDay => _filings[^1].RecordDay;

    /// <summary>A history of 1 to 14 transfers between eleven states.</summary>
    public static History Draw(int seed) => new(seed, new Dice(~seed).Between(1, 14));

    public static History Draw(int seed, int transfers) => new(seed, transfers);

    private static Country[] DrawCountries(Dice dice)
    {
        Country Bound(string code) => new(code)
        {
            Signed = new DateOnly(1997, 12, 3),
            Deposited = dice.Day(new DateOnly(1998, 1, 5), new DateOnly(1998, 9, 16)),
        };
        return
        [
            Bound("ALB"), Bound("BEL"), Bound("CRI"), Bound("DNK"),
            new("ETH") { Deposited = dice.Day(new DateOnly(2005, 1, 1), new DateOnly(2006, 11, 30)) },
            new("MHL") { Signed = new DateOnly(1997, 12, 4) },
            new("TUV")
            {
                Deposited = dice.Day(new DateOnly(2009, 2, 1), new DateOnly(2010, 6, 30)),
                Provisional = dice.Chance(30),
            },
            new("USA"), new("CHN"),
            Bound("FIN") with { WithdrawalReceived = dice.Day(new DateOnly(2009, 1, 1), new DateOnly(2010, 1, 31)) },
            Bound("UKR") with { SuspensionAsserted = dice.Day(new DateOnly(2009, 3, 1), new DateOnly(2010, 9, 1)) },
        ];
    }

    private void File(IReadOnlyList<Statement> statements)
    {
        // Some registers are kept as things happen, some are filled from the archive, in whatever order.
        bool archive = _dice.Chance(25);
        var archiveOpens = new DateOnly(2011, 1, 10);
        var plan = new List<(DateOnly Day, int Order, Statement Statement)>();
        foreach (StatusAct act in Countries.SelectMany(Acts)) plan.Add((act.Date, -1, act));
        foreach (Statement statement in statements)
        {
            DateOnly day = archive
                ? archiveOpens.AddDays(_dice.Below(60))
                : statement.Date.AddDays(_dice.Chance(50) ? _dice.Below(4) : _dice.Below(90));
            plan.Add((day < statement.Date ? statement.Date : day, _dice.Below(1_000_000), statement));
        }
        foreach (var (day, _, statement) in plan.OrderBy(p => p.Day).ThenBy(p => p.Order))
            _filings.Add(new Filing(day, statement, "accepted"));
        for (int i = _filings.Count - 1; i >= 0; i--) MaybeSlip(i);
        for (int i = _filings.Count - 1; i >= 0; i--) MaybeRepeat(i);
    }

    private static string Replaces(Statement statement) => statement switch
    {
        Notice n => n.Supersedes,
        Declaration d => d.Supersedes,
        _ => "",
    };

    // Somebody first files something wrong and corrects it; or files something that is not, and takes it back.
    private void MaybeSlip(int index)
    {
        var (day, statement, _) = _filings[index];
        if (statement is StatusAct or Notice { Kind: "cancellation" } || !_dice.Chance(12)) return;
        int first = _filings.FindIndex(f => f.RecordDay >= statement.Date);
        int at = _dice.Between(Math.Min(first, index), index);
        if (statement is Notice ghost && _dice.Chance(30))
        {
            var withdrawal = new Notice(ghost.Party, $"w-{ghost.Id}", ghost.Date)
            {
                Kind = "cancellation",
                Transfer = ghost.Transfer,
                OnwardFrom = ghost.OnwardFrom,
                RecipientKind = ghost.RecipientKind,
                Supersedes = $"g-{ghost.Id}",
            };
            _filings.Insert(index + 1, new Filing(day, withdrawal, "accepted"));
            _filings.Insert(at, new Filing(
                _filings[at].RecordDay, ghost with { Id = $"g-{ghost.Id}", Lines = Slipped(ghost.Lines) }, "accepted"));
            return;
        }
        string slip = $"s-{statement.Id}";
        _filings[index] = new Filing(day, statement switch
        {
            Notice n => n with { Supersedes = slip },
            Declaration d => d with { Supersedes = slip },
            _ => throw new InvalidOperationException(statement.GetType().Name),
        }, "accepted");
        _filings.Insert(at, new Filing(_filings[at].RecordDay, statement switch
        {
            Notice n => n with { Id = slip, Lines = Slipped(n.Lines), Remark = "a slip" },
            Declaration d => d with { Id = slip, Lines = Slipped(d.Lines), Remark = "a slip" },
            _ => throw new InvalidOperationException(statement.GetType().Name),
        }, "accepted"));
    }

    // Fewer, so that nobody else finds a class empty meanwhile.
    private List<Line> Slipped(IEnumerable<Line> lines) => [.. lines.Select(l => l.Quantity == 0 ? l : l with
    {
        Quantity = 1 + (l.Quantity / _dice.Between(2, 5)),
        Lots = [],
    })];

    // Later than the first, and recorded on the day of whatever stands there.
    private void MaybeRepeat(int index)
    {
        Statement statement = _filings[index].Statement;
        if (statement is StatusAct || !_dice.Chance(12)) return;
        int at = _dice.Between(index + 1, _filings.Count);
        DateOnly day = _filings[at - 1].RecordDay;
        _filings.Insert(at, _dice.Chance(50)
            ? new Filing(day, statement, "repeat")
            : new Filing(day, OtherContent(statement), "conflict"));
    }

    private Statement OtherContent(Statement statement) => statement switch
    {
        Notice n when n.Lines.Count > 0 && n.Lines[0] is { Quantity: > 0, Lots.Count: 0 } && _dice.Chance(60) =>
            n with { Lines = [n.Lines[0] with { Quantity = n.Lines[0].Quantity + 1 }, .. n.Lines.Skip(1)] },
        Notice n when _dice.Chance(50) => n with { Date = n.Date.AddDays(-1) },
        Notice n => n with { Remark = "not what was said before" },
        Declaration d when _dice.Chance(50) => d with { Date = d.Date.AddDays(-1) },
        Declaration d => d with { Remark = "not what was said before" },
        _ => throw new InvalidOperationException(statement.GetType().Name),
    };

    private static IEnumerable<StatusAct> Acts(Country c)
    {
        if (c.Signed is { } signed) yield return new StatusAct(c.Code, $"{c.Code}-s", signed, "signature");
        if (c.Deposited is { } deposited)
        {
            string kind = c.Signed is null ? "accession" : "ratification";
            yield return new StatusAct(c.Code, $"{c.Code}-d", deposited, kind);
            if (c.Provisional)
                yield return new StatusAct(c.Code, $"{c.Code}-p", deposited, "provisional_application");
        }
        if (c.WithdrawalReceived is { } received)
            yield return new StatusAct(c.Code, $"{c.Code}-w", received, "withdrawal");
        if (c.SuspensionAsserted is { } suspended)
            yield return new StatusAct(c.Code, $"{c.Code}-u", suspended, "suspension_asserted");
    }
}
