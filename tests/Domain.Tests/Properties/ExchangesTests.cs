using CsCheck;
using Treaty.Grid.Reports;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Properties;

/// <summary>What was sent and received, by partner and by year, as notices come and are taken back.</summary>
public sealed class ExchangesTests
{
    private static readonly string[] Partners = ["B", "C"];
    private static readonly string[] Items = ["PMN", "M14"];
    private static readonly int[] Years = [2023, 2024];

    private static readonly Gen<(Notice Notice, bool IsTakenBack)[]> Notices = Gen.Select(
        Gen.Int[0, 1], Gen.Int[0, 1], Gen.Int[0, 1], Gen.Long[1, 9], Gen.Bool, Gen.Bool,
        (partner, item, year, quantity, isReceipt, isTakenBack) => (
            new Notice(
                "n", "A", isReceipt ? NoticeKind.Receipt : NoticeKind.Dispatch,
                isReceipt
                    ? new TransferKey(Partners[partner], "A", "t")
                    : new TransferKey("A", Partners[partner], "t"),
                Purpose.Training, new DateOnly(Years[year], 5, 1), [new Line(Items[item], quantity)]),
            isTakenBack)).Array[0, 20];

    [Fact]
    public void A_year_comes_to_what_there_was_with_each_partner() => Notices.Sample(notices =>
    {
        var all = notices
            .SelectMany(n => Exchange.In(n.Notice).Select(e => (e.Exchange, Change: Signed(e.Quantity, n.IsTakenBack))))
            .GroupBy(e => e.Exchange)
            .ToDictionary(g => g.Key, g => g.Sum(e => e.Change));
        var folded = notices.Aggregate(
            Exchanges.None, (sums, n) => n.IsTakenBack ? sums.Without(n.Notice) : sums.With(n.Notice));

        Assert.Equal(all.OrderBy(e => e.Key), folded.All);
        foreach (var year in Years)
        {
            var expected = all
                .Where(e => e.Key.Year == year && e.Value > 0)
                .GroupBy(e => e.Key.Item)
                .ToDictionary(g => g.Key, g => g.Sum(e => e.Value));
            Assert.Equal(expected, folded.In(year).Where(i => i.Value != 0).ToDictionary());
            Assert.Equal(expected, Exchanges.Of(all).In(year).Where(i => i.Value != 0).ToDictionary());
        }
    });

    private static long Signed(long quantity, bool isTakenBack) => isTakenBack ? -quantity : quantity;
}
