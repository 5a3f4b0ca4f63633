using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Shape;

/// <summary>The form of transparency reports.</summary>
internal static class ReportShape
{
    private const int LastMonth = 12;
    private const int LastDay = 31;

    public static void Check(PrepareReportRequest request, Inspection check)
    {
        check.PartyName("parent", request.Parent);
        check.Require(
            request.Year == 0 || (!request.Initial && request.Year >= Limits.DateMin.Year
                && request.Year < check.LatestToday.Year),
            "year", $"Expected {Limits.DateMin.Year} to {check.LatestToday.Year - 1}, and none with `initial`."
                + " Leave it out for the last year that has ended.");
        CheckConvention(request.Convention, check);
        check.Text("template", request.Template, Limits.IdLengthMax);
    }

    public static void Check(TransparencyReport report, DateOnly? asOf, Inspection check)
    {
        check.Require(
            report.Initial || asOf is null or { Month: LastMonth, Day: LastDay }, "",
            "Expected as_of on 31 December of the year it is about, or `initial`. Correct the date.");
        CheckConvention(report.Convention, check);
        check.Day("received_date", report.ReceivedDate, check.LatestToday);
        check.Require(
            asOf is null || report.ReceivedDate is null || !(Days.Read(report.ReceivedDate) < asOf), "received_date",
            "Expected a day on or after as_of. Correct it.");
        CheckParts(report, check);
        check.Each("accounts", report.Accounts, Limits.DeclarationLinesMax, CheckAccount);
        check.Distinct("accounts", report.Accounts, a => (a.Item, a.Lot), "", "an item with the same lot");
        LineShape.CheckHeld(report.Holdings, check);
        check.Each("transfers", report.Transfers, Limits.DeclarationLinesMax, CheckTransfer);
        check.Distinct(
            "transfers", report.Transfers, t => (t.Partner, t.Incoming, t.Purpose), "",
            "a partner with the same way and purpose");
        check.Each("destroyed_at_sites", report.DestroyedAtSites, Limits.DeclarationLinesMax, CheckAtSite);
        check.Distinct(
            "destroyed_at_sites", report.DestroyedAtSites, d => (d.Site, d.Method, d.Item), "",
            "an item with the same site and method");
    }

    private static void CheckConvention(string convention, Inspection check)
    {
        if (convention.Length > 0)
            check.Name("convention", convention, n => ResourceNames.Entry(n, "conventions"), "conventions/{id}");
    }

    private static void CheckParts(TransparencyReport report, Inspection check)
    {
        check.Each("parts", report.Parts, Enum.GetValues<ReportParagraph>().Length, CheckPart);
        for (var i = 1; i < Math.Min(report.Parts.Count, Enum.GetValues<ReportParagraph>().Length); i++)
        {
            check.Require(
                report.Parts[i - 1].Paragraph < report.Parts[i].Paragraph, $"parts[{i}].paragraph",
                "Expected the paragraphs in their order, each once. Move or join them.");
        }
    }

    private static void CheckPart(ReportPart part, Inspection check)
    {
        check.Choice("paragraph", part.Paragraph, required: true);
        check.Choice("state", part.State, required: true);
        check.Text("text", part.Text, Limits.ReportTextLengthMax, lines: true);
        CheckEntries("institutions", part.Institutions, ReportParagraph.RetainedAndTransferred);
        CheckEntries("sites", part.Sites, ReportParagraph.DestructionProgrammes);
        CheckEntries("methods", part.Methods, ReportParagraph.DestructionProgrammes);

        void CheckEntries(string field, IReadOnlyList<string> entries, ReportParagraph under)
        {
            check.Require(entries.Count == 0 || part.Paragraph == under, field,
                $"Expected none here: they belong to paragraph {under}. Move them.");
            check.Require(entries.Count <= Limits.ReportEntriesMax, field,
                $"Expected at most {Limits.ReportEntriesMax} of them, not {entries.Count}. Leave out the rest.");
            for (var i = 0; i < Math.Min(entries.Count, Limits.ReportEntriesMax); i++)
                check.Text($"{field}[{i}]", entries[i], Limits.SiteLengthMax, required: true);
        }
    }

    private static void CheckAccount(StockAccount account, Inspection check)
    {
        check.Id("item", account.Item);
        check.Text("lot", account.Lot, Limits.LotLengthMax);
        check.Text("reason", account.Reason, Limits.ReasonLengthMax);
        foreach (var (field, quantity) in new[]
        {
            ("opening", account.Opening), ("received", account.Received), ("acquired", account.Acquired),
            ("discovered", account.Discovered), ("recounted", account.Recounted), ("destroyed", account.Destroyed),
            ("consumed", account.Consumed), ("delivered", account.Delivered), ("lost", account.Lost),
            ("closing", account.Closing), ("destroyed_since_entry", account.DestroyedSinceEntry),
        })
        {
            check.Between(field, quantity, -Limits.QuantityMax, Limits.QuantityMax);
        }
    }

    private static void CheckAtSite(DestructionAtSite destruction, Inspection check)
    {
        check.Text("site", destruction.Site, Limits.SiteLengthMax, required: true);
        check.Text("method", destruction.Method, Limits.MethodLengthMax);
        check.Id("item", destruction.Item);
        check.Between("quantity", destruction.Quantity, 1, Limits.QuantityMax);
    }

    private static void CheckTransfer(ReportedTransfer transfer, Inspection check)
    {
        check.PartyCode("partner", transfer.Partner);
        check.Choice("purpose", transfer.Purpose);
        check.Require(transfer.Lines.Count > 0, "lines", "Expected at least one. Add it.");
        LineShape.CheckAll(transfer.Lines, Limits.NoticeLinesMax, exceptions: false, check);
    }
}
