using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Findings;

/// <summary>Something due by a day.</summary>
/// <param name="Rule">What is found broken if it is missed.</param>
/// <param name="Title">What is due.</param>
/// <param name="Due">The last day in time.</param>
/// <param name="IsMet">Nothing is owed any more.</param>
/// <param name="Transfer">The name of the transfer it comes from; empty if from none.</param>
public sealed record Obligation(Rule Rule, string Title, DateOnly Due, bool IsMet, string Transfer = "");

/// <summary>What a party owes by a day, as far as its own file tells.</summary>
public static class Obligations
{
    /// <summary>In the order of their due days, then of rule and transfer.</summary>
    public static IEnumerable<Obligation> Of(Party party, Rulebook rulebook, DateOnly asOf) =>
        OfStock(party, rulebook, asOf)
            .Concat(party.Files.Values.SelectMany(file => OfTransfer(party, file, rulebook)))
            .OrderBy(o => o.Due)
            .ThenBy(o => o.Rule.Id, StringComparer.Ordinal)
            .ThenBy(o => o.Transfer, StringComparer.Ordinal);

    /// <summary>By its memberships and its stock.</summary>
    public static IEnumerable<Obligation> OfStock(Party party, Rulebook rulebook, DateOnly asOf)
    {
        var membership = party.MembershipOn(rulebook.MineBan, asOf);
        if (!membership.Standing.IsBound || membership.EntryIntoForce is not { } entry)
        {
            yield break;
        }

        yield return new Obligation(
            MineBanRules.StockPastDeadline, "Destroy all stockpiled anti-personnel mines",
            ArticleFour.Deadline(rulebook.MineBan, entry),
            (party.CompletedOn <= asOf || party.Books.OpenedOn <= asOf)
                && ArticleFour.Balance(party.Books, rulebook.Taxonomy, asOf) <= 0);
        if (party.FoundAfterCompletionOn is { } found && found <= asOf)
        {
            yield return new Obligation(
                MineBanRules.StockFoundAfterCompletion, "Destroy stock found after completion",
                rulebook.Terms.FoundStock.After(found),
                party.Books.Items.Sum(item => party.Books.On(item, Place.Found, asOf)) <= 0);
        }

        foreach (var asked in party.ClarificationsBy(asOf, rulebook).Where(c => c.IsUnanswered).Take(1))
        {
            yield return new Obligation(
                MineBanRules.ClarificationUnanswered,
                $"Answer the request for clarification {asked.Id} of {string.Join(", ", asked.Request.Asserters)}",
                asked.Due, IsMet: false);
        }

        if (TransparencyRules.InitialDue(party, rulebook, asOf) is { } due)
        {
            yield return new Obligation(
                MineBanRules.InitialReportOverdue, "File the initial transparency report", due,
                TransparencyRules.HasInitial(party, asOf));
        }

        foreach (var (year, last) in TransparencyRules.YearsWithout(party, rulebook, asOf).Take(1))
        {
            yield return new Obligation(
                MineBanRules.YearlyReportOverdue, $"File the transparency report for {year}", last, IsMet: false);
        }
    }

    /// <summary>By one of its files.</summary>
    public static IEnumerable<Obligation> OfTransfer(Party party, TransferFile file, Rulebook rulebook)
    {
        if (Lifecycle.SilentSide(file, rulebook.Terms) is { Standing.IsBound: true } silence
            && silence.Side == party.Code)
        {
            yield return new Obligation(
                MineBanRules.OneSideSilent,
                $"Report your side of the transfer that {silence.Heard.Notice.Filer} has reported",
                silence.Due, !silence.IsUnanswered, file.Key.Name);
        }

        var receipts = file.Receipts
            .Where(r => r.Notice.Purpose == Purpose.Destruction && r.Filer.IsBound)
            .ToList();
        if (file.Key.Recipient == party.Code && receipts.Count > 0)
        {
            yield return new Obligation(
                MineBanRules.CertificateOverdue, "Account for the mines received for destruction",
                receipts.Max(r => rulebook.Terms.Certificate.After(r.ReportableFrom)),
                Outstanding.Of(file, rulebook.Taxonomy).Total <= 0
                    || file.Of(NoticeKind.Destruction).Any(d => d.Notice.IsFinal),
                file.Key.Name);
        }
    }
}
