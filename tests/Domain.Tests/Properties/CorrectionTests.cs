using System.Collections.Immutable;
using CsCheck;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Properties;

/// <summary>What corrections come to, for every history; as <see cref="PropertyTests"/>.</summary>
public sealed class CorrectionTests
{
    private const int Histories = 100;

    private static readonly DateOnly Later = new(2020, 1, 1);

    /// <summary>A history in which some statements are first made with a slip; and without the slips.</summary>
    private static readonly Gen<(ImmutableArray<(string, Command)> Slips, ImmutableArray<(string, Command)> Right)>
        Slipped = Gen.Select(Properties.Histories.Statements, Gen.Int[0, 1000], Slip);

    [Fact]
    public void A_slip_that_is_corrected_at_once_leaves_the_books_as_if_it_had_not_been_made() =>
        Slipped.Sample((slips, right) => Assert.Equal(
            Balances(Play(right)), Balances(Play(slips))), iter: Histories);

    [Fact]
    public void A_slip_that_is_corrected_at_once_leaves_what_was_destroyed_where_as_if_it_had_not_been_made() =>
        Slipped.Sample((slips, right) => Assert.Equal(
            AtSites(Play(right)), AtSites(Play(slips))), iter: Histories);

    [Fact]
    public void A_slip_that_is_corrected_at_once_leaves_the_findings_as_if_it_had_not_been_made() =>
        Slipped.Sample((slips, right) => Assert.Equal(
            Found(Play(right)), Found(Play(slips))), iter: Histories);

    [Fact]
    public void With_corrections_books_sum_to_zero_the_fold_is_the_state_and_files_agree() => Gen.Select(
        Slipped, Gen.Int[0, 1000]).Sample(
        (history, seed) => Properties.Histories.Play(history.Slips, seed).Check(), iter: Histories);

    [Fact]
    public void With_corrections_a_party_that_lets_go_what_is_at_rest_decides_the_same() => Gen.Select(
        Slipped, Gen.Int[0, 1000]).Sample((history, seed) =>
        {
            var world = Properties.Histories.Play(history.Slips, seed);
            var forgetful = Properties.Histories.Play(history.Slips, seed, isForgetful: true);

            Assert.Equal(Dump.Of(world.Journal), Dump.Of(forgetful.Journal));
            foreach (var (code, command) in history.Slips)
            {
                Assert.IsType<Repeated>(forgetful.Ask(code, command).Decision);
            }
        }, iter: Histories);

    /// <summary>Whichever of the files can be joined are, one after the other.</summary>
    [Fact]
    public void With_pairings_books_sum_to_zero_the_fold_is_the_state_and_files_agree_however_little_is_in_memory()
    {
        var confirmed = 0;
        Gen.Select(Properties.Histories.Statements, Gen.Int[0, 1000]).Sample((statements, seed) =>
        {
            var apart = statements.Select(s => Apart(s.Code, s.Command)).ToImmutableArray();
            var world = Properties.Histories.Play(apart, seed);
            var forgetful = Properties.Histories.Play(apart, seed, isForgetful: true);
            var time = new DateTimeOffset(2010, 3, 1, 12, 0, 0, TimeSpan.Zero);
            var keys = world.Parties.Values.SelectMany(p => p.Files.Keys).Distinct().Order().ToList();
            foreach (var (code, key, other) in keys.SelectMany(k => keys
                .Where(o => o != k && (o.Sender, o.Recipient) == (k.Sender, k.Recipient))
                .SelectMany(o => new[] { (k.Sender, k, o), (k.Recipient, k, o) })))
            {
                var command = new ConfirmPairing(key, other, $"P{confirmed}", time = time.AddDays(1));
                var (after, decision) = world.Ask(code, command);
                Assert.Equal(decision.GetType(), forgetful.Ask(code, command).Decision.GetType());
                if (decision is Decided)
                {
                    Interlocked.Increment(ref confirmed);
                    world = after.DeliverAll(time);
                    forgetful = forgetful.Record(code, command).DeliverAll(time);
                    Assert.IsType<Repeated>(forgetful.Ask(code, command).Decision);
                    Assert.Equal(Dump.Of(world.Journal), Dump.Of(forgetful.Journal));
                }
            }

            world.Check();
        }, iter: Histories);
        Assert.True(confirmed > 0);
    }

    [Fact]
    public void Only_the_latest_version_can_be_corrected_and_only_in_what_a_correction_may_change() =>
        Slipped.Sample((slips, right) =>
        {
            var world = Properties.Histories.Play(slips, 1);
            foreach (var (code, command) in slips)
            {
                if (command is not FileNotice { Notice: { Supersedes.Length: > 0 } notice } c)
                {
                    continue;
                }

                Refused(RefusalReason.Superseded, "supersedes", notice with { Id = "again" });
                var latest = notice with { Id = "next", Supersedes = notice.Id };
                if (notice.IsWithdrawal)
                {
                    Refused(RefusalReason.Superseded, "supersedes", latest);
                    continue;
                }

                Refused(RefusalReason.NotCorrectable, "supersedes", latest with { Supersedes = "nothing" });
                Refused(
                    RefusalReason.NotCorrectable, "transfer",
                    latest with { Transfer = notice.Transfer with { Reference = "elsewhere" } });
                Refused(
                    RefusalReason.NotCorrectable, "kind",
                    latest with { Kind = notice.Kind == NoticeKind.Plan ? NoticeKind.Reply : NoticeKind.Plan });

                void Refused(RefusalReason reason, string field, Notice bad)
                {
                    var refused = Assert.IsType<Refused>(world.Ask(code, c with { Notice = bad }).Decision);
                    Assert.Equal((reason, field), (refused.Refusal.Reason, refused.Refusal.Field));
                }
            }
        }, iter: Histories);

    /// <summary>
    /// Everything is delivered at once: what books make of a loss may rest on what had arrived by then, and two
    /// histories must not differ by their post.
    /// </summary>
    private static World Play(ImmutableArray<(string Code, Command Command)> statements)
    {
        var (world, time) = (Properties.Histories.World, new DateTimeOffset(2010, 1, 1, 12, 0, 0, TimeSpan.Zero));
        foreach (var (code, command) in statements)
        {
            time = time.AddDays(1);
            world = world.Record(code, command with { Time = time }).DeliverAll(time);
        }

        return world;
    }

    private static (ImmutableArray<(string, Command)>, ImmutableArray<(string, Command)>) Slip(
        ImmutableArray<(string Code, Command Command)> statements, int seed)
    {
        var dice = new Random(seed);
        var slips = ImmutableArray.CreateBuilder<(string, Command)>();
        foreach (var (code, command) in statements)
        {
            switch (command)
            {
                // A cancellation that names another notice withdraws it: there is no correcting it, only filing anew.
                case FileNotice { Notice.Kind: NoticeKind.Cancellation }:
                    slips.Add((code, command));
                    break;
                case FileNotice c when dice.Next(3) == 0:
                    var slip = c.Notice with
                    {
                        Id = $"{c.Notice.Id}-slip",
                        Lines = Other(c.Notice.Lines, dice),
                        Site = c.Notice.Kind == NoticeKind.Destruction ? "elsewhere" : "",
                    };
                    slips.Add((code, c with { Notice = slip }));
                    slips.Add((code, c with { Notice = c.Notice with { Supersedes = slip.Id } }));
                    break;
                case FileNotice c when dice.Next(4) == 0:
                    var ghost = c.Notice with { Id = $"{c.Notice.Id}-ghost" };
                    slips.Add((code, c with { Notice = ghost }));
                    slips.Add((code, c with
                    {
                        Notice = ghost with
                        {
                            Id = $"{c.Notice.Id}-withdrawn",
                            Kind = NoticeKind.Cancellation,
                            Lines = [],
                            Supersedes = ghost.Id,
                        },
                    }));
                    slips.Add((code, command));
                    break;
                case FileDeclaration c when dice.Next(2) == 0:
                    var wrong = c.Declaration with
                    {
                        Id = $"{c.Declaration.Id}-slip",
                        AsOf = c.Declaration.AsOf.AddDays(dice.Next(-400, 400)),
                        Lines = Other(c.Declaration.Lines, dice),
                    };
                    slips.Add((code, c with { Declaration = wrong }));
                    slips.Add((code, c with { Declaration = c.Declaration with { Supersedes = wrong.Id } }));
                    break;
                default:
                    slips.Add((code, command));
                    break;
            }
        }

        return (slips.ToImmutable(), statements);
    }

    private static ImmutableArray<Line> Other(ImmutableArray<Line> lines, Random dice) =>
        [.. lines.Select(l => l.Quantity == 0 ? l : l with { Quantity = dice.Next(1, 40) })];

    private static IEnumerable<string> AtSites(World world) =>
        from party in world.Parties.Values
        from destroyed in party.Destructions
        where destroyed.Value != 0
        select $"{party.Code} {destroyed.Key} {destroyed.Value}";

    /// <summary>The same between two parties, each of which has references of its own.</summary>
    private static (string, Command) Apart(string code, Command command)
    {
        if (command is not FileNotice { Notice: var notice } file)
        {
            return (code, command);
        }

        var isRecipients = code == notice.Transfer.Recipient;
        var filer = isRecipients ? "BBB" : code == notice.Transfer.Sender ? "AAA" : "CCC";
        return (filer, file with
        {
            Notice = notice with
            {
                Filer = filer,
                Transfer = new TransferKey("AAA", "BBB", (isRecipients ? "R" : "S") + notice.Transfer.Reference),
                Transit = notice.Transit.IsEmpty ? [] : ["CCC"],
                OnwardFrom = notice.OnwardFrom is { } origin ? new TransferKey("CCC", "AAA", origin.Reference) : null,
            },
        });
    }

    private static IEnumerable<string> Balances(World world) =>
        from party in world.Parties.Values
        from history in party.Books.Histories
        from step in history.Balances.Select(
            (b, i) => (b.Day, b.Quantity, Before: i == 0 ? 0 : history.Balances[i - 1].Quantity))
        where step.Quantity != step.Before && history.Account.IsHolding
        select $"{party.Code} {history.Account} {step.Day:O} {step.Quantity}";

    /// <summary>With their facts, but for those that rest on when something was recorded, which a slip moves.</summary>
    private static IEnumerable<string> Found(World world) => world.FindingsOn(Later)
        .Select(f => $"{f.Key} {f.Severity} "
            + string.Join(' ', f.Inputs.Where(i => i.Key is not ("reportable_from" or "due" or "same_notice"))));
}
