using Treaty.Grid.Auditor;

namespace Treaty.Grid.Load.Verifying;

/// <summary>
/// What must be in the register about the stories of a run, as far as their notices were acknowledged. The auditor
/// works it out from what was said; nothing of it comes from the register but the order of records.
/// </summary>
internal sealed class Truth(Ledger ledger, Roster roster, DateOnly today)
{
    // As the convention's pack has them: a month's reports by the 30th day after it, a certificate within a year.
    private static readonly Terms Terms = new(CounterDays: 30, CertificateMonths: 12, ApartDaysMax: 365);

    public Ledger Ledger => ledger;

    /// <summary>What is on record about a story, in the order in which it was recorded.</summary>
    public IReadOnlyList<Notice> OnRecord(int number)
    {
        var story = ledger[number];
        return
        [
            .. Enumerable.Range(0, story.Parts)
                .Where(part => ledger.PositionOf(number, part) > 0 && !IsSame(story, part))
                .OrderBy(part => ledger.PositionOf(number, part))
                .Select(part => ledger.Book.NoticeOf(number, part, story)),
        ];
    }

    public Expectation Of(int number)
    {
        var story = ledger[number];
        return new Expectation(
            [roster[ledger.Book.Parties[story.Sender]], roster[ledger.Book.Parties[story.Recipient]]],
            OnRecord(number).Select(n => ((Statement)n, today)), Terms);
    }

    /// <summary>
    /// About the story's transfers; what its parties' stock leads to depends on all stories together.
    /// </summary>
    public IEnumerable<Expected> FindingsOf(int number) =>
        Of(number).Findings(today).Where(f => f.About.Contains('~', StringComparison.Ordinal));

    public IReadOnlyDictionary<(string Item, string Place), long> BalancesOf(int number, string party) =>
        Of(number).Balances(party, today);

    /// <summary>Why the answers that a story had cannot all be right; null if they can.</summary>
    public string? Wrong(int number)
    {
        var story = ledger[number];
        var positions = Enumerable.Range(0, story.Parts).Select(part => ledger.PositionOf(number, part)).ToList();
        if (positions.Contains(Ledger.Open))
            return "a notice was never answered";
        var refused = positions.Count(p => p == Ledger.Refused);
        if (story.Kind == StoryKind.Conflict)
        {
            return (positions[0] == Ledger.Refused) == (positions[2] == Ledger.Refused)
                ? "of two contents under one id not just one was refused"
                : null;
        }

        if (refused > 0)
            return "a notice was refused as if its id had been used for something else";
        return story.Kind == StoryKind.Repeat && positions[0] != positions[2]
            ? "a repeat did not get the first receipt"
            : null;
    }

    /// <summary>What was destroyed, less what arrived above what was sent: books that balance lack just that.</summary>
    public long LeftTheBooks()
    {
        var sum = 0L;
        for (var number = 0; number < ledger.Count; number++)
        {
            foreach (var file in OnRecord(number).GroupBy(n => n.Transfer))
            {
                var (sent, arrived) = (Total(file, "dispatch"), Total(file, "receipt"));
                sum += Total(file, "destruction") - Math.Max(0, arrived - sent);
            }
        }

        return sum;

        static long Total(IEnumerable<Notice> notices, string kind) =>
            notices.Where(n => n.Kind == kind).Sum(n => n.Lines.Sum(l => l.Quantity));
    }

    /// <summary>It has been said before, and is on record once.</summary>
    private static bool IsSame(Story story, int part) => story.Kind == StoryKind.Repeat && part == 2;
}
