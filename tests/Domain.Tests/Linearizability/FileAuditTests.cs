using Treaty.Grid.Auditor.Linearizability;

namespace Treaty.Grid.Domain.Tests.Linearizability;

/// <summary>
/// Histories of a file, told by hand: those that cannot be, and those that only look odd. Both checks must agree.
/// </summary>
public sealed class FileAuditTests
{
    private static FileHistory History => new();

    [Fact]
    public void A_stale_strong_read_is_found() => Wrong(
        Contradiction.StaleRead,
        History.Append("a", 0, 10, 1).Append("b", 11, 20, 2)
            .Read(21, 30, ["a"], 1).Read(21, 30, ["a", "b"], 2),
        "Acknowledged before, the append of b, 11 to 20, at position 2, is not shown by "
        + "the strong read, 21 to 30, of 1 up to position 1 [a], but by another.");

    [Fact]
    public void A_lost_acknowledged_append_is_found() => Wrong(
        Contradiction.LostAppend,
        History.Append("a", 0, 10, 1).Append("b", 11, 20, 2).Read(21, 30, ["a"], 9).Read(41, 50, ["a"], 9),
        "Acknowledged before, the append of b, 11 to 20, at position 2, is not shown by "
        + "the strong read, 41 to 50, of 1 up to position 9 [a], nor by another.");

    [Fact]
    public void An_acknowledged_append_lost_under_a_later_one_is_found() => Wrong(
        Contradiction.LostAppend,
        History.Append("a", 0, 10, 1).Append("b", 11, 20, 2).Read(21, 30, ["b"], 2));

    [Fact]
    public void An_id_twice_is_found() => Wrong(
        Contradiction.IdTwice,
        History.Append("a", 0, 10, 1).Read(11, 20, ["a", "a"], 2),
        "Appended once, the append of a, 0 to 10, at position 1, is twice in "
        + "the strong read, 11 to 20, of 2 up to position 2 [a, a].");

    [Fact]
    public void A_retry_that_is_recorded_anew_is_found() => Wrong(
        Contradiction.MovedEntry, History.Append("a", 0, 10, 1).Append("a", 11, 20, 2));

    [Fact]
    public void Two_reads_in_contradictory_order_are_found() => Wrong(
        Contradiction.TwoOrders,
        History.Append("a", 0).Append("b", 0).Read(0, 30, ["a", "b"], 2).Read(0, 30, ["b", "a"], 2),
        "Entry 1 is a in the strong read, 0 to 30, of 2 up to position 2 [a, b], but b in "
        + "the strong read, 0 to 30, of 2 up to position 2 [b, a].");

    [Fact]
    public void Reads_at_a_position_in_contradictory_order_are_found() => Wrong(
        Contradiction.TwoOrders,
        History.Append("a", 0).Append("b", 0).Read(0, 30, ["a"], 5, atLeast: 1).Read(0, 30, ["b"], 5, atLeast: 1));

    [Fact]
    public void A_read_at_a_position_that_lacks_it_is_found() => Wrong(
        Contradiction.IncompleteRead,
        History.Append("a", 0, 10, 1).Append("b", 11, 20, 2).Read(21, 30, ["a"], 2, atLeast: 2),
        "Complete up to 2, the read at position 2 or later, 21 to 30, of 1 up to position 2 [a], does not show "
        + "the append of b, 11 to 20, at position 2, whose position must be 3 or more.");

    [Fact]
    public void A_read_older_than_the_position_it_was_asked_for_is_found()
    {
        var history = History.Append("a", 0, 10, 1).Append("b", 11, 20, 2).Read(21, 30, ["a"], 1, atLeast: 2);
        var violation = Wrong(
            Contradiction.TooOld, history,
            "Not up to the position asked for, the read at position 2 or later, 21 to 30, of 1 up to position 1 [a], "
            + "lacks the append of b, 11 to 20, at position 2.");
        Assert.Equal("b", Assert.IsType<Append>(violation.Second).Id);

        Assert.Null(Wrong(Contradiction.TooOld, History.Read(21, 30, [], 1, atLeast: 2)).Second);
    }

    [Fact]
    public void A_read_that_shows_an_append_before_its_invocation_is_found() => Wrong(
        Contradiction.EarlyEntry,
        History.Read(0, 10, ["a"], 1).Append("a", 11, 20, 1),
        "Not yet sent, the append of a, 11 to 20, at position 1, is shown by "
        + "the strong read, 0 to 10, of 1 up to position 1 [a].");

    [Fact]
    public void Even_a_read_at_a_position_does_not_show_what_was_not_sent() => Wrong(
        Contradiction.EarlyEntry, History.Read(0, 10, ["a"], 1, atLeast: 0).Append("a", 11));

    [Fact]
    public void An_id_that_nobody_appended_is_found() => Wrong(
        Contradiction.UnknownId, History.Append("a", 0, 10, 1).Read(11, 20, ["a", "x"], 2));

    [Fact]
    public void An_unknown_append_that_shows_up_and_is_gone_again_is_found() => Wrong(
        Contradiction.VanishedEntry,
        History.Append("a", 0).Read(10, 20, ["a"], 1).Read(21, 30, [], 1),
        "Entry a is shown by the strong read, 10 to 20, of 1 up to position 1 [a], but no longer by "
        + "the strong read, 21 to 30, of 0 up to position 1 [].");

    [Fact]
    public void What_a_read_at_a_position_has_shown_is_not_gone_afterwards() => Wrong(
        Contradiction.VanishedEntry,
        History.Append("a", 0).Read(10, 20, ["a"], 1, atLeast: 0).Read(21, 30, [], 0));

    [Fact]
    public void An_append_behind_one_that_was_sent_after_its_end_is_found() => Wrong(
        Contradiction.LateEntry,
        History.Append("b", 0, 10, 2).Append("a", 11, 20, 1),
        "Acknowledged before the other was sent, the append of b, 0 to 10, at position 2, comes in the file after "
        + "the append of a, 11 to 20, at position 1.");

    [Fact]
    public void Positions_against_the_order_of_the_entries_are_found() => Wrong(
        Contradiction.FallingPosition,
        History.Append("a", 0, 10, 2).Append("b", 0, 10, 1).Read(11, 20, ["a", "b"], 3),
        "After the append of a, 0 to 10, at position 2, comes the append of b, 0 to 10, at position 1, "
        + "whose position must be 3 or more.");

    [Fact]
    public void Two_entries_at_one_position_are_found() => Wrong(
        Contradiction.FallingPosition, History.Append("a", 0, 10, 1).Append("b", 0, 10, 1));

    [Fact]
    public void A_read_that_shows_more_than_it_speaks_of_is_found() => Wrong(
        Contradiction.FallingPosition, History.Append("a", 0, 10, 4).Read(11, 20, ["a"], 3));

    [Fact]
    public void More_entries_than_there_are_positions_are_found() => Wrong(
        Contradiction.FallingPosition,
        History.Append("a", 0, 10, 4).Append("b", 0).Append("c", 0, 10, 5).Read(11, 20, ["a", "b", "c"], 5));

    [Fact]
    public void Two_reads_up_to_one_position_show_the_same() => Wrong(
        Contradiction.IncompleteRead,
        History.Append("a", 0).Read(0, 20, [], 5, atLeast: 5).Read(0, 20, ["a"], 5, atLeast: 5));

    [Fact]
    public void An_unknown_append_may_take_effect_late() => Right(
        History.Append("a", 0).Read(10, 20, [], 0).Append("b", 21, 30, 1).Read(31, 40, ["b"], 1)
            .Read(31, 40, ["b", "a"], 2).Read(50, 60, ["b", "a"], 2));

    [Fact]
    public void An_unknown_append_may_never_take_effect() => Right(
        History.Append("a", 0).Append("a", 50).Append("b", 0, 10, 1).Read(100, 110, ["b"], 7));

    [Fact]
    public void Concurrent_appends_may_take_effect_in_either_order()
    {
        Right(History.Append("a", 0, 10, 1).Append("b", 5, 15, 2).Read(20, 30, ["a", "b"], 2));
        Right(History.Append("a", 0, 10, 2).Append("b", 5, 15, 1).Read(20, 30, ["b", "a"], 2));
        // At one tick nobody knows which was first.
        Right(History.Append("a", 0, 10, 2).Append("b", 10, 15, 1).Read(10, 30, ["b"], 1));
    }

    [Fact]
    public void A_strong_read_may_show_what_is_not_acknowledged_yet() => Right(
        History.Append("a", 0, 100, 1).Read(10, 20, [], 0).Read(15, 30, ["a"], 1).Read(25, 40, ["a"], 1));

    [Fact]
    public void A_retry_is_told_the_position_of_the_first() => Right(
        History.Append("a", 0).Append("b", 20, 30, 2).Append("a", 40, 50, 1).Append("a", 60, 70, 1)
            .Read(35, 38, ["a", "b"], 2));

    [Fact]
    public void A_retry_may_be_what_takes_effect() => Right(
        History.Append("a", 0).Append("b", 20, 30, 1).Read(31, 38, ["b"], 1).Append("a", 40, 50, 2)
            .Read(51, 60, ["b", "a"], 2));

    [Fact]
    public void A_retry_acknowledged_late_does_not_excuse_a_read_after_the_first() => Wrong(
        Contradiction.LostAppend,
        History.Append("a", 0, 10, 1).Read(11, 20, [], 0).Append("a", 5, 50, 1));

    [Fact]
    public void A_read_at_a_position_may_be_old_if_it_is_complete_up_to_there() => Right(
        History.Append("a", 0, 10, 1).Append("b", 11, 20, 3).Read(21, 30, ["a"], 2, atLeast: 1)
            .Read(21, 30, ["a", "b"], 3).Read(31, 40, ["a"], 1, atLeast: 1));

    [Fact]
    public void A_read_may_speak_of_a_journal_that_is_longer_than_the_file() => Right(
        History.Append("a", 0, 10, 1).Read(11, 20, ["a"], 8, atLeast: 1).Read(21, 30, ["a"], 1)
            .Append("b", 31, 40, 9));

    [Fact]
    public void Nothing_at_all_is_right() => Right(History);

    [Fact]
    public void An_answer_before_its_question_is_refused()
    {
        Assert.Throws<ArgumentException>(() => History.Append("a", 10, 9, 1));
        Assert.Throws<ArgumentException>(() => History.Read(10, 9, [], 1));
        Assert.Throws<ArgumentException>(() => History.Append("a", 10, null, 1));
        Assert.Throws<ArgumentException>(() => History.Read(9, 10, [], -1));
    }

    [Fact]
    public void A_long_history_is_checked_and_one_mistake_in_it_is_found()
    {
        const int Appends = 20_000;
        var history = History;
        string[] ids = [.. Enumerable.Range(0, Appends).Select(i => $"N{i}")];
        for (int i = 0; i < Appends; i++)
        {
            // Three at a time, every tenth without an answer.
            if (i % 10 == 9) history.Append(ids[i], i * 10);
            else history.Append(ids[i], i * 10, (i * 10) + 25, 2 * i);
            if (i % 200 == 199) history.Read((i * 10) + 26, (i * 10) + 29, ids[..(i + 1)], 2 * i);
        }

        Assert.Null(FileAudit.Check(history));
        history.Read(Appends * 10, Appends * 11, ids[..^3], 2 * Appends);
        Assert.Equal(Contradiction.StaleRead, FileAudit.Check(history)?.Kind);
    }

    private static void Right(FileHistory history)
    {
        Assert.Null(FileAudit.Check(history));
        Assert.True(FileAudit.IsLinearizable(history));
    }

    private static Violation Wrong(Contradiction kind, FileHistory history, string? explanation = null)
    {
        var violation = FileAudit.Check(history);
        Assert.Equal(kind, violation?.Kind);
        Assert.False(FileAudit.IsLinearizable(history));
        if (explanation is not null) Assert.Equal($"{kind}: {explanation}", violation!.ToString());
        return violation!;
    }
}
