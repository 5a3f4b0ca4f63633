using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Google.Type;
using Treaty.Grid.Conventions;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Storage.Codec;

/// <summary>
/// Between what is said on the wire and the domain's values. It goes both ways without loss: what was left to a default
/// stays so. Input is already checked for shape.
/// </summary>
public static class StatementCodec
{
    /// <summary>Of the names that parties choose for themselves, few would come again.</summary>
    private const int KnownLengthMax = 32;

    private static readonly CanonicalCache<string> Names = new(4_096);

    public static DateOnly ToDay(this Date date) => new(date.Year, date.Month, date.Day);

    public static Date ToDate(this DateOnly day) => new() { Year = day.Year, Month = day.Month, Day = day.Day };

    public static Date? ToDate(this DateOnly? day) => day?.ToDate();

    /// <summary>The key of a transfer from its name in the contract; null if it is none.</summary>
    public static TransferKey? ToTransferKey(string name)
    {
        var parts = name.Split('/');
        var rest = parts is ["parties", _, "transfers", var last] ? last.Split('~', 2) : [];
        return rest.Length == 2 ? new TransferKey(Known(parts[1]), Known(rest[0]), rest[1]) : null;
    }

    /// <summary>A code or the id of an item or convention, as one object wherever it is kept.</summary>
    public static string Known(string name) => name.Length > KnownLengthMax ? name : Names.Of(name);

    public static Notice ToNotice(this V1.Notice notice, string filer, string id) => new(
        id, Known(filer), (NoticeKind)notice.Kind,
        new TransferKey(Known(notice.Sender), Known(notice.Recipient), notice.Transfer),
        (Purpose)notice.Purpose, notice.Date.ToDay(), [.. notice.Lines.Select(ToLine)])
    {
        Transit = [.. notice.Transit],
        RecipientKind = (RecipientKind)notice.RecipientKind,
        Final = notice.HasFinal ? notice.Final : null,
        Moved = notice.HasMoved ? notice.Moved : null,
        TitlePassed = notice.HasTitlePassed ? notice.TitlePassed : null,
        ControlPassed = notice.HasControlPassed ? notice.ControlPassed : null,
        StatedTotal = notice.HasStatedTotal ? notice.StatedTotal : null,
        OnwardFrom = notice.OnwardFrom.Length == 0 ? null : ToTransferKey(notice.OnwardFrom),
        Remark = notice.Remark,
        Supersedes = IdOf(notice.Supersedes),
        Explanation = (ExplanationCode)notice.Explanation,
        PurposeCode = notice.PurposeCode,
        FirstReported = notice.FirstRecordTime?.ToDateTimeOffset(),
        Site = notice.Site,
        Method = notice.Method,
    };

    /// <summary>With its name, and without its record time, which the entry has.</summary>
    public static V1.Notice ToMessage(this Notice notice)
    {
        var message = new V1.Notice
        {
            Name = notice.Name,
            Kind = (V1.NoticeKind)notice.Kind,
            Transfer = notice.Transfer.Reference,
            Sender = notice.Transfer.Sender,
            Recipient = notice.Transfer.Recipient,
            Transit = { notice.Transit },
            Purpose = (V1.Purpose)notice.Purpose,
            Date = notice.Date.ToDate(),
            Lines = { notice.Lines.Select(ToMessage) },
            RecipientKind = (V1.RecipientKind)notice.RecipientKind,
            OnwardFrom = notice.OnwardFrom?.Name ?? "",
            Remark = notice.Remark,
            Supersedes = NameOf(notice.Filer, "notices", notice.Supersedes),
            Explanation = (V1.ExplanationCode)notice.Explanation,
            PurposeCode = notice.PurposeCode,
            FirstRecordTime = notice.FirstReported?.ToTimestamp(),
            Site = notice.Site,
            Method = notice.Method,
        };
        if (notice.Final is { } final)
        {
            message.Final = final;
        }

        if (notice.Moved is { } moved)
        {
            message.Moved = moved;
        }

        if (notice.TitlePassed is { } title)
        {
            message.TitlePassed = title;
        }

        if (notice.ControlPassed is { } control)
        {
            message.ControlPassed = control;
        }

        if (notice.StatedTotal is { } total)
        {
            message.StatedTotal = total;
        }

        return message;
    }

    public static Declaration ToDeclaration(this V1.Declaration declaration, string id)
    {
        var atMonthEnd = declaration.AsOf.Day == 0;
        var asOf = atMonthEnd
            ? new DateOnly(declaration.AsOf.Year, declaration.AsOf.Month, 1).AddMonths(1).AddDays(-1)
            : declaration.AsOf.ToDay();
        var (kind, lines) = declaration.BodyCase switch
        {
            V1.Declaration.BodyOneofCase.StockOpening =>
                (DeclarationKind.Opening, declaration.StockOpening.Lines),
            V1.Declaration.BodyOneofCase.Destruction =>
                (DeclarationKind.Destruction, declaration.Destruction.Lines),
            V1.Declaration.BodyOneofCase.Discovery =>
                (DeclarationKind.Discovery, declaration.Discovery.Lines),
            V1.Declaration.BodyOneofCase.Consumption =>
                (DeclarationKind.Consumption, declaration.Consumption.Lines),
            V1.Declaration.BodyOneofCase.Reclassification =>
                (DeclarationKind.Reclassification, declaration.Reclassification.Lines),
            V1.Declaration.BodyOneofCase.Completion =>
                (DeclarationKind.Completion, []),
            V1.Declaration.BodyOneofCase.TransparencyReport =>
                (DeclarationKind.Report, declaration.TransparencyReport.Holdings),
            _ => throw new InvalidDataException($"Declaration {id} has no body."),
        };
        return new Declaration(
            id, kind, asOf, [.. lines.Select(ToLine)], (Place)(declaration.Reclassification?.To ?? 0),
            declaration.HasStatedTotal ? declaration.StatedTotal : null)
        {
            AtMonthEnd = atMonthEnd,
            Site = declaration.Destruction?.Site ?? "",
            Method = declaration.Destruction?.Method ?? "",
            Remark = declaration.Remark,
            Supersedes = IdOf(declaration.Supersedes),
            Report = declaration.TransparencyReport?.ToReport(),
        };
    }

    /// <summary>With its name, and without its record time, which the entry has.</summary>
    public static V1.Declaration ToMessage(this Declaration declaration, string party)
    {
        var asOf = declaration.AsOf.ToDate();
        if (declaration.AtMonthEnd)
        {
            asOf.Day = 0;
        }

        var lines = declaration.Lines.Select(ToMessage);
        var message = new V1.Declaration
        {
            Name = declaration.NameOf(party),
            AsOf = asOf,
            Remark = declaration.Remark,
            Supersedes = NameOf(party, "declarations", declaration.Supersedes),
        };
        switch (declaration.Kind)
        {
            case DeclarationKind.Opening: message.StockOpening = new() { Lines = { lines } }; break;
            case DeclarationKind.Destruction:
                message.Destruction = new()
                {
                    Lines = { lines },
                    Site = declaration.Site,
                    Method = declaration.Method,
                };
                break;
            case DeclarationKind.Discovery: message.Discovery = new() { Lines = { lines } }; break;
            case DeclarationKind.Consumption: message.Consumption = new() { Lines = { lines } }; break;
            case DeclarationKind.Reclassification:
                message.Reclassification = new() { Lines = { lines }, To = (V1.HoldingClass)declaration.To };
                break;
            case DeclarationKind.Report:
                message.TransparencyReport = declaration.Report!.ToMessage();
                message.TransparencyReport.Holdings.Add(lines);
                break;
            default: message.Completion = new(); break;
        }

        if (declaration.StatedTotal is { } total)
        {
            message.StatedTotal = total;
        }

        return message;
    }

    public static DepositaryNotification ToNotification(this V1.DepositaryNotification notification, string id) => new(
        id, IdOf(notification.Convention), (NotificationKind)notification.Kind, notification.Date.ToDay(),
        notification.Effective?.ToDay(), [.. notification.Asserters], notification.Source)
    {
        Clarification = notification.Clarification,
        Finding = notification.Finding,
    };

    public static V1.DepositaryNotification ToMessage(this DepositaryNotification notification, string party) => new()
    {
        Name = $"parties/{party}/notifications/{notification.Id}",
        Convention = $"conventions/{notification.Convention}",
        Kind = (V1.DepositaryNotification.Types.Kind)notification.Kind,
        Date = notification.Date.ToDate(),
        Effective = notification.Effective.ToDate(),
        Asserters = { notification.Asserters },
        Source = notification.Source,
        Clarification = notification.Clarification,
        Finding = notification.Finding,
    };

    /// <summary>The name of a party's statement; empty without an id.</summary>
    public static string NameOf(string party, string collection, string id) =>
        id.Length == 0 ? "" : $"parties/{party}/{collection}/{id}";

    /// <summary>The code in the name of a party or of what lies under it, such as a notice.</summary>
    public static string FilerOf(string name) => name.Split('/')[1];

    /// <summary>The last part of a resource name.</summary>
    public static string IdOf(string name) => name[(name.LastIndexOf('/') + 1)..];

    public static Line ToLine(this V1.Line line) => new(
        Known(line.ItemId.Length > 0 ? line.ItemId : line.Item), line.Quantity)
    {
        Alias = line.ItemId.Length > 0 ? line.Item : null,
        Basis = (QuantityBasis)line.Basis,
        Lots = [.. line.Lots.Select(l => new Lot(l.Lot_, l.Quantity))],
        Packaging = line.Packaging is { } packaging ? new Packaging(packaging.Unit, packaging.Units) : null,
        Exceptions =
        [
            .. line.Exceptions.Select(e => new ReceiptException((ExceptionKind)e.Kind, e.Quantity, e.Reason)),
        ],
        Activation = (ReportedActivation)line.Activation,
        Class = (Place)line.HoldingClass,
        Characteristics = line.Characteristics.Count == 0
            ? Line.NoCharacteristics
            : line.Characteristics.ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    public static V1.Line ToMessage(this Line line) => new()
    {
        Item = line.Stated,
        ItemId = line.Alias is null ? "" : line.Item,
        Quantity = line.Quantity,
        Basis = (V1.QuantityBasis)line.Basis,
        Lots = { line.Lots.Select(l => new V1.Lot { Lot_ = l.Number, Quantity = l.Quantity }) },
        Packaging = line.Packaging is { } packaging
            ? new V1.Packaging { Unit = packaging.Unit, Units = packaging.Units }
            : null,
        Exceptions =
        {
            line.Exceptions.Select(e => new V1.LineException
            {
                Kind = (V1.LineException.Types.Kind)e.Kind,
                Quantity = e.Quantity,
                Reason = e.Reason,
            }),
        },
        Activation = (V1.Activation)line.Activation,
        HoldingClass = (V1.HoldingClass)line.Class,
        Characteristics = { line.Characteristics },
    };
}
