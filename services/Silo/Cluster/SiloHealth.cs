using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Treaty.Grid.Grains;
using Treaty.Grid.Hosting;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Silo;

/// <summary>What a silo of a cluster tells those who watch it.</summary>
internal static partial class SiloHealth
{
    private const string ReadyTag = "ready";
    private const string WebDefault = "http://127.0.0.1:5490";

    /// <exception cref="InvalidOperationException">A setting is wrong.</exception>
    public static WebApplicationBuilder AddHealth(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection(SiloHosting.Section);
        var web = ListenUrl.Of(settings, "Web", WebDefault);
        builder.Services.AddTelemetry(
            builder.Configuration, "treaty-grid-silo", GrainTelemetry.Name, JournalWriter.TelemetryName);
        builder.AddDrain(settings);
        builder.Services.AddHealthChecks().AddCheck<IsMember>("member", tags: [ReadyTag]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(web);
        });
        return builder;
    }

    public static WebApplication MapHealth(this WebApplication app)
    {
        var endpoints = app.Services.GetRequiredService<Endpoints>();
        if (endpoints.IsExposed)
            LogExposed(app.Logger, endpoints.Address.ToString(), endpoints.SiloPort, endpoints.ClientPort);

        // It lives as long as it answers: what else is wrong, a restart does not mend.
        app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/healthz/ready", new HealthCheckOptions { Predicate = c => c.Tags.Contains(ReadyTag) });
        app.MapHealthChecks("/healthz/startup", new HealthCheckOptions { Predicate = c => c.Tags.Contains(ReadyTag) });
        return app;
    }

    [LoggerMessage(1, LogLevel.Warning,
        "{Address} is reached from other machines, and ports {SiloPort} and {ClientPort} ask nobody who they are: let "
        + "in only silos and gateways.")]
    private static partial void LogExposed(ILogger log, string address, int siloPort, int clientPort);

    /// <summary>Whether it is one of the cluster, and no stop is under way.</summary>
    private sealed class IsMember(ISiloStatusOracle silos, IHostApplicationLifetime lifetime) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
                lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("It is stopping.")
                : silos.CurrentStatus == SiloStatus.Active ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"As a member it is {silos.CurrentStatus}."));
    }
}
