namespace Treaty.Grid.Storage;

/// <summary>What one event of the journal changes in the read model: a row as it then is, or that it is gone.</summary>
internal abstract record Change;

internal sealed record AddedNotice(
    string Party, long Version, long Event, long Position, string Id, long Kind, string Transfer, string Sender,
    string Recipient, string Date) : Change;

internal sealed record AddedDeclaration(string Party, long Version, long Position, string Id, string AsOf) : Change;

internal sealed record AssessedTransfer(
    string Party, string Name, string Sender, string Recipient, long Purpose, long Movement, long Pairing, long Match,
    bool IsCompleted, string Awaited, string Due, string Since, long Opened, long Position, long Event) : Change;

internal sealed record RaisedFinding(
    string Name, string Holder, string Party, string Rule, long Severity, long Status, string Transfer, string Due,
    long Position, long Opened, byte[] Raised, byte[] Closing) : Change;

internal sealed record ClosedFinding(string Name, string Holder, long Status, long Position, byte[] Closing) : Change;

internal sealed record SetDuty(
    string Party, string Rule, string Transfer, string Title, string Due, bool IsMet, long Position) : Change;

internal sealed record GoneDuty(string Party, string Rule, string Transfer) : Change;
