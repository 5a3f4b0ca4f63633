using Google.Protobuf.Collections;
using Treaty.Grid.Contracts;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Shape;

/// <summary>The form of declarations.</summary>
internal static class DeclarationShape
{
    public static void Check(SubmitDeclarationRequest request, Inspection check)
    {
        check.PartyName("parent", request.Parent);
        check.Id("declaration_id", request.DeclarationId);
        check.Inside("declaration", request.Declaration, (declaration, check) =>
        {
            check.OwnName("name", declaration.Name, $"{request.Parent}/declarations/{request.DeclarationId}");
            CheckDeclaration(Names.ResourceNames.Party(request.Parent), declaration, check);
        }, required: true);
    }

    private static void CheckDeclaration(string? filer, Declaration declaration, Inspection check)
    {
        var former = Names.ResourceNames.Declaration(declaration.Supersedes)?.Party;
        check.Former("supersedes", declaration.Supersedes, former, filer, "declarations");

        // A correction may take something back and put nothing in its place.
        var min = declaration.Supersedes.Length == 0 ? 1 : 0;
        check.Day("as_of", declaration.AsOf, check.LatestToday, required: true, monthEnd: true);
        LineShape.CheckStatedTotal(declaration.HasStatedTotal, declaration.StatedTotal, check);
        check.Text("remark", declaration.Remark, Limits.RemarkLengthMax);
        check.Require(declaration.BodyCase != Declaration.BodyOneofCase.None, "body",
            "Expected exactly one of stock_opening, destruction, discovery, consumption, reclassification, completion"
            + " and transparency_report. Add it.");
        check.Inside("transparency_report", declaration.TransparencyReport,
            (body, check) => ReportShape.Check(body, Days.Read(declaration.AsOf ?? new(), monthEnd: true), check));
        check.Inside("stock_opening", declaration.StockOpening,
            (body, check) => CheckLines(body.Lines, min: 0, check));
        check.Inside("destruction", declaration.Destruction, (body, check) =>
        {
            CheckLines(body.Lines, min, check);
            check.Text("site", body.Site, Limits.SiteLengthMax);
            check.Text("method", body.Method, Limits.MethodLengthMax);
        });
        check.Inside("discovery", declaration.Discovery, (body, check) => CheckLines(body.Lines, min, check));
        check.Inside("consumption", declaration.Consumption, (body, check) => CheckLines(body.Lines, min, check));
        check.Inside(
            "reclassification", declaration.Reclassification, (body, check) => CheckReclassification(body, min, check));
    }

    private static void CheckReclassification(StockReclassification body, int min, Inspection check)
    {
        CheckLines(body.Lines, min, check);
        check.Require(
            body.To is HoldingClass.Retained or HoldingClass.Operational or HoldingClass.AwaitingDestruction, "to",
            "Expected RETAINED, OPERATIONAL or AWAITING_DESTRUCTION. Choose one of them.");
        for (var i = 0; i < Math.Min(body.Lines.Count, Limits.DeclarationLinesMax); i++)
        {
            check.Require(body.Lines[i].HoldingClass != body.To || body.To == HoldingClass.Unspecified,
                $"lines[{i}].holding_class", "Expected the class it leaves, another than the one it enters.");
        }
    }

    private static void CheckLines(RepeatedField<Line> lines, int min, Inspection check)
    {
        check.Require(lines.Count >= min, "lines", "Expected at least one. Add it.");
        LineShape.CheckAll(lines, Limits.DeclarationLinesMax, exceptions: false, check);
    }
}
