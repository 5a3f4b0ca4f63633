using System.Collections.Concurrent;
using CsCheck;
using Treaty.Grid.Auditor.Linearizability;

namespace Treaty.Grid.Domain.Tests.Linearizability;

/// <summary>
/// The fast check of a file against the search through all orders. CsCheck prints the seed of a history on which they
/// differ; to replay it set <c>CsCheck_Seed</c>.
/// </summary>
public sealed class AgreementTests(ITestOutputHelper output)
{
    private const int Histories = 10_000;

    [Fact]
    public void What_a_file_that_keeps_its_promise_answers_is_right() => FileHistories.Right.Sample(
        history =>
        {
            Assert.Null(FileAudit.Check(history));
            Assert.True(FileAudit.IsLinearizable(history));
        },
        iter: Histories);

    [Fact]
    public void Of_changed_answers_both_checks_say_the_same_and_every_kind_is_found() =>
        Assert.Empty(Enum.GetNames<Contradiction>().Except(Agree(FileHistories.Changed)));

    [Fact]
    public void Of_made_up_answers_both_checks_say_the_same() => Agree(FileHistories.MadeUp);

    private IEnumerable<string> Agree(Gen<FileHistory> histories)
    {
        var verdicts = new ConcurrentDictionary<string, int>();
        histories.Sample(
            history =>
            {
                var violation = FileAudit.Check(history);
                verdicts.AddOrUpdate(violation?.Kind.ToString() ?? "right", 1, (_, count) => count + 1);
                Assert.True(
                    FileAudit.IsLinearizable(history) == violation is null,
                    violation?.ToString() ?? "Only the search finds something.");
            },
            iter: Histories);

        output.WriteLine(string.Join(", ", verdicts.OrderByDescending(v => v.Value).Select(v => $"{v.Value} {v.Key}")));
        // Else they would agree on nothing much.
        Assert.InRange(verdicts.GetValueOrDefault("right"), Histories / 10, Histories * 9 / 10);
        return verdicts.Keys;
    }
}
