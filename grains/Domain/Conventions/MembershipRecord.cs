namespace Treaty.Grid.Conventions;

/// <summary>A notification, and when the register came to know it.</summary>
public sealed record RecordedNotification(DepositaryNotification Notification, DateTimeOffset RecordTime);

/// <summary>
/// Everything the register holds about one state under one convention. It answers on two axes: where the state stood
/// on a day, as far as was known by a day.
/// </summary>
/// <remarks>In the order of their dates, and on one day in the order of recording.</remarks>
public sealed record MembershipRecord(Convention Convention, ImmutableArray<RecordedNotification> Notifications)
{
    /// <summary>One more notification in its place.</summary>
    public static ImmutableArray<RecordedNotification> InOrder(
        ImmutableArray<RecordedNotification> notifications, RecordedNotification recorded)
    {
        var index = notifications.Length;
        while (index > 0 && notifications[index - 1].Notification.Date > recorded.Notification.Date)
        {
            index--;
        }

        return notifications.Insert(index, recorded);
    }

    /// <summary>What was known at the end of a day (UTC).</summary>
    public MembershipRecord AsKnownOn(DateOnly day) => this with
    {
        Notifications = Notifications.RemoveAll(n => DateOnly.FromDateTime(n.RecordTime.UtcDateTime) > day),
    };

    /// <summary>Where the state stands on a day, by dates alone.</summary>
    public Membership On(DateOnly day)
    {
        DateOnly? signed = null, provisional = null, suspended = null;
        DepositaryNotification? consent = null, withdrawal = null;
        var contested = ImmutableArray<string>.Empty;
        foreach (var (notification, _) in Notifications)
        {
            if (notification.Kind == NotificationKind.SuspensionContested)
            {
                // Whoever reads about a suspension is told who contests it, even if that came later.
                contested = contested.AddRange(notification.Asserters);
            }

            if (!HasBegun(notification, day))
            {
                continue;
            }

            switch (notification.Kind)
            {
                case NotificationKind.Signature: signed ??= notification.Date; break;
                case NotificationKind.ProvisionalApplication: provisional = notification.Date; break;
                case NotificationKind.SuspensionAsserted: suspended ??= notification.Date; break;
                case NotificationKind.Withdrawal: withdrawal = notification; break;
                case NotificationKind.WithdrawalRevoked: withdrawal = null; break;
                default:
                    if (notification.IsConsent)
                    {
                        // Only who had left comes in anew; consent of a state that is still bound keeps it so.
                        consent = consent is null || HasLeft(withdrawal, notification.Date) ? notification : consent;
                        withdrawal = null;
                    }

                    break;
            }
        }

        var entry = consent is null ? (DateOnly?)null : EntryIntoForce(consent);
        var (expiry, effective, heldUpBy) = Leaving(withdrawal, day);
        return new Membership(Convention.Id, day, StatusOn(day, signed, entry, withdrawal is not null, effective))
        {
            Signed = signed,
            Deposited = consent?.Date,
            EntryIntoForce = entry,
            WithdrawalNotified = withdrawal?.Date,
            WithdrawalExpiry = expiry,
            WithdrawalEffective = effective,
            WithdrawalHeldUpBy = heldUpBy,
            ProvisionalApplication = provisional is not null && entry > day,
            InArmedConflict = ConflictOn(day, day) is not null,
            SuspensionAsserted = suspended,
            SuspensionContestedBy = contested,
        };
    }

    /// <summary>When a withdrawal takes effect, as far as that is settled by a day.</summary>
    private (DateOnly? Expiry, DateOnly? Effective, ImmutableArray<string> HeldUpBy) Leaving(
        DepositaryNotification? withdrawal, DateOnly day)
    {
        if (withdrawal is null)
        {
            return (null, null, []);
        }

        var expiry = Convention.Withdrawal.After(withdrawal.Date);
        return expiry <= day && ConflictOn(expiry, day) is { } conflict
            ? (expiry, conflict.Ended, conflict.Asserters)
            : (expiry, expiry, []);
    }

    private bool HasLeft(DepositaryNotification? withdrawal, DateOnly day) =>
        Leaving(withdrawal, day).Effective <= day;

    private static MembershipStatus StatusOn(
        DateOnly day, DateOnly? signed, DateOnly? entry, bool withdrawing, DateOnly? effective) =>
        entry is null ? signed is null ? MembershipStatus.NonParty : MembershipStatus.Signatory
        : day < entry ? MembershipStatus.BoundNotInForce
        : !withdrawing ? MembershipStatus.InForce
        : effective <= day ? MembershipStatus.Withdrawn
        : MembershipStatus.WithdrawalNotified;

    private bool HasBegun(DepositaryNotification notification, DateOnly day) =>
        notification.Date <= day || (notification.IsConsent && EntryIntoForce(notification) <= day);

    private DateOnly EntryIntoForce(DepositaryNotification consent) =>
        consent.Effective ?? Convention.EntryIntoForce(consent.Date);

    /// <summary>The conflict the state is in on a day, with the day it ended if that is known by another.</summary>
    private (ImmutableArray<string> Asserters, DateOnly? Ended)? ConflictOn(DateOnly day, DateOnly knownBy)
    {
        if (!Convention.WithdrawalHeldUpByConflict)
        {
            return null;
        }

        (ImmutableArray<string> Asserters, DateOnly? Ended)? found = null;
        foreach (var (notification, _) in Notifications)
        {
            if (notification.Kind == NotificationKind.ArmedConflictBegan && notification.Date <= day)
            {
                found = (notification.Asserters, null);
            }
            else if (notification.Kind == NotificationKind.ArmedConflictEnded && notification.Date <= knownBy
                && found is { Ended: null })
            {
                found = notification.Date <= day ? null : (found.Value.Asserters, notification.Date);
            }
        }

        return found;
    }
}
