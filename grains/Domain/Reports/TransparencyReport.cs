using Treaty.Grid.Items;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Reports;

/// <summary>
/// What a report tells of, by the paragraphs of Article 7(1). Letters of forms are those of a template and change with
/// it; these do not. Numbers are those of the contract.
/// </summary>
public enum ReportParagraph
{
    /// <summary>(a) National implementation measures (Article 9).</summary>
    NationalMeasures = 1,

    /// <summary>(b) Stockpiled mines, by type, quantity and, if possible, lot.</summary>
    Stockpile = 2,

    /// <summary>(c) Mined areas.</summary>
    MinedAreas = 3,

    /// <summary>(d) Mines retained or transferred under Article 3, and who may do so.</summary>
    RetainedAndTransferred = 4,

    /// <summary>(e) Conversion or decommissioning of production facilities.</summary>
    Production = 5,

    /// <summary>(f) Destruction programmes: methods, sites and standards.</summary>
    DestructionProgrammes = 6,

    /// <summary>(g) Mines destroyed after entry into force, by type and quantity.</summary>
    Destroyed = 7,

    /// <summary>(h) Technical characteristics of each type.</summary>
    Characteristics = 8,

    /// <summary>(i) Warnings to the population.</summary>
    Warnings = 9,
}

/// <summary>How a part stands to the report before. Numbers are those of the contract.</summary>
public enum PartState
{
    Changed = 1,

    /// <summary>The report before still holds.</summary>
    Unchanged = 2,
    NotApplicable = 3,
}

/// <summary>What a report says under one paragraph, beside its figures.</summary>
public sealed record ReportPart(ReportParagraph Paragraph, PartState State)
{
    public string Text { get; init; } = "";

    /// <summary>Authorised to retain or transfer mines; under (d).</summary>
    public ImmutableArray<string> Institutions { get; init; } = [];

    /// <summary>Where mines are destroyed; under (f).</summary>
    public ImmutableArray<string> Sites { get; init; } = [];

    /// <summary>How mines are destroyed; under (f).</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>It says the same as another.</summary>
    public bool Says(ReportPart other) =>
        (Paragraph, State, Text) == (other.Paragraph, other.State, other.Text)
        && Institutions.SequenceEqual(other.Institutions) && Sites.SequenceEqual(other.Sites)
        && Methods.SequenceEqual(other.Methods);
}

/// <summary>
/// One type, or one lot of it, over a period: opening + received + acquired + discovered + recounted − destroyed −
/// consumed − delivered − lost = closing. In base units. A correction of earlier days can make a movement negative.
/// </summary>
/// <param name="Item">The item's id.</param>
/// <param name="Lot">Empty for all of the type.</param>
public sealed record StockAccount(string Item, string Lot = "")
{
    public long Opening { get; init; }

    public long Received { get; init; }

    public long Acquired { get; init; }

    public long Discovered { get; init; }

    /// <summary>By how much a count changed what was on the books.</summary>
    public long Recounted { get; init; }

    public long Destroyed { get; init; }

    public long Consumed { get; init; }

    public long Delivered { get; init; }

    public long Lost { get; init; }

    public long Closing { get; init; }

    /// <summary>Destroyed since entry into force (Article 7(1)(g)); null if it is not stated.</summary>
    public long? DestroyedSinceEntry { get; init; }

    /// <summary>Why there is a recount, or why the opening is not the last closing.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What the closing should be by the rest.</summary>
    public long Expected =>
        Opening + Received + Acquired + Discovered + Recounted - Destroyed - Consumed - Delivered - Lost;
}

/// <summary>All that moved in a year between the reporter and one other, for one purpose (Article 7(1)(d)).</summary>
/// <param name="Partner">The other's code.</param>
/// <param name="IsIncoming">The reporter received; otherwise it sent.</param>
/// <param name="Purpose">Of the reporter.</param>
/// <param name="Lines">By type.</param>
public sealed record ReportedTransfer(
    string Partner, bool IsIncoming, Purpose Purpose, ImmutableArray<Line> Lines);

/// <summary>
/// A transparency report under Article 7: the first one, or that of a calendar year. It states and moves nothing: what
/// it says is held against the books and the notices.
/// </summary>
public sealed record TransparencyReport
{
    /// <summary>The id of the convention that asks for it; empty for the primary one.</summary>
    public string Convention { get; init; } = "";

    /// <summary>The first, due 180 days after entry into force; otherwise the update for a calendar year.</summary>
    public bool IsInitial { get; init; }

    /// <summary>When the United Nations received it; filing it here is not that.</summary>
    public DateOnly? ReceivedOn { get; init; }

    /// <summary>At most one for each paragraph, in their order.</summary>
    public ImmutableArray<ReportPart> Parts { get; init; } = [];

    public ImmutableArray<StockAccount> Accounts { get; init; } = [];

    public ImmutableArray<ReportedTransfer> Transfers { get; init; } = [];

    /// <summary>What was destroyed, as far as the sites are told.</summary>
    public ImmutableArray<DestructionAtSite> DestroyedAtSites { get; init; } = [];

    /// <summary>What is said under a paragraph; null if nothing.</summary>
    public ReportPart? Part(ReportParagraph paragraph) => Parts.FirstOrDefault(p => p.Paragraph == paragraph);

    /// <summary>A part that is there and applies.</summary>
    public bool Tells(ReportParagraph paragraph) => Part(paragraph) is { State: not PartState.NotApplicable };

    /// <summary>With the ids of what is reported under aliases.</summary>
    public TransparencyReport Resolved(Taxonomy taxonomy) => this with
    {
        Accounts = [.. Accounts.Select(a => a with { Item = taxonomy.IdOf(a.Item) })],
        Transfers = [.. Transfers.Select(t => t with { Lines = Line.Resolved(t.Lines, taxonomy) })],
        DestroyedAtSites = [.. DestroyedAtSites.Select(d => d with { Item = taxonomy.IdOf(d.Item) })],
    };


    /// <summary>
    /// The first field in which the other says something else, as the contract names it; null if none.
    /// </summary>
    public string? FirstDifference(TransparencyReport other) =>
        Convention != other.Convention ? "convention"
        : IsInitial != other.IsInitial ? "initial"
        : ReceivedOn != other.ReceivedOn ? "received_date"
        : Parts.Length != other.Parts.Length || !Parts.Zip(other.Parts).All(p => p.First.Says(p.Second)) ? "parts"
        : !Accounts.SequenceEqual(other.Accounts) ? "accounts"
        : Transfers.Length != other.Transfers.Length || Transfers.Zip(other.Transfers).Any(t =>
            (t.First.Partner, t.First.IsIncoming, t.First.Purpose)
                != (t.Second.Partner, t.Second.IsIncoming, t.Second.Purpose)
            || Line.FirstDifference(t.First.Lines, t.Second.Lines) is not null) ? "transfers"
        : !DestroyedAtSites.SequenceEqual(other.DestroyedAtSites) ? "destroyed_at_sites"
        : null;
}
