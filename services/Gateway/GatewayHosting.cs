using Google.Protobuf.Reflection;
using Google.Rpc;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Batching;
using Treaty.Grid.Gateway.Conventions;
using Treaty.Grid.Gateway.Declarations;
using Treaty.Grid.Gateway.Findings;
using Treaty.Grid.Gateway.Health;
using Treaty.Grid.Gateway.Json;
using Treaty.Grid.Gateway.Notices;
using Treaty.Grid.Gateway.Overload;
using Treaty.Grid.Gateway.Parties;
using Treaty.Grid.Gateway.Shape;
using Treaty.Grid.Gateway.Transfers;
using Treaty.Grid.V1;
using HttpContext = Microsoft.AspNetCore.Http.HttpContext;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using Status = Google.Rpc.Status;

namespace Treaty.Grid.Gateway;

/// <summary>
/// Puts the public door into a host, which brings the way to the grains: an <see cref="IGrainFactory"/>.
/// </summary>
public static partial class GatewayHosting
{
    /// <summary>The section of the settings: <c>Grpc</c>, <c>Web</c> and <c>Identity</c>.</summary>
    public const string Section = "TreatyGrid";

    /// <summary>On health checks that must pass before requests are sent here.</summary>
    public const string ReadyTag = "ready";

    /// <summary>On health checks that must pass once after a start.</summary>
    public const string StartupTag = "startup";

    /// <summary>On health checks whose failure only a restart can mend.</summary>
    public const string LiveTag = "live";

    /// <summary>What errors carry as details; JSON writes no type that it does not know.</summary>
    private static readonly TypeRegistry ErrorDetails = TypeRegistry.FromMessages(
        ErrorInfo.Descriptor, BadRequest.Descriptor, RetryInfo.Descriptor);

    private static readonly Status NothingHere = RefusedException.Refuse(
        Code.NotFound, ErrorReason.ResourceUnknown, "No method of the contract has this path. Correct it.");

    private static readonly ServiceDescriptor[] Contract =
    [
        PartyService.Descriptor, DeclarationService.Descriptor, NoticeService.Descriptor, TransferService.Descriptor,
        FindingService.Descriptor, ConventionService.Descriptor,
    ];

    /// <summary>Registers what the gateway needs, and where it listens.</summary>
    public static WebApplicationBuilder AddTreatyGridGateway(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Shapes>();
        services.TryAddSingleton<PartyBatcher>();
        services.TryAddSingleton<Gatekeeper>();
        services
            .AddGrpc(grpc =>
            {
                grpc.MaxReceiveMessageSize = Limits.MessageBytesMax;
                grpc.Interceptors.Add<Gatekeeper>();
            })
            .AddJsonTranscoding(json =>
            {
                json.TypeRegistry = ErrorDetails;
                // As protobuf's own JSON form has them: other languages read such numbers as binary fractions.
                json.JsonSettings.WriteInt64sAsStrings = true;
            });
        services.AddGrpcReflection();
        services
            .AddGrpcHealthChecks(health =>
            {
                health.Services.Map("", check => check.Tags.Contains(ReadyTag));
                foreach (var service in Contract)
                    health.Services.Map(service.FullName, check => check.Tags.Contains(ReadyTag));
            })
            .AddCheck<GrainsAnswer>("grains", tags: [ReadyTag, StartupTag]);
        builder.WebHost.ConfigureKestrel((host, kestrel) => ConfigureKestrel(kestrel, host.Configuration));
        return builder;
    }

    /// <summary>
    /// Makes the server listen where the settings say. <see cref="AddTreatyGridGateway"/> does so already.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is wrong, or would let strangers in.</exception>
    public static void ConfigureKestrel(KestrelServerOptions kestrel, IConfiguration configuration) =>
        Doors.Open(kestrel, configuration.GetSection(Section));

    /// <summary>Maps the services of the contract, their JSON form, health and reflection.</summary>
    public static WebApplication MapTreatyGridGateway(this WebApplication app)
    {
        if (Doors.IsDevelopment(app.Configuration.GetSection(Section)))
        {
            LogDevelopmentIdentity(app.Logger);
            app.UseMiddleware<LoopbackOnly>();
        }
        else
        {
            LogProxyIdentity(app.Logger);
        }

        app.UseRouting();
        app.UseMiddleware<Turnstiles>();
        app.UseMiddleware<JsonGuard>();

        app.MapGrpcService<PartyCalls>();
        app.MapGrpcService<DeclarationCalls>();
        app.MapGrpcService<NoticeCalls>();
        app.MapGrpcService<TransferCalls>();
        app.MapGrpcService<FindingCalls>();
        app.MapGrpcService<ConventionCalls>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();

        app.MapFallback("/v1/{**path}", (HttpContext context) => StatusJson.WriteAsync(context.Response, NothingHere));
        app.MapHealthChecks("/healthz/live", For(LiveTag));
        app.MapHealthChecks("/healthz/ready", For(ReadyTag));
        app.MapHealthChecks("/healthz/startup", For(StartupTag));
        return app;
    }

    private static HealthCheckOptions For(string tag) => new() { Predicate = check => check.Tags.Contains(tag) };

    [LoggerMessage(1, LogLevel.Warning,
        "Development identity: callers are who they say in x-party, and only this machine can call.")]
    private static partial void LogDevelopmentIdentity(ILogger log);

    [LoggerMessage(2, LogLevel.Warning,
        "Identity by proxy: callers are who x-party says. See to it that only a proxy that knows them can reach this.")]
    private static partial void LogProxyIdentity(ILogger log);
}
