namespace Treaty.Grid.Auditor;

// Acts that Articles 1 and 3 speak of, and what happens to mines that were to be destroyed.
internal sealed partial class Scripts
{
    private void Prohibited()
    {
        Shipment s = BetweenBound("operational_use");
        switch (_dice.Below(3))
        {
            case 0: Add(s.Dispatch(Id())); break;
            case 1: Add(s.Receipt(Id())); break;
            default: Both(s); break;
        }
    }

    private void ProhibitedUnbound()
    {
        Shipment s = Draw("operational_use", Other(), (a, b, sent, arrived) =>
            Plain(a, sent, arrived) && Plain(b, sent, arrived) && !(a.BoundOn(sent) && b.BoundOn(arrived)));
        if (_dice.Chance(30)) Add(s.Dispatch(Id()));
        else Both(s);
    }

    // The same standing on both days, and neither a signatory nor a state that waits for entry into force.
    private static bool Plain(Country c, DateOnly sent, DateOnly arrived) =>
        c.StandingOn(sent) == c.StandingOn(arrived) && c.StandingOn(sent) is "bound" or "outside";

    private void NotYetBound()
    {
        Shipment s = Draw("operational_use", Other(), (a, b, sent, arrived) =>
            a.StandingOn(sent) is "signatory" or "consented" || b.StandingOn(arrived) is "signatory" or "consented");
        Both(s);
    }

    private void TitleKept()
    {
        Shipment s = BetweenBound("operational_use");
        Notice dispatch = s.Dispatch(Id()) with { TitlePassed = false };
        Add(dispatch);
        Add(s.Receipt(Id()));
    }

    private void Transit()
    {
        Shipment s = BetweenBound(_dice.Chance(75) ? "operational_use" : "training", Other());
        string third;
        do third = _dice.Pick(_countries).Code;
        while (third == s.Key.Sender || third == s.Key.Recipient);
        bool senderSays = _dice.Chance(60);
        Both(
            s,
            d => senderSays ? d with { Transit = [third] } : d,
            r => senderSays && _dice.Chance(50) ? r : r with { Transit = [third] });
    }

    private void NeverOrdered()
    {
        Shipment s = Draw("operational_use", Other(), (a, b, sent, _) =>
            a.StandingOn(sent) is "outside" or "bound" && b.BoundOn(sent) && b.BoundOn(sent.AddDays(40)));
        Add(s.Dispatch(Id()));
        Add(s.Said(s.Key.Recipient, Id(), "reply", s.Sent.AddDays(_dice.Below(40))));
    }

    private void Refusal()
    {
        Shipment s = BetweenBound(Permitted(), _dice.Chance(10) ? Taxonomy.Unknown : Other());
        Notice dispatch = s.Dispatch(Id());
        if (_dice.Chance(30)) dispatch = Counting(dispatch, s.Line(s.Quantity) with { HoldingClass = "operational" });
        Add(dispatch);
        // All of it, by its lines or without a word, or a part of it.
        long refused = _dice.Chance(70) ? s.Quantity : s.Quantity / 2;
        bool wordless = refused == s.Quantity && _dice.Chance(40);
        Add(s.Said(s.Key.Recipient, Id(), "refusal", s.Arrived) with { Lines = wordless ? [] : [s.Line(refused)] });
        if (refused < s.Quantity) Add(Counting(s.Receipt(Id()), s.Line(s.Quantity - refused)));
    }

    private void Destroyed()
    {
        Shipment s = BetweenBound("destruction");
        Both(s);
        long first = s.Quantity / 2;
        Add(s.Certificate(Id(), s.Arrived.AddDays(5), first, null));
        Add(s.Certificate(Id(), s.Arrived.AddDays(9), s.Quantity - first, true));
    }

    private void DestroyedInPart()
    {
        Shipment s = BetweenBound("destruction");
        Both(s);
        bool? notFinal = _dice.Chance(50) ? null : false;
        Add(s.Certificate(Id(), s.Arrived.AddDays(5), s.Quantity - _dice.Between(1, 480), notFinal));
    }

    private void FinalShort()
    {
        Shipment s = BetweenBound("destruction");
        Both(s);
        long missing = _dice.Between(1, 480);
        Add(s.Certificate(Id(), s.Arrived.AddDays(5), s.Quantity - missing, true));
        // A late certificate for the rest ends it clean.
        if (_dice.Chance(30)) Add(s.Certificate(Id(), s.Arrived.AddDays(30), missing, _dice.Chance(50) ? true : null));
    }

    private void NoCertificate() => Both(BetweenBound("destruction"));

    private void Forwarded()
    {
        Shipment s = BetweenBound("destruction", Other());
        Both(s);
        string third;
        do third = _dice.Pick<string>(["ALB", "BEL", "CRI", "DNK"]);
        while (third == s.Key.Sender || third == s.Key.Recipient);
        bool back = _dice.Chance(30);
        var key = new TransferKey(s.Key.Recipient, back ? s.Key.Sender : third, $"F-{_ids}");
        long part = _dice.Chance(50) ? s.Quantity : s.Quantity / 2;
        var onward = new Shipment(key, "destruction", s.Item, part, s.Arrived.AddDays(3), s.Arrived.AddDays(7));
        // Diverted to another use: what it was received for no longer holds.
        if (!back && _dice.Chance(25)) onward = onward with { Purpose = "operational_use" };
        // Only the dispatch by which they leave counts: not its plan, nor the word of the next holder.
        if (_dice.Chance(30)) Add(onward.Dispatch(Id()) with { Kind = "plan", OnwardFrom = s.Key });
        bool named = _dice.Chance(30);
        Both(onward, d => d with { OnwardFrom = s.Key }, r => named ? r with { OnwardFrom = s.Key } : r);
        if (part < s.Quantity) Add(s.Certificate(Id(), s.Arrived.AddDays(9), s.Quantity - part, true));
        if (!back) CloseIfForDestruction(onward, part);
    }

    private void Diverted()
    {
        Shipment s = BetweenBound("destruction", Other());
        Both(s);
        long kept = _dice.Between(1, 480);
        Add(new Declaration(s.Key.Recipient, Id(), s.Arrived.AddDays(2))
        {
            Kind = "reclassification",
            Lines = [s.Line(kept) with { HoldingClass = "received_for_destruction" }],
            To = _dice.Chance(50) ? "retained" : "operational",
        });
        Add(s.Certificate(Id(), s.Arrived.AddDays(5), s.Quantity - kept, true));
    }

    private void UnknownItem() =>
        Both(BetweenBound(_dice.Chance(50) ? "training" : "operational_use", Taxonomy.Unknown));

    private void NoMine() => Both(BetweenBound(
        "operational_use", _dice.Chance(50) ? Taxonomy.AntiVehicle : Taxonomy.Component));

    private void Directional()
    {
        string activation = _dice.Pick<string>(["command", "victim", ""]);
        Shipment s = BetweenBound(activation == "command" ? "operational_use" : "destruction", Taxonomy.Directional);
        s = s with { Activation = activation };
        Both(s);
        if (s.Purpose == "destruction") Add(s.Certificate(Id(), s.Arrived.AddDays(5), s.Quantity, true));
    }

    private void Training() => Both(BetweenBound("training"));

    private void Plan()
    {
        Shipment s = BetweenBound(Permitted());
        Add(s.Dispatch(Id()) with { Kind = "plan", Date = s.Sent.AddDays(-10) });
        if (_dice.Chance(50)) Both(s);
        else Add(s.Said(s.Key.Sender, Id(), "cancellation", s.Sent.AddDays(-5)));
    }

    private void LostOnTheWay()
    {
        Shipment s = BetweenBound("training");
        int lost = _dice.Between(1, 480);
        Both(s, null, r => Counting(r, s.Line(s.Quantity - lost)));
        Add(s.Said(s.Key.Sender, Id(), "loss", s.Sent) with { Lines = [s.Line(lost)] });
    }

    private void LostByHolder()
    {
        Shipment s = BetweenBound(Permitted());
        Both(s);
        int lost = _dice.Between(1, 480);
        // Where they were held is said, since the loss may be put on record before the receipt that tells it.
        string held = s.Purpose == "training" ? "retained" : "received_for_destruction";
        Notice loss = s.Said(s.Key.Recipient, Id(), "loss", s.Arrived.AddDays(1));
        Add(Counting(loss, s.Line(lost) with { HoldingClass = held }));
        CloseIfForDestruction(s, s.Quantity - lost);
    }

    private void Organisation()
    {
        Shipment s = Draw(Permitted(), Mine(), (a, b, sent, _) => a.BoundOn(sent) && b.BoundOn(sent));
        s = s with { Key = s.Key with { Recipient = "ICRC" } };
        if (_keys.Add(s.Key)) Add(s.Dispatch(Id()) with { RecipientKind = "international_organisation" });
    }

    private void Contractor()
    {
        Shipment s = BetweenBound("training");
        Both(s, d => d with { RecipientKind = "contractor" });
    }
}
