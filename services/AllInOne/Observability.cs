using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Treaty.Grid.Gateway;
using Treaty.Grid.Grains;
using Treaty.Grid.Storage;

namespace Treaty.Grid.AllInOne;

/// <summary>Traces and metrics, exported when the standard OpenTelemetry variables ask for it.</summary>
internal static class Observability
{
    private static readonly string[] Endpoints =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    ];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (!Array.Exists(Endpoints, name => !string.IsNullOrEmpty(configuration[name])))
        {
            return services;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(configuration["OTEL_SERVICE_NAME"] ?? "treaty-grid"))
            .WithTracing(traces => traces
                .AddAspNetCoreInstrumentation()
                .AddSource(Telemetry.SourceName, GrainTelemetry.Name, JournalWriter.TelemetryName))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(GrainTelemetry.Name, JournalWriter.TelemetryName, "Microsoft.Orleans"))
            .UseOtlpExporter();
        return services;
    }
}
