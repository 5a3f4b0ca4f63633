using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Treaty.Grid.Cluster.Tests.EndToEnd.Otlp;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>A collector of traces that keeps the spans sent to it.</summary>
internal sealed class SpanReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SpanReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = [];

    public string Address => _app.Urls.Single();

    public static async Task<SpanReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<Traces>();
        SpanReceiver? receiver = null;
        builder.Services.AddSingleton(_ => receiver!);
        var app = builder.Build();
        receiver = new SpanReceiver(app);
        app.MapGrpcService<Traces>();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class Traces(SpanReceiver receiver) : TraceService.TraceServiceBase
    {
        public override Task<ExportTraceServiceResponse> Export(
            ExportTraceServiceRequest request, ServerCallContext context)
        {
            foreach (var scope in request.ResourceSpans.SelectMany(r => r.ScopeSpans))
            {
                foreach (var span in scope.Spans)
                    receiver.Spans.Enqueue(new ReceivedSpan(scope.Scope?.Name ?? "", span));
            }

            return Task.FromResult(new ExportTraceServiceResponse());
        }
    }
}

/// <summary>One span as it was exported.</summary>
/// <param name="Scope">The source that made it.</param>
/// <param name="Span">Its ids are bytes.</param>
internal sealed record ReceivedSpan(string Scope, Span Span)
{
    public string TraceId => Convert.ToHexStringLower(Span.TraceId.Span);

    public string? Attribute(string key) => Span.Attributes.FirstOrDefault(a => a.Key == key)?.Value.StringValue;

    public bool LinksTo(ReceivedSpan other) => Span.Links.Any(
        l => l.TraceId.Equals(other.Span.TraceId) && l.SpanId.Equals(other.Span.SpanId));
}
