using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid;

public sealed partial record Party
{
    /// <summary>What this party makes of a command. A pure function: asked again it says the same.</summary>
    public Decision Decide(Command command, Rulebook rulebook) => command switch
    {
        RegisterParty c => Decide(c),
        _ when !IsRegistered => Refuse(RefusalReason.PartyUnknown, Code),
        RecordNotification c => Decide(c, rulebook),
        FileDeclaration c => Decide(c, rulebook),
        FileNotice c => Decide(c, rulebook),
        ConfirmPairing c => Decide(c, rulebook),
        TakeNotice c => Decide(c, rulebook),
        TakeStandings c => Decide(c, rulebook),
        TakeAnswer c => Decide(c, rulebook),
        JudgeDay c => Decide(c, rulebook),
        Reassess c => Decide(c, rulebook),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is not decided: add it."),
    };

    private Decision Decide(RegisterParty command)
    {
        if (IsRegistered)
        {
            return DisplayName == command.DisplayName
                ? Repeated.Instance
                : Refuse(RefusalReason.IdConflict, $"parties/{Code}", "display_name");
        }

        return new Draft(this, command, null).Add(new PartyRegistered(Code, command.DisplayName)).Decided;
    }

    private Decision Decide(RecordNotification command, Rulebook rulebook)
    {
        var notification = command.Notification;
        if (!rulebook.Conventions.ContainsKey(notification.Convention))
        {
            return Refuse(RefusalReason.ConventionUnknown, notification.Convention);
        }

        if (NotificationIds.TryGetValue(notification.Id, out var before))
        {
            return RepeatOrConflict(
                before.Content.FirstDifference(notification), $"parties/{Code}/notifications/{notification.Id}");
        }

        var draft = new Draft(this, command, rulebook).Add(new NotificationRecorded(notification));
        draft.Because($"parties/{Code}/notifications/{notification.Id} was recorded");
        draft.AddFindings("", StockRules.Judge(draft.Party, rulebook, draft.Today));
        draft.AddStockDuties(rulebook);
        return draft.Decided;
    }

    private Decision Decide(FileDeclaration command, Rulebook rulebook)
    {
        var declaration = command.Declaration.Resolved(rulebook.Taxonomy);
        var name = declaration.NameOf(Code);
        if (Declarations.TryGetValue(declaration.Id, out var before))
        {
            return RepeatOrConflict(before.Content.FirstDifference(declaration), name);
        }

        Filed<Declaration>? former = null;
        if (declaration.Supersedes.Length > 0)
        {
            former = Declarations.GetValueOrDefault(declaration.Supersedes);
            var formerName = $"parties/{Code}/declarations/{declaration.Supersedes}";
            if (Uncorrectable(formerName, former?.SupersededBy, null) is { } refused)
            {
                return refused;
            }
        }

        if (declaration.Report is { Convention.Length: > 0 } named && rulebook.Find(named.Convention) is null)
        {
            return Refuse(RefusalReason.ConventionUnknown, named.Convention);
        }

        if (declaration.Report is { } report && Reports.FirstOrDefault(r => r.Report.IsInitial == report.IsInitial
            && IdOf(r.Report.Convention, rulebook) == IdOf(report.Convention, rulebook)
            && (report.IsInitial || r.AsOf.Year == declaration.AsOf.Year)) is { } other
            && other.Declaration.Id != declaration.Supersedes)
        {
            return Refuse(RefusalReason.AlreadyReported, other.Declaration.NameOf(Code), "supersedes");
        }

        var draft = new Draft(this, command, rulebook).Add(new DeclarationFiled(declaration));
        var booked = Bookkeeping.Of(Books, rulebook.Taxonomy, Code, declaration, former);
        foreach (var part in booked)
        {
            draft.Add(part);
        }

        if (former is not null)
        {
            draft.Correct(former.Content.NameOf(Code), name);
            draft.AddFindings(former.Content.Id, []);
        }

        draft.AddReportFindings(
            rulebook,
            booked.SelectMany(b => b.Bookings).Select(b => b.Date)
                .Append(declaration.Report is null ? DateOnly.MaxValue : declaration.AsOf)
                .Append(former?.Content.Report is null ? DateOnly.MaxValue : former.Content.AsOf)
                .Min());
        if (declaration.Report is not null)
        {
            draft.AddStockFindings(rulebook, []);
            return draft.Decided;
        }

        draft.AddDeclarationFindings(rulebook, declaration);
        draft.AddStockFindings(
            rulebook,
            booked.Any(b => b.StatedOn is not null)
                ? draft.Party.Books.Items
                : booked.SelectMany(b => b.Bookings).Select(b => b.From.Item));
        return draft.Decided;
    }

    /// <summary>Of a convention that a report names, or of the one that is meant where it names none.</summary>
    private static string IdOf(string convention, Rulebook rulebook) => rulebook.Find(convention)?.Id ?? convention;

    /// <summary>Why a correction cannot take the place of what it names; null if it can.</summary>
    /// <param name="former">The name of that.</param>
    /// <param name="supersededBy">What has taken its place before; null if there is no such statement.</param>
    /// <param name="obstacle">The field that stands in the way.</param>
    private static Refused? Uncorrectable(string former, string? supersededBy, string? obstacle) =>
        supersededBy is null ? Refuse(RefusalReason.NotCorrectable, former, "supersedes")
        : supersededBy.Length > 0 ? Refuse(
            RefusalReason.Superseded, former[..(former.LastIndexOf('/') + 1)] + supersededBy, "supersedes")
        : obstacle is not null ? Refuse(RefusalReason.NotCorrectable, former, obstacle)
        : null;

    private Decision Decide(FileNotice command, Rulebook rulebook)
    {
        var notice = command.Notice;
        if (FindNotice(notice.Id) is { } before)
        {
            return RepeatOrConflict(before.Notice.FirstDifference(notice), notice.Name);
        }

        var former = FormerOf(notice);
        if (notice.Supersedes.Length > 0 && Uncorrectable(
            $"parties/{Code}/notices/{notice.Supersedes}",
            former is { Notice.IsWithdrawal: true } ? former.Notice.Id : former?.SupersededBy,
            former is null ? null : notice.FirstObstacle(former.Notice)) is { } refused)
        {
            return refused;
        }

        return new Draft(this, command, rulebook).File(notice with { FirstReported = null }, rulebook).Decided;
    }

    private Decision Decide(TakeNotice command, Rulebook rulebook)
    {
        var notice = command.Notice;
        if (IsTaken(notice.Filer, command.Sequence))
        {
            return Repeated.Instance;
        }

        var delivered = new NoticeDelivered(
            notice.Filer, command.Sequence, notice, command.FiledAt, command.Position, command.Filer,
            rulebook.StandingsOf(this, notice));
        var draft = new Draft(this, command, rulebook).Add(delivered);
        draft.AddConsequences(rulebook, this, notice, isNew: true, 0);
        return draft.Decided;
    }

    /// <summary>Whether a message was taken before; otherwise it has to be the next.</summary>
    private bool IsTaken(string from, long sequence)
    {
        var received = Peers.GetValueOrDefault(from, Peer.New).Received;
        return sequence > received + 1
            ? throw new ArgumentException(
                $"{Code} expects message {received + 1} of {from}, not {sequence}.", nameof(sequence))
            : sequence <= received;
    }

    private Decision Decide(TakeStandings command, Rulebook rulebook)
    {
        var told = command.Told;
        if (IsTaken(told.From, told.Sequence))
        {
            return Repeated.Instance;
        }

        var draft = new Draft(this, command, rulebook).Add(told);
        draft.Because($"{told.From} was assessed anew by what is known now");
        draft.JudgeFile(rulebook, told.Transfer, told.Position);
        return draft.Decided;
    }

    private Decision Decide(TakeAnswer command, Rulebook rulebook)
    {
        var answer = command.Answer;
        if (!Peers.GetValueOrDefault(answer.From, Peer.New).Unanswered.TryGetValue(answer.Sequence, out var outbound))
        {
            return Repeated.Instance;
        }

        var draft = new Draft(this, command, rulebook).Add(answer);
        if (outbound.StandingsFor is not null)
        {
            return draft.Decided;
        }

        var notice = FindNotice(outbound.NoticeId)!.Notice;
        draft.AddConsequences(rulebook, this, notice, isNew: false, answer.Position);
        return draft.Decided;
    }

    private Decision Decide(JudgeDay command, Rulebook rulebook)
    {
        var draft = new Draft(this, command, rulebook);
        draft.AddFindings("", StockRules.Judge(this, rulebook, draft.Today));
        draft.AddStockDuties(rulebook);

        // What the passing of time can change has not left memory; the rest is for an assessment anew.
        foreach (var file in Files.Values.OrderBy(f => f.Key))
        {
            draft.AddFindings(
                file.Key.ToString(), Assess(file, rulebook, draft.Today), judged: rulebook.IsByTime);
        }

        return draft.IsEmpty ? Repeated.Instance : draft.Decided;
    }

    private Decision Decide(Reassess command, Rulebook rulebook)
    {
        var draft = new Draft(this, command, rulebook);
        draft.Because($"{Code} was assessed anew by what is known now");
        var declarations = command.Declarations.Distinct().Select(id => Declarations.GetValueOrDefault(id))
            .OfType<Filed<Declaration>>()
            .Where(d => d.Content.Report is null && d.SupersededBy.Length == 0)
            .ToList();
        var released = declarations.Aggregate(
            ImmutableHashSet<string>.Empty, (items, d) => items.Union(draft.Release(rulebook, d)));
        foreach (var key in command.Transfers.Distinct().Where(Files.ContainsKey).Order())
        {
            foreach (var filed in Files[key].Notices)
            {
                if (draft.Party.RevisionOf(filed, rulebook) is { } revised)
                {
                    draft.Add(revised);
                }
            }

            released = released.Union(draft.Release(rulebook, key));
            draft.JudgeFile(rulebook, key, 0);
        }

        foreach (var declaration in declarations)
        {
            draft.AddDeclarationFindings(rulebook, declaration.Content);
        }

        if (!released.IsEmpty)
        {
            draft.AddReportFindings(rulebook, DateOnly.MinValue);
            draft.AddStockFindings(rulebook, released);
        }

        if (command.IsWhole)
        {
            draft.AddReportFindings(rulebook, DateOnly.MinValue);
            draft.AddStockFindings(rulebook, draft.Party.Books.Items);
        }

        return draft.IsEmpty ? Repeated.Instance : draft.Decided;
    }

    /// <summary>
    /// What is known otherwise, of where this party stood on the date of a notice, than was taken down with it; null if
    /// nothing is. Under a convention that was not judged then it is newly known. While a message about the notice is
    /// under way, it stays as it was sent.
    /// </summary>
    private StandingsRevised? RevisionOf(FiledNotice filed, Rulebook rulebook)
    {
        var notice = filed.Notice;
        if (StandingsOf(filed) is not { } recorded
            || Peers.Values.SelectMany(p => p.Unanswered.Values)
                .Any(m => m.NoticeId == notice.Id && (m.StandingsFor ?? Code) == notice.Filer))
        {
            return null;
        }

        var known = rulebook.StandingsOf(this, notice);
        return known.All.All(s => recorded.Under(s.Convention) == s) ? null : new StandingsRevised(
            notice.Transfer, notice.Filer, notice.Id, known,
            AddressesTo(
                notice.Filer == Code ? Addressees(notice with { OnwardFrom = null })
                : notice.Transfer.IsSide(Code) ? [notice.Filer]
                : []));
    }

    /// <summary>Where this party stood, as taken down with a notice in one of its files; null if it was not.</summary>
    public Standings? StandingsOf(FiledNotice filed) =>
        filed.Notice.Filer == Code ? filed.Filer
        : filed.Notice.Transfer.IsSide(Code) ? filed.Counterpart
        : filed.Here;

    /// <summary>
    /// Everyone a notice concerns: the counterpart first, if it files here; on behalf of a state on the route both
    /// sides; the states on the route; and whoever had sent the mines that now go on.
    /// </summary>
    public static IEnumerable<string> Addressees(Notice notice)
    {
        var key = notice.Transfer;
        var sides = notice.Filer == key.Sender ? notice.IsToState ? [key.Recipient] : []
            : notice.Filer == key.Recipient || !notice.IsToState ? [key.Sender]
            : new[] { key.Sender, key.Recipient };
        return sides
            .Concat(notice.Transit)
            .Concat(notice.PassesOnFrom is { } origin ? [origin.Sender] : [])
            .Where(to => to != notice.Filer)
            .Distinct(StringComparer.Ordinal);
    }

    /// <summary>A correction goes to everyone whom the former version concerned, too.</summary>
    private ImmutableArray<Address> Addresses(Notice notice, Notice? former) => AddressesTo(Addressees(notice)
        .Union(former is null ? [] : Addressees(former), StringComparer.Ordinal));

    private ImmutableArray<Address> AddressesTo(IEnumerable<string> addressees) =>
        [.. addressees.Select(to => new Address(to, Peers.GetValueOrDefault(to, Peer.New).Sent + 1))];

    private static Decision RepeatOrConflict(string? difference, string name) => difference is null
        ? Repeated.Instance
        : Refuse(RefusalReason.IdConflict, name, difference);

    private static Refused Refuse(RefusalReason reason, string subject, string field = "") =>
        new(new Refusal(reason, subject, field));
}
