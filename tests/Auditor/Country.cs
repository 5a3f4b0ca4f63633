namespace Treaty.Grid.Auditor;

/// <summary>A state and its place in the Mine Ban Convention over time, as its depositary knows it.</summary>
public sealed record Country(string Code)
{
    public DateOnly? Signed { get; init; }

    public DateOnly? Deposited { get; init; }

    /// <summary>It applies Article 1 until entry into force (Article 18).</summary>
    public bool Provisional { get; init; }

    public DateOnly? WithdrawalReceived { get; init; }

    /// <summary>The day from which it says that the convention is suspended. It stays bound.</summary>
    public DateOnly? SuspensionAsserted { get; init; }

    /// <summary>Article 17: the first day of the sixth month after the deposit, never before 1 March 1999.</summary>
    public DateOnly? EntryIntoForce
    {
        get
        {
            if (Deposited is not { } deposit) return null;
            DateOnly sixth = deposit.AddMonths(6);
            var first = new DateOnly(sixth.Year, sixth.Month, 1);
            var convention = new DateOnly(1999, 3, 1);
            return first > convention ? first : convention;
        }
    }

    /// <summary>Article 20: six months after the depositary received the notice. Nobody here is at war.</summary>
    public DateOnly? Left => WithdrawalReceived?.AddMonths(6);

    /// <summary>Article 4: four years after entry into force. Late is the day after.</summary>
    public DateOnly? DestroyedBy => EntryIntoForce?.AddYears(4);

    /// <summary>"bound", "consented" (deposited, not in force), "signatory", or "outside".</summary>
    public string StandingOn(DateOnly day)
    {
        if (Left is { } left && left <= day) return "outside";
        if (EntryIntoForce is { } force && force <= day) return "bound";
        if (Deposited is { } deposit && deposit <= day) return "consented";
        return Signed is { } signed && signed <= day ? "signatory" : "outside";
    }

    public bool BoundOn(DateOnly day) => StandingOn(day) == "bound";
}
