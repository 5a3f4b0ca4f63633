using Treaty.Grid.Conventions;
using Treaty.Grid.Items;
using Treaty.Grid.Stockpiles;

namespace Treaty.Grid.Findings;

/// <summary>What Article 4 still asks a party to destroy.</summary>
public static class ArticleFour
{
    private static readonly ImmutableArray<Place> Places =
    [
        // Own stock that is neither retained nor found; what is in transit is the sender's until the receipt, but for
        // what goes for training; what is abroad for destruction counts until its certificate.
        Place.Operational, Place.AwaitingDestruction, Place.InTransit, Place.AbroadForDestruction,
    ];

    /// <summary>In single mines, at the end of a day. Types that are not anti-personnel mines do not count.</summary>
    public static long Balance(Ledger books, Taxonomy taxonomy, DateOnly day) => books.Items
        .Where(item => taxonomy.Find(item) is { Activation: ItemActivation.Victim })
        .Sum(item => Places.Sum(place => books.On(item, place, day)) - books.On(item, Place.InTransitForTraining, day));

    /// <summary>The last day in time for a state for which the convention entered into force on a day.</summary>
    public static DateOnly Deadline(Convention convention, DateOnly entryIntoForce) =>
        convention.Terms!.StockDestruction.After(entryIntoForce);
}

/// <summary>
/// The rules about a party as such, which rest on its own memberships and books: APM-11, 12, 20, 21, 42 and 70.
/// </summary>
public static class StockRules
{
    /// <summary>The classes an overdraw is looked for in.</summary>
    private static readonly ImmutableArray<Place> Classes =
    [
        Place.Operational, Place.AwaitingDestruction, Place.Retained, Place.Found, Place.ForeignHeld,
        Place.ReceivedForDestruction, Place.Quarantined,
    ];

    /// <summary>Findings about a party, on a day.</summary>
    public static IEnumerable<Finding> Judge(Party party, Rulebook rulebook, DateOnly asOf)
    {
        var membership = party.MembershipOn(rulebook.MineBan, asOf);

        // What was found while a state was bound stays open when it has left.
        var (last, day) = membership is { Status: MembershipStatus.Withdrawn, WithdrawalEffective: { } left }
            ? (party.MembershipOn(rulebook.MineBan, left.AddDays(-1)), left.AddDays(-1))
            : (membership, asOf);
        return new[]
        {
            Suspension(party, membership, rulebook),
            WithdrawalHeldUp(party, membership, rulebook),
            Deadline(party, last, rulebook, day),
            FoundAfterCompletion(party, last, rulebook, day),
            Unclarified(party, rulebook, asOf),
        }.OfType<Finding>().Concat(TransparencyRules.Judge(party, rulebook, asOf));
    }

    // APM-12.
    private static Finding? Suspension(Party party, Membership membership, Rulebook rulebook) =>
        membership.SuspensionAsserted is not { } since || !membership.Standing.IsBound ? null : Find(
            MineBanRules.SuspensionContested, party, "", Severity.Information, rulebook,
            $"{party.Code} holds that the convention's operation is suspended for it since {Inputs.Text(since)}; that "
                + "is contested, and its rules are applied.",
            new Inputs()
                .Add("suspension_asserted", since)
                .Add("suspension_asserted_by", party.Code)
                .Add("suspension_contested_by", membership.SuspensionContestedBy));

    // APM-11.
    private static Finding? WithdrawalHeldUp(Party party, Membership membership, Rulebook rulebook) =>
        membership.WithdrawalHeldUpBy.IsEmpty || membership.WithdrawalEffective is not null ? null : Find(
            MineBanRules.WithdrawalHeldUp, party, "", Severity.Information, rulebook,
            $"On {Inputs.Text(membership.WithdrawalExpiry!.Value)}, when its withdrawal would have taken effect, "
                + $"{party.Code} was in an armed conflict: it stays bound until the conflict ends.",
            new Inputs()
                .Add("withdrawal_notified", membership.WithdrawalNotified!.Value)
                .Add("withdrawal_expiry", membership.WithdrawalExpiry.Value)
                .Add("armed_conflict_asserted_by", membership.WithdrawalHeldUpBy));

    // APM-20.
    private static Finding? Deadline(Party party, Membership membership, Rulebook rulebook, DateOnly asOf)
    {
        if (!membership.Standing.IsBound || membership.EntryIntoForce is not { } entry)
        {
            return null;
        }

        var deadline = ArticleFour.Deadline(rulebook.MineBan, entry);
        var balance = asOf > deadline ? ArticleFour.Balance(party.Books, rulebook.Taxonomy, asOf) : 0;
        return balance <= 0 ? null : Find(
            MineBanRules.StockPastDeadline, party, "", Severity.Breach, rulebook,
            $"{Inputs.Text(balance)} anti-personnel mines are not destroyed; Article 4 asked for it by "
                + $"{Inputs.Text(deadline)}: an apparent breach.",
            new Inputs()
                .Add("entry_into_force", entry)
                .Add("deadline", deadline)
                .Add("article_4_balance", balance),
            deadline);
    }

    // APM-21.
    private static Finding? FoundAfterCompletion(Party party, Membership membership, Rulebook rulebook, DateOnly asOf)
    {
        var completed = party.CompletedOn;
        if (!membership.Standing.IsBound || completed is null
            || party.FoundAfterCompletionOn is not { } found || found > asOf)
        {
            return null;
        }

        var left = party.Books.Items
            .Where(item => rulebook.Taxonomy.Find(item) is { Activation: ItemActivation.Victim })
            .Sum(item => party.Books.On(item, Place.Found, asOf));
        var due = rulebook.Terms.FoundStock.After(found);
        var overdue = left > 0 && asOf > due;
        return Find(
            MineBanRules.StockFoundAfterCompletion, party, "", overdue ? Severity.Warning : Severity.Information,
            rulebook,
            $"{party.Code} declared stock destruction complete on {Inputs.Text(completed.Value)} and found mines on "
                + $"{Inputs.Text(found)}; {Inputs.Text(left)} are left, to be destroyed by {Inputs.Text(due)}.",
            new Inputs().Add("completed", completed.Value).Add("found", found).Add("left", left).Add("due", due),
            due);
    }

    // APM-70.
    private static Finding? Unclarified(Party party, Rulebook rulebook, DateOnly asOf)
    {
        var late = party.ClarificationsBy(asOf, rulebook)
            .Where(c => c.IsUnanswered && asOf > c.Due
                && party.MembershipOn(rulebook.MineBan, c.Request.Date).Standing.IsBound)
            .ToList();
        return late.Count == 0 ? null : Find(
            MineBanRules.ClarificationUnanswered, party, "", Severity.Warning, rulebook,
            $"{party.Code} has not answered {string.Join(", ", late.Select(c => c.Id))}, asked under Article 8; the "
                + $"first answer was due by {Inputs.Text(late[0].Due)}.",
            new Inputs()
                .Add("clarifications", late.Select(c => c.Id))
                .Add("requested_by", late.SelectMany(c => c.Request.Asserters).Distinct(StringComparer.Ordinal))
                .Add("due", late[0].Due),
            late[0].Due);
    }

    /// <summary>What APM-42 is about, for one item: its balance in each class.</summary>
    public static IEnumerable<string> AccountsOf(string item) =>
        Classes.Select(place => $"{item}~{Inputs.Text(place)}");

    /// <summary>APM-42, of one item.</summary>
    /// <remarks>
    /// Only after the party's own opening. Stock without a lot number covers a lot, and stock of an unspecified type
    /// covers a typed one of its class.
    /// </remarks>
    public static IEnumerable<Finding> JudgeBalances(Party party, Rulebook rulebook, string item)
    {
        if (party.Books.OpenedOn is not { } opened)
        {
            yield break;
        }

        var covers = IsUnspecified(item) ? [] : party.Books.Items.Where(IsUnspecified).ToList();
        foreach (var place in Classes)
        {
            var (lowest, day) = party.Books.LowestFrom(item, place, opened, covers);
            if (lowest < 0)
            {
                yield return Find(
                    MineBanRules.Overdrawn, party, $"{item}~{Inputs.Text(place)}", Severity.Warning, rulebook,
                    $"On {Inputs.Text(day)} the books of {party.Code} have {Inputs.Text(lowest)} {item} in "
                        + $"{Inputs.Text(place)}: more left than was held.",
                    new Inputs()
                        .Add("item", item)
                        .Add("holding_class", place)
                        .Add("lowest_balance", lowest)
                        .Add("on", day)
                        .Add("opening", opened));
            }
        }

        bool IsUnspecified(string id) => rulebook.Taxonomy.Find(id) is { IsUnspecified: true };
    }

    internal static Finding Find(
        Rule rule, Party party, string about, Severity severity, Rulebook rulebook, string message, Inputs inputs,
        DateOnly? due = null) => new(new FindingKey(rule.Id, about, party.Code), severity)
        {
            Article = rule.Article,
            Convention = rulebook.MineBan.Id,
            PackVersion = rulebook.MineBan.PackVersion,
            Message = message,
            Inputs = inputs.Build(),
            Due = due,
        };
}
