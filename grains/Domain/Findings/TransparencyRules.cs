using Treaty.Grid.Conventions;
using Treaty.Grid.Reports;
using Treaty.Grid.Stockpiles;

namespace Treaty.Grid.Findings;

/// <summary>
/// The rules about transparency reports: whether they are there, and each held against itself, the report before, the
/// party's books and its notices.
/// </summary>
public static class TransparencyRules
{
    /// <summary>Findings about a party under a convention, on a day.</summary>
    public static IEnumerable<Finding> Judge(Party party, Jurisdiction law, DateOnly asOf)
    {
        if (RetainedUntold(party, law, asOf) is { } untold)
        {
            yield return untold;
        }

        if (InitialOverdue(party, law, asOf) is { } initial)
        {
            yield return initial;
        }

        foreach (var rule in law.Of(Checks.YearlyReportOverdue))
        {
            if (YearlyOverdue(party, law, rule, asOf) is { } yearly)
            {
                yield return yearly;
            }
        }
    }

    /// <summary>Findings about one report in effect.</summary>
    public static IEnumerable<Finding> Judge(Party party, FiledReport report, Rulebook rulebook) =>
        rulebook.Find(report.Report.Convention) is not { } law ? [] : new[]
        {
            PartMissing(party, report, law),
            Unbalanced(party, report, law),
            PartsAndTotalDiffer(party, report, law),
            OpeningDiffers(party, report, law),
            TransfersDiffer(party, report, law),
        }.OfType<Finding>();

    /// <summary>The last day on which the initial report is in time; null while no duty is assessed.</summary>
    public static DateOnly? InitialDue(Party party, Jurisdiction law, DateOnly asOf) =>
        law.The(Checks.InitialReportOverdue) is not null && law.Terms.InitialReport is { } period
            && party.MembershipOn(law.Convention, asOf).EntryIntoForce is { } entry
            && period.After(entry) is var due
            && due >= AssessedFrom(party, law) && IsBoundOn(party, law, due)
            ? due
            : null;

    /// <summary>Whether the initial report is recorded by a day.</summary>
    public static bool HasInitial(Party party, Jurisdiction law, DateOnly asOf) => !party.Reports.IsEmpty
        && party.ReportsUnder(law).Any(r => r.Report.IsInitial && r.RecordedOn <= asOf);

    /// <summary>
    /// The calendar years for which a yearly report is owed and not recorded by a day, up to the year of that day, and
    /// when each is due. A state owes one if it is bound on the due day, and its initial report was due by then; and,
    /// where the rule has a threshold, if its own notices of that year come above it.
    /// </summary>
    public static IEnumerable<(int Year, DateOnly Due)> YearsWithout(
        Party party, Jurisdiction law, Rule rule, DateOnly asOf)
    {
        if (law.Terms.YearlyReport is not { } period)
        {
            yield break;
        }

        var from = AssessedFrom(party, law);
        var reported = party.Reports.IsEmpty ? [] : party.ReportsUnder(law)
            .Where(r => !r.Report.IsInitial && r.RecordedOn <= asOf)
            .Select(r => r.AsOf.Year)
            .ToHashSet();
        for (var year = from.Year - 1; year <= asOf.Year; year++)
        {
            var due = period.After(new DateOnly(year, 12, 31));
            if (due >= from && !reported.Contains(year)
                && party.MembershipOn(law.Convention, due) is { Standing.IsBound: true, EntryIntoForce: { } entry }
                && (law.Terms.InitialReport ?? default).After(entry) <= due
                && IsAboveThreshold(party, law, rule.When, year))
            {
                yield return (year, due);
            }
        }
    }

    private static bool IsAboveThreshold(Party party, Jurisdiction law, Scope scope, int year) =>
        scope.AbovePerYear == 0 || party.Exchanges.In(year).Any(e => e.Value > scope.AbovePerYear
            && (scope.Items.IsEmpty ? law.CoversAlways(e.Key) : law.IsIn(e.Key, scope.Items)));

    /// <summary>No duty due before that day is called missed.</summary>
    internal static DateOnly AssessedFrom(Party party, Jurisdiction law) =>
        law.Terms.AssessFrom ?? party.RegisteredOn;

    private static bool IsBoundOn(Party party, Jurisdiction law, DateOnly day) =>
        party.MembershipOn(law.Convention, day).Standing.IsBound;

    private static Finding? RetainedUntold(Party party, Jurisdiction law, DateOnly asOf)
    {
        if (party.Reports.Length < 2)
        {
            return null;
        }

        var last = party.ReportsUnder(law)
            .Where(r => !r.Report.IsInitial && r.RecordedOn <= asOf)
            .TakeLast(2)
            .ToList();
        if (law.The(Checks.RetainedUntold) is not { } rule || last.Count < 2
            || last[1].AsOf.Year != last[0].AsOf.Year + 1 || last.Exists(TellsOfRetained)
            || !IsBoundOn(party, law, asOf))
        {
            return null;
        }

        var held = party.Books.Items
            .Where(law.CoversAlways)
            .Sum(i => party.Books.On(i, Place.Retained, asOf));
        var retained = Math.Max(held, party.DeclaredRetained(law, law.CoversAlways) ?? 0);
        return retained <= 0 ? null : StockRules.Find(
            rule, party, "", rule.Severity, law,
            $"{party.Code} retains {Inputs.Text(retained)} {law.Convention.About}; its reports for "
                + $"{last[0].AsOf.Year} and {last[1].AsOf.Year} say nothing new about them.",
            new Inputs().Add("retained", retained).Add("years", last.Select(r => Inputs.Text(r.AsOf.Year))));
    }

    private static bool TellsOfRetained(FiledReport filed) =>
        filed.Report.Part(ReportParagraph.RetainedAndTransferred) is { State: PartState.Changed } part
        && (part.Text.Length > 0 || filed.Declaration.Lines.Any(l => l.Class == Place.Retained)
            || filed.Report.Accounts.Any(a => a.Consumed != 0));

    private static Finding? InitialOverdue(Party party, Jurisdiction law, DateOnly asOf) =>
        InitialDue(party, law, asOf) is not { } due || asOf <= due || HasInitial(party, law, asOf) ? null
            : StockRules.Find(
                law.The(Checks.InitialReportOverdue)!, party, "", law.The(Checks.InitialReportOverdue)!.Severity, law,
                $"The initial report of {party.Code} was due by {Inputs.Text(due)} and is not recorded.",
                new Inputs().Add("due", due), due);

    private static Finding? YearlyOverdue(Party party, Jurisdiction law, Rule rule, DateOnly asOf)
    {
        var missed = YearsWithout(party, law, rule, asOf).Where(y => asOf > y.Due).ToList();
        return missed.Count == 0 ? null : StockRules.Find(
            rule, party, "", rule.Severity, law,
            $"{party.Code} has no report on record for {string.Join(", ", missed.Select(y => y.Year))}; the first was "
                + $"due by {Inputs.Text(missed[0].Due)}.",
            new Inputs().Add("years", missed.Select(y => Inputs.Text(y.Year))).Add("due", missed[0].Due),
            missed[0].Due);
    }

    private static Finding? PartMissing(Party party, FiledReport filed, Jurisdiction law)
    {
        var (report, asOf) = (filed.Report, filed.AsOf);
        var accounts = AccountsByBooks(party, filed, law);
        var exchanges = ExchangesIn(party, law, asOf.Year);
        var retains = accounts.Exists(a => party.Books.On(a.Item, Place.Retained, asOf) > 0 || a.Consumed != 0);
        var missing = new List<string>();
        Need(ReportParagraph.Stockpile, "b", accounts.Exists(a => a.Closing != 0));
        Need(ReportParagraph.RetainedAndTransferred, "d", retains || exchanges.Count > 0);
        Need(ReportParagraph.Destroyed, "g", accounts.Exists(a => a.Destroyed != 0));
        return law.The(Checks.PartMissing) is not { } rule || missing.Count == 0 ? null : Find(
            rule, party, filed, rule.Severity, law,
            $"The books and notices of {party.Code} have something to tell under "
                + $"{rule.Citation}({string.Join("), (", missing)}), and its report says nothing there.",
            new Inputs().Add("missing", missing).Add("period", PeriodOf(filed)));

        void Need(ReportParagraph paragraph, string letter, bool needed)
        {
            if (needed && !report.Tells(paragraph))
            {
                missing.Add(letter);
            }
        }
    }

    private static Finding? Unbalanced(Party party, FiledReport filed, Jurisdiction law)
    {
        var inputs = new Inputs();
        var (wrong, told) = (new List<string>(), new List<string>());
        foreach (var account in filed.Report.Accounts)
        {
            var name = account.Lot.Length == 0 ? account.Item : $"{account.Item}/{account.Lot}";
            if (account.Expected != account.Closing)
            {
                wrong.Add($"{name} is off by {Inputs.Text(account.Closing - account.Expected)}.");
                inputs.Add($"expected[{name}]", account.Expected).Add($"closing[{name}]", account.Closing);
            }

            if (account.Recounted != 0)
            {
                (account.Reason.Length > 0 ? told : wrong).Add(
                    $"{name} was recounted by {Inputs.Text(account.Recounted)}"
                        + (account.Reason.Length > 0 ? "." : " without a reason."));
                inputs.Add($"recounted[{name}]", account.Recounted);
            }
        }

        if (filed.Report.Accounts.Length > 0 && party.Books.OpenedOn <= filed.AsOf)
        {
            HoldAgainstBooks(party, filed, law, inputs, wrong);
        }

        return law.The(Checks.AccountUnbalanced) is not { } rule || wrong.Count + told.Count == 0 ? null : Find(
            rule, party, filed, wrong.Count > 0 ? rule.Severity : Severity.Information, law,
            string.Join(" ", wrong.Concat(told)), inputs);
    }

    /// <summary>A recount with its reason may lie between the two, until the books are opened anew.</summary>
    private static void HoldAgainstBooks(
        Party party, FiledReport filed, Jurisdiction law, Inputs inputs, List<string> wrong)
    {
        var closings = ClosingsOf(filed);
        foreach (var item in ItemsOf(party, law, closings.Keys))
        {
            var (stated, held) = (closings.GetValueOrDefault(item), ReportDraft.HeldOn(party.Books, item, filed.AsOf));
            var recounted = filed.Report.Accounts
                .Where(a => a.Item == item && a.Lot.Length == 0 && a.Reason.Length > 0)
                .Sum(a => a.Recounted);
            if (stated != held && stated - recounted != held)
            {
                wrong.Add($"The report closes with {Inputs.Text(stated)} {item}, the books with {Inputs.Text(held)}.");
                inputs.Add($"closing[{item}]", stated).Add($"books[{item}]", held);
            }
        }
    }

    private static Finding? PartsAndTotalDiffer(Party party, FiledReport filed, Jurisdiction law)
    {
        var held = filed.Declaration.Lines
            .GroupBy(l => l.Item, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(l => l.Quantity), StringComparer.Ordinal);
        var inputs = new Inputs();
        var wrong = new List<string>();
        foreach (var (item, closing) in filed.Report.Accounts.Length == 0 ? [] : ClosingsOf(filed))
        {
            if (held.GetValueOrDefault(item) is var sum && sum != closing)
            {
                wrong.Add($"What is held of {item} adds up to {Inputs.Text(sum)}, its account closes with "
                    + $"{Inputs.Text(closing)}.");
                inputs.Add($"sum[{item}]", sum).Add($"stated_total[{item}]", closing);
            }
        }

        foreach (var (item, atSites, destroyed) in filed.Report.Accounts.Length == 0 ? [] : AtSitesOf(filed.Report))
        {
            if (atSites > destroyed)
            {
                wrong.Add($"Of {item} {Inputs.Text(atSites)} were destroyed at the sites told, and "
                    + $"{Inputs.Text(destroyed)} by its account.");
                inputs.Add($"at_sites[{item}]", atSites).Add($"destroyed[{item}]", destroyed);
            }
        }

        return law.The(Checks.PartsAndTotalDiffer) is not { } rule || wrong.Count == 0 ? null : Find(
            rule, party, filed, rule.Severity, law, string.Join(" ", wrong), inputs);
    }

    /// <summary>By item, what was destroyed at the sites told, and in all: by lots where no total is given.</summary>
    private static IEnumerable<(string Item, long AtSites, long Destroyed)> AtSitesOf(TransparencyReport report)
    {
        var accounts = report.Accounts.ToLookup(a => a.Item, StringComparer.Ordinal);
        return report.DestroyedAtSites
            .GroupBy(d => d.Item, StringComparer.Ordinal)
            .Select(g => (
                g.Key,
                g.Sum(d => d.Quantity),
                (accounts[g.Key].FirstOrDefault(a => a.Lot.Length == 0) is { } whole ? [whole] : accounts[g.Key])
                    .Sum(a => a.Destroyed)));
    }

    private static Finding? OpeningDiffers(Party party, FiledReport filed, Jurisdiction law)
    {
        var before = Before(party, law, filed);
        if (filed.Report.IsInitial || before is null)
        {
            return null;
        }

        var inputs = new Inputs();
        var (wrong, told) = (new List<string>(), new List<string>());
        var last = StandingClosings(party, law, before);
        if (filed.Report.Accounts.Length == 0)
        {
            if (filed.Report.Part(ReportParagraph.Stockpile) is not { State: PartState.Unchanged }
                || !(party.Books.OpenedOn <= filed.AsOf))
            {
                return null;
            }

            foreach (var item in ItemsOf(party, law, last.Keys))
            {
                var held = ReportDraft.HeldOn(party.Books, item, filed.AsOf);
                Compare(item, last.GetValueOrDefault(item), held, "books", "");
            }
        }
        else
        {
            var accounts = filed.Report.Accounts.Where(a => a.Lot.Length == 0).ToLookup(a => a.Item);
            foreach (var item in last.Keys.Union(accounts.Select(a => a.Key)).Order(StringComparer.Ordinal))
            {
                var reason = accounts[item].Select(a => a.Reason).FirstOrDefault("");
                Compare(item, last.GetValueOrDefault(item), accounts[item].Sum(a => a.Opening), "opening", reason);
            }
        }

        return law.The(Checks.OpeningDiffers) is not { } rule || wrong.Count + told.Count == 0 ? null : Find(
            rule, party, filed, wrong.Count > 0 ? rule.Severity : Severity.Information, law,
            string.Join(" ", wrong.Concat(told)), inputs);

        void Compare(string item, long closed, long now, string what, string reason)
        {
            if (closed != now)
            {
                (reason.Length > 0 ? told : wrong).Add(
                    $"The report as of {Inputs.Text(before.AsOf)} closed with {Inputs.Text(closed)} {item}; "
                        + (what == "books" ? "this one says unchanged, and the books have" : "this one opens with")
                        + $" {Inputs.Text(now)}{(reason.Length > 0 ? ", with a reason" : "")}.");
                inputs.Add($"last_closing[{item}]", closed).Add($"{what}[{item}]", now);
            }
        }
    }

    private static Finding? TransfersDiffer(Party party, FiledReport filed, Jurisdiction law)
    {
        if (filed.Report.IsInitial || !filed.Report.Tells(ReportParagraph.RetainedAndTransferred))
        {
            return null;
        }

        var year = filed.AsOf.Year;
        var reported = filed.Report.Transfers
            .SelectMany(t => t.Lines.Select(l => (
                Exchange: new Exchange(year, t.IsIncoming, t.Partner, l.Item, t.Purpose), l.Quantity)))
            .GroupBy(e => e.Exchange)
            .ToDictionary(g => g.Key, g => g.Sum(e => e.Quantity));
        var noticed = ExchangesIn(party, law, year);
        var inputs = new Inputs();
        var wrong = new List<string>();
        foreach (var exchange in reported.Keys.Union(noticed.Keys).Order())
        {
            var (told, known) = (reported.GetValueOrDefault(exchange), noticed.GetValueOrDefault(exchange));
            if (told != known)
            {
                var way = exchange.IsIncoming ? "from" : "to";
                var name = $"{way} {exchange.Partner} {exchange.Item} {Inputs.Text(exchange.Purpose)}";
                wrong.Add($"{exchange.Item} {way} {exchange.Partner} for {Inputs.Text(exchange.Purpose)}: the report "
                    + $"has {Inputs.Text(told)}, the notices of {year} {Inputs.Text(known)}.");
                inputs.Add($"report[{name}]", told).Add($"notices[{name}]", known);
            }
        }

        return law.The(Checks.ReportAgainstNotices) is not { } rule || wrong.Count == 0 ? null : Find(
            rule, party, filed, rule.Severity, law, string.Join(" ", wrong),
            inputs);
    }

    private static FiledReport? Before(Party party, Jurisdiction law, FiledReport filed) =>
        party.ReportsUnder(law).LastOrDefault(r => r.AsOf < filed.AsOf);

    /// <summary>What a report closes with, by item; one that says unchanged closes as the one before.</summary>
    private static Dictionary<string, long> StandingClosings(Party party, Jurisdiction law, FiledReport filed)
    {
        FiledReport? telling = filed;
        while (telling.Report is { Accounts.Length: 0 } report
            && report.Part(ReportParagraph.Stockpile) is { State: PartState.Unchanged }
            && Before(party, law, telling) is { } before)
        {
            telling = before;
        }

        return ClosingsOf(telling);
    }

    private static Dictionary<string, long> ClosingsOf(FiledReport filed) => filed.Report.Accounts
        .Where(a => a.Lot.Length == 0)
        .GroupBy(a => a.Item, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Sum(a => a.Closing), StringComparer.Ordinal);

    private static IEnumerable<string> ItemsOf(Party party, Jurisdiction law, IEnumerable<string> reported) =>
        party.Books.Items.Union(reported, StringComparer.Ordinal)
            .Where(law.CoversAlways)
            .Order(StringComparer.Ordinal);

    private static List<StockAccount> AccountsByBooks(Party party, FiledReport filed, Jurisdiction law) =>
    [
        .. ItemsOf(party, law, []).Select(i =>
            ReportDraft.AccountOf(party.Books, i, new DateOnly(filed.AsOf.Year - 1, 12, 31), filed.AsOf)),
    ];

    private static Dictionary<Exchange, long> ExchangesIn(Party party, Jurisdiction law, int year) =>
        party.Exchanges.All
            .Where(e => e.Key.Year == year && e.Value != 0 && law.CoversAlways(e.Key.Item))
            .ToDictionary();

    private static string PeriodOf(FiledReport filed) =>
        filed.Report.IsInitial ? "initial" : Inputs.Text(filed.AsOf.Year);

    private static Finding Find(
        Rule rule, Party party, FiledReport filed, Severity severity, Jurisdiction law, string message,
        Inputs inputs) =>
        StockRules.Find(rule, party, filed.Declaration.Id, severity, law, message, inputs);
}
