using Treaty.Grid.Transfers;

namespace Treaty.Grid;

public sealed partial record Party
{
    /// <summary>One confirmation moves no more notices: they go into one entry of the journal.</summary>
    public const int MovedMax = 100;

    private Decision Decide(ConfirmPairing command, Rulebook rulebook)
    {
        var own = Movable(command);
        var taken = IdsOf(command, own.Length).Select(FindNotice).OfType<FiledNotice>().Select(n => n.Notice).ToList();
        if (taken.Count > 0)
        {
            var elsewhere = taken.Find(n => n.Transfer != (n.IsWithdrawal ? command.Transfer : command.Other));
            return IsConfirmed(command) ? Repeated.Instance
                : elsewhere is not null ? Refuse(RefusalReason.IdConflict, elsewhere.Name, "transfer")
                : Refuse(RefusalReason.IdConflict, taken[0].Name, "confirmation_id");
        }

        if (Unpairable(command) is { } refused)
        {
            return refused;
        }

        // Backwards, so that what is left of the file is what it once was: nothing is found in between.
        var draft = new Draft(this, command, rulebook);
        for (var n = own.Length; n > 0; n--)
        {
            draft.File(WithdrawalOf(own[n - 1], command.WithdrawalId(n)), rulebook);
        }

        for (var n = 1; n <= own.Length; n++)
        {
            var moved = MovedTo(own[n - 1], command, n);
            draft.Correct(own[n - 1].Name, moved.Name);
            draft.File(moved, rulebook);
        }

        return draft.Decided;
    }

    /// <summary>The notices that a confirmation moves, or would, in the order in which they were recorded.</summary>
    private ImmutableArray<Notice> Movable(ConfirmPairing command) =>
        Files.TryGetValue(command.Transfer, out var file)
            ? [.. file.Notices.Select(n => n.Notice).Where(n => n.Filer == Code)]
            : [];

    /// <summary>Those of the first are looked at even where nothing is left to move: it may be a repeat.</summary>
    private static IEnumerable<string> IdsOf(ConfirmPairing command, int count) => Enumerable
        .Range(1, Math.Clamp(count, 1, MovedMax))
        .SelectMany(n => new[] { command.WithdrawalId(n), command.MovedId(n) });

    /// <summary>Both were filed in one entry, as only a confirmation does.</summary>
    private bool IsConfirmed(ConfirmPairing command) =>
        FindNotice(command.WithdrawalId(1)) is { Notice.IsWithdrawal: true } withdrawal
            && FindNotice(command.MovedId(1)) is { } moved
            && withdrawal.Version == moved.Version
            && withdrawal.Notice.Transfer == command.Transfer && moved.Notice.Transfer == command.Other;

    private static Notice WithdrawalOf(Notice notice, string id) => new(
        id, notice.Filer, NoticeKind.Cancellation, notice.Transfer, notice.Purpose, notice.Date, [])
    {
        Transit = notice.Transit,
        RecipientKind = notice.RecipientKind,
        OnwardFrom = notice.OnwardFrom,
        Supersedes = notice.Id,
    };

    private Notice MovedTo(Notice notice, ConfirmPairing command, int n)
    {
        var filed = FindNotice(notice.Id)!;
        return notice with
        {
            Id = command.MovedId(n),
            Transfer = command.Other,
            Supersedes = "",
            FirstReported = filed.FirstRecordTime ?? filed.RecordTime,
        };
    }

    /// <summary>The names that a confirmation rests on, as far as its file is in memory.</summary>
    private IEnumerable<string> NamesIn(ConfirmPairing command)
    {
        var own = Movable(command);
        return IdsOf(command, own.Length)
            .Select(NameOfNotice)
            .Prepend(NameOf(command.Other))
            .Prepend(NameOf(command.Transfer))
            .Concat(own.SelectMany(NamesIn));
    }

    /// <summary>Why two files are not such that this party can join them; null if they are.</summary>
    private Refused? Unpairable(ConfirmPairing command)
    {
        var (transfer, other) = (command.Transfer, command.Other);
        if (transfer == other || (transfer.Sender, transfer.Recipient) != (other.Sender, other.Recipient))
        {
            return NotPairable(
                other.Name, "other",
                $"is not another transfer from {transfer.Sender} to {transfer.Recipient}. Name one.");
        }

        if (!transfer.IsSide(Code))
        {
            return NotPairable(transfer.Name, "name", $"is not one that {Code} is a side of. Name one that it is.");
        }

        return UnpairableOwn(Files.GetValueOrDefault(transfer, new TransferFile(transfer)))
            ?? UnpairableOther(Files.GetValueOrDefault(other, new TransferFile(other)));
    }

    private Refused? UnpairableOwn(TransferFile file)
    {
        if (!file.Notices.Any(n => n.Notice.Filer == Code && n.Notice.IsAct))
        {
            return NotPairable(
                file.Key.Name, "name",
                $"holds no DISPATCH or RECEIPT of {Code} in effect. Name the file that does, or file the notice under "
                    + "the other side's reference.");
        }

        if (file.Notices.FirstOrDefault(n => n.Notice.Filer != Code) is { } foreign)
        {
            return NotPairable(
                foreign.Notice.Name, "name",
                $"stands in {file.Key.Name} too, and is not {Code}'s to move. Whoever filed it withdraws it, or moves "
                    + "its own.");
        }

        if (file.Notices.FirstOrDefault(n => !n.Notice.IsToState) is { } toNone)
        {
            return NotPairable(
                toNone.Notice.Name, "name",
                "says that the recipient is no state, which files nothing. Correct that first.");
        }

        if (file.Onward.FirstOrDefault() is { } onward)
        {
            return NotPairable(
                onward.Notice.Name, "name",
                $"passes on what came under {file.Key.Name}. Whoever filed it withdraws it first, and files it anew "
                    + "with the other name.");
        }

        return file.Notices.Length <= MovedMax
            ? null
            : NotPairable(
                file.Key.Name, "name",
                $"holds {file.Notices.Length} notices, and at most {MovedMax} are moved at once. Withdraw them, and "
                    + "file them anew one by one.");
    }

    private Refused? UnpairableOther(TransferFile file)
    {
        if (!file.Notices.Any(n => n.Notice.Filer != Code && n.Notice.IsAct))
        {
            return NotPairable(
                file.Key.Name, "other",
                $"holds no DISPATCH or RECEIPT of {file.Key.Counterpart(Code)} in effect. Name the file that does.");
        }

        return file.Notices.FirstOrDefault(n =>
            n.Notice.Filer == Code && (n.Notice.IsAct || n.Notice.Kind == NoticeKind.Refusal)) is { } own
            ? NotPairable(
                own.Notice.Name, "other",
                $"answers {file.Key.Name} already. Withdraw it first, if it is wrong.")
            : null;
    }

    private static Refused NotPairable(string subject, string field, string remedy) =>
        new(new Refusal(RefusalReason.NotPairable, subject, field) { Remedy = remedy });
}
