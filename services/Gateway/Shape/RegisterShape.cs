using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Shape;

/// <summary>The form of what the depositary files.</summary>
internal static class RegisterShape
{
    public static void Check(RegisterPartyRequest request, Inspection check)
    {
        check.PartyCode("party_id", request.PartyId);
        check.Inside("party", request.Party, (party, check) =>
        {
            check.OwnName("name", party.Name, $"parties/{request.PartyId}");
            check.Text("display_name", party.DisplayName, Limits.DisplayNameLengthMax, required: true);
        }, required: true);
    }

    public static void Check(RecordDepositaryNotificationRequest request, Inspection check)
    {
        check.PartyName("parent", request.Parent);
        check.Id("notification_id", request.NotificationId);
        check.Inside("notification", request.Notification, (notification, check) =>
        {
            check.OwnName("name", notification.Name, $"{request.Parent}/notifications/{request.NotificationId}");
            CheckNotification(notification, check);
        }, required: true);
    }

    private static void CheckNotification(DepositaryNotification notification, Inspection check)
    {
        check.Name("convention", notification.Convention, n => ResourceNames.Entry(n, "conventions"),
            "conventions/{id}");
        check.Choice("kind", notification.Kind, required: true);
        check.Day("date", notification.Date, check.LatestToday, required: true);
        CheckEffective(notification, check);
        CheckClarification(notification, check);
        check.Text("source", notification.Source, Limits.ReasonLengthMax);
        if (notification.Asserters.Count > Limits.AssertersMax)
        {
            check.Refuse("asserters",
                $"Expected at most {Limits.AssertersMax} of them, not {notification.Asserters.Count}.");
            return;
        }

        for (var i = 0; i < notification.Asserters.Count; i++)
            check.Text($"asserters[{i}]", notification.Asserters[i], Limits.PhraseLengthMax, required: true);
    }

    private static void CheckClarification(DepositaryNotification notification, Inspection check)
    {
        var isRequest = notification.Kind == DepositaryNotification.Types.Kind.ClarificationRequested;
        if (notification.Kind < DepositaryNotification.Types.Kind.ClarificationRequested)
        {
            check.Require(notification.Clarification.Length == 0, "clarification",
                "Expected it unset: only what concerns a clarification has it. Remove it.");
        }
        else
        {
            check.Id("clarification", notification.Clarification);
        }

        check.Require(!isRequest || notification.Asserters.Count > 0, "asserters",
            "Expected the codes of the State Parties that ask. Add them.");
        check.Require(
            notification.Finding.Length == 0 || (isRequest && ResourceNames.Finding(notification.Finding) is not null),
            "finding",
            "Expected a name of the form parties/{code}/findings/{id}, on a CLARIFICATION_REQUESTED. Correct it, or"
            + " remove it.");
    }

    private static void CheckEffective(DepositaryNotification notification, Inspection check)
    {
        var isSuccession = notification.Kind == DepositaryNotification.Types.Kind.Succession;
        check.Require(isSuccession || notification.Effective is null, "effective",
            "Expected it unset: only a SUCCESSION takes effect on a day that is stated. Remove it.");
        check.Day("effective", notification.Effective, check.LatestPlanned, required: isSuccession);
    }
}
