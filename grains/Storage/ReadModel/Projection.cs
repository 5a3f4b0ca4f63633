using System.Globalization;
using Google.Protobuf;
using Google.Type;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Storage;

/// <summary>What one entry of the journal changes in the read model. A function of the entry alone.</summary>
internal static class Projection
{
    /// <exception cref="Exception">It is no entry, or not one that this program knows.</exception>
    public static List<Change> Of(in JournalEntry entry)
    {
        var decoded = J.Entry.Parser.ParseFrom(entry.Payload.Span);
        var changes = new List<Change>();
        for (var i = 0; i < decoded.Events.Count; i++)
        {
            if (ChangeOf(decoded.Events[i], i, decoded, entry) is { } change)
                changes.Add(change);
        }

        return changes;
    }

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static Change Skip(SkippedEntry skipped) => new(
        ReadModelSql.InsertSkipped, ("@position", skipped.Position), ("@party", skipped.Party),
        ("@version", skipped.Version), ("@reason", skipped.Reason));

    private static Change? ChangeOf(J.Event happened, int number, J.Entry decoded, JournalEntry entry) =>
        happened.KindCase switch
        {
            J.Event.KindOneofCase.NoticeFiled => Notice(happened.NoticeFiled, number, entry),
            J.Event.KindOneofCase.DeclarationFiled => Declaration(happened.DeclarationFiled, entry),
            J.Event.KindOneofCase.FindingRaised => Finding(happened.FindingRaised.Finding, entry),
            J.Event.KindOneofCase.FindingClosed => Closing(happened.FindingClosed, decoded, entry),
            J.Event.KindOneofCase.TransferAssessed => Transfer(happened.TransferAssessed, decoded, entry),
            J.Event.KindOneofCase.DutySet => Duty(happened.DutySet, entry),
            J.Event.KindOneofCase.None => throw new InvalidDataException(
                "It holds an event that this program does not know: a newer one wrote it."),
            _ => null,
        };

    private static Change Notice(J.NoticeFiled filed, int number, JournalEntry entry) => new(
        ReadModelSql.InsertNotice, ("@party", entry.Party), ("@version", entry.Version), ("@event", (long)number),
        ("@position", entry.Position), ("@id", filed.Id), ("@kind", (long)filed.Notice.Kind),
        ("@transfer", filed.Notice.Transfer), ("@sender", filed.Notice.Sender),
        ("@recipient", filed.Notice.Recipient), ("@date", Text(filed.Notice.Date.ToDay())));

    private static Change Declaration(J.DeclarationFiled filed, JournalEntry entry) => new(
        ReadModelSql.InsertDeclaration, ("@party", entry.Party), ("@version", entry.Version),
        ("@position", entry.Position), ("@id", filed.Id), ("@as_of", Text(EndOf(filed.Declaration.AsOf))));

    /// <summary>Its bytes are kept whole: what the contract shows of it may grow without new columns.</summary>
    private static Change Finding(Finding finding, JournalEntry entry) => new(
        ReadModelSql.UpsertFinding, ("@name", finding.Name), ("@holder", entry.Party),
        ("@party", finding.Name.Split('/')[1]), ("@rule", finding.Rule), ("@severity", (long)finding.Severity),
        ("@status", (long)finding.Status), ("@transfer", finding.Transfer), ("@due", Text(finding.Due)),
        ("@position", PositionOf(finding.Position, entry)), ("@raised", finding.ToByteArray()),
        ("@closing", Array.Empty<byte>()));

    private static Change Closing(J.FindingClosed closed, J.Entry decoded, JournalEntry entry)
    {
        var closing = new Finding
        {
            Status = FindingStatus.Closed,
            ClosedReason = closed.Reason,
            RecordTime = closed.RecordTime ?? decoded.RecordTime,
        };
        return new Change(
            ReadModelSql.CloseFinding, ("@name", closed.Name), ("@holder", entry.Party),
            ("@status", (long)closing.Status), ("@position", PositionOf(closed.Position, entry)),
            ("@closing", closing.ToByteArray()));
    }

    private static Change Transfer(J.TransferAssessed assessed, J.Entry decoded, JournalEntry entry)
    {
        var key = StatementCodec.ToTransferKey(assessed.Transfer)
            ?? throw new InvalidDataException($"'{assessed.Transfer}' is no name of a transfer.");
        // Lists are sorted by it, so that it may not be missing.
        var since = assessed.Since?.ToDay() ?? DateOnly.FromDateTime(decoded.RecordTime.ToDateTime());
        return new Change(
            ReadModelSql.UpsertTransfer, ("@party", entry.Party), ("@name", assessed.Transfer),
            ("@sender", key.Sender), ("@recipient", key.Recipient), ("@purpose", (long)assessed.Purpose),
            ("@movement", (long)assessed.Movement), ("@pairing", (long)assessed.Pairing),
            ("@match", (long)assessed.Match), ("@completed", assessed.Completed), ("@awaited", assessed.Awaited),
            ("@due", Text(assessed.Due)), ("@since", Text(since)), ("@position", entry.Position));
    }

    private static Change Duty(J.DutySet duty, JournalEntry entry) => duty.Title.Length == 0
        ? new Change(
            ReadModelSql.DeleteDuty, ("@party", entry.Party), ("@rule", duty.Rule), ("@transfer", duty.Transfer))
        : new Change(
            ReadModelSql.UpsertDuty, ("@party", entry.Party), ("@rule", duty.Rule), ("@transfer", duty.Transfer),
            ("@title", duty.Title), ("@due", Text(duty.Due.ToDay())), ("@met", duty.Met),
            ("@position", entry.Position));

    private static long PositionOf(long stated, JournalEntry entry) => stated > 0 ? stated : entry.Position;

    private static string Text(Date? day) => day is null ? "" : Text(day.ToDay());

    private static DateOnly EndOf(Date asOf) => asOf.Day == 0
        ? new DateOnly(asOf.Year, asOf.Month, System.DateTime.DaysInMonth(asOf.Year, asOf.Month))
        : asOf.ToDay();
}

/// <summary>One statement with its parameters.</summary>
internal sealed record Change(string Sql, params IReadOnlyList<(string Name, object Value)> Parameters);
