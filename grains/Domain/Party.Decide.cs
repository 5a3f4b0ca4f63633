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
        TakeAnswer c => Decide(c, rulebook),
        JudgeDay c => Decide(c, rulebook),
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

        return new Draft(this, command).Add(new PartyRegistered(Code, command.DisplayName)).Decided;
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

        var draft = new Draft(this, command).Add(new NotificationRecorded(notification));
        draft.AddFindings("", StockRules.Judge(draft.Party, rulebook, draft.Today));
        draft.AddStockDuties(rulebook);
        return draft.Decided;
    }

    private Decision Decide(FileDeclaration command, Rulebook rulebook)
    {
        var declaration = command.Declaration;
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
            && rulebook.Find(r.Report.Convention) == rulebook.Find(report.Convention)
            && (report.IsInitial || r.AsOf.Year == declaration.AsOf.Year)) is { } other
            && other.Declaration.Id != declaration.Supersedes)
        {
            return Refuse(RefusalReason.AlreadyReported, other.Declaration.NameOf(Code), "supersedes");
        }

        var draft = new Draft(this, command).Add(new DeclarationFiled(declaration));
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

        draft.AddFindings(
            declaration.Id,
            ReportRules.Judge(declaration, Code, rulebook)
                .Concat(HolderRules.Judge(draft.Party, declaration, rulebook)));
        draft.AddStockFindings(
            rulebook,
            booked.Any(b => b.StatedOn is not null)
                ? draft.Party.Books.Items
                : booked.SelectMany(b => b.Bookings).Select(b => b.From.Item));
        return draft.Decided;
    }

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

        return new Draft(this, command).File(notice, rulebook).Decided;
    }

    private Decision Decide(TakeNotice command, Rulebook rulebook)
    {
        var notice = command.Notice;
        var received = Peers.GetValueOrDefault(notice.Filer, Peer.New).Received;
        if (command.Sequence <= received)
        {
            return Repeated.Instance;
        }

        if (command.Sequence > received + 1)
        {
            throw new ArgumentException(
                $"{Code} expects message {received + 1} of {notice.Filer}, not {command.Sequence}.", nameof(command));
        }

        var delivered = new NoticeDelivered(
            notice.Filer, command.Sequence, notice, command.FiledAt, command.Position, command.Filer,
            rulebook.StandingsOf(this, notice));
        var draft = new Draft(this, command).Add(delivered);
        draft.AddConsequences(rulebook, this, notice, isNew: true, 0);
        return draft.Decided;
    }

    private Decision Decide(TakeAnswer command, Rulebook rulebook)
    {
        var answer = command.Answer;
        if (!Peers.GetValueOrDefault(answer.From, Peer.New).Unanswered.TryGetValue(answer.Sequence, out var outbound))
        {
            return Repeated.Instance;
        }

        var draft = new Draft(this, command).Add(answer);
        var notice = FindNotice(outbound.NoticeId)!.Notice;
        draft.AddConsequences(rulebook, this, notice, isNew: false, answer.Position);
        return draft.Decided;
    }

    private Decision Decide(JudgeDay command, Rulebook rulebook)
    {
        var draft = new Draft(this, command);
        draft.AddFindings("", StockRules.Judge(this, rulebook, draft.Today));
        draft.AddStockDuties(rulebook);

        // What the passing of time can change has not left memory.
        foreach (var file in Files.Values.OrderBy(f => f.Key))
        {
            draft.AddFindings(file.Key.ToString(), Assess(file, rulebook, draft.Today));
        }

        return draft.IsEmpty ? Repeated.Instance : draft.Decided;
    }

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
    private IEnumerable<Address> Addresses(Notice notice, Notice? former) => Addressees(notice)
        .Union(former is null ? [] : Addressees(former), StringComparer.Ordinal)
        .Select(to => new Address(to, Peers.GetValueOrDefault(to, Peer.New).Sent + 1));

    private static Decision RepeatOrConflict(string? difference, string name) => difference is null
        ? Repeated.Instance
        : Refuse(RefusalReason.IdConflict, name, difference);

    private static Refused Refuse(RefusalReason reason, string subject, string field = "") =>
        new(new Refusal(reason, subject, field));

    /// <summary>
    /// The events of one decision as they are found, folded at once, so that the next is judged with them.
    /// </summary>
    private sealed class Draft
    {
        private const string FactsGone = "The facts that raised it are gone.";

        private readonly ImmutableArray<Event>.Builder _events = ImmutableArray.CreateBuilder<Event>();
        private readonly DateTimeOffset _recordTime;
        private string _reason = FactsGone;

        public Draft(Party party, Command command)
        {
            Party = party;
            _recordTime = command.Time > party.RecordTime ? command.Time : party.RecordTime;
        }

        public Party Party { get; private set; }

        /// <summary>The day on which deadlines are judged.</summary>
        public DateOnly Today => DateOnly.FromDateTime(_recordTime.UtcDateTime);

        public bool IsEmpty => _events.Count == 0;

        public Decided Decided => new(_events.ToImmutable(), Party, _recordTime);

        /// <summary>From here on findings are closed because one statement corrects another.</summary>
        public void Correct(string former, string by) => _reason = $"{by} corrects {former}: {FactsGone}";

        public Draft Add(Event happened)
        {
            _events.Add(happened);
            Party = Party.With(happened, _recordTime);
            return this;
        }

        /// <summary>A notice of the party, and what follows from it.</summary>
        public Draft File(Notice notice, Rulebook rulebook)
        {
            var before = Party;
            Add(new NoticeFiled(
                notice, rulebook.StandingsOf(before, notice),
                [.. before.Addresses(notice, before.FormerOf(notice)?.Notice)]));
            AddConsequences(rulebook, before, notice, isNew: true, 0);
            return this;
        }

        /// <summary>The bookings and findings that follow from a notice, or from the answer to it.</summary>
        public void AddConsequences(Rulebook rulebook, Party before, Notice notice, bool isNew, long position)
        {
            if (notice.Supersedes.Length > 0)
            {
                Correct($"parties/{notice.Filer}/notices/{notice.Supersedes}", notice.Name);
            }

            var booked = ImmutableArray<StockBooked>.Empty;
            if (notice.Transfer.IsSide(Party.Code))
            {
                booked = Bookkeeping.Of(
                    before.Books, rulebook, Party.Code,
                    before.Files.GetValueOrDefault(notice.Transfer, new TransferFile(notice.Transfer)),
                    Party.Files[notice.Transfer], notice, isNew);
            }

            foreach (var part in booked)
            {
                Add(part);
            }

            foreach (var key in Party.FilesOf(notice).Concat(Party.FilesTouchedBy(notice)).ToList())
            {
                var file = Party.Files[key];
                AddFindings(key.ToString(), Party.Assess(file, rulebook, Today), position);
                if (file.IsKnown)
                {
                    AddAssessment(Assessment.Of(file, rulebook), file);
                    AddDuties(key.Name, Obligations.OfTransfer(Party, file, rulebook));
                }
            }

            if (booked.Length > 0)
            {
                AddReportFindings(rulebook, booked.SelectMany(b => b.Bookings).Min(b => b.Date));
                AddStockFindings(rulebook, booked.SelectMany(b => b.Bookings).Select(b => b.From.Item));
            }
        }

        /// <summary>The findings about the reports in effect that speak of a day or of later ones.</summary>
        public void AddReportFindings(Rulebook rulebook, DateOnly from)
        {
            foreach (var report in Party.Reports.Where(r => r.AsOf >= from).ToList())
            {
                AddFindings(
                    report.Declaration.Id,
                    ReportRules.Judge(report.Declaration, Party.Code, rulebook)
                        .Concat(TransparencyRules.Judge(Party, report, rulebook))
                        .DistinctBy(f => f.Key));
            }
        }

        /// <summary>The findings about the party as such, and about the balances of some items.</summary>
        public void AddStockFindings(Rulebook rulebook, IEnumerable<string> items)
        {
            AddFindings("", StockRules.Judge(Party, rulebook, Today));
            var touched = items.ToHashSet(StringComparer.Ordinal);

            // Stock of an unspecified type covers any other.
            var judged = touched.Any(i => rulebook.Taxonomy.Find(i) is { IsUnspecified: true })
                ? Party.Books.Items
                : touched;
            foreach (var item in judged.ToList())
            {
                var found = StockRules.JudgeBalances(Party, rulebook, item).ToLookup(f => f.Key.About);
                foreach (var about in StockRules.AccountsOf(item))
                {
                    AddFindings(about, found[about]);
                }
            }

            AddStockDuties(rulebook);
        }

        /// <summary>What the party owes by its memberships and its stock.</summary>
        public void AddStockDuties(Rulebook rulebook) =>
            AddDuties("", Obligations.OfStock(Party, rulebook, Today));

        private void AddAssessment(Assessment assessment, TransferFile file)
        {
            if (assessment != file.Assessed)
            {
                Add(new TransferAssessed(file.Key, assessment));
            }
        }

        private void AddDuties(string transfer, IEnumerable<Obligation> owed)
        {
            var recorded = Party.Duties.GetValueOrDefault(transfer, []);
            var duties = owed.ToList();
            foreach (var duty in duties.Except(recorded))
            {
                Add(new DutySet(duty));
            }

            foreach (var gone in recorded.Where(d => !duties.Exists(o => o.Rule == d.Rule)))
            {
                Add(new DutySet(gone with { Title = "" }));
            }
        }

        /// <summary>
        /// Raises what is found and not yet recorded, or recorded otherwise; closes what is recorded and no longer
        /// found.
        /// </summary>
        public void AddFindings(string about, IEnumerable<Finding> found, long position = 0)
        {
            var recorded = Party.Findings.GetValueOrDefault(about, []);
            var held = new HashSet<FindingKey>();
            foreach (var finding in found)
            {
                held.Add(finding.Key);
                var last = recorded.FirstOrDefault(f => f.Key == finding.Key);
                if (last is null || last.Closed is not null || !last.Says(finding))
                {
                    Add(new FindingRaised(finding with
                    {
                        Revision = (last?.Revision ?? 0) + 1,
                        Position = position,
                        RecordTime = _recordTime,
                    }));
                }
            }

            foreach (var finding in recorded.Where(f => f.Closed is null && !held.Contains(f.Key)))
            {
                Add(new FindingClosed(finding.Key, _reason, position)
                {
                    RecordTime = _recordTime,
                });
            }
        }
    }
}
