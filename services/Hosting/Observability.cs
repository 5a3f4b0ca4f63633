using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Treaty.Grid.Hosting;

/// <summary>Traces and metrics, exported when the standard OpenTelemetry variables ask for it.</summary>
public static class Observability
{
    private static readonly string[] Endpoints =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    ];

    /// <param name="service">The name of the service, unless OTEL_SERVICE_NAME gives another.</param>
    /// <param name="names">Of the product's own sources of spans, which are names of meters too.</param>
    public static IServiceCollection AddTelemetry(
        this IServiceCollection services, IConfiguration configuration, string service, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (!Array.Exists(Endpoints, name => !string.IsNullOrEmpty(configuration[name])))
            return services;
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(configuration["OTEL_SERVICE_NAME"] ?? service))
            .WithTracing(traces => traces
                .AddAspNetCoreInstrumentation()
                .AddSource(names))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter([.. names, "Microsoft.Orleans"]))
            .UseOtlpExporter();
        return services;
    }
}
