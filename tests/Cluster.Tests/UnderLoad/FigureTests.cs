using Treaty.Grid.Load;
using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Cluster.Tests.UnderLoad;

/// <summary>What figures are made of.</summary>
public sealed class FigureTests
{
    [Fact]
    public void A_slope_and_its_interval_are_those_of_the_textbook()
    {
        // By hand: the slope is 0.8, its standard error 0.34641, and Student's t for three degrees 3.182.
        var trend = Trend.Of("t", [(0, 1), (1, 3), (2, 2), (3, 5), (4, 4)])!;
        Assert.Equal(3, trend.Mean, 9);
        Assert.Equal(0.8 * 3_600, trend.PerHour, 6);
        Assert.Equal((0.8 - (3.182 * 0.346410)) * 3_600, trend.Low, 0.1);
        Assert.Equal((0.8 + (3.182 * 0.346410)) * 3_600, trend.High, 0.1);
        Assert.False(trend.IsRising);
    }

    [Fact]
    public void A_straight_line_has_its_slope_and_nothing_else_might_be()
    {
        var trend = Trend.Of("t", [.. Enumerable.Range(0, 100).Select(i => ((double)i, 5 + (2.0 * i)))])!;
        Assert.Equal(7_200, trend.PerHour, 6);
        Assert.Equal(7_200, trend.Low, 6);
        Assert.True(trend.IsRising);
        Assert.Null(Trend.Of("t", [(0, 1), (1, 2)]));
        Assert.Null(Trend.Of("t", [(1, 1), (1, 2), (1, 3)]));
    }

    /// <summary>Each point is nine tenths of the one before, and chance: nothing rises and nothing falls.</summary>
    [Fact]
    public void Slow_waves_are_no_trend()
    {
        var chance = new Random(1);
        var trends = Enumerable.Range(0, 200).Count(_ =>
        {
            var value = 0.0;
            var trend = Trend.Of("t", [.. Enumerable.Range(0, 3_600).Select(i =>
            {
                value = (0.9 * value) + chance.NextDouble() - 0.5;
                return ((double)i, value);
            })])!;
            return trend.Low > 0 || trend.High < 0;
        });
        Assert.InRange(trends, 1, 20);
    }

    [Fact]
    public void Histograms_come_back_from_their_text_and_add_up()
    {
        var (one, other) = (Result([1, 2, 3], 10), Result([100], 1));
        var times = Times.Of(one.Latency);
        Assert.Equal(3, times.Count);
        Assert.Equal(3, times.ToHistogram().Max(), 0.01);
        var many = Result([.. Enumerable.Range(1, 50_000).Select(i => i * 1.7)], 1).Latency;
        Assert.Equal(50_000, Times.Of(many).ToHistogram().TotalCount);
        Assert.Equal(Histograms.Curve(many), Histograms.Curve(Times.Of(many).ToHistogram()));
        Assert.Equal(0, Times.Of(Histograms.New()).ToHistogram().TotalCount);

        var atOnce = Merge.AtOnce([one, other]);
        Assert.Equal(4, atOnce.Latency.TotalCount);
        Assert.Equal(100, atOnce.Latency.Max(), 0.1);
        Assert.Equal(11, atOnce.Ok);
        Assert.Equal(1.1, atOnce.Rate, 9);
        Assert.Equal(0.55, Merge.InTurn([one, other]).Rate, 9);
    }

    [Fact]
    public async Task A_report_comes_back_from_its_file_and_makes_a_page()
    {
        var file = Path.GetTempFileName();
        try
        {
            await Report.Of(Result([1, 2, 3], 10), 1, "load run <all>").WriteAsync(file);
            var report = await Report.ReadAsync(file);
            Assert.Equal(10, report.Acknowledged);
            Assert.Equal(3, report.ToResult().Latency.TotalCount);
            var page = Page.Of(report);
            Assert.Contains("<svg", page, StringComparison.Ordinal);
            Assert.Contains("load run &lt;all&gt;", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("p99<4ms,max<4ms,errors<1%", "")]
    [InlineData("p50<1ms,errors<1%", "p50<1ms")]
    [InlineData("errors<0.001,lag<1s", "errors<0.001,lag<1s")]
    public void Bounds_that_are_not_kept_are_told(string bounds, string broken)
    {
        var result = Result([1, 2, 3], 995);
        result = result with { Outcomes = new Dictionary<string, long> { ["OK"] = 995, ["Unavailable"] = 5 } };
        Assert.Equal(broken, string.Join(',', Slo.Parse(bounds).Broken(result)));
    }

    [Theory]
    [InlineData("p99")]
    [InlineData("q99<1ms")]
    [InlineData("p99<1 parsec")]
    public void Bounds_that_are_none_are_refused(string bounds) =>
        Assert.Throws<SwitchException>(() => Slo.Parse(bounds));

    private static Result Result(double[] milliseconds, long ok)
    {
        var latency = Histograms.New();
        foreach (var time in milliseconds)
            latency.Add(TimeSpan.FromMilliseconds(time));
        return new Result
        {
            Seconds = 10,
            Took = 10,
            Offered = ok,
            Outcomes = new Dictionary<string, long> { ["OK"] = ok },
            Latency = latency,
            Service = latency,
            Slip = Histograms.New(),
            Series =
            [
                new Second
                {
                    At = 1, Target = 1, Sent = 1, Answered = 1, Errors = 0, InFlight = 1, Waiting = 0, P50 = 1,
                    P99 = 1, Max = 1, Slip = 0, OwnProcessors = 0.1, ServerProcessors = 0.2, ServerMemory = 1,
                    ServerHandles = 1,
                },
            ],
            OwnProcessor = TimeSpan.FromSeconds(1),
            ServerProcessor = TimeSpan.FromSeconds(1),
            OwnPauses = TimeSpan.Zero,
        };
    }
}
