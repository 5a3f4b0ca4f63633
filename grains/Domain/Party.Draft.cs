using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid;

public sealed partial record Party
{
    /// <summary>
    /// The events of one decision as they are found, folded at once, so that the next is judged with them.
    /// </summary>
    private sealed class Draft
    {
        private readonly Rulebook? _rulebook;
        private readonly ImmutableArray<Event>.Builder _events = ImmutableArray.CreateBuilder<Event>();
        private readonly DateTimeOffset _recordTime;
        private string _because = "";

        /// <param name="rulebook">Null where nothing is judged.</param>
        public Draft(Party party, Command command, Rulebook? rulebook)
        {
            (Party, _rulebook) = (party, rulebook);
            _recordTime = command.Time > party.RecordTime ? command.Time : party.RecordTime;
        }

        public Party Party { get; private set; }

        /// <summary>The day on which deadlines are judged.</summary>
        public DateOnly Today => DateOnly.FromDateTime(_recordTime.UtcDateTime);

        public bool IsEmpty => _events.Count == 0;

        public Decided Decided => new(_events.ToImmutable(), Party, _recordTime);

        /// <summary>From here on findings are closed because one statement corrects another.</summary>
        public void Correct(string former, string by) => Because($"{by} corrects {former}");

        /// <summary>From here on findings are closed for that reason.</summary>
        public void Because(string reason) => _because = $"{reason}: ";

        /// <summary>Why a finding is closed.</summary>
        private string ReasonFor(FindingKey finding) => _because + (_rulebook?.FindRule(finding.Rule) is null
            ? "No pack has the rule any more."
            : "The facts that raised it are gone.");

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
            notice = notice with { Lines = Line.Resolved(notice.Lines, rulebook.Taxonomy) };
            Add(new NoticeFiled(
                notice, rulebook.StandingsOf(before, notice),
                before.Addresses(notice, before.FormerOf(notice)?.Notice)));
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

            Add(booked);
            foreach (var key in (List<TransferKey>)[.. Party.FilesOf(notice), .. Party.FilesTouchedBy(notice)])
            {
                JudgeFile(rulebook, key, position);
            }

            if (booked.Length > 0)
            {
                AddReportFindings(rulebook, booked.SelectMany(b => b.Bookings).Min(b => b.Date));
                var items = booked.SelectMany(b => b.Bookings)
                    .Select(b => b.From.Item)
                    .ToHashSet(StringComparer.Ordinal);
                AddStockFindings(rulebook, items, rulebook.ConcernedBy(items.Select(i => new Line(i, 0))));
            }
        }

        /// <summary>
        /// Books a declaration of items anew that nobody knew when it was filed, and that are known now. Which ones.
        /// </summary>
        public ImmutableHashSet<string> Release(Rulebook rulebook, Filed<Declaration> declaration)
        {
            var items = Bookkeeping.Released(declaration.Bookings, rulebook.Taxonomy);
            if (!items.IsEmpty)
            {
                Add(Bookkeeping.Of(
                    Party.Books, rulebook.Taxonomy, Party.Code, declaration.Content, declaration));
            }

            return items;
        }

        /// <summary>The same of the party's notices about a transfer, and of what is on the way by them.</summary>
        public ImmutableHashSet<string> Release(Rulebook rulebook, TransferKey key)
        {
            var file = Party.Files[key];
            var own = file.Notices
                .Where(n => n.Notice.Filer == Party.Code
                    && !Bookkeeping.Released(n.Bookings, rulebook.Taxonomy).IsEmpty)
                .ToList();
            var items = Bookkeeping.Released([.. own.SelectMany(n => n.Bookings)], rulebook.Taxonomy);
            if (!items.IsEmpty)
            {
                Add(Bookkeeping.Anew(Party.Books, rulebook, Party.Code, file, own, items));
            }

            return items;
        }

        private void Add(ImmutableArray<StockBooked> booked)
        {
            foreach (var part in booked)
            {
                Add(part);
            }
        }

        /// <summary>What a file comes to: findings, and what it is recorded as.</summary>
        public void JudgeFile(Rulebook rulebook, TransferKey key, long position)
        {
            var file = Party.Files[key];
            AddFindings(key.ToString(), Party.Assess(file, rulebook, Today), position);
            if (file.IsKnown)
            {
                AddAssessment(Assessment.Of(file, rulebook), file);
                AddDuties(key.Name, Obligations.OfTransfer(Party, file, rulebook));
            }
        }

        /// <summary>The findings about a declaration that is no report.</summary>
        public void AddDeclarationFindings(Rulebook rulebook, Declaration declaration) => AddFindings(
            declaration.Id,
            ReportRules.Judge(declaration, Party.Code, rulebook)
                .Concat(HolderRules.Judge(Party, declaration, rulebook)));

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
        public void AddStockFindings(Rulebook rulebook, IEnumerable<string> items) =>
            AddStockFindings(rulebook, items, rulebook.Jurisdictions);

        /// <param name="laws">Under which these items count: the others have nothing new to judge.</param>
        private void AddStockFindings(
            Rulebook rulebook, IEnumerable<string> items, ImmutableArray<Jurisdiction> laws)
        {
            var isAll = laws == rulebook.Jurisdictions;
            Func<string, bool>? isJudged = isAll ? null : rule => IsOf(laws, rule, rulebook);
            AddFindings("", StockRules.Judge(Party, laws, Today), judged: isJudged);
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

            AddDuties("", Obligations.OfStock(Party, laws, Today), isJudged);
        }

        private static bool IsOf(ImmutableArray<Jurisdiction> laws, string rule, Rulebook rulebook) =>
            rulebook.FindRule(rule) is { } found && laws.Contains(found.Law);

        /// <summary>What the party owes by its memberships and its stock.</summary>
        public void AddStockDuties(Rulebook rulebook) =>
            AddDuties("", Obligations.OfStock(Party, rulebook.Jurisdictions, Today));

        private void AddAssessment(Assessment assessment, TransferFile file)
        {
            if (assessment != file.Assessed)
            {
                Add(new TransferAssessed(file.Key, assessment));
            }
        }

        /// <param name="judged">The rules that are judged; all if it is null.</param>
        private void AddDuties(string transfer, IEnumerable<Obligation> owed, Func<string, bool>? judged = null)
        {
            var recorded = Party.Duties.GetValueOrDefault(transfer, []);
            recorded = judged is null ? recorded : recorded.RemoveAll(d => !judged(d.Rule));
            var duties = owed.ToList();
            if (duties.SequenceEqual(recorded))
            {
                return;
            }

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
        /// <param name="judged">The rules that are judged; all if it is null.</param>
        public void AddFindings(
            string about, IEnumerable<Finding> found, long position = 0, Func<string, bool>? judged = null)
        {
            judged ??= static _ => true;
            var recorded = Party.Findings.GetValueOrDefault(about, []);
            HashSet<FindingKey>? held = null;
            foreach (var finding in found)
            {
                if (!judged(finding.Key.Rule))
                {
                    continue;
                }

                held ??= [];
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

            foreach (var finding in recorded)
            {
                if (finding.Closed is not null || held?.Contains(finding.Key) == true || !judged(finding.Key.Rule))
                {
                    continue;
                }

                Add(new FindingClosed(finding.Key, ReasonFor(finding.Key), position)
                {
                    RecordTime = _recordTime,
                });
            }
        }
    }
}
