using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Treaty.Grid.V1;
using PublicParty = Treaty.Grid.V1.Party;

namespace Treaty.Grid.Load;

/// <summary>
/// A server that answers every notice at once and keeps nothing: what the generator and gRPC cost without a register.
/// </summary>
internal static class Echo
{
    public const string Help = """
        Answers every notice and keeps nothing, so that the generator can be measured without a register.

          load echo [--listen URL]     http://127.0.0.1:5450 unless it is named; port 0 takes a free one

        It tells where it listens and its process id. Ctrl-C ends it.
        """;

    private const int StreamsPerConnectionMax = 100;
    private static readonly TimeSpan KeepAlivePingDelay = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        var switches = new Switches(args, ["--listen"], []);
        await using var app = await StartAsync(switches.Text("--listen", "http://127.0.0.1:5450"));
        Console.WriteLine($"Echo is ready.\n  gRPC  {app.Urls.First()}\n  pid   {Environment.ProcessId}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    public static async Task<WebApplication> StartAsync(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(ConfigureKestrel);
        builder.WebHost.UseUrls(address);
        builder.Services.AddGrpc();
        var app = builder.Build();
        app.MapGrpcService<Notices>();
        app.MapGrpcService<Parties>();
        await app.StartAsync();
        return app;
    }

    /// <summary>As the gateway does, but for how large things may be.</summary>
    private static void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnectionMax;
        kestrel.Limits.Http2.KeepAlivePingDelay = KeepAlivePingDelay;
        kestrel.ConfigureEndpointDefaults(door => door.Protocols = HttpProtocols.Http2);
    }

    private sealed class Notices : NoticeService.NoticeServiceBase
    {
        private static long _position;

        public override Task<SubmitNoticeResponse> SubmitNotice(
            SubmitNoticeRequest request, ServerCallContext context) => Task.FromResult(AnswerTo(request));

        public override Task<BatchSubmitNoticesResponse> BatchSubmitNotices(
            BatchSubmitNoticesRequest request, ServerCallContext context)
        {
            var answer = new BatchSubmitNoticesResponse();
            foreach (var one in request.Requests)
                answer.Results.Add(new SubmitResult { Response = AnswerTo(one) });
            return Task.FromResult(answer);
        }

        private static SubmitNoticeResponse AnswerTo(SubmitNoticeRequest request) => new()
        {
            Notice = request.Notice,
            Receipt = new Receipt { Position = Interlocked.Increment(ref _position) },
        };
    }

    private sealed class Parties : PartyService.PartyServiceBase
    {
        public override Task<ListPartiesResponse> ListParties(ListPartiesRequest request, ServerCallContext context) =>
            Task.FromResult(new ListPartiesResponse());

        public override Task<PublicParty> RegisterParty(RegisterPartyRequest request, ServerCallContext context) =>
            Task.FromResult(request.Party);

        public override Task<RecordDepositaryNotificationResponse> RecordDepositaryNotification(
            RecordDepositaryNotificationRequest request, ServerCallContext context) =>
            Task.FromResult(new RecordDepositaryNotificationResponse { Notification = request.Notification });
    }
}
