using Treaty.Grid.Cluster.Tests.EndToEnd.Otlp;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>A request is one trace, as a collector nobody here wrote would receive it.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task The_trace_of_a_notice_goes_through_gateway_both_grains_and_journal()
    {
        await using var receiver = await SpanReceiver.StartAsync();
        await using var register = new RunningRegister(
            new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address,
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            },
            "--register", "empty");
        await register.StartAsync();
        var depositary = new Caller(register, "depositary");
        await depositary.RegisterAsync("GRC", "Greece");
        await depositary.RegisterAsync("BGR", "Bulgaria");
        var answer = await new Caller(register, "GRC").SubmitAsync(
            "N1", Dispatch("GRC", "BGR", "T1", 500, Day(2007, 5, 4)));

        var trace = answer.Receipt.TraceId;
        Assert.Matches("^[0-9a-f]{32}$", trace);
        var server = await FindAsync(s => s.TraceId == trace && s.Span.Kind == Span.Types.SpanKind.Server);
        Assert.Contains("SubmitNotice", server.Span.Name, StringComparison.Ordinal);
        var filed = await FindAsync(s => s.TraceId == trace && s.Span.Name == "party.file");
        Assert.Equal("GRC", filed.Attribute("treatygrid.party"));
        var delivered = await FindAsync(s => s.TraceId == trace && s.Span.Name == "party.deliver");
        Assert.Equal("BGR", delivered.Attribute("treatygrid.party"));
        Assert.Equal(filed.Span.SpanId, delivered.Span.ParentSpanId);

        // A group commit belongs to no trace, and says whose entries it carries.
        var commits = new[]
        {
            await FindAsync(s => s.Span.Name == "journal.commit" && s.LinksTo(filed)),
            await FindAsync(s => s.Span.Name == "journal.commit" && s.LinksTo(delivered)),
        };
        Assert.All(commits, commit => Assert.NotEqual(trace, commit.TraceId));

        async Task<ReceivedSpan> FindAsync(Func<ReceivedSpan, bool> wanted) => (await Eventually.Async(
            () => Task.FromResult(receiver.Spans.FirstOrDefault(wanted)), span => span is not null,
            $"a span was exported; there were {string.Join(", ", receiver.Spans.Select(s => s.Span.Name))}"))!;
    }
}
