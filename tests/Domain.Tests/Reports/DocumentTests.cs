using CsCheck;
using Treaty.Grid.Conventions;
using Treaty.Grid.Reports;
using Treaty.Grid.Stockpiles;

namespace Treaty.Grid.Domain.Tests.Reports;

/// <summary>Reports as documents: headings by template, and text that stays text.</summary>
public sealed class DocumentTests
{
    private static readonly ReportTemplate Old = ReportTemplate.Find("1999")!;

    [Fact]
    public void The_template_of_1999_gives_each_paragraph_its_own_letter_and_is_the_default()
    {
        Assert.Equal(
            "ABCDEFGHI".Zip("abcdefghi", (form, paragraph) => $"## Form {form}, Article 7(1)({paragraph})"),
            Headings(Old).Select(h => h[..h.IndexOf(':', StringComparison.Ordinal)]));
        Assert.Same(Old, ReportTemplate.Find(""));
    }

    [Fact]
    public void The_later_template_names_paragraphs_alone_and_says_why()
    {
        var later = ReportTemplate.Find("2016")!;
        Assert.All(Headings(later), h => Assert.StartsWith("## Article 7(1)(", h));
        Assert.Equal(9, Headings(later).Length);
        Assert.Contains("the letters of its forms are not on record here", Document("", later));
    }

    [Fact]
    public void An_unknown_template_is_none() => Assert.Null(ReportTemplate.Find("1997"));

    [Theory]
    [InlineData("one\ntwo", "one\\\ntwo")]
    [InlineData("one\n\n \ntwo\n", "one\n\ntwo")]
    [InlineData("\n\n", "")]
    [InlineData("# Form K\n## Form L", "\\# Form K\\\n\\#\\# Form L")]
    [InlineData("Form K\n===\nForm L\n---", "Form K\\\n\\===\\\nForm L\\\n\\---")]
    [InlineData("| a | b |\n|---|---|", "\\| a \\| b \\|\\\n\\|---\\|---\\|")]
    [InlineData("a\n:-:", "a\\\n\\:-:")]
    [InlineData("- a\n+ b\n* c\n12. d\n3) e", "\\- a\\\n\\+ b\\\n\\* c\\\n12\\. d\\\n3\\) e")]
    [InlineData("    code\n~~~\n```", "code\\\n\\~\\~\\~\\\n\\`\\`\\`")]
    [InlineData("<b>&lt;[x](y)\n> said", "\\<b\\>\\&lt;\\[x\\](y)\\\n\\> said")]
    [InlineData("a\\\nb", "a\\\\\\\nb")]
    [InlineData("2.5 of 10 - 12 = none", "2\\.5 of 10 - 12 = none")]
    public void Text_stays_text_and_keeps_its_lines(string text, string markdown) =>
        Assert.Contains($"\nChanged.\n\n{markdown}\n\n## Form B", Document(text, Old));

    /// <summary>Read by the rules of Markdown, it is what was written.</summary>
    [Fact]
    public void No_text_forges_anything() => Gen.Char["# -+=|:<>&`~*_[]()!\\\n1.ab"].Array[1, 40].Sample(letters =>
    {
        var text = new string(letters);
        var document = Document(text, Old);
        var (before, after) = Document("\u0001", Old).Split('\u0001') is [var head, var tail] ? (head, tail) : ("", "");
        Assert.StartsWith(before, document);
        Assert.EndsWith(after, document);
        var written = document[before.Length..^after.Length];
        Assert.Equal(
            text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0),
            written.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, i) => Read(line)));
    });

    /// <summary>A line of Markdown as a reader sees it, if it is one of plain text.</summary>
    private static string Read(string line)
    {
        Assert.DoesNotMatch(@"^(\s|[-+=:]|\d+[.)])", line);
        var seen = "";
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\')
            {
                // At the end of a line it breaks the line.
                seen += ++i < line.Length ? line[i] : "";
                continue;
            }

            Assert.DoesNotContain(line[i], "|`*_[]<>#&~");
            seen += line[i];
        }

        return seen;
    }

    [Fact]
    public void What_was_destroyed_by_site_stands_under_the_programmes_of_destruction()
    {
        var document = Document(new TransparencyReport
        {
            DestroyedAtSites =
            [
                new DestructionAtSite("Veria", "open burning", "PMA-2", 1_200),
                new DestructionAtSite("Hill | 7", "", "M14", 3),
            ],
        });
        Assert.Contains(
            """
            ## Form F, Article 7(1)(f): Programmes for the destruction of mines

            Nothing is reported.

            Destroyed in the period, by site:

            | Site | Method | Type | Quantity |
            |---|---|---|---|
            | Veria | open burning | PMA-2 | 1,200 |
            | Hill \| 7 |  | M14 | 3 |

            ## Form G
            """, document);
    }

    [Fact]
    public void Under_another_convention_it_names_that_one_and_nothing_of_the_mine_ban()
    {
        foreach (var convention in TestBook.Packs.Where(p => !p.IsPrimary))
        {
            var document = Document(new TransparencyReport { Convention = convention.Id }, convention);

            Assert.StartsWith(
                $"# Greece: report for 2007 under the {convention.DisplayName}\n\n"
                    + "As of 2007-12-31. Receipt is not stated.\n\n## National implementation measures\n",
                document);
            Assert.Equal(
                [
                    "## National implementation measures", $"## Stockpiled {convention.About}",
                    "## Retained or transferred", "## Conversion or decommissioning of production facilities",
                    "## Programmes of destruction", "## Destroyed after entry into force",
                    "## Technical characteristics of each type",
                ],
                Headings(document));
            Assert.DoesNotContain("Article", document);
            Assert.DoesNotContain("Form ", document);
            Assert.DoesNotContain("anti-personnel", document);
        }
    }

    [Fact]
    public void Under_another_convention_what_is_said_of_the_ground_is_not_left_out()
    {
        var document = Document(
            new TransparencyReport
            {
                Convention = "gone",
                ReceivedOn = new DateOnly(2008, 4, 30),
                Parts = [new ReportPart(ReportParagraph.Warnings, PartState.Changed) { Text = "Signs" }],
            },
            convention: null);

        Assert.StartsWith(
            "# Greece: report for 2007 under gone\n\nAs of 2007-12-31. Received on 2008-04-30.\n", document);
        Assert.Contains("## Stockpiled items\n", document);
        Assert.EndsWith("## Measures to warn the population\n\nChanged.\n\nSigns\n", document);
    }

    private static string[] Headings(ReportTemplate template) => Headings(Document("", template));

    private static string[] Headings(string document) =>
        [.. document.Split('\n').Where(l => l.StartsWith("## ", StringComparison.Ordinal))];

    private static string Document(string text, ReportTemplate template) => Document(
        new TransparencyReport
        {
            Parts = [new ReportPart(ReportParagraph.NationalMeasures, PartState.Changed) { Text = text }],
        },
        template);

    private static string Document(TransparencyReport report) => Document(report, Old);

    private static string Document(TransparencyReport report, ReportTemplate template) =>
        ReportDocument.Of("Greece", Filed(report), template);

    private static string Document(TransparencyReport report, Convention? convention) =>
        ReportDocument.Of("Greece", Filed(report), convention);

    private static Declaration Filed(TransparencyReport report) =>
        new("R", DeclarationKind.Report, new DateOnly(2007, 12, 31), [], Place.Unspecified, null)
        {
            Report = report,
        };
}
