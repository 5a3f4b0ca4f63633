using Treaty.Grid.Conventions;
using Treaty.Grid.Stockpiles;

namespace Treaty.Grid.Findings;

/// <summary>What a convention with a deadline for stock still asks a party to destroy.</summary>
public static class StockToDestroy
{
    private static readonly ImmutableArray<Place> Places =
    [
        // Own stock that is neither retained nor found; what is in transit is the sender's until the receipt, but for
        // what goes for training; what is abroad for destruction counts until its certificate.
        Place.Operational, Place.AwaitingDestruction, Place.InTransit, Place.AbroadForDestruction,
    ];

    private static readonly ImmutableArray<Place> ForTraining = [Place.InTransitForTraining];

    /// <summary>In the items' base unit, at the end of a day. Only types that it covers in any use count.</summary>
    public static long Balance(Ledger books, Jurisdiction law, DateOnly day) =>
        books.On(law.CoversAlways, Places, day) - books.On(law.CoversAlways, ForTraining, day);

    /// <summary>The last day in time after entry into force on a day; null if there is none.</summary>
    public static DateOnly? Deadline(Jurisdiction law, DateOnly entryIntoForce) =>
        law.Terms.StockDestruction?.After(entryIntoForce);
}

/// <summary>
/// The rules about a party as such, which rest on its own memberships and books.
/// </summary>
public static class StockRules
{
    /// <summary>The classes an overdraw is looked for in.</summary>
    private static readonly ImmutableArray<Place> Classes =
    [
        Place.Operational, Place.AwaitingDestruction, Place.Retained, Place.Found, Place.ForeignHeld,
        Place.ReceivedForDestruction, Place.Quarantined,
    ];

    /// <summary>Findings about a party, on a day, under every convention.</summary>
    public static IReadOnlyList<Finding> Judge(Party party, Rulebook rulebook, DateOnly asOf) =>
        Judge(party, rulebook.Jurisdictions, asOf);

    /// <summary>The same, under some.</summary>
    public static IReadOnlyList<Finding> Judge(Party party, ImmutableArray<Jurisdiction> laws, DateOnly asOf)
    {
        var findings = new List<Finding>();
        foreach (var law in laws)
        {
            if (party.Notifications.ContainsKey(law.Id))
            {
                Judge(party, law, asOf, findings);
            }
        }

        return findings;
    }

    private static void Judge(Party party, Jurisdiction law, DateOnly asOf, List<Finding> findings)
    {
        var membership = party.MembershipOn(law.Convention, asOf);

        // What was found while a state was bound stays open when it has left.
        var (last, day) = membership is { Status: MembershipStatus.Withdrawn, WithdrawalEffective: { } left }
            ? (party.MembershipOn(law.Convention, left.AddDays(-1)), left.AddDays(-1))
            : (membership, asOf);
        Add(Suspension(party, membership, law));
        Add(WithdrawalHeldUp(party, membership, law));
        Add(Deadline(party, last, law, day));
        Add(FoundAfterCompletion(party, last, law, day));
        Add(Unclarified(party, law, asOf));
        findings.AddRange(TransparencyRules.Judge(party, law, asOf));

        void Add(Finding? finding)
        {
            if (finding is not null)
            {
                findings.Add(finding);
            }
        }
    }

    private static Finding? Suspension(Party party, Membership membership, Jurisdiction law) =>
        law.The(Checks.SuspensionContested) is not { } rule
        || membership.SuspensionAsserted is not { } since || !membership.Standing.IsBound ? null : Find(
            rule, party, "", rule.Severity, law,
            $"{party.Code} holds that the convention's operation is suspended for it since {Inputs.Text(since)}; that "
                + "is contested, and its rules are applied.",
            new Inputs()
                .Add("suspension_asserted", since)
                .Add("suspension_asserted_by", party.Code)
                .Add("suspension_contested_by", membership.SuspensionContestedBy));

    private static Finding? WithdrawalHeldUp(Party party, Membership membership, Jurisdiction law) =>
        law.The(Checks.WithdrawalHeldUp) is not { } rule
        || membership.WithdrawalHeldUpBy.IsEmpty || membership.WithdrawalEffective is not null ? null : Find(
            rule, party, "", rule.Severity, law,
            $"On {Inputs.Text(membership.WithdrawalExpiry!.Value)}, when its withdrawal would have taken effect, "
                + $"{party.Code} was in an armed conflict: it stays bound until the conflict ends.",
            new Inputs()
                .Add("withdrawal_notified", membership.WithdrawalNotified!.Value)
                .Add("withdrawal_expiry", membership.WithdrawalExpiry.Value)
                .Add("armed_conflict_asserted_by", membership.WithdrawalHeldUpBy));

    private static Finding? Deadline(Party party, Membership membership, Jurisdiction law, DateOnly asOf)
    {
        if (law.The(Checks.StockPastDeadline) is not { } rule || !membership.Standing.IsBound
            || membership.EntryIntoForce is not { } entry || StockToDestroy.Deadline(law, entry) is not { } deadline)
        {
            return null;
        }

        var balance = asOf > deadline ? StockToDestroy.Balance(party.Books, law, asOf) : 0;
        return balance <= 0 ? null : Find(
            rule, party, "", rule.Severity, law,
            $"{Inputs.Text(balance)} {law.Convention.About} are not destroyed; {rule.Citation} asked for it by "
                + Inputs.Text(deadline) + (rule.Severity == Severity.Breach ? ": an apparent breach." : "."),
            new Inputs()
                .Add("entry_into_force", entry)
                .Add("deadline", deadline)
                .Add("balance", balance),
            deadline);
    }

    private static Finding? FoundAfterCompletion(Party party, Membership membership, Jurisdiction law, DateOnly asOf)
    {
        var completed = party.CompletedUnder(law);
        if (law.The(Checks.StockFoundAfterCompletion) is not { } rule || law.Terms.FoundStock is not { } period
            || !membership.Standing.IsBound || completed is null
            || party.FoundAfterCompletionUnder(law) is not { } found || found > asOf)
        {
            return null;
        }

        var left = party.Books.Items
            .Where(law.CoversAlways)
            .Sum(item => party.Books.On(item, Place.Found, asOf));
        var due = period.After(found);
        var overdue = left > 0 && asOf > due;
        return Find(
            rule, party, "", overdue ? rule.Severity : Severity.Information, law,
            $"{party.Code} declared stock destruction complete on {Inputs.Text(completed.Value)} and found "
                + $"{law.Convention.About} on {Inputs.Text(found)}; {Inputs.Text(left)} are left, to be destroyed by "
                + $"{Inputs.Text(due)}.",
            new Inputs().Add("completed", completed.Value).Add("found", found).Add("left", left).Add("due", due),
            due);
    }

    private static Finding? Unclarified(Party party, Jurisdiction law, DateOnly asOf)
    {
        if (law.The(Checks.ClarificationUnanswered) is not { } rule)
        {
            return null;
        }

        var asked = party.ClarificationsBy(asOf, law);
        var late = asked.IsEmpty ? [] : asked
            .Where(c => c.IsUnanswered && asOf > c.Due
                && party.MembershipOn(law.Convention, c.Request.Date).Standing.IsBound)
            .ToList();
        return late.Count == 0 ? null : Find(
            rule, party, "", rule.Severity, law,
            $"{party.Code} has not answered {string.Join(", ", late.Select(c => c.Id))}, asked under {rule.Citation}; "
                + $"the first answer was due by {Inputs.Text(late[0].Due)}.",
            new Inputs()
                .Add("clarifications", late.Select(c => c.Id))
                .Add("requested_by", late.SelectMany(c => c.Request.Asserters).Distinct(StringComparer.Ordinal))
                .Add("due", late[0].Due),
            late[0].Due);
    }

    /// <summary>What an overdraw is about, for one item: its balance in each class.</summary>
    public static IEnumerable<string> AccountsOf(string item) =>
        Classes.Select(place => $"{item}~{Inputs.Text(place)}");

    /// <summary>Overdraws of one item, under every convention that it concerns.</summary>
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

        var rules = rulebook.ConcernedBy([new Transfers.Line(item, 0)])
            .SelectMany(law => law.Of(Checks.Overdrawn).Select(rule => (law, rule)))
            .ToList();
        var covers = IsUnspecified(item) ? [] : party.Books.Items.Where(IsUnspecified).ToList();
        foreach (var place in Classes)
        {
            var (lowest, day) = party.Books.LowestFrom(item, place, opened, covers);
            foreach (var (law, rule) in lowest < 0 ? rules : [])
            {
                yield return Find(
                    rule, party, $"{item}~{Inputs.Text(place)}", rule.Severity, law,
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
        Rule rule, Party party, string about, Severity severity, Jurisdiction law, string message, Inputs inputs,
        DateOnly? due = null) => new(new FindingKey(rule.Id, about, party.Code), severity)
        {
            Article = rule.Article,
            Convention = law.Id,
            PackVersion = law.Convention.PackVersion,
            Message = message,
            Inputs = inputs.Build(),
            Due = due,
        };
}
