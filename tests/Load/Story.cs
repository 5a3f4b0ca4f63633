using Treaty.Grid.Auditor;

namespace Treaty.Grid.Load;

/// <summary>One transfer, or two that belong together, as it will be told.</summary>
internal readonly record struct Story(StoryKind Kind, int Sender, int Recipient)
{
    public const int PartsMax = 3;

    /// <summary>How many notices it takes.</summary>
    public int Parts => Kind switch
    {
        StoryKind.Missing => 1,
        StoryKind.Permitted or StoryKind.Duplicate or StoryKind.Conflict or StoryKind.Repeat => 3,
        _ => 2,
    };

    /// <summary>
    /// Who files a part: the sender, then the recipient; the third is the sender's but for certificates.
    /// </summary>
    public int FilerOf(int part) => part switch
    {
        0 => Sender,
        1 => Recipient,
        _ => Kind == StoryKind.Permitted ? Recipient : Sender,
    };
}

/// <summary>
/// What is said in the stories of one run: all of it follows from the run's name, a story and its number, in the
/// auditor's words.
/// </summary>
/// <param name="name">Begins every id and reference; no other run against the same register has it.</param>
internal sealed class StoryBook(string name, IReadOnlyList<string> parties)
{
    private const int DaysMax = 200;
    private const int JourneyDays = 5;
    private const int LateDays = 400;

    // No two stories of a register are of the same size: equal notices under two references are a finding (APM-55).
    private const int SizeStep = 10;
    private const long RunStep = 1_000_000_000;
    private const int RunsApart = 900;

    // In 2024 the membership of no state changes that is bound then.
    private static readonly DateOnly First = new(2024, 1, 15);

    private readonly long _base = 1_000 + (RunStep * (name.Aggregate(17, (h, c) => ((h * 31) + c) % RunsApart)));

    public string Name => name;

    public IReadOnlyList<string> Parties => parties;

    public string ReferenceOf(int number, int part, Story story) =>
        $"{name}-{number}{(story.Kind == StoryKind.Duplicate && part == 2 ? "x" : "")}";

    /// <summary>Of the notice of a part; a repeat, and what conflicts, use the first one's.</summary>
    public string IdOf(int number, int part, Story story) =>
        $"{name}-{number}.{(part == 2 && story.Kind is StoryKind.Conflict or StoryKind.Repeat ? 0 : part)}";

    public TransferKey KeyOf(int number, int part, Story story) =>
        new(parties[story.Sender], parties[story.Recipient], ReferenceOf(number, part, story));

    /// <summary>The story's number, from a reference; null if it is of another run, or of none.</summary>
    public int? NumberOf(string reference) =>
        reference.StartsWith(name + "-", StringComparison.Ordinal)
        && int.TryParse(reference[(name.Length + 1)..].TrimEnd('x'), out var number) ? number : null;

    public Notice NoticeOf(int number, int part, Story story)
    {
        var size = _base + ((long)SizeStep * number);
        var off = 1 + (number % 9);
        var sent = First.AddDays(number % DaysMax);
        var item = story.Kind == StoryKind.Item ? "PMA-2" : Taxonomy.Mines[number % Taxonomy.Mines.Count];
        var isReceipt = part == 1;
        var line = new Line(
            isReceipt && story.Kind == StoryKind.Item ? "PMA-3" : item,
            story.Kind switch
            {
                StoryKind.Short when isReceipt => size - off,
                StoryKind.Excess when isReceipt => size + off,
                StoryKind.Conflict when part == 2 => size + 1,
                _ => size,
            });
        var isCertificate = part == 2 && story.Kind == StoryKind.Permitted;
        var date = part == 0 || (part == 2 && !isCertificate)
            ? sent
            : sent.AddDays(story.Kind == StoryKind.Late ? LateDays : JourneyDays * part);
        // Where nothing is said, the books decide by what they hold that day, and many file at once.
        if (part != 1 && !isCertificate)
            line = line with { HoldingClass = ClassOf(story.Kind) };
        return new Notice(parties[story.FilerOf(part)], IdOf(number, part, story), date)
        {
            Kind = isCertificate ? "destruction" : isReceipt ? "receipt" : "dispatch",
            Transfer = KeyOf(number, part, story),
            Purpose = isCertificate ? "" : PurposeOf(story.Kind),
            Lines = [line],
            Final = isCertificate ? true : null,
        };
    }

    private static string ClassOf(StoryKind kind) => kind switch
    {
        StoryKind.Permitted => "awaiting_destruction",
        StoryKind.Prohibited => "operational",
        _ => "retained",
    };

    private static string PurposeOf(StoryKind kind) => kind switch
    {
        StoryKind.Permitted => "destruction",
        StoryKind.Prohibited => "operational_use",
        _ => "training",
    };
}
