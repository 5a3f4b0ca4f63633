namespace Treaty.Grid.Conventions;

/// <summary>Where a request for clarification stands. Numbers are those of the contract.</summary>
public enum ClarificationStatus
{
    /// <summary>Received and not answered.</summary>
    Open = 1,
    Answered = 2,

    /// <summary>Whoever asked is satisfied, or asks no more.</summary>
    Closed = 3,

    /// <summary>Put to a Meeting of the States Parties; an answer may still come.</summary>
    Escalated = 4,
}

/// <summary>
/// A request for clarification of compliance that a state received through the depositary (such as under Article 8 of
/// the Mine Ban Convention).
/// </summary>
/// <param name="Request">As the depositary recorded it.</param>
/// <param name="Due">The last day for the answer.</param>
public sealed record Clarification(DepositaryNotification Request, DateOnly Due)
{
    public string Id => Request.Clarification;

    public DateOnly? Answered { get; init; }

    public DateOnly? Closed { get; init; }

    public DateOnly? Escalated { get; init; }

    public ClarificationStatus Status => Closed is not null ? ClarificationStatus.Closed
        : Escalated is not null ? ClarificationStatus.Escalated
        : Answered is not null ? ClarificationStatus.Answered
        : ClarificationStatus.Open;

    /// <summary>An answer is owed still.</summary>
    public bool IsUnanswered => Answered is null && Closed is null;

    /// <summary>All that a state had received by a day, by the day of the request.</summary>
    public static ImmutableArray<Clarification> In(MembershipRecord record, Terms terms, DateOnly asOf)
    {
        if (terms.ClarificationReply is not { } period)
        {
            return [];
        }

        if (!record.Notifications.Any(static n => n.Notification.Kind == NotificationKind.ClarificationRequested))
        {
            return [];
        }

        var cases = new List<Clarification>();
        foreach (var (notification, _) in record.Notifications.Where(n => n.Notification.Date <= asOf))
        {
            var index = cases.FindIndex(c => c.Id == notification.Clarification);
            switch (notification.Kind)
            {
                case NotificationKind.ClarificationRequested when index < 0:
                    cases.Add(new Clarification(notification, period.After(notification.Date)));
                    break;
                case NotificationKind.ClarificationAnswered when index >= 0:
                    cases[index] = cases[index] with { Answered = cases[index].Answered ?? notification.Date };
                    break;
                case NotificationKind.ClarificationClosed when index >= 0:
                    cases[index] = cases[index] with { Closed = cases[index].Closed ?? notification.Date };
                    break;
                case NotificationKind.ClarificationEscalated when index >= 0:
                    cases[index] = cases[index] with { Escalated = cases[index].Escalated ?? notification.Date };
                    break;
                default:
                    // About memberships; or about a case that nobody has opened.
                    break;
            }
        }

        return [.. cases];
    }
}
