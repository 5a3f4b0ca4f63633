using Google.Protobuf.Collections;
using Treaty.Grid.Contracts;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Shape;

/// <summary>The form of lines, in notices and in declarations.</summary>
internal static class LineShape
{
    /// <summary>A stated total is a sum of lines; a wrong one is found, not refused.</summary>
    private const long StatedTotalMax = Limits.QuantityMax * Limits.DeclarationLinesMax;

    public static void CheckAll(RepeatedField<Line> lines, int max, bool exceptions, Inspection check)
    {
        check.Each("lines", lines, max, exceptions ? CheckReceived : CheckOther);
        if (lines.Count <= max)
        {
            check.Distinct("lines", lines, l => (l.Item, l.HoldingClass), "", "an item with the same class");
        }
    }

    /// <summary>What a report says is held: on the way as well.</summary>
    public static void CheckHeld(RepeatedField<Line> lines, Inspection check)
    {
        check.Each("holdings", lines, Limits.DeclarationLinesMax, CheckHeld);
        if (lines.Count <= Limits.DeclarationLinesMax)
        {
            check.Distinct("holdings", lines, l => (l.Item, l.HoldingClass), "", "an item with the same class");
        }
    }

    public static void CheckStatedTotal(bool stated, long total, Inspection check)
    {
        if (stated)
            check.Between("stated_total", total, 0, StatedTotalMax);
    }

    private static void RequireKept(Line line, Inspection check) => check.Require(
        line.HoldingClass is not (HoldingClass.InTransit or HoldingClass.PassedOn), "holding_class",
        "Expected a class that is held: what is on the way is moved by receipts. Name where it is kept.");

    private static void CheckReceived(Line line, Inspection check)
    {
        RequireKept(line, check);
        Check(line, check);
        check.Each("exceptions", line.Exceptions, Limits.ExceptionsMax, CheckException);
    }

    private static void CheckOther(Line line, Inspection check)
    {
        RequireKept(line, check);
        CheckHeld(line, check);
    }

    private static void CheckHeld(Line line, Inspection check)
    {
        Check(line, check);
        check.Require(line.Exceptions.Count == 0, "exceptions", "Expected none: only a RECEIPT has them. Remove them.");
    }

    private static void Check(Line line, Inspection check)
    {
        check.Id("item", line.Item);
        check.Choice("basis", line.Basis);
        check.Choice("activation", line.Activation);
        check.Choice("holding_class", line.HoldingClass);
        check.Inside("packaging", line.Packaging, CheckPackaging);
        CheckCharacteristics(line, check);
        if (line.Basis == QuantityBasis.Undisclosed)
        {
            check.Require(line.Quantity == 0, "quantity", "Expected 0 where the basis is UNDISCLOSED. Remove it.");
            check.Require(line.Lots.Count == 0, "lots", "Expected none where the basis is UNDISCLOSED. Remove them.");
            return;
        }

        // Nothing of a type may have arrived: then its exceptions say what became of it.
        check.Between("quantity", line.Quantity, line.Exceptions.Count > 0 ? 0 : 1, Limits.QuantityMax);

        // Lots that add up to more than the line are found, not refused (APM-41).
        check.Each("lots", line.Lots, Limits.LotsMax, CheckLot);
        if (line.Lots.Count is > 0 and <= Limits.LotsMax)
            check.Distinct("lots", line.Lots, l => l.Lot_, ".lot", "a lot");
    }

    private static void CheckCharacteristics(Line line, Inspection check)
    {
        check.Require(line.Characteristics.Count <= Limits.CharacteristicsMax, "characteristics",
            $"Expected at most {Limits.CharacteristicsMax} of them. Leave out the rest.");
        foreach (var (name, value) in line.Characteristics.Take(Limits.CharacteristicsMax))
        {
            check.Word("characteristics", name);
            check.Text("characteristics", value, Limits.PhraseLengthMax, required: true);
        }
    }

    private static void CheckLot(Lot lot, Inspection check)
    {
        check.Text("lot", lot.Lot_, Limits.LotLengthMax, required: true);
        check.Between("quantity", lot.Quantity, 1, Limits.QuantityMax);
    }

    private static void CheckPackaging(Packaging packaging, Inspection check)
    {
        check.Text("unit", packaging.Unit, Limits.PhraseLengthMax, required: true);
        check.Between("units", packaging.Units, 1, Limits.QuantityMax);
    }

    private static void CheckException(LineException exception, Inspection check)
    {
        check.Choice("kind", exception.Kind, required: true);
        check.Between("quantity", exception.Quantity, 1, Limits.QuantityMax);
        check.Text("reason", exception.Reason, Limits.ReasonLengthMax, required: true);
    }
}
