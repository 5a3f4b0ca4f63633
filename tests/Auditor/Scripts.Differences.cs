namespace Treaty.Grid.Auditor;

// Permitted transfers between bound states, on which both sides agree or do not.
internal sealed partial class Scripts
{
    private void Equal()
    {
        Shipment s = BetweenBound(Permitted());
        Both(s);
        CloseIfForDestruction(s, s.Quantity);
    }

    private void EqualLots()
    {
        Shipment s = BetweenBound("training");
        Both(s with { Lots = [new Lot("L-1", s.Quantity - 100), new Lot("L-2", 100)] });
    }

    private void LotDifference()
    {
        Shipment s = BetweenBound("training");
        var first = new Lot("L-1", s.Quantity - 100);
        Both(
            s,
            d => Counting(d, s.Line(s.Quantity) with { Lots = [first, new Lot("L-2", 100)] }),
            r => Counting(r, s.Line(s.Quantity) with { Lots = [first, new Lot("L-3", 100)] }));
    }

    private void Short()
    {
        Shipment s = BetweenBound(Permitted());
        long held = s.Quantity - _dice.Between(1, 480);
        Both(s, null, r => Counting(r, s.Line(held)));
        CloseIfForDestruction(s, held);
    }

    private void Excess()
    {
        Shipment s = BetweenBound(Permitted());
        long held = s.Quantity + _dice.Between(1, 480);
        Both(s, null, r => Counting(r, s.Line(held)));
        CloseIfForDestruction(s, held);
    }

    private void DeclaredException()
    {
        Shipment s = BetweenBound(Permitted());
        string kind = _dice.Pick<string>(["short", "excess", "damaged", "refused"]);
        int apart = _dice.Between(2, 480);
        // Sometimes the exception tells only a part of the difference.
        int declared = _dice.Chance(70) ? apart : apart - 1;
        long held = kind == "excess" ? s.Quantity + apart : s.Quantity - apart;
        Both(s, null, r => Counting(r, s.Line(held) with { Exceptions = [new LineException(kind, declared)] }));
        CloseIfForDestruction(s, held);
    }

    private void OtherItem()
    {
        Shipment s = BetweenBound(Permitted(), "PMA-2");
        Both(s, null, r => Counting(r, new Line("PMA-3", s.Quantity)));
        CloseIfForDestruction(s with { Item = "PMA-3" }, s.Quantity);
    }

    private void UnspecifiedItem()
    {
        Shipment s = BetweenBound("training");
        if (_dice.Chance(50)) Both(s, null, r => Counting(r, new Line(Taxonomy.Unspecified, s.Quantity)));
        else Both(s with { Item = Taxonomy.Unspecified }, null, r => Counting(r, s.Line(s.Quantity)));
    }

    private void PurposeContradiction()
    {
        Shipment s = BetweenBound(Permitted(), Other());
        string other = s.Purpose == "training"
            ? _dice.Pick<string>(["destruction", "operational_use"])
            : _dice.Pick<string>(["training", "operational_use"]);
        if (_dice.Chance(50)) Both(s, null, r => r with { Purpose = other });
        else Both(s, d => d with { Purpose = other });
    }

    private void ReceiptBeforeDispatch()
    {
        Shipment s = BetweenBound(Permitted());
        s = s with { Arrived = s.Sent.AddDays(-_dice.Between(1, 25)) };
        Both(s);
        CloseIfForDestruction(s, s.Quantity);
    }

    private void FarApart()
    {
        Shipment s = Draw("training", Mine(), (a, b, _, _) => a.EntryIntoForce?.Year == 1999 && a.Left is null
            && b.EntryIntoForce?.Year == 1999 && b.Left is null);
        Both(s with { Arrived = s.Sent.AddDays(_dice.Between(370, 500)) });
    }

    private void SilentRecipient()
    {
        Shipment s = Draw(Permitted(), Mine(), (a, _, sent, _) => a.BoundOn(sent) || a.StandingOn(sent) == "outside");
        Add(s.Dispatch(Id()));
    }

    private void SilentSender()
    {
        Shipment s = Draw(Permitted(), Mine(), (_, b, _, arrived) => b.BoundOn(arrived));
        Add(s.Receipt(Id()));
        CloseIfForDestruction(s, s.Quantity);
    }

    private void Undisclosed()
    {
        Shipment s = BetweenBound(Permitted());
        Line nothing = s.Line(0) with { Basis = "undisclosed" };
        int side = _dice.Below(3);
        Both(
            s,
            d => side != 1 ? Counting(d, nothing) : d,
            r => side != 0 ? Counting(r, nothing) : r);
    }

    private void Approximate()
    {
        Shipment s = BetweenBound("training");
        Both(s, d => Counting(d, s.Line(s.Quantity) with { Basis = "approximate" }));
    }

    private void StatedTotal()
    {
        Shipment s = BetweenBound("training");
        long off = _dice.Between(0, 2);
        if (_dice.Chance(50)) Both(s, d => d with { StatedTotal = s.Quantity + off });
        else Both(s, null, r => r with { StatedTotal = s.Quantity - off });
    }

    private void TwoConsignments()
    {
        Shipment s = BetweenBound("training");
        long first = s.Quantity / 3;
        Add(Counting(s.Dispatch(Id()), s.Line(first)));
        Add(Counting(s.Dispatch(Id()), s.Line(s.Quantity - first)) with { Date = s.Sent.AddDays(3) });
        Add(Counting(s.Receipt(Id()), s.Line(first)) with { Date = s.Sent.AddDays(4), Final = false });
        if (_dice.Chance(70))
            Add(Counting(s.Receipt(Id()), s.Line(s.Quantity - first)) with { Date = s.Sent.AddDays(8) });
    }

    private void Twice()
    {
        Shipment s = BetweenBound("training");
        Shipment again;
        do again = s with { Key = s.Key with { Reference = $"T-{_dice.Between(31, 60)}" } };
        while (!_keys.Add(again.Key));
        Both(s);
        Add(again.Dispatch(Id()));
    }
}
