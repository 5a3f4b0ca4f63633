using Treaty.Grid.Conventions;

namespace Treaty.Grid.Transfers;

/// <summary>How far the mines have come, by the notices of both sides. Numbers are those of the contract.</summary>
public enum Movement
{
    Planned = 1,
    Dispatched = 2,
    Received = 3,
    PartlyReceived = 4,
    Refused = 5,
    PartlyDestroyed = 6,
    Destroyed = 7,
    Cancelled = 8,
    Lost = 9,
}

/// <summary>Whether both sides have spoken. Numbers are those of the contract.</summary>
public enum Pairing
{
    SenderOnly = 1,
    RecipientOnly = 2,
    Paired = 3,

    /// <summary>One side only, and the day by which the other's notice was due has passed.</summary>
    Unconfirmed = 4,

    /// <summary>One side only, and another file may hold the other's. For readers; never recorded.</summary>
    Suggested = 5,

    /// <summary>One side only, and the other has no duty to report.</summary>
    Unpairable = 6,
}

/// <summary>The axes of a transfer that rest on which notices there are, not on what they compare to.</summary>
public static class Lifecycle
{
    public static Movement MovementOf(TransferFile file)
    {
        var key = file.Key;
        if (file.Has(NoticeKind.Destruction))
        {
            var destructions = file.Of(NoticeKind.Destruction).ToList();
            var destroyed = Sum(file, NoticeKind.Destruction, key.Recipient);
            var received = Sum(file, NoticeKind.Receipt, key.Recipient);
            return destructions.Exists(d => d.Notice.IsFinal) || (received > 0 && destroyed >= received)
                ? Movement.Destroyed
                : Movement.PartlyDestroyed;
        }

        if (ArrivalOf(file) is { } arrival)
        {
            return arrival;
        }

        return file.Has(NoticeKind.Refusal) ? Movement.Refused
            : IsLostOnTheWay(file) ? Movement.Lost
            : file.Has(NoticeKind.Dispatch) ? Movement.Dispatched
            : file.Has(NoticeKind.Cancellation) || (file.Notices.IsEmpty && file.IsKnown) ? Movement.Cancelled
            : Movement.Planned;
    }

    /// <summary>What the receipts say; null if there is none, or none with a line.</summary>
    private static Movement? ArrivalOf(TransferFile file)
    {
        var (isAny, isMoved, isFinal, isRefused) = (false, false, false, false);
        foreach (var filed in file.Notices)
        {
            if (filed.Notice.Kind != NoticeKind.Receipt)
            {
                continue;
            }

            isFinal |= filed.Notice.IsFinal;
            foreach (var line in filed.Notice.Lines)
            {
                isAny = true;
                isMoved |= line.IsMoved;
                isRefused |= line.Excepted(ExceptionKind.Refused) + line.Excepted(ExceptionKind.Damaged) > 0;
            }
        }

        return !isAny ? null
            : !isMoved ? isRefused ? Movement.Refused : Movement.Lost
            : isFinal ? Movement.Received
            : Movement.PartlyReceived;
    }

    /// <summary>Nothing more is to come, if both sides agree.</summary>
    public static bool IsEnded(TransferFile file) => IsEnded(file, MovementOf(file));

    /// <param name="movement">How far the mines have come.</param>
    public static bool IsEnded(TransferFile file, Movement movement) => movement switch
    {
        Movement.Received => !file.Receipts.Any(r => r.Notice.Purpose == Purpose.Destruction),
        Movement.Destroyed or Movement.Refused or Movement.Cancelled or Movement.Lost => true,
        _ => false,
    };

    /// <summary>Whether both sides have spoken, by a day.</summary>
    public static Pairing PairingOf(TransferFile file, Rulebook rulebook, DateOnly asOf)
    {
        if (file.Has(NoticeKind.Dispatch) && (file.Has(NoticeKind.Receipt) || file.Has(NoticeKind.Refusal)))
        {
            return Pairing.Paired;
        }

        if (SilentSide(file, rulebook.TermsOf(file)) is { } silence)
        {
            return !MayOweNotice(silence.Standings, file, rulebook) ? Pairing.Unpairable
                : silence.IsUnanswered && asOf > silence.Due ? Pairing.Unconfirmed
                : silence.Side == file.Key.Recipient ? Pairing.SenderOnly
                : Pairing.RecipientOnly;
        }

        var spoke = file.History.Select(n => n.Notice.Filer).Where(file.Key.IsSide).ToHashSet(StringComparer.Ordinal);
        return spoke.Count == 2 ? Pairing.Paired
            : !file.Notices.All(n => n.Notice.IsToState) ? Pairing.Unpairable
            : spoke.Contains(file.Key.Sender) ? Pairing.SenderOnly
            : Pairing.RecipientOnly;
    }

    /// <summary>
    /// The side whose dispatch or receipt is missing while the other's is there; null if neither or both are, if the
    /// recipient is no state, or if nothing can have arrived there.
    /// </summary>
    public static Silence? SilentSide(TransferFile file, Terms terms)
    {
        var dispatch = First(file, NoticeKind.Dispatch);
        var receipt = First(file, NoticeKind.Receipt);
        if (dispatch is not null && receipt is null && dispatch.Notice.IsToState
            && !file.Has(NoticeKind.Refusal) && !IsLostOnTheWay(file))
        {
            return SilenceOf(file, file.Key.Recipient, dispatch, terms);
        }

        return receipt is not null && dispatch is null ? SilenceOf(file, file.Key.Sender, receipt, terms) : null;
    }

    /// <summary>The one that could be reported first.</summary>
    private static FiledNotice? First(TransferFile file, NoticeKind kind)
    {
        FiledNotice? first = null;
        foreach (var filed in file.Notices)
        {
            if (filed.Notice.Kind == kind && (first is null || filed.ReportableFrom < first.ReportableFrom))
            {
                first = filed;
            }
        }

        return first;
    }

    /// <summary>
    /// A convention that the transfer concerns asks a side for its notice; or it is not known yet where that side
    /// stood.
    /// </summary>
    public static bool MayOweNotice(Standings? standings, TransferFile file, Rulebook rulebook) =>
        standings is null || rulebook.ConcernedBy(file)
            .Any(law => law.The(Findings.Checks.OneSideSilent) is not null && standings.IsBoundUnder(law.Id));

    private static Silence SilenceOf(TransferFile file, string side, FiledNotice heard, Terms terms) => new(
        side, heard, heard.Counterpart, terms.CounterNoticeDue(heard.ReportableFrom),
        !file.Notices.Any(n => n.Notice.Filer == side && n.Notice.Kind != NoticeKind.Plan));

    private static bool IsLostOnTheWay(TransferFile file) =>
        file.Has(NoticeKind.Loss)
        && file.Notices.Any(n => n.Notice.Kind == NoticeKind.Loss && n.Notice.Filer == file.Key.Sender)
        && Sum(file, NoticeKind.Loss, file.Key.Sender) >= Sum(file, NoticeKind.Dispatch, file.Key.Sender);

    private static long Sum(TransferFile file, NoticeKind kind, string filer) =>
        file.Quantities(kind, filer).Values.Sum();
}

/// <summary>One side's notice is there and the other's is not.</summary>
/// <param name="Side">Whose notice is missing.</param>
/// <param name="Heard">The notice that is there.</param>
/// <param name="Standings">Where the silent side stood on its date; null until it is known.</param>
/// <param name="Due">The last day on which the missing notice is in time.</param>
/// <param name="IsUnanswered">The silent side has not said anything else either, such as a reply.</param>
public sealed record Silence(string Side, FiledNotice Heard, Standings? Standings, DateOnly Due, bool IsUnanswered);
