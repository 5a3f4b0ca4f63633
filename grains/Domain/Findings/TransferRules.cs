using Treaty.Grid.Conventions;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Findings;

/// <summary>
/// The rules that rest on a transfer's file alone, of each convention that it concerns: about the acts of either side,
/// about silence, differences and destruction. A pure function of what both sides hold, so both grains come to the same
/// findings about either side.
/// </summary>
/// <remarks>
/// Each side is judged on its own date and its own purpose. One side's word never makes the other's breach: a
/// counterpart's notice alone gives a review.
/// </remarks>
public sealed class TransferRules
{
    private readonly TransferFile _file;

    /// <summary>The file as far as it may be about what the convention is about.</summary>
    private readonly TransferFile _own;
    private readonly Jurisdiction _law;
    private readonly DateOnly _asOf;
    private readonly List<Finding> _findings = [];

    private TransferRules(TransferFile file, Jurisdiction law, DateOnly asOf) =>
        (_file, _own, _law, _asOf) = (file, file.Of(law.MayConcern), law, asOf);

    /// <summary>Findings about either side, on a day, under every convention.</summary>
    public static IReadOnlyList<Finding> Judge(TransferFile file, Rulebook rulebook, DateOnly asOf)
    {
        var findings = new List<Finding>();
        foreach (var law in rulebook.Jurisdictions)
        {
            if (!MayCover(law, file))
            {
                continue;
            }

            var rules = new TransferRules(file, law, asOf);
            rules.JudgeActs();
            rules.JudgeUnstated();
            rules.JudgeSilence();
            rules.JudgeDifferences();
            rules.JudgeDestruction();
            findings.AddRange(rules._findings);
        }

        return findings;
    }

    private static bool MayCover(Jurisdiction law, TransferFile file)
    {
        foreach (var filed in file.Notices)
        {
            foreach (var line in filed.Notice.Lines)
            {
                if (law.MayCover(line.Item))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>An act that a notice tells of, by the actor itself or by the other side.</summary>
    private sealed record Act(
        string Actor, bool IsOwnWord, FiledNotice Filed, IReadOnlyList<Line> Lines, Standing? Standing)
    {
        public Notice Notice => Filed.Notice;
    }

    private void JudgeActs()
    {
        foreach (var rule in _law.Of(Checks.ProhibitedDispatch))
        {
            if (JudgeProhibition(rule, "dispatched", SentUnder(rule.When)))
            {
                JudgeOutside(ReceivedUnder(rule.When));
            }
        }

        foreach (var rule in _law.Of(Checks.ProhibitedReceipt))
        {
            if (JudgeProhibition(rule, "received", ReceivedUnder(rule.When)))
            {
                JudgeOutside(SentUnder(rule.When));
            }
        }
    }

    private static readonly List<Act> NoActs = [];

    private List<Act> SentUnder(Scope scope) =>
        Acts(_file.Key.Sender, NoticeKind.Dispatch, NoticeKind.Receipt, scope);

    private List<Act> ReceivedUnder(Scope scope) => _file.Has(NoticeKind.Refusal) && !_file.Has(NoticeKind.Receipt)
        ? []
        : [.. Acts(_file.Key.Recipient, NoticeKind.Receipt, NoticeKind.Dispatch, scope)
            .Where(a => a.Notice.IsToState)];

    /// <summary>Acts of one side that a rule is asked about: by its own word, else as the other tells.</summary>
    private List<Act> Acts(string actor, NoticeKind own, NoticeKind others, Scope scope)
    {
        var isOwn = _file.Has(own);
        var kind = isOwn ? own : others;
        List<Act>? acts = null;
        foreach (var filed in _file.Notices)
        {
            if (filed.Notice.Kind == kind && _law.LinesUnder(scope, filed) is { Count: > 0 } lines)
            {
                var standings = isOwn ? filed.Filer : filed.Counterpart;
                (acts ??= []).Add(new Act(actor, isOwn, filed, lines, standings?.Under(_law.Id)));
            }
        }

        return acts ?? NoActs;
    }

    /// <summary>True if a bound state is found to have acted.</summary>
    private bool JudgeProhibition(Rule rule, string verb, List<Act> acts)
    {
        if (acts.Count == 0)
        {
            return false;
        }

        var bound = acts.Where(a => a.Standing is { IsBound: true }).ToList();
        if (bound.Count > 0)
        {
            var act = bound.MaxBy(a => Weight(rule, a))!;
            var apparent = rule.Severity != Severity.Breach ? "."
                : ": an apparent breach"
                    + (IsWhole(act) ? "." : $", if Article {_law.Convention.WholeTransfer} covers it.");
            Find(
                rule, act.Actor, Weight(rule, act),
                act.IsOwnWord
                    ? $"{act.Actor} {verb} {WhatOf(rule, act)} on {Day(act)}, when it was bound{apparent}"
                    : $"{act.Notice.Filer} states that {act.Actor} {verb} {WhatOf(rule, act)}, on {Day(act)}, when "
                        + $"{act.Actor} was bound; {act.Actor} itself has not said so.",
                InputsOf(act, rule),
                bound.Select(a => a.Filed));
            JudgeSuspension(act);
            return true;
        }

        if (_law.The(Checks.AgainstObjectAndPurpose) is { } early
            && acts.Where(a => a.Standing is { IsOnTheWay: true }).MaxBy(a => WeightOnTheWay(early, a)) is { } first)
        {
            var provisional = IsProvisional(first);
            Find(
                early, first.Actor, WeightOnTheWay(early, first),
                $"{first.Actor} took part in a transfer of {_law.Convention.About} for {PurposeOf(first)} on "
                    + $"{Day(first)}, "
                    + (first.Standing!.Status == MembershipStatus.Signatory
                        ? "after signing the convention."
                        : "after consenting to the convention and before its entry into force."),
                InputsOf(first, rule), acts.Select(a => a.Filed),
                article: provisional ? _law.Convention.ProvisionalApplication : null);
        }

        return false;
    }

    private void JudgeSuspension(Act act)
    {
        if (act.Standing is { SuspensionAsserted: true } standing
            && _law.The(Checks.SuspensionContested) is { } rule)
        {
            Find(
                rule, act.Actor, Severity.Information,
                $"{act.Actor} holds that the convention's operation is suspended for it; that is contested, and its "
                    + "rules are applied.",
                InputsOf(act)
                    .Add("suspension_asserted_by", act.Actor)
                    .Add("suspension_contested_by", standing.SuspensionContestedBy),
                [act.Filed]);
        }
    }

    private void JudgeOutside(List<Act> others)
    {
        if (_law.The(Checks.OutsideTheConvention) is { } rule
            && others.FirstOrDefault(a => a.Standing is { IsBound: false, IsOnTheWay: false }) is { } outside)
        {
            Find(
                rule, outside.Actor, Severity.Information,
                $"{outside.Actor} was not bound on {Day(outside)}: this convention does not judge its part in the "
                    + "transfer.",
                InputsOf(outside), [outside.Filed]);
        }
    }

    private Severity Weight(Rule rule, Act act) => act.IsOwnWord && IsWhole(act)
        ? rule.Severity
        : (Severity)Math.Min((int)rule.Severity, (int)Severity.Review);

    private Severity WeightOnTheWay(Rule rule, Act act) =>
        !act.IsOwnWord ? Severity.Review
        : IsProvisional(act) ? rule.Severity
        : Severity.Warning;

    private bool IsProvisional(Act act) =>
        act.Standing!.ProvisionalApplication && _law.Convention.ProvisionalApplication is not null;

    /// <summary>A transfer as the convention has it; otherwise its reading is disputed.</summary>
    private bool IsWhole(Act act) => _law.Convention.WholeTransfer is null || act.Notice.IsWholeTransfer;

    private static string Day(Act act) => Inputs.Text(act.Notice.Date);

    private string WhatOf(Rule rule, Act act)
    {
        var what = $"{_law.Convention.About} for {PurposeOf(act)}";
        what += rule.When.Recipient switch
        {
            RecipientScope.NotBound => $" to {_file.Key.Recipient}, which was not bound,",
            RecipientScope.NoState => $" to {_file.Key.Recipient}, which is no state,",
            RecipientScope.Bound => $" to {_file.Key.Recipient}, which was bound as well,",
            _ => "",
        };
        return StatedIn(rule, act) is { } stated ? $"{what}, said to be {stated.Key}={stated.Value}," : what;
    }

    private KeyValuePair<string, string>? StatedIn(Rule rule, Act act) => act.Lines
        .Select(l => rule.When.StatedIn(_law.CharacteristicsOf(l)))
        .FirstOrDefault(s => s is not null);

    private static string PurposeOf(Act act) => act.Notice.PurposeId switch
    {
        "unspecified" => "a purpose that it does not state",
        var purpose => purpose.Replace('_', ' '),
    };

    private Inputs InputsOf(Act act, Rule? rule = null)
    {
        var inputs = new Inputs()
            .Add("date", act.Notice.Date)
            .Add("purpose", act.Notice.PurposeId.ToUpperInvariant())
            .Add("status", act.Standing!.Status)
            .Add("stated_by", act.Notice.Filer)
            .Add("items", act.Lines.Select(l => l.Item).Order(StringComparer.Ordinal));
        if (rule is { When.Recipient: not RecipientScope.Any })
        {
            inputs.Add("recipient", _file.Key.Recipient);
        }

        if (rule is not null && StatedIn(rule, act) is { } stated)
        {
            inputs.Add("stated", $"{stated.Key}={stated.Value}");
        }

        return IsWhole(act)
            ? inputs
            : inputs
                .Add("moved", act.Notice.Moved ?? true ? "true" : "false")
                .Add("title_passed", act.Notice.TitlePassed ?? true ? "true" : "false")
                .Add("control_passed", act.Notice.ControlPassed ?? true ? "true" : "false");
    }

    private void JudgeUnstated()
    {
        foreach (var rule in _law.Of(Checks.CharacteristicsUnstated))
        {
            var sent = SentUnder(rule.When);
            var acts = sent.Count == 0 ? [] : sent
                .Where(a => a.Standing is { IsBound: true })
                .Select(a => (Act: a, Unstated: UnstatedIn(rule.When, a)))
                .Where(a => a.Unstated.Count > 0)
                .ToList();
            if (acts.Count == 0)
            {
                continue;
            }

            var (act, unstated) = acts.MaxBy(a => Weight(rule, a.Act));
            Find(
                rule, act.Actor, Weight(rule, act),
                $"{act.Actor} dispatched {_law.Convention.About} on {Day(act)}, and what {rule.Citation} asks of them "
                    + $"is not stated: {string.Join(", ", unstated)}.",
                new Inputs()
                    .Add("date", act.Notice.Date)
                    .Add("items", act.Lines.Select(l => l.Item).Order(StringComparer.Ordinal))
                    .Add("unstated", unstated)
                    .Add("stated_by", act.Notice.Filer),
                acts.Select(a => a.Act.Filed));
        }
    }

    private List<string> UnstatedIn(Scope scope, Act act) =>
    [
        .. scope.Unstated.Where(name => act.Lines.Any(l => !_law.CharacteristicsOf(l).ContainsKey(name))),
    ];

    private void JudgeSilence()
    {
        if (_law.The(Checks.OneSideSilent) is { } rule
            && Lifecycle.SilentSide(_file, _law.Terms) is { IsUnanswered: true } silence
            && silence.Standings?.IsBoundUnder(_law.Id) == true)
        {
            var other = silence.Heard.Notice.Filer;
            Find(
                rule, silence.Side, _asOf > silence.Due ? rule.Severity : Severity.Data,
                $"{other} has reported this transfer and {silence.Side} has not; its notice is in time until "
                    + $"{Inputs.Text(silence.Due)}.",
                new Inputs()
                    .Add("reported_by", other)
                    .Add("date", silence.Heard.Notice.Date)
                    .Add("reportable_from", silence.Heard.ReportableFrom)
                    .Add("due", silence.Due),
                [silence.Heard], due: silence.Due);
        }
    }

    private void JudgeDifferences()
    {
        var (_, differences) = Matching.Compare(_own, _law.Taxonomy, _law.Terms);
        if (differences.IsEmpty)
        {
            return;
        }

        Report(Checks.ShipperReceiverDifference, differences, Severity.Warning, DifferenceKind.Quantity);
        Report(
            Checks.ItemOrPurposeDiffers, differences,
            differences.Any(d => d.Kind == DifferenceKind.Item) ? Severity.Warning
            : differences.Any(d => d.Kind == DifferenceKind.Purpose) ? Severity.Review
            : Severity.Data,
            DifferenceKind.Item, DifferenceKind.UnspecifiedItem, DifferenceKind.Purpose);
        Report(Checks.LotsDiffer, differences, Severity.Data, DifferenceKind.Lot);
        Report(Checks.DatesDiffer, differences, Severity.Data, DifferenceKind.Date);
    }

    private void Report(
        Check check, ImmutableArray<Difference> differences, Severity severity, params DifferenceKind[] kinds)
    {
        var own = differences.Where(d => kinds.Contains(d.Kind)).ToList();
        if (own.Count == 0 || _law.The(check) is not { } rule)
        {
            return;
        }

        var (sender, recipient) = (_file.Key.Sender, _file.Key.Recipient);
        var message = string.Join(" ", own.Select(d => $"{d.Field}: {sender} states {d.SenderValue}, {recipient} "
            + $"states {d.RecipientValue}."));
        foreach (var (party, acts) in new[] { (sender, _file.Dispatches), (recipient, _file.Receipts) })
        {
            // A convention asks reports of those it binds; the other side's finding says all there is to say.
            if (!acts.Any(a => a.Filer.IsBoundUnder(_law.Id)))
            {
                continue;
            }

            var inputs = new Inputs();
            foreach (var difference in own)
            {
                inputs.Add($"{difference.Field}.sender", difference.SenderValue);
                inputs.Add($"{difference.Field}.recipient", difference.RecipientValue);
            }

            if (_file.Explanation is { } explained)
            {
                inputs.Add("explanation", explained.Notice.Explanation).Add("explained_by", explained.Notice.Filer);
            }

            if (own.Exists(d => d.Kind == DifferenceKind.Quantity))
            {
                inputs.Add("difference", own.Sum(d => d.Gap));
            }

            Find(
                rule, party, _file.Explanation is null ? severity : Severity.Information, message, inputs,
                _file.Dispatches.Concat(_file.Receipts).Concat(_file.Explanation is { } word ? [word] : []));
        }
    }

    /// <summary>Receipts for destruction by a bound state, in a file of what the convention is about.</summary>
    public static List<FiledNotice> ForDestruction(TransferFile own, Jurisdiction law)
    {
        var receipts = new List<FiledNotice>();
        foreach (var filed in own.Notices)
        {
            if (filed.Notice is { Kind: NoticeKind.Receipt, Purpose: Purpose.Destruction, Lines.IsEmpty: false }
                && filed.Filer.IsBoundUnder(law.Id))
            {
                receipts.Add(filed);
            }
        }

        return receipts;
    }

    private void JudgeDestruction()
    {
        var receipts = ForDestruction(_own, _law);
        if (receipts.Count == 0)
        {
            return;
        }

        var outstanding = Outstanding.Of(_own, _law.Taxonomy);
        if (outstanding.ByItem.Values.All(q => q == 0))
        {
            return;
        }

        var isFinal = _own.Of(NoticeKind.Destruction).Any(d => d.Notice.IsFinal);
        var due = _law.Terms.Certificate is { } period ? receipts.Max(r => period.After(r.ReportableFrom)) : default;
        var isOverdue = outstanding.Total > 0 && _law.Terms.Certificate is not null && _asOf > due;
        if (!isFinal && !isOverdue)
        {
            return;
        }

        var holder = _file.Key.Recipient;
        var inputs = new Inputs()
            .Add("received", outstanding.Received)
            .Add("destroyed", outstanding.Destroyed)
            .Add("lost", outstanding.Lost)
            .Add("onward", outstanding.Onward)
            .Add("outstanding", outstanding.Total);
        foreach (var (item, quantity) in outstanding.ByItem.Where(i => i.Value != 0))
        {
            inputs.Add($"outstanding[{item}]", quantity);
        }

        var notices = receipts.Concat(_own.Of(NoticeKind.Destruction));
        if (isFinal)
        {
            Find(
                _law.The(Checks.UnaccountedAfterDestruction), holder, Severity.Warning,
                $"{holder} received {Inputs.Text(outstanding.Received)} {_law.Convention.About} for destruction and "
                    + $"has filed its final certificate; {Inputs.Text(outstanding.Total)} are unaccounted for.",
                inputs, notices);
            return;
        }

        Find(
            _law.The(Checks.CertificateOverdue), holder, Severity.Warning,
            $"{holder} received {Inputs.Text(outstanding.Received)} {_law.Convention.About} for destruction; "
                + $"{Inputs.Text(outstanding.Total)} are not accounted for, and their certificates were due by "
                + $"{Inputs.Text(due)}.",
            inputs.Add("due", due), notices, due: due);
    }

    private void Find(
        Rule? rule, string party, Severity severity, string message, Inputs inputs, IEnumerable<FiledNotice> notices,
        string? article = null, DateOnly? due = null)
    {
        // The first of two rules that say the same of a side says it.
        if (rule is null || _findings.Exists(f => f.Key.Rule == rule.Id && f.Key.Party == party))
        {
            return;
        }

        _findings.Add(new Finding(new FindingKey(rule.Id, _file.Key.ToString(), party), severity)
        {
            Article = article ?? rule.Article,
            Convention = _law.Id,
            PackVersion = _law.Convention.PackVersion,
            Message = message,
            Inputs = inputs.Build(),
            Transfer = _file.Key.Name,
            Notices = [.. notices.Select(n => n.Notice.Name).Distinct(StringComparer.Ordinal)],
            Due = due,
        });
    }
}
