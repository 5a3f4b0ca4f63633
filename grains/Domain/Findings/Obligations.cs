using Treaty.Grid.Conventions;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Findings;

/// <summary>Something due by a day.</summary>
/// <param name="Rule">The id of the rule that is found broken if it is missed.</param>
/// <param name="Title">What is due.</param>
/// <param name="Due">The last day in time.</param>
/// <param name="IsMet">Nothing is owed any more.</param>
/// <param name="Transfer">The name of the transfer it comes from; empty if from none.</param>
public sealed record Obligation(string Rule, string Title, DateOnly Due, bool IsMet, string Transfer = "");

/// <summary>What a party owes by a day, as far as its own file tells.</summary>
public static class Obligations
{
    /// <summary>In the order of their due days, then of rule and transfer.</summary>
    public static IEnumerable<Obligation> Of(Party party, Rulebook rulebook, DateOnly asOf) =>
        OfStock(party, rulebook.Jurisdictions, asOf)
            .Concat(party.Files.Values.SelectMany(file => OfTransfer(party, file, rulebook)))
            .OrderBy(o => o.Due)
            .ThenBy(o => o.Rule, StringComparer.Ordinal)
            .ThenBy(o => o.Transfer, StringComparer.Ordinal);

    /// <summary>By its memberships and its stock.</summary>
    /// <param name="laws">Under which.</param>
    public static IEnumerable<Obligation> OfStock(Party party, ImmutableArray<Jurisdiction> laws, DateOnly asOf) => laws
        .Where(law => party.Notifications.ContainsKey(law.Id))
        .SelectMany(law => OfStock(party, law, asOf));

    private static IEnumerable<Obligation> OfStock(Party party, Jurisdiction law, DateOnly asOf)
    {
        var membership = party.MembershipOn(law.Convention, asOf);
        if (!membership.Standing.IsBound || membership.EntryIntoForce is not { } entry)
        {
            yield break;
        }

        var about = law.Convention.About;
        if (law.The(Checks.StockPastDeadline) is { } stock && StockToDestroy.Deadline(law, entry) is { } deadline)
        {
            yield return new Obligation(
                stock.Id, $"Destroy all stockpiled {about}", deadline,
                (party.CompletedUnder(law) <= asOf || party.Books.OpenedOn <= asOf)
                    && StockToDestroy.Balance(party.Books, law, asOf) <= 0);
        }

        if (law.The(Checks.StockFoundAfterCompletion) is { } late && law.Terms.FoundStock is { } period
            && party.FoundAfterCompletionUnder(law) is { } found && found <= asOf)
        {
            yield return new Obligation(
                late.Id, "Destroy stock found after completion", period.After(found),
                party.Books.Items.Where(law.MayCover).Sum(item => party.Books.On(item, Place.Found, asOf)) <= 0);
        }

        if (law.The(Checks.ClarificationUnanswered) is { } clarification)
        {
            foreach (var asked in party.ClarificationsBy(asOf, law).Where(c => c.IsUnanswered).Take(1))
            {
                yield return new Obligation(
                    clarification.Id,
                    $"Answer the request for clarification {asked.Id} of {string.Join(", ", asked.Request.Asserters)}",
                    asked.Due, IsMet: false);
            }
        }

        if (TransparencyRules.InitialDue(party, law, asOf) is { } due)
        {
            yield return new Obligation(
                law.The(Checks.InitialReportOverdue)!.Id, "File the initial transparency report", due,
                TransparencyRules.HasInitial(party, law, asOf));
        }

        foreach (var rule in law.Of(Checks.YearlyReportOverdue))
        {
            foreach (var (year, last) in TransparencyRules.YearsWithout(party, law, rule, asOf).Take(1))
            {
                yield return new Obligation(
                    rule.Id, $"File the transparency report for {year}", last, IsMet: false);
            }
        }
    }

    /// <summary>By one of its files.</summary>
    public static IEnumerable<Obligation> OfTransfer(Party party, TransferFile file, Rulebook rulebook) =>
        rulebook.ConcernedBy(file).SelectMany(law => OfTransfer(party, file, law));

    private static IEnumerable<Obligation> OfTransfer(Party party, TransferFile file, Jurisdiction law)
    {
        if (law.The(Checks.OneSideSilent) is { } rule && Lifecycle.SilentSide(file, law.Terms) is { } silence
            && silence.Side == party.Code && silence.Standings?.IsBoundUnder(law.Id) == true)
        {
            yield return new Obligation(
                rule.Id, $"Report your side of the transfer that {silence.Heard.Notice.Filer} has reported",
                silence.Due, !silence.IsUnanswered, file.Key.Name);
        }

        if (law.The(Checks.CertificateOverdue) is { } overdue && law.Terms.Certificate is { } period
            && file.Key.Recipient == party.Code && file.Of(law.MayConcern) is var own
            && TransferRules.ForDestruction(own, law) is { Count: > 0 } receipts)
        {
            yield return new Obligation(
                overdue.Id, $"Account for the {law.Convention.About} received for destruction",
                receipts.Max(r => period.After(r.ReportableFrom)),
                Outstanding.Of(own, law.Taxonomy).Total <= 0
                    || own.Of(NoticeKind.Destruction).Any(d => d.Notice.IsFinal),
                file.Key.Name);
        }
    }
}
