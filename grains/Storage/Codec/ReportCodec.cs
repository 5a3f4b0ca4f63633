using Treaty.Grid.Reports;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Storage.Codec;

/// <summary>
/// Between a transparency report on the wire and the domain's, without what is held, which is the declaration's lines.
/// A line break is one character, however it came.
/// </summary>
public static class ReportCodec
{
    public static TransparencyReport ToReport(this V1.TransparencyReport report) => new()
    {
        Convention = StatementCodec.IdOf(report.Convention),
        IsInitial = report.Initial,
        ReceivedOn = report.ReceivedDate?.ToDay(),
        Parts =
        [
            .. report.Parts.Select(p => new ReportPart((ReportParagraph)p.Paragraph, (PartState)p.State)
            {
                Text = p.Text.Replace("\r\n", "\n", StringComparison.Ordinal),
                Institutions = [.. p.Institutions],
                Sites = [.. p.Sites],
                Methods = [.. p.Methods],
            }),
        ],
        Accounts = [.. report.Accounts.Select(ToAccount)],
        Transfers =
        [
            .. report.Transfers.Select(t => new ReportedTransfer(
                t.Partner, t.Incoming, (Purpose)t.Purpose, [.. t.Lines.Select(l => l.ToLine())])),
        ],
        DestroyedAtSites =
        [
            .. report.DestroyedAtSites.Select(d => new DestructionAtSite(d.Site, d.Method, d.Item, d.Quantity)),
        ],
    };

    public static V1.TransparencyReport ToMessage(this TransparencyReport report) => new()
    {
        Convention = report.Convention.Length == 0 ? "" : $"conventions/{report.Convention}",
        Initial = report.IsInitial,
        ReceivedDate = report.ReceivedOn.ToDate(),
        Parts =
        {
            report.Parts.Select(p => new V1.ReportPart
            {
                Paragraph = (V1.ReportParagraph)p.Paragraph,
                State = (V1.ReportPart.Types.State)p.State,
                Text = p.Text,
                Institutions = { p.Institutions },
                Sites = { p.Sites },
                Methods = { p.Methods },
            }),
        },
        Accounts = { report.Accounts.Select(ToMessage) },
        Transfers =
        {
            report.Transfers.Select(t => new V1.ReportedTransfer
            {
                Partner = t.Partner,
                Incoming = t.IsIncoming,
                Purpose = (V1.Purpose)t.Purpose,
                Lines = { t.Lines.Select(l => l.ToMessage()) },
            }),
        },
        DestroyedAtSites =
        {
            report.DestroyedAtSites.Select(d => new V1.DestructionAtSite
            {
                Site = d.Site,
                Method = d.Method,
                Item = d.Item,
                Quantity = d.Quantity,
            }),
        },
    };

    private static StockAccount ToAccount(V1.StockAccount account) => new(account.Item, account.Lot)
    {
        Opening = account.Opening,
        Received = account.Received,
        Acquired = account.Acquired,
        Discovered = account.Discovered,
        Recounted = account.Recounted,
        Destroyed = account.Destroyed,
        Consumed = account.Consumed,
        Delivered = account.Delivered,
        Lost = account.Lost,
        Closing = account.Closing,
        DestroyedSinceEntry = account.HasDestroyedSinceEntry ? account.DestroyedSinceEntry : null,
        Reason = account.Reason,
    };

    private static V1.StockAccount ToMessage(StockAccount account)
    {
        var message = new V1.StockAccount
        {
            Item = account.Item,
            Lot = account.Lot,
            Opening = account.Opening,
            Received = account.Received,
            Acquired = account.Acquired,
            Discovered = account.Discovered,
            Recounted = account.Recounted,
            Destroyed = account.Destroyed,
            Consumed = account.Consumed,
            Delivered = account.Delivered,
            Lost = account.Lost,
            Closing = account.Closing,
            Reason = account.Reason,
        };
        if (account.DestroyedSinceEntry is { } destroyed)
            message.DestroyedSinceEntry = destroyed;
        return message;
    }
}
