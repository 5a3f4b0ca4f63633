using System.Runtime.CompilerServices;
using Treaty.Grid.V1;
using Date = Google.Type.Date;

namespace Treaty.Grid.Load;

/// <summary>The auditor's words as the contract has them, and back.</summary>
internal static class Wire
{
    public const string Convention = "conventions/apmbc";

    /// <summary>
    /// What Amended Protocol II asks to be stated of mines for use, and the auditor knows nothing of.
    /// </summary>
    private static readonly string[] Stated = ["detectable", "self_destructs", "recipient_agrees_to_apply"];

    public static Notice NoticeOf(Auditor.Notice said)
    {
        var notice = new Notice
        {
            Kind = said.Kind switch
            {
                "dispatch" => NoticeKind.Dispatch,
                "receipt" => NoticeKind.Receipt,
                "destruction" => NoticeKind.Destruction,
                _ => throw new InvalidOperationException(said.Kind),
            },
            Transfer = said.Transfer.Reference,
            Sender = said.Transfer.Sender,
            Recipient = said.Transfer.Recipient,
            Purpose = said.Purpose switch
            {
                "operational_use" => Purpose.OperationalUse,
                "training" => Purpose.Training,
                "destruction" => Purpose.Destruction,
                _ => Purpose.Unspecified,
            },
            Date = DateOf(said.Date),
        };
        if (said.Final is { } final)
            notice.Final = final;
        foreach (var line in said.Lines)
        {
            var written = new Line { Item = line.Item, Quantity = line.Quantity, HoldingClass = ClassOf(line) };
            foreach (var name in notice.Purpose == Purpose.OperationalUse ? Stated : [])
                written.Characteristics.Add(name, "yes");
            notice.Lines.Add(written);
        }

        return notice;
    }

    private static HoldingClass ClassOf(Auditor.Line line) => line.HoldingClass switch
    {
        "operational" => HoldingClass.Operational,
        "retained" => HoldingClass.Retained,
        "awaiting_destruction" => HoldingClass.AwaitingDestruction,
        _ => HoldingClass.Unspecified,
    };

    public static SubmitNoticeRequest RequestOf(Auditor.Notice said) => new()
    {
        Parent = $"parties/{said.Party}",
        NoticeId = said.Id,
        Notice = NoticeOf(said),
    };

    public static string NameOf(Auditor.TransferKey key) =>
        $"parties/{key.Sender}/transfers/{key.Recipient}~{key.Reference}";

    public static string NameOf(Auditor.Notice said) => $"parties/{said.Party}/notices/{said.Id}";

    /// <summary>The name of a transfer in the auditor's form; others as they are.</summary>
    public static string AboutOf(string transfer) =>
        transfer.Split('/') is ["parties", var sender, "transfers", var rest] ? $"{sender}/{rest}" : transfer;

    public static string WordOf(Match match) => match switch
    {
        Match.NotMatched => "not_matched",
        Match.Matched => "matched",
        Match.MatchedWithinTolerance => "within_tolerance",
        Match.Mismatched => "mismatched",
        _ => match.ToString().ToLowerInvariant(),
    };

    public static string WordOf(Severity severity) => severity.ToString().ToLowerInvariant();

    public static string WordOf(HoldingClass place) => string.Concat(place.ToString()
        .Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    public static Date DateOf(DateOnly day) => new() { Year = day.Year, Month = day.Month, Day = day.Day };

    public static DateOnly? DayOf(Date? date) =>
        date is null ? null : new DateOnly(date.Year, date.Month, date.Day);

    /// <summary>A text with figures, the same on every machine: the program knows one culture.</summary>
    public static string Text(DefaultInterpolatedStringHandler text) => text.ToStringAndClear();
}
