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

    private static Change? ChangeOf(J.Event happened, int number, J.Entry decoded, in JournalEntry entry) =>
        happened.KindCase switch
        {
            J.Event.KindOneofCase.NoticeFiled => Notice(happened.NoticeFiled, number, entry),
            J.Event.KindOneofCase.DeclarationFiled => Declaration(happened.DeclarationFiled, entry),
            J.Event.KindOneofCase.FindingRaised => Finding(happened.FindingRaised.Finding, number, entry),
            J.Event.KindOneofCase.FindingClosed => Closing(happened.FindingClosed, decoded, entry),
            J.Event.KindOneofCase.TransferAssessed => Transfer(happened.TransferAssessed, number, decoded, entry),
            J.Event.KindOneofCase.DutySet => Duty(happened.DutySet, entry),
            J.Event.KindOneofCase.None => throw new InvalidDataException(
                "It holds an event that this program does not know: a newer one wrote it."),
            _ => null,
        };

    private static AddedNotice Notice(J.NoticeFiled filed, int number, in JournalEntry entry) => new(
        entry.Party, entry.Version, number, entry.Position, filed.Id, (long)filed.Notice.Kind, filed.Notice.Transfer,
        filed.Notice.Sender, filed.Notice.Recipient, Text(filed.Notice.Date.ToDay()));

    private static AddedDeclaration Declaration(J.DeclarationFiled filed, in JournalEntry entry) => new(
        entry.Party, entry.Version, entry.Position, filed.Id, Text(EndOf(filed.Declaration.AsOf)));

    private static RaisedFinding Finding(Finding finding, int number, in JournalEntry entry) => new(
        ReadModel.RowNameOf(finding.Name), entry.Party, finding.Name.Split('/')[1], finding.Rule,
        (long)finding.Severity, (long)finding.Status,
        finding.Transfer.Length == 0 ? "" : ReadModel.RowNameOf(finding.Transfer), Text(finding.Due),
        PositionOf(finding.Position, entry), PlaceOf(entry, number),
        Compression.Compress(WithoutColumns(finding).ToByteArray()), []);

    /// <summary>
    /// What no column says, in the contract's encoding: what that shows of a finding may grow without new columns.
    /// </summary>
    private static Finding WithoutColumns(Finding finding)
    {
        var rest = finding.Clone();
        rest.Name = rest.Party = rest.Rule = rest.Transfer = "";
        rest.Severity = Severity.Unspecified;
        rest.Status = FindingStatus.Unspecified;
        rest.Due = null;
        rest.Position = 0;
        return rest;
    }

    private static ClosedFinding Closing(J.FindingClosed closed, J.Entry decoded, in JournalEntry entry)
    {
        var closing = new Finding
        {
            ClosedReason = closed.Reason,
            RecordTime = closed.RecordTime ?? decoded.RecordTime,
        };
        return new ClosedFinding(
            ReadModel.RowNameOf(closed.Name), entry.Party, (long)FindingStatus.Closed,
            PositionOf(closed.Position, entry), Compression.Compress(closing.ToByteArray()));
    }

    private static AssessedTransfer Transfer(
        J.TransferAssessed assessed, int number, J.Entry decoded, in JournalEntry entry)
    {
        var key = StatementCodec.ToTransferKey(assessed.Transfer)
            ?? throw new InvalidDataException($"'{assessed.Transfer}' is no name of a transfer.");
        // Lists are sorted by it, so that it may not be missing.
        var since = assessed.Since?.ToDay() ?? DateOnly.FromDateTime(decoded.RecordTime.ToDateTime());
        return new AssessedTransfer(
            entry.Party, ReadModel.RowNameOf(assessed.Transfer), key.Sender, key.Recipient,
            (long)assessed.Purpose, (long)assessed.Movement, (long)assessed.Pairing, (long)assessed.Match,
            assessed.Completed, assessed.Awaited, Text(assessed.Due), Text(since),
            PlaceOf(entry, number), entry.Position, number);
    }

    private static Change Duty(J.DutySet duty, in JournalEntry entry) => duty.Title.Length == 0
        ? new GoneDuty(entry.Party, duty.Rule, duty.Transfer)
        : new SetDuty(
            entry.Party, duty.Rule, duty.Transfer, duty.Title, Text(duty.Due.ToDay()), duty.Met, entry.Position);

    /// <summary>Rises with the position, and within an entry with the number of the event.</summary>
    private static long PlaceOf(in JournalEntry entry, int number) => (entry.Position << 20) + number;

    private static long PositionOf(long stated, in JournalEntry entry) => stated > 0 ? stated : entry.Position;

    private static string Text(Date? day) => day is null ? "" : Text(day.ToDay());

    private static DateOnly EndOf(Date asOf) => asOf.Day == 0
        ? new DateOnly(asOf.Year, asOf.Month, System.DateTime.DaysInMonth(asOf.Year, asOf.Month))
        : asOf.ToDay();
}
