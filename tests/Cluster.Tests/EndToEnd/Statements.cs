using Treaty.Grid.V1;
using Date = Google.Type.Date;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Short forms of what states file.</summary>
internal static class Statements
{
    public const string Mine = "PMA-2";

    public static Date Day(int year, int month, int day) => new() { Year = year, Month = month, Day = day };

    public static string TransferName(string sender, string recipient, string reference) =>
        $"parties/{sender}/transfers/{recipient}~{reference}";

    public static Notice Dispatch(
        string sender, string recipient, string reference, long quantity, Date date,
        Purpose purpose = Purpose.OperationalUse, string item = Mine) =>
        Make(NoticeKind.Dispatch, sender, recipient, reference, quantity, date, purpose, item);

    public static Notice Receipt(
        string sender, string recipient, string reference, long quantity, Date date,
        Purpose purpose = Purpose.OperationalUse, string item = Mine) =>
        Make(NoticeKind.Receipt, sender, recipient, reference, quantity, date, purpose, item);

    public static Notice Certificate(
        string sender, string recipient, string reference, long quantity, Date date, bool final) => new()
        {
            Kind = NoticeKind.Destruction,
            Transfer = reference,
            Sender = sender,
            Recipient = recipient,
            Date = date,
            Lines = { new Line { Item = Mine, Quantity = quantity } },
            Final = final,
        };

    /// <summary>Mines of unstated type and undisclosed number, for operational use.</summary>
    public static Notice Undisclosed(
        NoticeKind kind, string sender, string recipient, string reference, Date date) => new()
        {
            Kind = kind,
            Transfer = reference,
            Sender = sender,
            Recipient = recipient,
            Purpose = Purpose.OperationalUse,
            Date = date,
            Lines = { new Line { Item = "APM-UNSPECIFIED", Basis = QuantityBasis.Undisclosed } },
        };

    public static Notice Reply(string sender, string recipient, string reference, Date date, string remark) => new()
    {
        Kind = NoticeKind.Reply,
        Transfer = reference,
        Sender = sender,
        Recipient = recipient,
        Date = date,
        Remark = remark,
    };

    private static Notice Make(
        NoticeKind kind, string sender, string recipient, string reference, long quantity, Date date, Purpose purpose,
        string item) => new()
        {
            Kind = kind,
            Transfer = reference,
            Sender = sender,
            Recipient = recipient,
            Purpose = purpose,
            Date = date,
            Lines = { new Line { Item = item, Quantity = quantity } },
        };
}
