namespace Treaty.Grid.Storage;

/// <summary>The statements that write rows of the read model, in any home.</summary>
internal static class RowStatements
{
    public static readonly RowStatement<AddedNotice> InsertNotice =
        new RowStatement<AddedNotice>(ReadModelSql.InsertNotice)
            .Text("party", n => n.Party)
            .Number("version", n => n.Version)
            .Number("event", n => n.Event)
            .Number("position", n => n.Position)
            .Text("id", n => n.Id)
            .Number("kind", n => n.Kind)
            .Text("transfer", n => n.Transfer)
            .Text("sender", n => n.Sender)
            .Text("recipient", n => n.Recipient)
            .Text("date", n => n.Date);

    public static readonly RowStatement<AddedDeclaration> InsertDeclaration =
        new RowStatement<AddedDeclaration>(ReadModelSql.InsertDeclaration)
            .Text("party", d => d.Party)
            .Number("version", d => d.Version)
            .Number("position", d => d.Position)
            .Text("id", d => d.Id)
            .Text("as_of", d => d.AsOf);

    public static readonly RowStatement<AssessedTransfer> UpsertTransfer =
        new RowStatement<AssessedTransfer>(ReadModelSql.UpsertTransfer)
            .Text("party", t => t.Party)
            .Text("name", t => t.Name)
            .Text("sender", t => t.Sender)
            .Text("recipient", t => t.Recipient)
            .Number("purpose", t => t.Purpose)
            .Number("movement", t => t.Movement)
            .Number("pairing", t => t.Pairing)
            .Number("match", t => t.Match)
            .Truth("completed", t => t.IsCompleted)
            .Text("awaited", t => t.Awaited)
            .Text("due", t => t.Due)
            .Text("since", t => t.Since)
            .Number("opened", t => t.Opened)
            .Number("position", t => t.Position)
            .Number("event", t => t.Event);

    public static readonly RowStatement<RaisedFinding> UpsertFinding =
        new RowStatement<RaisedFinding>(ReadModelSql.UpsertFinding)
            .Text("name", f => f.Name)
            .Text("holder", f => f.Holder)
            .Text("party", f => f.Party)
            .Text("rule", f => f.Rule)
            .Number("severity", f => f.Severity)
            .Number("status", f => f.Status)
            .Text("transfer", f => f.Transfer)
            .Text("due", f => f.Due)
            .Number("position", f => f.Position)
            .Number("opened", f => f.Opened)
            .Bytes("raised", f => f.Raised)
            .Bytes("closing", f => f.Closing);

    public static readonly RowStatement<ClosedFinding> CloseFinding =
        new RowStatement<ClosedFinding>(ReadModelSql.SqliteCloseFinding)
            .Text("name", f => f.Name)
            .Text("holder", f => f.Holder)
            .Number("status", f => f.Status)
            .Number("position", f => f.Position)
            .Bytes("closing", f => f.Closing);

    public static readonly RowStatement<SetDuty> UpsertDuty =
        new RowStatement<SetDuty>(ReadModelSql.UpsertDuty)
            .Text("party", d => d.Party)
            .Text("rule", d => d.Rule)
            .Text("transfer", d => d.Transfer)
            .Text("title", d => d.Title)
            .Text("due", d => d.Due)
            .Truth("met", d => d.IsMet)
            .Number("position", d => d.Position);

    public static readonly RowStatement<GoneDuty> DeleteDuty =
        new RowStatement<GoneDuty>(ReadModelSql.SqliteDeleteDuty)
            .Text("party", d => d.Party)
            .Text("rule", d => d.Rule)
            .Text("transfer", d => d.Transfer);

    public static readonly RowStatement<SkippedEntry> InsertSkipped =
        new RowStatement<SkippedEntry>(ReadModelSql.InsertSkipped)
            .Number("position", e => e.Position)
            .Text("party", e => e.Party)
            .Number("version", e => e.Version)
            .Text("reason", e => e.Reason);
}
