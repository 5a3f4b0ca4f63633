using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Load;
using Treaty.Grid.Load.Verifying;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.UnderLoad;

/// <summary>The generator of load against an echo, and against the program as a user runs it.</summary>
public sealed class LoadTests(RunningRegister register) : IClassFixture<RunningRegister>
{
    private const string Mixed =
        "match=0.4,permitted=0.1,short=0.1,excess=0.05,item=0.05,missing=0.05,late=0.05,duplicate=0.05,conflict=0.05,"
        + "prohibited=0.05,repeat=0.05";

    [Theory]
    [InlineData(1, 500)]
    [InlineData(1_000, 20_000)]
    public async Task All_that_is_sent_to_an_echo_comes_back(int batch, int rate)
    {
        await using var echo = await Echo.StartAsync("http://127.0.0.1:0");
        var options = Options("--parties", "5", "--batch", $"{batch}", "--rate", $"{rate}", "--connections", "2");
        var run = await LoadRun.PrepareAsync(new Target(new Uri(echo.Urls.First()), []), options, TextWriter.Null);
        var result = await run.OfferAsync(options.Schedule, TextWriter.Null);
        Assert.True(result.Offered > 0);
        Assert.Equal(result.Offered, result.Ok);
        Assert.Equal(0, result.Errors);
        Assert.Equal(result.Ok / batch, result.Latency.TotalCount);
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_code_and_a_lost_server_as_such()
    {
        var echo = await Echo.StartAsync("http://127.0.0.1:0");
        var lines = await Lines.OpenAsync(new Target(new Uri(echo.Urls.First()), []), 1, TimeSpan.FromSeconds(10));
        await using (echo)
        {
            var refused = await Assert.ThrowsAsync<CallFailedException>(() => AskAsync(lines));
            Assert.Equal("Unimplemented", refused.Outcome);
            await echo.StopAsync(TestContext.Current.CancellationToken);
        }

        var lost = await Assert.ThrowsAsync<CallFailedException>(() => AskAsync(lines));
        Assert.Equal("CONNECTION_LOST", lost.Outcome);
        lines.Dispose();

        static Task<Stockpile> AskAsync(Lines lines) => lines.AskAsync(
            "PartyService/GetStockpile", "operator", new GetStockpileRequest(), Stockpile.Parser);
    }

    [Fact]
    public async Task A_run_of_all_kinds_is_verified()
    {
        var (output, json) = (new StringWriter(), Path.GetTempFileName());
        var switches = Switches(
            "--verify", "--name", "good", "--json", json, "--target", $"http://{register.Channel.Target}");
        var code = await RunCommand.RunAsync(switches, "run", output, TextWriter.Null);
        var verdict = (await Load.Reports.Report.ReadAsync(json)).Verdict!;
        File.Delete(json);
        Assert.True(code == 0, $"{output}\n{register.Said}");
        Assert.Equal(verdict.Acknowledged, verdict.ReadBack);
        Assert.Contains(verdict.Kinds, k => k is { Kind: "short", Expected: > 0 });
        Assert.All(verdict.Kinds, k => Assert.Equal((1, 1), (k.Precision, k.Recall)));
    }

    [Fact]
    public async Task A_discrepancy_that_was_not_meant_is_told()
    {
        var options = Options([.. Switches("--verify", "--name", "bad"), "--mix", "match=1"]);
        var target = new Target(new Uri($"http://{register.Channel.Target}"), []);
        var run = await LoadRun.PrepareAsync(target, options, TextWriter.Null);
        await run.OfferAsync(options.Schedule, TextWriter.Null);
        using (var lines = await Lines.OpenAsync(target, 1, options.Timeout))
            await Settlement.SettleAsync(lines, run.Ledger, TextWriter.Null);

        // The recipient of the first transfer says later that it had been one mine fewer.
        var said = run.Ledger.Book.NoticeOf(0, 1, run.Ledger[0]);
        var notice = Wire.NoticeOf(said);
        notice.Lines[0].Quantity--;
        notice.Supersedes = Wire.NameOf(said);
        await new Caller(register, said.Party).SubmitAsync("planted", notice);

        var verdict = await run.VerifyAsync(TextWriter.Null, TimeSpan.FromSeconds(5));
        Assert.False(verdict.IsPerfect);
        var kind = Assert.Single(verdict.Kinds);
        Assert.Equal((2, 0.0), (kind.Unexpected, kind.Precision));
        Assert.Contains(verdict.Faults, f => f.Contains("APM-51", StringComparison.Ordinal));
        Assert.Contains(verdict.Faults, f => f.Contains("nobody acknowledged", StringComparison.Ordinal));
        Assert.Contains(verdict.Faults, f => f.StartsWith("The books of", StringComparison.Ordinal));
        Assert.Equal(verdict.Acknowledged - 2, verdict.ReadBack);
    }

    private static string[] Switches(params string[] others) =>
    [
        "--rate", "100", "--duration", "2s", "--warmup", "0s", "--parties", "20", "--think", "200ms", "--mix", Mixed,
        .. others,
    ];

    private static RunOptions Options(params string[] switches) => RunOptions.Parse(
        [.. Switches(switches)], TimeProvider.System);
}
