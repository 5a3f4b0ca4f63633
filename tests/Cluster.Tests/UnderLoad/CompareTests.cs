using System.Collections.Concurrent;
using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Auditor;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Contracts;
using Treaty.Grid.Load;
using Treaty.Grid.Load.Comparing;
using Treaty.Grid.Load.Reports;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.UnderLoad;

/// <summary>What a comparison says, and that all who are compared file what they say.</summary>
public sealed class CompareTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3, 3, 3)]
    [InlineData(new[] { 9.0, 1, 5 }, 5, 1, 9)]
    [InlineData(new[] { 10.0, 1, 2, 4 }, 3, 1, 10)]
    public void A_median_is_the_middle_one_or_between_the_middle_two(
        double[] figures, double median, double least, double most) =>
        Assert.Equal(new Spread(median, least, most), Spread.Of(figures));

    [Fact]
    public void A_ratio_is_that_of_the_same_turn_and_its_median_decides()
    {
        Standing[] standings =
        [
            Of("procedure", (1_000, 10), (4_000, 10), (1_000, 10)), Of("unary", (5_000, 10), (4_000, 10), (4_000, 2)),
        ];
        var ratio = Ratio.Of(new Gate("unary", "procedure", 4), standings)!;
        Assert.Equal(new Spread(4, 1, 5), ratio.Rates);
        Assert.Equal(new Spread(5, 1, 20), ratio.ByProcessor);
        Assert.True(ratio.IsReached);
        Assert.False((ratio with { Least = 4.1 }).IsReached);
        Assert.Null(Ratio.Of(new Gate("unary", "echo", 1), standings));
    }

    [Fact]
    public void A_rate_with_lists_that_fall_behind_does_not_count()
    {
        var behind = Of("unary", (9_000, 1)) with { Turns = [new Turn(9_000, 1, 1, 0, 1_000)] };
        var ratio = Ratio.Of(new Gate("unary", "procedure", 4), [Of("procedure", (1_000, 1)), behind])!;
        Assert.Equal(9, ratio.Rates.Median);
        Assert.False(ratio.IsReached);
        var (output, page) = (new StringWriter(), ComparisonOf(behind));
        page.Print(output);
        Assert.Contains("!! not sustained", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_shows_every_contender_and_runs_nothing()
    {
        var page = ComparisonPage.Of(ComparisonOf(Of("echo", (70_000, 1)), Of("unary", (500, 1))));
        Assert.Equal(4, page.Split("<rect").Length - 1);
        Assert.Contains("name of unary", page, StringComparison.Ordinal);
        Assert.Contains("load compare &lt;all&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Processor_time_is_that_of_a_process_and_all_below_it_those_that_have_ended_too()
    {
        var table = ProcessTable.Of(
            [
                Stat(1, "init", parent: 0, [500, 500, 9_000, 9_000]),
                Stat(7, "server", parent: 1, [100, 20, 30, 4]),
                Stat(8, "a (strange) name) S 1 2", parent: 7, [1_000, 0, 0, 0]),
                Stat(9, "below", parent: 8, [0, 10_000, 0, 0]),
                Stat(70, "stranger", parent: 1, [7, 7, 7, 7]),
            ],
            ticksPerSecond: 100);
        Assert.Equal(111.54, table.UsedBy([7]).TotalSeconds, 6);
        Assert.Equal(111.54, table.UsedBy([7, 8]).TotalSeconds, 6);
        Assert.Equal(0.28, table.UsedBy([70]).TotalSeconds, 6);
        Assert.Equal(TimeSpan.Zero, table.UsedBy([71]));

        static string Stat(int id, string name, int parent, int[] times) =>
            $"{id} ({name}) S {parent} 1 1 0 -1 4194560 11 22 33 44 {string.Join(' ', times)} 20 0 1 0 99 0 0";
    }

    [Fact]
    public void Time_that_this_process_uses_is_seen()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere there is no such table.");
        var before = Usage.Processor([Environment.ProcessId]);
        var own = Usage.Own;
        while (Usage.Own - own < TimeSpan.FromMilliseconds(200))
        {
            // Uses it.
        }

        Assert.True(Usage.Processor([Environment.ProcessId]) - before > TimeSpan.FromMilliseconds(150));
    }

    [Theory]
    [InlineData("--turns", "0")]
    [InlineData("--seconds", "0")]
    [InlineData("--batch", "1")]
    [InlineData("--batch", "1001")]
    [InlineData("--parties", "1")]
    [InlineData("--only", "echo,unary,nobody")]
    [InlineData("--only", "unary-many")]
    [InlineData("--unknown", "1")]
    public void A_wrong_switch_is_told(params string[] args) =>
        Assert.Contains(
            args[0], Assert.Throws<SwitchException>(() => CompareOptions.Parse(args)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Every_ratio_is_of_contenders_that_there_are()
    {
        var keys = Contenders.Of(CompareOptions.Parse(["--many", "100k"])).Select(c => c.Key).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.All(Gate.All, gate => Assert.Contains(gate.Over, keys));
        Assert.All(Gate.All, gate => Assert.Contains(gate.Under, keys));
    }

    [Fact]
    public async Task A_closed_loop_has_so_many_requests_under_way_and_no_more()
    {
        var result = await LoopAsync<Slow>(callers: 3);
        Assert.Equal(1, result.Took, 9);
        Assert.Equal(0, result.Errors);
        Assert.InRange(result.Ok, 3, 3_000);
        Assert.Equal(3, Slow.Most);
    }

    [Fact]
    public async Task In_a_closed_loop_who_is_told_to_come_again_later_does_not_come_before()
    {
        await LoopAsync<Busy>(callers: 5);
        Assert.Equal(5, Busy.Asked);
    }

    [Fact]
    public async Task In_a_closed_loop_what_was_refused_is_said_again_once_it_is_time()
    {
        await LoopAsync<BusyAtFirst>(callers: 5, atMost: "60s", BusyAtFirst.AllCameAgain);
        Assert.Equal(BusyAtFirst.RefusedMax, BusyAtFirst.Refused.Count);
        Assert.Empty(BusyAtFirst.Refused.Except(BusyAtFirst.Taken));
    }

    [Fact]
    public async Task In_a_closed_loop_a_caller_whose_connection_broke_waits_for_a_second()
    {
        // In a second and a half, each of five speaks twice at most.
        var result = await LoopAsync<HangingUp>(callers: 5);
        Assert.Equal(["CONNECTION_LOST"], result.Outcomes.Keys);
        Assert.InRange(result.Outcomes.Values.Sum(), 1, 10);
    }

    [Fact]
    public async Task All_who_need_no_register_file_what_they_say()
    {
        PostgresHome.Need();
        var (output, json) = (new StringWriter(), Path.GetTempFileName());
        string[] keys = ["echo", "procedure", "procedure-batch", "transactions"];
        var code = await CompareCommand.RunAsync(
            [
                "--turns", "1", "--seconds", "1", "--warm-up", "0", "--try", "0", "--parties", "20", "--only",
                string.Join(',', keys), "--out", json,
            ],
            output, TextWriter.Null);
        var comparison = JsonSerializer.Deserialize<Comparison>(
            await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken), Report.Json)!;
        File.Delete(json);
        Assert.Equal(0, code);
        Assert.Equal(keys, comparison.Standings.Select(s => s.Key));
        Assert.All(comparison.Standings, s => Assert.True(s.Rate.Median > 0, output.ToString()));
        Assert.All(comparison.Standings, s => Assert.True(s.MicrosecondsPerNotice.Median > 0, output.ToString()));
        Assert.Equal(
            ("on", "on", "on"),
            (comparison.Postgres["fsync"], comparison.Postgres["synchronous_commit"],
                comparison.Postgres["full_page_writes"]));
    }

    /// <summary>What callers get of a service in one second, after half a second that is not measured.</summary>
    private static async Task<Result> LoopAsync<T>(
        int callers, string atMost = "1s", CancellationTokenSource? enough = null)
        where T : NoticeService.NoticeServiceBase
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(k => k.ConfigureEndpointDefaults(d => d.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        await using var service = builder.Build();
        service.MapGrpcService<T>();
        await service.StartAsync(TestContext.Current.CancellationToken);
        var options = RunOptions.Parse(
            [
                "--closed", $"{callers}", "--duration", atMost, "--warmup", "500ms", "--connections", "2", "--timeout",
                "5s",
            ],
            TimeProvider.System);
        var run = new LoadRun(
            new Target(new Uri(service.Urls.First()), []), options,
            Roster.Of([new Country("AAA"), new Country("BBB")]));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            enough?.Token ?? default, TestContext.Current.CancellationToken);
        return await run.OfferAsync(run.ClosedPlan(), TextWriter.Null, end.Token);
    }

    /// <summary>Breaks the connection of whoever asks.</summary>
    private sealed class HangingUp : NoticeService.NoticeServiceBase
    {
        public override Task<SubmitNoticeResponse> SubmitNotice(
            SubmitNoticeRequest request, ServerCallContext context)
        {
            context.GetHttpContext().Abort();
            return Task.FromResult(new SubmitNoticeResponse());
        }
    }

    /// <summary>Sends everybody away for longer than a loop takes, and counts them.</summary>
    private sealed class Busy : NoticeService.NoticeServiceBase
    {
        private static int _asked;

        public static int Asked => _asked;

        public override Task<SubmitNoticeResponse> SubmitNotice(
            SubmitNoticeRequest request, ServerCallContext context)
        {
            Interlocked.Increment(ref _asked);
            throw RefusedException.RetryLater(
                Google.Rpc.Code.ResourceExhausted, ErrorReason.Overloaded, "Later.", TimeSpan.FromSeconds(2))
                .ToRpcException();
        }
    }

    /// <summary>Sends the first away for a moment, and keeps what everybody said.</summary>
    private sealed class BusyAtFirst : NoticeService.NoticeServiceBase
    {
        public const int RefusedMax = 20;

        private static int _asked;

        public static CancellationTokenSource AllCameAgain { get; } = new();

        public static ConcurrentQueue<string> Refused { get; } = [];

        public static ConcurrentQueue<string> Taken { get; } = [];

        public override async Task<SubmitNoticeResponse> SubmitNotice(
            SubmitNoticeRequest request, ServerCallContext context)
        {
            if (Interlocked.Increment(ref _asked) <= RefusedMax)
            {
                Refused.Enqueue(request.NoticeId);
                throw RefusedException.RetryLater(
                    Google.Rpc.Code.ResourceExhausted, ErrorReason.Overloaded, "Later.", TimeSpan.FromMilliseconds(10))
                    .ToRpcException();
            }

            Taken.Enqueue(request.NoticeId);
            if (Refused.Count == RefusedMax && !Refused.Except(Taken).Any())
                await AllCameAgain.CancelAsync();
            return new SubmitNoticeResponse { Receipt = new Receipt { Position = 1 } };
        }
    }

    /// <summary>Answers late, and counts how many wait.</summary>
    private sealed class Slow : NoticeService.NoticeServiceBase
    {
        private static int _inside;

        public static int Most { get; private set; }

        public override async Task<SubmitNoticeResponse> SubmitNotice(
            SubmitNoticeRequest request, ServerCallContext context)
        {
            Most = Math.Max(Most, Interlocked.Increment(ref _inside));
            await Task.Delay(TimeSpan.FromMilliseconds(10), context.CancellationToken);
            Interlocked.Decrement(ref _inside);
            return new SubmitNoticeResponse { Receipt = new Receipt { Position = 1 } };
        }
    }

    private static Standing Of(string key, params (long Notices, double ProcessorSeconds)[] turns) => new(
        key, $"name of {key}", 1, new Dictionary<int, double>(),
        [.. turns.Select(t => new Turn(t.Notices, 1, t.ProcessorSeconds, 0, null))]);

    private static Comparison ComparisonOf(params Standing[] standings) =>
        new("load compare <all>", Surroundings.Now, "a disk", new Dictionary<string, string>(), standings);
}
