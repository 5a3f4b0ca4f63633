using Treaty.Grid.Conventions;

namespace Treaty.Grid.Transfers;

/// <summary>
/// What a file of a transfer comes to, by its notices alone: the passing of time makes no difference.
/// </summary>
/// <param name="Purpose">As the sender states it, or whoever spoke first.</param>
/// <param name="Movement">How far the mines have come.</param>
/// <param name="Pairing">
/// Never unconfirmed or suggested: that is for the reader to work out from the due day, and from other files.
/// </param>
/// <param name="Match">What the comparison of both sides gave.</param>
/// <param name="IsCompleted">Nothing more is to come, and both sides agree.</param>
/// <param name="Awaited">The side that has been told and has not answered; empty if there is none.</param>
/// <param name="Due">The last day on which its notice is in time; null if it has no duty to file one.</param>
/// <param name="Since">The first day on which the transfer could be reported.</param>
public sealed record Assessment(
    Purpose Purpose, Movement Movement, Pairing Pairing, Match Match, bool IsCompleted, string Awaited, DateOnly? Due,
    DateOnly Since)
{
    /// <summary>Of a file that holds at least one notice, if only one that was withdrawn.</summary>
    public static Assessment Of(TransferFile file, Rulebook rulebook)
    {
        var terms = rulebook.TermsOf(file);
        var match = Matching.Compare(file, rulebook.Taxonomy, terms).Match;
        var movement = Lifecycle.MovementOf(file);
        var isEnded = Lifecycle.IsEnded(file, movement);
        var spoken = file.Dispatches.FirstOrDefault()
            ?? file.Notices.FirstOrDefault(n => n.Notice.Filer == file.Key.Sender)
            ?? file.Notices.FirstOrDefault()
            ?? file.History.First();
        var (awaited, due) = AwaitedIn(file, rulebook, terms, isEnded);
        return new Assessment(
            spoken.Notice.Purpose, movement, Lifecycle.PairingOf(file, rulebook, DateOnly.MinValue), match,
            isEnded && (movement == Movement.Cancelled
                || match is Match.Matched or Match.MatchedWithinTolerance or Match.Explained or Match.Corrected),
            awaited, due, file.History.Min(n => n.ReportableFrom));
    }

    private static (string Side, DateOnly? Due) AwaitedIn(
        TransferFile file, Rulebook rulebook, Terms terms, bool isEnded)
    {
        if (Lifecycle.SilentSide(file, terms) is { } silence)
        {
            return !silence.IsUnanswered ? ("", null)
                : (silence.Side, Lifecycle.MayOweNotice(silence.Standings, file, rulebook) ? silence.Due : null);
        }

        if (isEnded)
        {
            return ("", null);
        }

        var spoke = file.Notices.Select(n => n.Notice.Filer).Where(file.Key.IsSide).ToHashSet(StringComparer.Ordinal);
        return spoke.Count == 1 && file.Notices.All(n => n.Notice.IsToState)
            ? (file.Key.Counterpart(spoke.Single()), null)
            : ("", null);
    }
}
