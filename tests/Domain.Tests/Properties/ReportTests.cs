using System.Collections.Immutable;
using CsCheck;
using Treaty.Grid.Findings;
using Treaty.Grid.Reports;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Properties;

/// <summary>What drafts of reports come to, for every history; as <see cref="PropertyTests"/>.</summary>
public sealed class ReportTests
{
    private const int Histories = 100;

    [Fact]
    public void Drafts_filed_as_they_are_raise_nothing_but_news_of_an_opening_and_move_nothing() =>
        Properties.Histories.WithPost.Sample(history =>
        {
            var world = Properties.Histories.Play(history.Statements, history.Seed);
            foreach (var (code, party) in world.Parties.Where(p => !IsOverdrawn(p.Value)))
            {
                for (var year = 2006; year <= 2009; year++)
                {
                    var draft = ReportDraft.OfYear(world[code], world.Rulebook.Primary!, year, $"report-{year}");
                    world = world.Record(code, new FileDeclaration(draft, world[code].RecordTime));
                    var found = world[code].Findings.GetValueOrDefault(draft.Id, []);
                    Assert.All(found, f => Assert.Equal(Severity.Information, f.Severity));
                    Assert.True(found.IsEmpty || party.Books.Openings.Any(o => o.Day.Year == year));
                    Assert.All(draft.Report!.Accounts, a => Assert.Equal(a.Closing, a.Expected));
                }

                Assert.Equal(Dump.Of(party.Books.Histories), Dump.Of(world[code].Books.Histories));
            }

            world.Check();
        }, iter: Histories);

    [Fact]
    public void Each_year_opens_with_what_the_year_before_closed_with() => Properties.Histories.WithPost.Sample(
        history =>
        {
            var world = Properties.Histories.Play(history.Statements, history.Seed);
            foreach (var party in world.Parties.Values)
            {
                var closings = ImmutableDictionary<string, long>.Empty;
                for (var year = 2006; year <= 2009; year++)
                {
                    var accounts = ReportDraft.OfYear(party, world.Rulebook.Primary!, year, "draft").Report!.Accounts;
                    Assert.All(accounts, a => Assert.True(
                        closings.GetValueOrDefault(a.Item) == a.Opening || a.Reason.Length > 0, $"{a}"));
                    closings = accounts.ToImmutableDictionary(a => a.Item, a => a.Closing);
                }
            }
        }, iter: Histories);

    [Fact]
    public void Each_year_tells_what_its_statements_destroyed_at_the_sites_that_they_name() =>
        Properties.Histories.WithPost.Sample(history =>
        {
            var world = Properties.Histories.Play(history.Statements, history.Seed);
            foreach (var (code, party) in world.Parties)
            {
                for (var year = 2006; year <= 2009; year++)
                {
                    var report = ReportDraft.OfYear(party, world.Rulebook.Primary!, year, "draft").Report!;
                    var stated = history.Statements
                        .Where(s => s.Code == code)
                        .SelectMany(s => Destroyed(s.Command))
                        .Where(d => d.Day.Year == year && d.Site.Length > 0 && d.Line.Quantity > 0
                            && world.Rulebook.Primary!.CoversAlways(d.Line.Item))
                        .GroupBy(d => (d.Site, d.Method, d.Line.Item))
                        .Select(g => $"{g.Key} {g.Sum(d => d.Line.Quantity)}");
                    Assert.Equal(
                        stated.Order(StringComparer.Ordinal),
                        report.DestroyedAtSites
                            .Select(d => $"{(d.Site, d.Method, d.Item)} {d.Quantity}")
                            .Order(StringComparer.Ordinal));
                }
            }
        }, iter: Histories);

    private static IEnumerable<(DateOnly Day, string Site, string Method, Line Line)> Destroyed(Command command) =>
        command switch
        {
            FileNotice { Notice: { Kind: NoticeKind.Destruction } n } =>
                n.Lines.Select(l => (n.Date, n.Site, n.Method, l)),
            FileDeclaration { Declaration: { Kind: DeclarationKind.Destruction } d } =>
                d.Lines.Select(l => (d.AsOf, d.Site, d.Method, l)),
            _ => [],
        };

    /// <summary>Books that have less than nothing somewhere (APM-42): no report can be right about that.</summary>
    private static bool IsOverdrawn(Party party) => Enumerable.Range(2006, 4)
        .Any(year => party.Books.HoldingsOn(new DateOnly(year, 12, 31)).Any(h => h.Quantity < 0))
        || party.Exchanges.All.Values.Any(q => q < 0);
}
