using System.Collections.Frozen;
using System.Text.Json;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Shape;

/// <summary>The form of notices: what each kind must have, may have, and who files it.</summary>
internal static class NoticeShape
{
    [Flags]
    private enum Side
    {
        Sender = 1,
        Recipient = 2,
        Transit = 4,
    }

    private enum Need
    {
        Required,
        Allowed,
        Forbidden,
    }

    private sealed record KindRule(string Name, Side Filers, Need Lines, bool NeedsPurpose = false);

    private static readonly FrozenDictionary<NoticeKind, KindRule> Kinds = new Dictionary<NoticeKind, KindRule>
    {
        [NoticeKind.Plan] = new("PLAN", Side.Sender | Side.Recipient, Need.Required, NeedsPurpose: true),
        [NoticeKind.Dispatch] = new("DISPATCH", Side.Sender, Need.Required, NeedsPurpose: true),
        [NoticeKind.Receipt] = new("RECEIPT", Side.Recipient, Need.Required, NeedsPurpose: true),
        [NoticeKind.Refusal] = new("REFUSAL", Side.Recipient, Need.Allowed),
        [NoticeKind.Cancellation] = new("CANCELLATION", Side.Sender, Need.Forbidden),
        [NoticeKind.Destruction] = new("DESTRUCTION", Side.Recipient, Need.Required),
        [NoticeKind.Loss] = new("LOSS", Side.Sender | Side.Recipient, Need.Required),
        [NoticeKind.Explanation] = new("EXPLANATION", Side.Sender | Side.Recipient, Need.Forbidden),
        [NoticeKind.Reply] = new("REPLY", Side.Sender | Side.Recipient | Side.Transit, Need.Forbidden),
    }.ToFrozenDictionary();

    /// <summary>As packs name what is in the list.</summary>
    private static readonly FrozenSet<string> CommonPurposes = Enum.GetValues<Purpose>()
        .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{p}"))
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly KindRule Withdrawal =
        new("CANCELLATION", Side.Sender | Side.Recipient | Side.Transit, Need.Forbidden);

    public static void Check(SubmitNoticeRequest request, Inspection check)
    {
        check.PartyName("parent", request.Parent);
        CheckWithin(request.Parent, request, check);
    }

    /// <summary>One of a batch. Its parent is the batch's, whether it says so or not.</summary>
    public static void CheckItem(string parent, SubmitNoticeRequest request, Inspection check)
    {
        check.Require(request.Parent.Length == 0 || request.Parent == parent, "parent",
            $"Expected it empty, or {parent} as the batch has it. Send others' notices in a batch of their own.");
        CheckWithin(parent, request, check);
    }

    public static void Check(BatchSubmitNoticesRequest request, Inspection check)
    {
        check.PartyName("parent", request.Parent);
        check.Require(request.Requests.Count is >= 1 and <= Limits.BatchNoticesMax, "requests",
            $"Expected 1 to {Limits.BatchNoticesMax} of them, not {request.Requests.Count}. Split the batch.");
    }

    public static void Check(ConfirmPairingRequest request, Inspection check)
    {
        const string Form = "parties/{sender}/transfers/{recipient}~{reference}";
        check.Name("name", request.Name, ResourceNames.Transfer, Form);
        check.Name("other", request.Other, ResourceNames.Transfer, Form);
        check.Require(
            ResourceNames.IsId(request.ConfirmationId)
                && request.ConfirmationId.Length <= Limits.ConfirmationIdLengthMax,
            "confirmation_id",
            $"Expected 1 to {Limits.ConfirmationIdLengthMax} of A-Z, a-z, 0-9, \".\", \"_\" and \"-\". "
                + "Choose another id.");
    }

    public static void Check(AssessTransferRequest request, Inspection check)
    {
        check.PartyName("parent", request.Parent);
        var filer = ResourceNames.Party(request.Parent);
        check.Inside("notice", request.Notice, (notice, check) =>
        {
            check.Require(notice.Name.Length == 0 || ResourceNames.Notice(notice.Name)?.Party == filer, "name",
                $"Expected it empty, or {request.Parent}/notices/ and an id. Leave it out.");
            CheckNotice(filer, notice, check);
        }, required: true);
    }

    private static void CheckWithin(string parent, SubmitNoticeRequest request, Inspection check)
    {
        check.Id("notice_id", request.NoticeId);
        check.Inside("notice", request.Notice, (notice, check) =>
        {
            check.OwnName("name", notice.Name, $"{parent}/notices/{request.NoticeId}");
            CheckNotice(ResourceNames.Party(parent), notice, check);
        }, required: true);
    }

    private static void CheckNotice(string? filer, Notice notice, Inspection check)
    {
        var kind = Kinds.GetValueOrDefault(notice.Kind);
        check.Choice("kind", notice.Kind, required: true);
        check.Id("transfer", notice.Transfer);
        CheckSides(notice, check);
        check.Choice("purpose", notice.Purpose, required: kind?.NeedsPurpose ?? false);
        if (notice.PurposeCode.Length > 0)
        {
            check.Word("purpose_code", notice.PurposeCode);
            check.Require(!CommonPurposes.Contains(notice.PurposeCode), "purpose_code",
                "Expected what a convention's pack calls the purpose, where the list of `purpose` does not say it. Say "
                    + "this one there, and leave the code out.");
            check.Require(notice.Purpose != Purpose.Unspecified, "purpose",
                "Expected the nearest of the list beside a purpose_code: it says which class of the books is meant.");
        }

        check.Choice("recipient_kind", notice.RecipientKind);
        check.Day("date", notice.Date, required: true,
            latest: notice.Kind == NoticeKind.Plan ? check.LatestPlanned : check.LatestToday);
        LineShape.CheckAll(notice.Lines, Limits.NoticeLinesMax, notice.Kind == NoticeKind.Receipt, check);
        LineShape.CheckStatedTotal(notice.HasStatedTotal, notice.StatedTotal, check);
        check.Text("remark", notice.Remark, Limits.RemarkLengthMax);
        CheckOnward(notice, check);
        check.Choice("explanation", notice.Explanation, required: notice.Kind == NoticeKind.Explanation);
        check.Require(
            notice.Kind == NoticeKind.Explanation || notice.Explanation == ExplanationCode.Unspecified, "explanation",
            "Expected it unset: only an EXPLANATION has it. Remove it.");
        CheckDestruction(notice, check);
        check.Former("supersedes", notice.Supersedes, ResourceNames.Notice(notice.Supersedes)?.Party, filer, "notices");
        if (kind is not null)
            CheckKind(IsWithdrawal(notice) ? Withdrawal : kind, filer, notice, check);
    }

    private static void CheckDestruction(Notice notice, Inspection check)
    {
        foreach (var (field, text, max) in new[]
        {
            ("site", notice.Site, Limits.SiteLengthMax), ("method", notice.Method, Limits.MethodLengthMax),
        })
        {
            check.Text(field, text, max);
            check.Require(text.Length == 0 || notice.Kind == NoticeKind.Destruction, field,
                "Expected it empty: only a DESTRUCTION has it. Remove it.");
        }
    }

    private static bool IsWithdrawal(Notice notice) =>
        notice.Kind == NoticeKind.Cancellation && notice.Supersedes.Length > 0;

    private static void CheckSides(Notice notice, Inspection check)
    {
        check.PartyCode("sender", notice.Sender);
        check.PartyCode("recipient", notice.Recipient);
        check.Require(notice.Sender.Length == 0 || notice.Sender != notice.Recipient, "recipient",
            "Expected another than the sender: a transfer has two sides.");
        if (notice.Transit.Count > Limits.TransitMax)
        {
            check.Refuse("transit", $"Expected at most {Limits.TransitMax} states, not {notice.Transit.Count}.");
            return;
        }

        for (var i = 0; i < notice.Transit.Count; i++)
        {
            check.PartyCode($"transit[{i}]", notice.Transit[i]);
            check.Require(notice.Transit[i] != notice.Sender && notice.Transit[i] != notice.Recipient,
                $"transit[{i}]", "Expected a third state, neither the sender nor the recipient. Remove it.");
        }

        check.Distinct("transit", notice.Transit, code => code, "", "a state");
    }

    private static void CheckKind(KindRule kind, string? filer, Notice notice, Inspection check)
    {
        if (filer is not null)
        {
            check.Require((SidesOf(filer, notice) & kind.Filers) != 0,
                kind.Filers == Side.Recipient ? "recipient" : "sender",
                $"Expected {filer}, which files it: a {kind.Name} is filed by {TextOf(kind.Filers)}.");
        }

        check.Require(kind.Lines != Need.Required || notice.Lines.Count > 0, "lines",
            $"Expected at least one on a {kind.Name}. Add it.");
        check.Require(kind.Lines != Need.Forbidden || notice.Lines.Count == 0, "lines",
            $"Expected none on a {kind.Name}. Remove them.");
        check.Require(!notice.HasFinal || notice.Kind is NoticeKind.Receipt or NoticeKind.Destruction, "final",
            "Expected it unset: only a RECEIPT and a DESTRUCTION have it. Remove it.");
    }

    private static void CheckOnward(Notice notice, Inspection check)
    {
        if (notice.OnwardFrom.Length == 0)
            return;
        if (ResourceNames.Transfer(notice.OnwardFrom) is not { } earlier)
        {
            check.Refuse("onward_from",
                "Expected a name of the form parties/{sender}/transfers/{recipient}~{reference}. Correct it.");
            return;
        }

        check.Require(notice.Kind == NoticeKind.Dispatch || IsWithdrawal(notice), "onward_from",
            "Expected it empty: only a DISPATCH has it, or the withdrawal of one. Remove it.");
        check.Require(earlier.Recipient == notice.Sender, "onward_from",
            $"Expected a transfer that {notice.Sender} received, not one to {earlier.Recipient}. Correct it.");
    }

    private static Side SidesOf(string filer, Notice notice) =>
        (filer == notice.Sender ? Side.Sender : 0)
        | (filer == notice.Recipient ? Side.Recipient : 0)
        | (notice.Transit.Contains(filer) ? Side.Transit : 0);

    private static string TextOf(Side filers) => filers switch
    {
        Side.Sender => "the sender",
        Side.Recipient => "the recipient",
        Side.Sender | Side.Recipient => "the sender or the recipient",
        _ => "the sender, the recipient or a state on the route that it names",
    };
}
