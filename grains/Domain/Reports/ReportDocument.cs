using System.Globalization;
using System.Text;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Reports;

/// <summary>
/// A transparency report as a document. Under the primary convention it is in the order of Article 7(1), with the
/// letters that a template of the reporting form gives to its paragraphs; under another, whose form is not on record
/// here, it has the same parts by plain titles.
/// </summary>
public static class ReportDocument
{
    private static readonly ImmutableArray<(ReportParagraph Paragraph, string Title)> Forms =
    [
        (ReportParagraph.NationalMeasures, "National implementation measures"),
        (ReportParagraph.Stockpile, "Stockpiled anti-personnel mines"),
        (ReportParagraph.MinedAreas, "Location of mined areas"),
        (ReportParagraph.RetainedAndTransferred, "Mines retained or transferred"),
        (ReportParagraph.Production, "Conversion or decommissioning of production facilities"),
        (ReportParagraph.DestructionProgrammes, "Programmes for the destruction of mines"),
        (ReportParagraph.Destroyed, "Mines destroyed after entry into force"),
        (ReportParagraph.Characteristics, "Technical characteristics of each type"),
        (ReportParagraph.Warnings, "Measures to warn the population"),
    ];

    /// <summary>Markdown, a heading for each paragraph, of a report under the primary convention.</summary>
    /// <param name="displayName">The state's.</param>
    /// <param name="declaration">With its report.</param>
    public static string Of(string displayName, Declaration declaration, ReportTemplate template)
    {
        var report = ReportOf(declaration);
        var text = new StringBuilder();
        AddHead(text, displayName, declaration, "Article 7", " by the United Nations");
        text.Append($"\n{template.Note}\n");
        AddRemark(text, declaration);
        foreach (var (paragraph, title) in Forms)
        {
            AddParagraph(text, declaration, report, paragraph, $"{template.HeadingOf(paragraph)}: {title}");
        }

        return text.ToString();
    }

    /// <summary>
    /// Markdown of a report under another convention. What is about the ground alone is left out where nothing is said.
    /// </summary>
    /// <param name="displayName">The state's.</param>
    /// <param name="declaration">With its report.</param>
    /// <param name="convention">Null if its pack is no longer there.</param>
    public static string Of(string displayName, Declaration declaration, Convention? convention)
    {
        var report = ReportOf(declaration);
        var text = new StringBuilder();
        var under = convention is null ? report.Convention : $"the {convention.DisplayName}";
        AddHead(text, displayName, declaration, under, byWhom: "");
        AddRemark(text, declaration);
        foreach (var (paragraph, title) in TitlesFor(convention?.About ?? "items"))
        {
            if (paragraph is not (ReportParagraph.MinedAreas or ReportParagraph.Warnings)
                || report.Part(paragraph) is not null)
            {
                AddParagraph(text, declaration, report, paragraph, title);
            }
        }

        return text.ToString();
    }

    private static ImmutableArray<(ReportParagraph Paragraph, string Title)> TitlesFor(string about) =>
    [
        (ReportParagraph.NationalMeasures, "National implementation measures"),
        (ReportParagraph.Stockpile, $"Stockpiled {about}"),
        (ReportParagraph.MinedAreas, "Location of mined areas"),
        (ReportParagraph.RetainedAndTransferred, "Retained or transferred"),
        (ReportParagraph.Production, "Conversion or decommissioning of production facilities"),
        (ReportParagraph.DestructionProgrammes, "Programmes of destruction"),
        (ReportParagraph.Destroyed, "Destroyed after entry into force"),
        (ReportParagraph.Characteristics, "Technical characteristics of each type"),
        (ReportParagraph.Warnings, "Measures to warn the population"),
    ];

    private static TransparencyReport ReportOf(Declaration declaration) =>
        declaration.Report ?? throw new ArgumentException("It is no report.", nameof(declaration));

    private static void AddHead(
        StringBuilder text, string displayName, Declaration declaration, string under, string byWhom)
    {
        var report = ReportOf(declaration);
        var period = report.IsInitial ? "initial report" : $"report for {declaration.AsOf.Year}";
        text.Append($"# {displayName}: {period} under {under}\n\n");
        text.Append($"As of {Inputs.Text(declaration.AsOf)}. ");
        text.Append(report.ReceivedOn is { } received
            ? $"Received{byWhom} on {Inputs.Text(received)}.\n"
            : $"Receipt{byWhom} is not stated.\n");
    }

    private static void AddRemark(StringBuilder text, Declaration declaration)
    {
        if (declaration.Remark.Length > 0)
        {
            text.Append($"\n{PlainText.Line(declaration.Remark)}\n");
        }
    }

    private static void AddParagraph(
        StringBuilder text, Declaration declaration, TransparencyReport report, ReportParagraph paragraph,
        string heading)
    {
        text.Append($"\n## {heading}\n\n");
        AddPart(text, report.Part(paragraph));
        switch (paragraph)
        {
            case ReportParagraph.Stockpile: AddStock(text, declaration, report); break;
            case ReportParagraph.RetainedAndTransferred: AddTransfers(text, declaration, report); break;
            case ReportParagraph.DestructionProgrammes: AddSites(text, report); break;
            case ReportParagraph.Destroyed: AddDestroyed(text, report); break;
            default: break;
        }
    }

    private static void AddPart(StringBuilder text, ReportPart? part)
    {
        text.Append(part?.State switch
        {
            PartState.Changed => "Changed.\n",
            PartState.Unchanged => "Unchanged from the last report.\n",
            PartState.NotApplicable => "Not applicable.\n",
            _ => "Nothing is reported.\n",
        });
        if (part is null)
        {
            return;
        }

        if (part.Text.Length > 0)
        {
            text.Append($"\n{PlainText.Lines(part.Text)}\n");
        }

        AddList(text, "Authorised institutions", part.Institutions);
        AddList(text, "Sites", part.Sites);
        AddList(text, "Methods", part.Methods);
    }

    private static void AddList(StringBuilder text, string title, ImmutableArray<string> entries)
    {
        if (!entries.IsEmpty)
        {
            text.Append($"\n{title}:\n\n").AppendJoin("", entries.Select(e => $"- {PlainText.Line(e)}\n"));
        }
    }

    private static void AddStock(StringBuilder text, Declaration declaration, TransparencyReport report)
    {
        AddHoldings(text, declaration.Lines.Where(l => l.Class != Place.Retained));
        AddTable(
            text,
            [
                "Type", "Lot", "Opening", "Received", "Acquired", "Discovered", "Recounted", "Destroyed", "Consumed",
                "Delivered", "Lost", "Closing", "Reason",
            ],
            report.Accounts.Select(a => (string[])
            [
                a.Item, PlainText.Line(a.Lot), Number(a.Opening), Number(a.Received), Number(a.Acquired),
                Number(a.Discovered), Number(a.Recounted), Number(a.Destroyed), Number(a.Consumed), Number(a.Delivered),
                Number(a.Lost), Number(a.Closing), PlainText.Line(a.Reason),
            ]));
    }

    private static void AddTransfers(StringBuilder text, Declaration declaration, TransparencyReport report)
    {
        AddHoldings(text, declaration.Lines.Where(l => l.Class == Place.Retained));
        AddTable(
            text, ["", "State", "Purpose", "Type", "Quantity"],
            report.Transfers.SelectMany(t => t.Lines.Select(l => (string[])
            [
                t.IsIncoming ? "from" : "to", t.Partner, Words(t.Purpose), l.Item, Number(l.Quantity),
            ])));
    }

    private static void AddSites(StringBuilder text, TransparencyReport report)
    {
        text.Append(report.DestroyedAtSites.IsEmpty ? "" : "\nDestroyed in the period, by site:\n");
        AddTable(
            text, ["Site", "Method", "Type", "Quantity"],
            report.DestroyedAtSites.Select(d => (string[])
            [
                PlainText.Line(d.Site), PlainText.Line(d.Method), d.Item, Number(d.Quantity),
            ]));
    }

    private static void AddDestroyed(StringBuilder text, TransparencyReport report) => AddTable(
        text, ["Type", "Lot", "Destroyed in the period", "Since entry into force"],
        report.Accounts
            .Where(a => a.Destroyed != 0 || a.DestroyedSinceEntry > 0)
            .Select(a => (string[])
            [
                a.Item, PlainText.Line(a.Lot), Number(a.Destroyed),
                a.DestroyedSinceEntry is { } since ? Number(since) : "not stated",
            ]));

    private static void AddHoldings(StringBuilder text, IEnumerable<Line> lines) => AddTable(
        text, ["Type", "Held as", "Quantity", "Lots"],
        lines.Select(l => (string[])
        [
            l.Item, Words(l.Class == Place.Unspecified ? Place.Operational : l.Class), Number(l.Quantity),
            string.Join(", ", l.Lots.Select(lot => $"{PlainText.Line(lot.Number)}: {Number(lot.Quantity)}")),
        ]));

    private static void AddTable(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        var lines = rows.ToList();
        if (lines.Count > 0)
        {
            text.Append($"\n| {string.Join(" | ", head)} |\n|{string.Concat(head.Select(_ => "---|"))}\n");
            lines.ForEach(row => text.Append($"| {string.Join(" | ", row)} |\n"));
        }
    }

    private static string Words<T>(T value) where T : struct, Enum =>
        Inputs.Text(value).Replace('_', ' ').ToLowerInvariant();

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
