namespace Treaty.Grid.Conventions;

/// <summary>The conventions that the register knows.</summary>
public static class KnownConventions
{
    private const string FromMemory = "Periods from memory: check before relying on them.";

    /// <summary>
    /// The Anti-Personnel Mine Ban Convention of 18 September 1997. Deadlines of Articles 4, 7, 8, 17 and 20 are the
    /// convention's; the other periods follow the practice named beside them.
    /// </summary>
    public static Convention MineBan { get; } = new(
        "apmbc", "Anti-Personnel Mine Ban Convention", "apmbc/1", new DateOnly(1999, 3, 1))
    {
        // Article 17: the first day of the sixth month after the month of the deposit.
        Entry = new Period(Months: 6, FromFirstOfMonth: true),

        // Article 20(3).
        Withdrawal = new Period(Months: 6),
        WithdrawalHeldUpByConflict = true,
        Terms = new Terms
        {
            // Article 4; no extension exists.
            StockDestruction = new Period(Months: 48),

            // Safeguards practice: reports of a month by the thirtieth day after it.
            CounterNotice = new Period(Days: 30),

            // Waste shipment practice: a certificate of treatment within a year of the receipt.
            Certificate = new Period(Months: 12),
            FoundStock = new Period(Months: 12),

            // Article 7(1) and (2): 180 days; 30 April.
            InitialReport = new Period(Days: 180),
            YearlyReport = new Period(Months: 4),

            // Article 8.
            ClarificationReply = new Period(Days: 28),
            JourneyDaysMax = 365,
            ApproximatePercentMax = 5,
        },
        Source = "Convention text, Articles 4, 7, 8, 17 and 20; reporting periods after IAEA safeguards and European "
            + "waste shipment practice, journey and tolerance are this register's own.",
    };

    /// <summary>By id. Under all but the first, memberships are kept and nothing is judged.</summary>
    public static ImmutableSortedDictionary<string, Convention> All { get; } = new[]
    {
        MineBan,
        new Convention("ccm", "Convention on Cluster Munitions", "ccm/1", new DateOnly(2010, 8, 1))
        {
            Entry = new Period(Months: 6, FromFirstOfMonth: true),
            Withdrawal = new Period(Months: 6),
            WithdrawalHeldUpByConflict = true,
            Source = "Convention text, Articles 17 and 20.",
        },
        new Convention(
            "ccw-ap2", "Amended Protocol II to the Convention on Certain Conventional Weapons", "ccw-ap2/1",
            new DateOnly(1998, 12, 3))
        {
            Entry = new Period(Months: 6),
            Withdrawal = new Period(Months: 12),
            WithdrawalHeldUpByConflict = true,
            Source = FromMemory,
        },
        new Convention("cwc", "Chemical Weapons Convention", "cwc/1", new DateOnly(1997, 4, 29))
        {
            Entry = new Period(Days: 30),
            Withdrawal = new Period(Days: 90),
            Source = FromMemory,
        },
        new Convention("att", "Arms Trade Treaty", "att/1", new DateOnly(2014, 12, 24))
        {
            Entry = new Period(Days: 90),
            Withdrawal = new Period(Days: 90),
            Source = FromMemory,
        },
    }.ToImmutableSortedDictionary(c => c.Id, c => c, StringComparer.Ordinal);
}
