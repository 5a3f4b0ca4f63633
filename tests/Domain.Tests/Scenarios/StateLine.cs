using Treaty.Grid.Conventions;

namespace Treaty.Grid.Domain.Tests.Scenarios;

/// <summary>Lines about where a state stands under a convention.</summary>
internal static class StateLine
{
    public static StateStep Parse(Words words, string id)
    {
        var (code, clarification) = (words.Take(), "");
        if (words.Skips("is", "no", "party"))
        {
            return new StateStep(code, null);
        }

        if (words.Skips("in", "force"))
        {
            // The latest deposit that Article 17 brings into force on that day.
            var entry = words.Date();
            return Step(NotificationKind.Accession, entry.AddMonths(-5).AddDays(-1));
        }

        var kind = words switch
        {
            _ when words.Skips("signed") => NotificationKind.Signature,
            _ when words.Skips("ratified") => NotificationKind.Ratification,
            _ when words.Skips("accepted") => NotificationKind.Acceptance,
            _ when words.Skips("approved") => NotificationKind.Approval,
            _ when words.Skips("acceded") => NotificationKind.Accession,
            _ when words.Skips("succeeded") => NotificationKind.Succession,
            _ when words.Skips("applies", "provisionally") => NotificationKind.ProvisionalApplication,
            _ when words.Skips("withdraws") => NotificationKind.Withdrawal,
            _ when words.Skips("revokes", "its", "withdrawal") => NotificationKind.WithdrawalRevoked,
            _ when words.Skips("asserts", "suspension") => NotificationKind.SuspensionAsserted,
            _ when words.Skips("is", "denied", "suspension") => NotificationKind.SuspensionContested,
            _ when words.Skips("enters", "armed", "conflict") => NotificationKind.ArmedConflictBegan,
            _ when words.Skips("leaves", "armed", "conflict") => NotificationKind.ArmedConflictEnded,
            _ when words.Skips("is", "asked", "no", "more") => NotificationKind.ClarificationClosed,
            _ when words.Skips("is", "asked") => NotificationKind.ClarificationRequested,
            _ when words.Skips("answers") => NotificationKind.ClarificationAnswered,
            _ when words.Skips("is", "put", "to", "a", "meeting") => NotificationKind.ClarificationEscalated,
            _ => throw new FormatException($"\"{words.Next}\" is nothing a state does."),
        };
        clarification = kind >= NotificationKind.ClarificationRequested ? words.Take() : "";
        return Step(kind, words.Date());

        StateStep Step(NotificationKind kind, DateOnly date)
        {
            var effective = words.Skips("effective") ? words.Date() : (DateOnly?)null;
            var asserters = words.Skips("says") ? words.Take().Split(',') : [];
            return new StateStep(code, new DepositaryNotification(
                id, words.Convention(), kind, date, effective, [.. asserters], "scenario")
            {
                Clarification = clarification,
            });
        }
    }
}
