namespace Treaty.Grid.Auditor;

/// <summary>A finding that must exist: no more and no less than what two readers of the convention agree on.</summary>
/// <param name="About">A transfer, an item, a declaration's id, or empty.</param>
/// <param name="Severity">information, data, review, warning or breach.</param>
public sealed record Expected(string Rule, string Party, string About, string Severity)
{
    public override string ToString() => $"{Rule} {Party} {Severity} [{About}]";
}

/// <summary>The figures that the convention leaves to the rules' pack.</summary>
/// <param name="CounterDays">After the end of the month, within which the other side's notice is due (APM-50).</param>
/// <param name="CertificateMonths">Within which what was received for destruction is destroyed (APM-06).</param>
/// <param name="ApartDaysMax">Between dispatch and receipt, still taken as one movement (APM-54).</param>
public sealed record Terms(int CounterDays, int CertificateMonths, int ApartDaysMax);

/// <summary>
/// What must be found about a list of statements on a day, by the plainest reading of the convention's rules. No answer
/// is kept: each is worked out again from the whole list.
/// </summary>
public sealed partial class Expectation
{
    private static readonly string[] Gravity = ["information", "data", "review", "warning", "breach"];

    private readonly Dictionary<string, Country> _countries;
    private readonly List<(Statement Statement, DateOnly RecordDay)> _record;
    private readonly Terms _terms;

    // Transfers whose recipient has said what arrived, on whatever day.
    private readonly HashSet<TransferKey> _reported;

    public Expectation(History history, Terms terms)
        : this(history.Countries, history.InEffect, terms)
    {
    }

    /// <summary>About statements that no history drew.</summary>
    /// <param name="record">All that holds, in the order in which it was recorded, with the day of that.</param>
    public Expectation(
        IEnumerable<Country> countries, IEnumerable<(Statement Statement, DateOnly RecordDay)> record, Terms terms)
        : this(countries.ToDictionary(c => c.Code, StringComparer.Ordinal), [.. record], terms)
    {
    }

    private Expectation(
        Dictionary<string, Country> countries, List<(Statement Statement, DateOnly RecordDay)> record, Terms terms)
        : this(
            countries, record, terms,
            [
                .. record.Select(r => r.Statement).OfType<Notice>()
                    .Where(n => n.Kind is "receipt" or "refusal")
                    .Select(n => n.Transfer),
            ])
    {
    }

    private Expectation(
        Dictionary<string, Country> countries, List<(Statement Statement, DateOnly RecordDay)> record, Terms terms,
        HashSet<TransferKey> reported)
    {
        _countries = countries;
        _record = record;
        _terms = terms;
        _reported = reported;
        Notices = [.. _record.Select(r => r.Statement).OfType<Notice>()];
        Declarations = [.. _record.Select(r => r.Statement).OfType<Declaration>()];
    }

    // As if nothing had happened after a day. Who reports at all is known from what came later, too.
    private Expectation Until(DateOnly day) =>
        new(_countries, [.. _record.Where(r => r.Statement.Date <= day)], _terms, _reported);

    public IEnumerable<TransferKey> Transfers => Notices.Select(n => n.Transfer).Distinct();

    private List<Notice> Notices { get; }

    private List<Declaration> Declarations { get; }

    /// <summary>The days on which something may change by the passing of time alone, and the day before each.</summary>
    public IEnumerable<DateOnly> Days(DateOnly from)
    {
        var days = new SortedSet<DateOnly> { from };
        foreach (var (statement, recordDay) in _record)
        {
            DateOnly known = Later(statement.Date, recordDay);
            days.Add(CounterNoticeDue(known));
            days.Add(known.AddMonths(_terms.CertificateMonths));
            days.Add(statement.Date.AddMonths(12));
        }
        days.UnionWith(_countries.Values.Select(c => c.DestroyedBy).OfType<DateOnly>());
        foreach (DateOnly day in days.ToList()) days.Add(day.AddDays(1));
        return days.Where(d => d >= from);
    }

    /// <summary>All that must be found on a day which is not before the last statement was recorded.</summary>
    public IReadOnlyList<Expected> Findings(DateOnly day)
    {
        var found = new List<Expected>();
        foreach (TransferKey key in Transfers) found.AddRange(new TransferAudit(this, key).Findings(day));
        foreach (Country country in _countries.Values) found.AddRange(StockFindings(country, day));
        found.AddRange(SameNoticeTwice());
        foreach (Declaration declaration in Declarations)
        {
            if (Off(declaration.Lines, declaration.StatedTotal))
                found.Add(new Expected("APM-41", declaration.Party, declaration.Id, "data"));
            foreach (Line line in declaration.Lines)
            {
                if (Classified(line) is { } rule)
                    found.Add(new Expected(rule.Rule, declaration.Party, declaration.Id, rule.Severity));
            }
        }
        // One statement, or one transfer, may give several reasons for a finding: the gravest counts.
        return [.. found
            .GroupBy(f => (f.Rule, f.Party, f.About))
            .Select(same => same.MaxBy(f => Array.IndexOf(Gravity, f.Severity))!)];
    }

    /// <summary>not_matched, matched, within_tolerance, mismatched, explained or corrected.</summary>
    public string Match(TransferKey key) => new TransferAudit(this, key).Match();

    // The notices of a transfer; a refusal that names nothing refuses all that was dispatched.
    private IEnumerable<Notice> Of(TransferKey key)
    {
        var notices = Notices.Where(n => n.Transfer == key).ToList();
        var sent = notices.Where(n => n.Kind == "dispatch").SelectMany(n => n.Lines).ToList();
        return notices.Select(n => n is { Kind: "refusal", Lines.Count: 0 } ? n with { Lines = sent } : n);
    }

    // APM-55: the same content under another reference; about the one that was recorded later.
    private IEnumerable<Expected> SameNoticeTwice()
    {
        var before = new Dictionary<string, TransferKey>(StringComparer.Ordinal);
        foreach (Notice one in Notices.Where(n => n.Kind is "dispatch" or "receipt"))
        {
            if (one.Lines.Any(l => l.Basis == "undisclosed")) continue;
            if (!before.TryAdd(Said(one), one.Transfer) && before[Said(one)] != one.Transfer)
                yield return new Expected("APM-55", one.Party, one.Transfer.ToString(), "review");
        }
    }

    private static string Said(Notice n) => string.Join('|', [
        n.Party, n.Kind, n.Transfer.Sender, n.Transfer.Recipient, n.Purpose, $"{n.Date:O}",
        .. n.Lines.Select(l => $"{l.Item} {l.Quantity} {string.Join(',', l.Lots)}"),
    ]);

    // APM-41.
    private static bool Off(IReadOnlyList<Line> lines, long? stated) =>
        stated is { } s && s != lines.Sum(l => l.Quantity);

    // APM-60 and 61: what a reported item is.
    private static (string Rule, string Severity)? Classified(Line line) => line.Item switch
    {
        Taxonomy.Unknown => ("APM-61", "data"),
        Taxonomy.AntiVehicle or Taxonomy.Component => ("APM-60", "data"),
        Taxonomy.Directional => ("APM-60", line.Activation == "command" ? "data" : "review"),
        _ => null,
    };

    private string Standing(string party, DateOnly day) =>
        _countries.TryGetValue(party, out Country? country) ? country.StandingOn(day) : "outside";

    private DateOnly CounterNoticeDue(DateOnly known) =>
        new DateOnly(known.Year, known.Month, 1).AddMonths(1).AddDays(_terms.CounterDays - 1);

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;
}
