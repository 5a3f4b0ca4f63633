using Treaty.Grid.Domain.Tests.Scenarios;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Rules;

/// <summary>What is suggested, and which two files a party can join.</summary>
public sealed class PairingTests
{
    private const string States =
        """
        state GRC in force 2004-03-01
        state BGR in force 1999-03-01
        state SVK in force 1999-08-01

        """;

    private const string Pair = States +
        """
        dispatch G GRC BGR PMA-2 500 training 2007-05-04
        receipt B GRC BGR PMA-2 500 training 2007-05-07

        """;

    private static readonly TransferKey G = new("GRC", "BGR", "G");
    private static readonly TransferKey B = new("GRC", "BGR", "B");
    private static readonly DateTimeOffset Now = new(2007, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("PMA-2 500 training 2007-05-04", "PMA-2 500 training 2007-05-04", 0.95)]
    [InlineData("PMA-2 500(A:100) training 2007-05-04", "PMA-2 500(A:100) training 2007-05-04", 1)]
    [InlineData("PMA-2 500(A:100) training 2007-05-04", "PMA-2 500(B:100) training 2007-05-04", 0.9)]
    [InlineData("PMA-2 500 training 2007-05-04", "PMA-2 500 destruction 2007-05-04", 0.85)]
    [InlineData("PMA-2 500 training 2007-05-04", "PMA-2 500 training 2007-05-03", 0.75)]
    [InlineData("PMA-2 500 training 2007-05-04", "PMA-2 500 training 2008-05-03", 0.85)]
    [InlineData("PMA-2 500 training 2007-05-04", "PMA-2 500 training 2008-05-04", 0.75)]
    [InlineData("PMA-2 500 training 2007-05-04", "PMA-2 480 training 2007-05-04", 0.915)]
    [InlineData("PMA-2 500 training 2007-05-04", "PMA-2 480 training 2007-05-04 short=20", 0.95)]
    [InlineData("PMA-2 500 training 2007-05-04", "PMA-2 400 training 2007-05-04", 0.81)]
    [InlineData("PMA-2 500 training 2007-05-04", "PMA-2 undisclosed training 2007-05-04", 0.775)]
    [InlineData("PMA-2 500 M14 5 training 2007-05-04", "PMA-2 500 training 2007-05-04", 0.65)]
    [InlineData("APM-UNSPECIFIED 500 training 2007-05-04", "PMA-2 500 training 2007-05-04", 0.825)]
    [InlineData("PMA-2 500 training 2007-05-04", "PMA-2 5 training 2007-05-04", 0)]
    [InlineData("PMA-2 500 training 2007-05-04", "M14 500 training 2007-05-04", 0)]
    public void What_fits_is_suggested_to_both_sides_with_the_same_score(string sent, string arrived, double score)
    {
        var world = ScenarioRunner.Play($"{States}dispatch G GRC BGR {sent}\nreceipt B GRC BGR {arrived}\n");
        foreach (var code in new[] { "GRC", "BGR" })
        {
            var (ours, theirs) = (Suggested(world, code, G), Suggested(world, code, B));
            Assert.Equal(score, ours.Select(c => c.Score).FirstOrDefault(), 3);
            Assert.Equal(
                ours.Select(c => (c.Score, string.Join('\n', c.Reasons))),
                theirs.Select(c => (c.Score, string.Join('\n', c.Reasons))));
            Assert.All(ours, c => Assert.Equal(B, c.Other));
            Assert.All(theirs, c => Assert.Equal(G, c.Other));
        }
    }

    [Fact]
    public void Reasons_say_what_fits_and_what_does_not()
    {
        var world = ScenarioRunner.Play(
            States
            + "dispatch G GRC BGR PMA-2 500(A:100) training 2007-05-04\n"
            + "receipt B GRC BGR PMA-2 400(A:100) destruction 2007-05-01\n");
        var sent = world["GRC"].Files[G];
        Assert.Equal(
            [
                "25 of 25: both name PMA-2.", "21 of 35: PMA-2 500 dispatched, 400 received, which differ.",
                "10 of 10: both give lot A of PMA-2.", "0 of 10: dispatched for TRAINING, received for DESTRUCTION.",
                "0 of 20: received 3 days before the dispatch.",
            ],
            PairingCandidates.Compare(sent, world["GRC"].Files[B], world.Rulebook).Reasons);
    }

    [Fact]
    public void At_most_five_are_suggested_and_the_best_come_first()
    {
        var world = ScenarioRunner.Play(
            Pair + string.Concat(Enumerable.Range(1, 6).Select(n =>
                $"receipt B{n} GRC BGR PMA-2 {500 - n} training 2007-05-07\n")));
        Assert.Equal(
            ["B", "B1", "B2", "B3", "B4"], Suggested(world, "GRC", G).Select(c => c.Other.Reference));
    }

    [Theory]
    [InlineData("receipt G GRC BGR PMA-2 1 training 2007-05-08")]
    [InlineData("refusal G BGR 2007-05-08")]
    [InlineData("dispatch B GRC BGR PMA-2 1 training 2007-05-08")]
    public void Nothing_is_suggested_once_both_sides_have_spoken_under_one_reference(string line)
    {
        var world = ScenarioRunner.Play(Pair + line);
        Assert.Empty(Suggested(world, "GRC", G));
        Assert.Empty(Suggested(world, "BGR", B));
    }

    [Fact]
    public void Transfers_of_others_or_the_other_way_round_are_not_suggested()
    {
        var world = ScenarioRunner.Play(
            States
            + "dispatch G GRC BGR PMA-2 500 training 2007-05-04\n"
            + "receipt S GRC SVK PMA-2 500 training 2007-05-07\n"
            + "receipt R BGR GRC PMA-2 500 training 2007-05-07\n"
            + "dispatch H GRC BGR PMA-2 500 training 2007-05-04\n");
        Assert.Empty(Suggested(world, "GRC", G));
    }

    [Theory]
    [InlineData("", "BGR", "B", "B", "other", "parties/GRC/transfers/BGR~B")]
    [InlineData("", "BGR", "G", "B", "name", "parties/GRC/transfers/BGR~G")]
    [InlineData("", "BGR", "B", "X", "other", "parties/GRC/transfers/BGR~X")]
    [InlineData("", "SVK", "G", "B", "name", "parties/GRC/transfers/BGR~G")]
    [InlineData("reply B GRC 2007-05-08 as=R", "BGR", "B", "G", "name", "parties/GRC/notices/R")]
    [InlineData("refusal G BGR 2007-05-08 as=R", "BGR", "B", "G", "other", "parties/BGR/notices/R")]
    [InlineData(
        "receipt G GRC BGR PMA-2 1 training 2007-05-08 as=R", "BGR", "B", "G", "other", "parties/BGR/notices/R")]
    [InlineData(
        "dispatch ON BGR SVK PMA-2 10 training 2007-05-20 onward-from=B as=R",
        "BGR", "B", "G", "name", "parties/BGR/notices/R")]
    [InlineData(
        "dispatch N GRC BGR PMA-2 10 training 2007-05-20 to=NON-STATE as=R",
        "GRC", "N", "B", "name", "parties/GRC/notices/R")]
    public void Files_that_are_no_such_pair_are_refused_by_the_name_of_what_stands_in_the_way(
        string line, string code, string transfer, string other, string field, string subject)
    {
        var command = new ConfirmPairing(G with { Reference = transfer }, G with { Reference = other }, "C", Now);
        var refused = Assert.IsType<Refused>(ScenarioRunner.Play(Pair + line).Ask(code, command).Decision);
        Assert.Equal(
            (RefusalReason.NotPairable, field, subject),
            (refused.Refusal.Reason, refused.Refusal.Field, refused.Refusal.Subject));
        Assert.EndsWith(".", refused.Refusal.Remedy);
    }

    [Fact]
    public void Another_sender_or_recipient_is_no_other_file_of_the_same_transfer()
    {
        var world = ScenarioRunner.Play(Pair);
        var refused = Assert.IsType<Refused>(world.Ask(
            "BGR", new ConfirmPairing(B, new TransferKey("SVK", "BGR", "G"), "C", Now)).Decision);
        Assert.Equal((RefusalReason.NotPairable, "other"), (refused.Refusal.Reason, refused.Refusal.Field));
    }

    [Fact]
    public void No_more_notices_are_moved_at_once_than_the_limit()
    {
        var decided = Assert.IsType<Decided>(Confirm(Party.MovedMax));
        Assert.Equal(2 * Party.MovedMax, decided.Events.OfType<NoticeFiled>().Count());
        var refused = Assert.IsType<Refused>(Confirm(Party.MovedMax + 1));
        Assert.Equal((RefusalReason.NotPairable, B.Name), (refused.Refusal.Reason, refused.Refusal.Subject));

        static Decision Confirm(int receipts) => Enumerable.Range(1, receipts)
            .Aggregate(
                ScenarioRunner.Play(States + "dispatch G GRC BGR PMA-2 500 training 2007-05-04\n"),
                (world, n) => world.Record("BGR", new FileNotice(
                    new Notice(
                        $"R{n}", "BGR", NoticeKind.Receipt, B, Purpose.Training, new DateOnly(2007, 5, 7),
                        [new Line("PMA-2", n)])
                    {
                        Final = false,
                    },
                    Now)))
            .Ask("BGR", new ConfirmPairing(B, G, "C", Now)).Decision;
    }

    [Fact]
    public void Each_notice_is_withdrawn_and_filed_anew_with_the_same_content()
    {
        var world = ScenarioRunner.Play(Pair + "certificate B BGR PMA-2 5 2007-05-09 via=SVK as=D\n");
        var decided = Assert.IsType<Decided>(world.Ask("BGR", new ConfirmPairing(B, G, "C", Now)).Decision);
        Assert.Equal(
            ["C-w2 B D", "C-w1 B L5", "C-1 G ", "C-2 G "],
            decided.Events.OfType<NoticeFiled>()
                .Select(e => $"{e.Notice.Id} {e.Notice.Transfer.Reference} {e.Notice.Supersedes}"));
        foreach (var (id, former) in new[] { ("C-1", "L5"), ("C-2", "D") })
        {
            var was = world["BGR"].FindNotice(former)!.Notice with { Transfer = G };
            Assert.Null(was.FirstDifference(decided.Next.FindNotice(id)!.Notice));
        }

        Assert.Equal(0, decided.Next.Books.Sum);
        Assert.All(
            decided.Events.OfType<FindingClosed>().Where(e => e.Key.About == B.ToString()),
            e => Assert.Matches("^parties/BGR/notices/C-w[12] corrects parties/BGR/notices/(L5|D): ", e.Reason));
    }

    [Fact]
    public void Nothing_is_found_on_the_way_that_does_not_hold_at_the_end()
    {
        var world = ScenarioRunner.Play(
            States.Replace("\n\n", "\nopening BGR 2000-01-01\n", StringComparison.Ordinal)
            + "dispatch G GRC BGR PMA-2 100 destruction 2007-05-04\n"
            + "receipt B GRC BGR PMA-2 100 destruction 2007-05-07\n"
            + "certificate B BGR PMA-2 60 2007-05-09\n");
        var decided = Assert.IsType<Decided>(world.Ask("BGR", new ConfirmPairing(B, G, "C", Now)).Decision);
        var raised = decided.Events.OfType<FindingRaised>().Select(e => e.Finding.Key).ToList();
        Assert.All(raised, key => Assert.Null(decided.Next.FindFinding(key)!.Closed));
    }

    [Fact]
    public void Said_again_it_is_a_repeat_and_with_other_names_or_a_taken_id_a_conflict()
    {
        var command = new ConfirmPairing(B, G, "C", Now);
        foreach (var arrival in new[] { Arrival.AtOnce, Arrival.Forgotten })
        {
            var world = ScenarioRunner
                .Play(Pair + "reply H BGR 2007-05-08 as=X-w1\nplan H GRC BGR M14 1 training 2007-05-08", arrival)
                .Record("BGR", command)
                .DeliverAll(Now);
            world.Check();
            Assert.IsType<Repeated>(world.Ask("BGR", command).Decision);
            Conflict(world, command with { Other = G with { Reference = "H" } }, "C-1", "transfer");
            Conflict(world, command with { Transfer = G, Other = B }, "C-w1", "transfer");
            Conflict(world, command with { Id = "X" }, "X-w1", "transfer");

            // What is filed there later is not part of it.
            var late = new Notice("L", "BGR", NoticeKind.Receipt, B, Purpose.Training, new DateOnly(2007, 6, 2), [])
            {
                Lines = [new Line("PMA-2", 3)],
            };
            Assert.IsType<Repeated>(world.Record("BGR", new FileNotice(late, Now)).Ask("BGR", command).Decision);
        }

        static void Conflict(World world, ConfirmPairing command, string id, string field)
        {
            var refused = Assert.IsType<Refused>(world.Ask("BGR", command).Decision).Refusal;
            Assert.Equal(
                (RefusalReason.IdConflict, $"parties/BGR/notices/{id}", field),
                (refused.Reason, refused.Subject, refused.Field));
        }
    }

    private static IEnumerable<PairingCandidate> Suggested(World world, string code, TransferKey key) =>
        PairingCandidates.Of(world[code].Files[key], world[code].Files.Values, world.Rulebook);
}
