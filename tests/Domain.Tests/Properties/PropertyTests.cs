using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Properties;

/// <summary>
/// What holds for every history. CsCheck prints the seed of one for which it does not; to replay it set
/// <c>CsCheck_Seed</c>.
/// </summary>
public sealed class PropertyTests
{
    private const int Histories = 100;

    private static readonly DateOnly Later = new(2020, 1, 1);

    [Fact]
    public void Books_sum_to_zero_the_fold_is_the_state_and_files_agree() =>
        Properties.Histories.WithPost.Sample(
            history => Properties.Histories.Play(history.Statements, history.Seed).Check(), iter: Histories);

    [Fact]
    public void A_party_that_lets_go_what_is_at_rest_decides_the_same() =>
        Properties.Histories.WithPost.Sample(
            history =>
            {
                var world = Properties.Histories.Play(history.Statements, history.Seed);
                var forgetful = Properties.Histories.Play(history.Statements, history.Seed, isForgetful: true);

                Assert.Equal(Dump.Of(world.Journal), Dump.Of(forgetful.Journal));
                foreach (var (code, command) in history.Statements)
                {
                    Assert.IsType<Repeated>(forgetful.Ask(code, command).Decision);
                }

                foreach (var (code, party) in world.Parties)
                {
                    var names = forgetful.Mentions[code].SelectMany(m => m).Distinct(StringComparer.Ordinal);
                    var released = forgetful[code].Released(world.Rulebook);
                    Assert.Equal(Dump.Of(party), Dump.Of(forgetful.Recall(released, names)));
                }
            },
            iter: Histories);

    [Fact]
    public void A_statement_said_again_is_a_repeat() => Properties.Histories.WithPost.Sample(history =>
    {
        var world = Properties.Histories.Play(history.Statements, history.Seed);
        foreach (var (code, command) in history.Statements)
        {
            Assert.IsType<Repeated>(world.Ask(code, command).Decision);
        }
    }, iter: Histories);

    [Fact]
    public void A_message_or_an_answer_that_comes_again_is_a_repeat() => Properties.Histories.Statements.Sample(
        statements =>
        {
            var world = Properties.Histories.World;
            foreach (var (code, command) in statements)
            {
                world = world.Record(code, command);
                while (!world.Post.IsEmpty)
                {
                    var letter = world.Post[0];
                    world = world.Deliver(letter, command.Time);
                    var (after, decision) = world.Ask(letter.To, letter.Command(command.Time));
                    Assert.IsType<Repeated>(decision);
                    Assert.Same(world, after);
                }
            }
        }, iter: Histories);

    [Fact]
    public void An_id_used_for_something_else_is_refused_and_the_field_is_named() =>
        Properties.Histories.Statements.Sample(statements =>
        {
            var world = Properties.Histories.Play(statements, 1);
            foreach (var (code, command) in statements)
            {
                foreach (var (other, field) in Altered(command))
                {
                    var refused = Assert.IsType<Refused>(world.Ask(code, other).Decision);
                    Assert.Equal(RefusalReason.IdConflict, refused.Refusal.Reason);
                    Assert.Equal(field, refused.Refusal.Field);
                }
            }
        }, iter: Histories);

    [Fact]
    public void What_is_found_by_both_sides_does_not_depend_on_the_post() => Gen.Select(
        Properties.Histories.Statements, Gen.Int[0, 1000], Gen.Int[0, 1000]).Sample((statements, one, other) =>
        Assert.Equal(
            Dump.Of(Found(Properties.Histories.Play(statements, one))),
            Dump.Of(Found(Properties.Histories.Play(statements, other)))), iter: Histories);

    [Fact]
    public void Matching_does_not_depend_on_the_order_of_filing() => Gen.Select(
        Properties.Histories.Statements, Gen.Int[0, 1000]).Sample((statements, seed) =>
        {
            var shuffled = statements.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(
                Dump.Of(Matches(Properties.Histories.Play(statements, seed))),
                Dump.Of(Matches(Properties.Histories.Play([.. shuffled], seed))));
        }, iter: Histories);

    [Fact]
    public void Where_dispatched_mines_are_does_not_depend_on_the_order_of_filing() => Gen.Select(
        Properties.Histories.Statements, Gen.Int[0, 1000]).Sample((statements, seed) =>
        {
            var shuffled = statements.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(
                Away(Properties.Histories.Play(statements, seed)),
                Away(Properties.Histories.Play([.. shuffled], seed)));
        }, iter: Histories);

    [Fact]
    public void Findings_about_a_file_are_those_recorded_and_judging_again_says_the_same() =>
        Properties.Histories.WithPost.Sample(history =>
        {
            var world = Properties.Histories.Play(history.Statements, history.Seed);
            foreach (var party in world.Parties.Values)
            {
                foreach (var file in party.Files.Values.Where(f => f.Key.IsSide(party.Code)))
                {
                    var judged = TransferRules.Judge(file, world.Rulebook, Later)
                        .Concat(ReportRules.Judge(file, world.Rulebook))
                        .ToList();
                    var read = party.FindingsOn(Later, file, world.Rulebook)
                        .Where(f => f.Closed is null && f.Key.Rule is not ("APM-05" or "APM-08" or "APM-55"))
                        .ToList();
                    Assert.Equal(
                        judged.Select(f => f.Key.Name).Order(StringComparer.Ordinal),
                        read.Select(f => f.Key.Name).Order(StringComparer.Ordinal));
                    Assert.All(read, f => Assert.Contains(judged, j => j.Says(f)));
                }
            }
        }, iter: Histories);

    [Fact]
    public void An_answer_changes_no_finding_of_a_file_that_was_judged_before() =>
        Properties.Histories.Statements.Sample(statements =>
        {
            var world = Properties.Histories.World;
            foreach (var (code, command) in statements)
            {
                world = world.Record(code, command).DeliverAll(command.Time);
            }

            // Everything is answered: judging on the same day finds what is recorded, rule by rule. Two rules also
            // follow the party's other books and files, and are read anew.
            foreach (var party in world.Parties.Values)
            {
                var day = DateOnly.FromDateTime(party.RecordTime.UtcDateTime);
                var recorded = party.Findings.Values.SelectMany(f => f).Where(f => f.Closed is null).ToList();
                var read = party.FindingsOn(day, world.Rulebook)
                    .Where(f => f.Closed is null && f.Key.Rule is not ("APM-05" or "APM-55"));
                Assert.All(read, f =>
                    Assert.Contains(recorded, r => r.Key == f.Key && r.Says(f) && r.Revision == f.Revision));
            }
        }, iter: Histories);

    [Fact]
    public void A_day_that_is_judged_records_what_is_read_for_it_and_judging_it_again_nothing() =>
        Properties.Histories.WithPost.Sample(history =>
        {
            var world = Properties.Histories.Play(history.Statements, history.Seed);
            var later = new DateTimeOffset(Later, TimeOnly.MinValue, TimeSpan.Zero);
            foreach (var (code, party) in world.Parties)
            {
                var read = party.FindingsOn(Later, world.Rulebook)
                    .Where(f => f.Closed is null)
                    .Select(f => f.Key)
                    .OrderBy(k => k.Name, StringComparer.Ordinal);
                var (after, _) = world.Ask(code, new JudgeDay(later));
                Assert.Equal(read, after[code].Findings.Values
                    .SelectMany(f => f)
                    .Where(f => f.Closed is null)
                    .Select(f => f.Key)
                    .OrderBy(k => k.Name, StringComparer.Ordinal));
                Assert.IsType<Repeated>(after.Ask(code, new JudgeDay(later)).Decision);
            }
        }, iter: Histories);

    [Fact]
    public void Assessed_anew_acts_are_judged_as_if_all_had_been_known_from_the_beginning() => Gen.Select(
        Properties.Histories.WithPost, Gen.Int[0, 2], Gen.Int[0, 1200], Gen.Bool)
        .Sample((history, who, day, forgetful) =>
        {
            var code = new string("ABC"[who], 3);
            var kind = code == "CCC" ? NotificationKind.Acceptance : NotificationKind.Withdrawal;
            var date = new DateOnly(2006, 6, 1).AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var informed = Properties.Histories.World.Record(code, Properties.Histories.Notification(kind, date));
            var expected = Properties.Histories.Play(history.Statements, history.Seed, from: informed);

            var world = Properties.Histories.Play(history.Statements, history.Seed, forgetful);
            var now = world.Parties.Values.Max(p => p.RecordTime);
            world = world.Record(code, Properties.Histories.Notification(kind, date) with { Time = now });
            foreach (var (party, known) in world.Recalled.Parties)
            {
                var anew = new Reassess([.. known.Files.Keys], [.. known.Declarations.Keys], IsWhole: true, now);
                world = world.Ask(party, anew).World.DeliverAll(now);
                Assert.IsType<Repeated>(world.Ask(party, anew).Decision);
            }

            world.Check();
            Assert.Equal(Dump.Of(Found(expected)), Dump.Of(Found(world.Recalled)));
        }, iter: Histories);

    private static IEnumerable<(Command Command, string Field)> Altered(Command command)
    {
        switch (command)
        {
            case FileNotice { Notice: var notice } c:
                yield return (c with { Notice = notice with { Date = notice.Date.AddDays(1) } }, "date");
                yield return (c with { Notice = notice with { Remark = "other" } }, "remark");
                yield return (
                    c with { Notice = notice with { Transfer = notice.Transfer with { Reference = "t1" } } },
                    "transfer");
                if (!notice.Lines.IsEmpty)
                {
                    yield return (
                        c with { Notice = notice with { Lines = Altered(notice.Lines) } }, Field(notice.Lines));
                }

                break;
            case FileDeclaration { Declaration: var declaration } c:
                yield return (
                    c with { Declaration = declaration with { AsOf = declaration.AsOf.AddDays(1) } }, "as_of");
                yield return (c with { Declaration = declaration with { StatedTotal = -1 } }, "stated_total");
                break;
            default:
                throw new InvalidOperationException($"{command.GetType().Name} has no other content: add it.");
        }
    }

    private static ImmutableArray<Line> Altered(ImmutableArray<Line> lines) =>
        lines.SetItem(0, lines[0] with { Quantity = lines[0].Quantity + 1 });

    private static string Field(ImmutableArray<Line> lines)
    {
        var index = lines.OrderBy(l => l.Item, StringComparer.Ordinal).ToList().IndexOf(lines[0]);
        return $"lines[{index}].quantity";
    }

    private static IEnumerable<object> Found(World world) => world.Parties.Values
        .SelectMany(p => p.Files.Values
            .Where(f => f.Key.IsSide(p.Code))
            .SelectMany(f => p.FindingsOn(Later, f, world.Rulebook))
            .Where(f => f.Closed is null && f.Key.Rule is not ("APM-05" or "APM-08" or "APM-55")))
        .Select(f => (object)(f.Key, f.Severity, f.Message, f.Inputs))
        .OrderBy(Dump.Of, StringComparer.Ordinal);

    private static IEnumerable<object> Matches(World world) => world.Parties.Values
        .SelectMany(p => p.Files.Values.Where(f => f.Key.IsSide(p.Code)).Select(f => (p.Code, File: f)))
        .OrderBy(f => f.Code, StringComparer.Ordinal).ThenBy(f => f.File.Key)
        .Select(f => (object)(
            f.Code, f.File.Key, Matching.Compare(f.File, world.Rulebook.Taxonomy, world.Rulebook.TermsOf(f.File)),
            Lifecycle.MovementOf(f.File), Lifecycle.IsEnded(f.File)));

    private static IEnumerable<string> Away(World world) =>
        from party in world.Parties.Values
        from item in party.Books.Items.Order(StringComparer.Ordinal)
        from place in new[]
        {
            Place.InTransit, Place.PassedOn, Place.Delivered, Place.AbroadForDestruction, Place.DestroyedAbroad,
            Place.Short, Place.InTransitForTraining,
        }
        from day in Enumerable.Range(0, 45).Select(m => new DateOnly(2006, 6, 1).AddMonths(m))
        let quantity = party.Books.On(item, place, day)
        where quantity != 0
        select $"{party.Code} {item} {place} {day:O} {quantity}";
}
