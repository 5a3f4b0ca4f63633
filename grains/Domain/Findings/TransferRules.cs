using Treaty.Grid.Conventions;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Findings;

/// <summary>
/// The rules that rest on a transfer's file alone: APM-01 to 03, 06, 07, 09, 12 and 50 to 54. A pure function of what
/// both sides hold, so both grains come to the same findings about either side.
/// </summary>
/// <remarks>
/// Each side is judged on its own date and its own purpose. One side's word never makes the other's breach: a
/// counterpart's notice alone gives a review.
/// </remarks>
public sealed class TransferRules
{
    private readonly TransferFile _file;
    private readonly Rulebook _rulebook;
    private readonly DateOnly _asOf;
    private readonly List<Finding> _findings = [];

    private TransferRules(TransferFile file, Rulebook rulebook, DateOnly asOf) =>
        (_file, _rulebook, _asOf) = (file, rulebook, asOf);

    /// <summary>Findings about either side, on a day.</summary>
    public static IReadOnlyList<Finding> Judge(TransferFile file, Rulebook rulebook, DateOnly asOf)
    {
        var rules = new TransferRules(file, rulebook, asOf);
        if (file.Notices.SelectMany(n => n.Notice.Lines).Any(rules.MayBeMine))
        {
            rules.JudgeActs();
            rules.JudgeSilence();
            rules.JudgeDifferences();
            rules.JudgeDestruction();
        }

        return rules._findings;
    }

    /// <summary>An act that a notice tells of, by the actor itself or by the other side.</summary>
    private sealed record Act(string Actor, bool IsOwnWord, FiledNotice Filed)
    {
        public Notice Notice => Filed.Notice;

        public Standing? Standing => IsOwnWord ? Filed.Filer : Filed.Counterpart;
    }

    // APM-01, 02, 03, 09, 12.
    private void JudgeActs()
    {
        var sent = Acts(_file.Key.Sender, NoticeKind.Dispatch, NoticeKind.Receipt);
        var received = _file.Has(NoticeKind.Refusal) && !_file.Receipts.Any()
            ? []
            : Acts(_file.Key.Recipient, NoticeKind.Receipt, NoticeKind.Dispatch)
                .Where(a => a.Notice.IsToState)
                .ToList();
        var prohibitedDispatch = JudgeProhibition(MineBanRules.ProhibitedDispatch, sent);
        var prohibitedReceipt = JudgeProhibition(MineBanRules.ProhibitedReceipt, received);
        if (prohibitedDispatch)
        {
            JudgeOutside(received);
        }

        if (prohibitedReceipt)
        {
            JudgeOutside(sent);
        }
    }

    /// <summary>
    /// Acts of one side with mines and without an exception: by its own word, else as the other tells.
    /// </summary>
    private List<Act> Acts(string actor, NoticeKind own, NoticeKind others)
    {
        var isOwn = _file.Has(own);
        return [.. _file.Of(isOwn ? own : others)
            .Where(n => !n.Notice.IsPermitted && n.Notice.Lines.Any(l => l.IsMoved && IsMine(l)))
            .Select(n => new Act(actor, isOwn, n))];
    }

    /// <summary>True if a bound state is found to have acted.</summary>
    private bool JudgeProhibition(Rule rule, List<Act> acts)
    {
        var bound = acts.Where(a => a.Standing is { IsBound: true }).ToList();
        if (bound.Count > 0)
        {
            var act = bound.MaxBy(Weight)!;
            var verb = rule == MineBanRules.ProhibitedDispatch ? "dispatched" : "received";
            Find(
                rule, act.Actor, Weight(act),
                act.IsOwnWord
                    ? $"{act.Actor} {verb} anti-personnel mines for {PurposeOf(act)} on {Day(act)}, when it was bound: "
                        + "an apparent breach" + (act.Notice.IsWholeTransfer ? "." : ", if Article 2(4) covers it.")
                    : $"{act.Notice.Filer} states that {act.Actor} {verb} anti-personnel mines for {PurposeOf(act)}, "
                        + $"on {Day(act)}, when {act.Actor} was bound; {act.Actor} itself has not said so.",
                InputsOf(act),
                bound.Select(a => a.Filed));
            JudgeSuspension(act);
            return true;
        }

        if (acts.Where(a => a.Standing is { IsOnTheWay: true }).MaxBy(WeightOnTheWay) is { } early)
        {
            var provisional = early.Standing!.ProvisionalApplication;
            Find(
                MineBanRules.AgainstObjectAndPurpose, early.Actor, WeightOnTheWay(early),
                $"{early.Actor} took part in a transfer of anti-personnel mines for {PurposeOf(early)} on "
                    + $"{Day(early)}, "
                    + (early.Standing.Status == MembershipStatus.Signatory
                        ? "after signing the convention."
                        : "after consenting to the convention and before its entry into force."),
                InputsOf(early), acts.Select(a => a.Filed), article: provisional ? "18" : null);
        }

        return false;
    }

    private void JudgeSuspension(Act act)
    {
        if (act.Standing is { SuspensionAsserted: true } standing)
        {
            Find(
                MineBanRules.SuspensionContested, act.Actor, Severity.Information,
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
        if (others.FirstOrDefault(a => a.Standing is { IsBound: false, IsOnTheWay: false }) is { } outside)
        {
            Find(
                MineBanRules.OutsideTheConvention, outside.Actor, Severity.Information,
                $"{outside.Actor} was not bound on {Day(outside)}: this convention does not judge its part in the "
                    + "transfer.",
                InputsOf(outside), [outside.Filed]);
        }
    }

    private static Severity Weight(Act act) =>
        act.IsOwnWord && act.Notice.IsWholeTransfer ? Severity.Breach : Severity.Review;

    private static Severity WeightOnTheWay(Act act) =>
        !act.IsOwnWord ? Severity.Review
        : act.Standing!.ProvisionalApplication ? Severity.Breach
        : Severity.Warning;

    private static string Day(Act act) => Inputs.Text(act.Notice.Date);

    private static string PurposeOf(Act act) =>
        act.Notice.Purpose == Purpose.OperationalUse ? "operational use" : "a purpose that it does not state";

    private static Inputs InputsOf(Act act)
    {
        var inputs = new Inputs()
            .Add("date", act.Notice.Date)
            .Add("purpose", act.Notice.Purpose)
            .Add("status", act.Standing!.Status)
            .Add("stated_by", act.Notice.Filer)
            .Add("items", act.Notice.Lines.Select(l => l.Item).Order(StringComparer.Ordinal));
        return act.Notice.IsWholeTransfer
            ? inputs
            : inputs
                .Add("moved", act.Notice.Moved ?? true ? "true" : "false")
                .Add("title_passed", act.Notice.TitlePassed ?? true ? "true" : "false")
                .Add("control_passed", act.Notice.ControlPassed ?? true ? "true" : "false");
    }

    // APM-50.
    private void JudgeSilence()
    {
        if (Lifecycle.SilentSide(_file, _rulebook.Terms) is { IsUnanswered: true, Standing.IsBound: true } silence)
        {
            var other = silence.Heard.Notice.Filer;
            Find(
                MineBanRules.OneSideSilent, silence.Side, _asOf > silence.Due ? Severity.Warning : Severity.Data,
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

    // APM-51 to 54.
    private void JudgeDifferences()
    {
        var (_, differences) = Matching.Compare(_file, _rulebook.Taxonomy, _rulebook.Terms);
        Report(MineBanRules.ShipperReceiverDifference, differences, Severity.Warning, DifferenceKind.Quantity);
        Report(
            MineBanRules.ItemOrPurposeDiffers, differences,
            differences.Any(d => d.Kind == DifferenceKind.Item) ? Severity.Warning
            : differences.Any(d => d.Kind == DifferenceKind.Purpose) ? Severity.Review
            : Severity.Data,
            DifferenceKind.Item, DifferenceKind.UnspecifiedItem, DifferenceKind.Purpose);
        Report(MineBanRules.LotsDiffer, differences, Severity.Data, DifferenceKind.Lot);
        Report(MineBanRules.DatesDiffer, differences, Severity.Data, DifferenceKind.Date);
    }

    private void Report(
        Rule rule, ImmutableArray<Difference> differences, Severity severity, params DifferenceKind[] kinds)
    {
        var own = differences.Where(d => kinds.Contains(d.Kind)).ToList();
        if (own.Count == 0)
        {
            return;
        }

        var (sender, recipient) = (_file.Key.Sender, _file.Key.Recipient);
        var message = string.Join(" ", own.Select(d => $"{d.Field}: {sender} states {d.SenderValue}, {recipient} "
            + $"states {d.RecipientValue}."));
        foreach (var (party, acts) in new[] { (sender, _file.Dispatches), (recipient, _file.Receipts) })
        {
            // A convention asks reports of those it binds; the other side's finding says all there is to say.
            if (!acts.Any(a => a.Filer.IsBound))
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

    // APM-06, 07.
    private void JudgeDestruction()
    {
        var receipts = _file.Receipts
            .Where(r => r.Notice.Purpose == Purpose.Destruction && r.Filer.IsBound)
            .ToList();
        var outstanding = Outstanding.Of(_file, _rulebook.Taxonomy);
        if (receipts.Count == 0 || outstanding.ByItem.Values.All(q => q == 0))
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

        var notices = receipts.Concat(_file.Of(NoticeKind.Destruction));
        if (_file.Of(NoticeKind.Destruction).Any(d => d.Notice.IsFinal))
        {
            Find(
                MineBanRules.UnaccountedAfterDestruction, holder, Severity.Warning,
                $"{holder} received {Inputs.Text(outstanding.Received)} mines for destruction and has filed its final "
                    + $"certificate; {Inputs.Text(outstanding.Total)} are unaccounted for.",
                inputs, notices);
            return;
        }

        var due = receipts.Max(r => _rulebook.Terms.Certificate.After(r.ReportableFrom));
        if (outstanding.Total > 0 && _asOf > due)
        {
            Find(
                MineBanRules.CertificateOverdue, holder, Severity.Warning,
                $"{holder} received {Inputs.Text(outstanding.Received)} mines for destruction; "
                    + $"{Inputs.Text(outstanding.Total)} are not accounted for, and their certificates were due by "
                    + $"{Inputs.Text(due)}.",
                inputs.Add("due", due), notices, due: due);
        }
    }

    private bool IsMine(Line line) => ReportRules.IsMine(line, _rulebook.Taxonomy);

    /// <summary>Not known to be something else; an unknown type is judged once it is mapped.</summary>
    private bool MayBeMine(Line line) =>
        _rulebook.Taxonomy.Find(line.Item)?.Activation
            is Items.ItemActivation.Victim or Items.ItemActivation.VictimOrCommand;

    private void Find(
        Rule rule, string party, Severity severity, string message, Inputs inputs, IEnumerable<FiledNotice> notices,
        string? article = null, DateOnly? due = null) => _findings.Add(
        new Finding(new FindingKey(rule.Id, _file.Key.ToString(), party), severity)
        {
            Article = article ?? rule.Article,
            Convention = _rulebook.MineBan.Id,
            PackVersion = _rulebook.MineBan.PackVersion,
            Message = message,
            Inputs = inputs.Build(),
            Transfer = _file.Key.Name,
            Notices = [.. notices.Select(n => n.Notice.Name).Distinct(StringComparer.Ordinal)],
            Due = due,
        });
}
