using Microsoft.Extensions.Diagnostics.HealthChecks;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Health;

/// <summary>Whether a grain answers, and no stop is under way: whether it is of use to send requests here.</summary>
internal sealed class GrainsAnswer(IGrainFactory grains, IHostApplicationLifetime lifetime) : IHealthCheck
{
    /// <summary>Probes ask every few seconds; one must be over before the next.</summary>
    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return HealthCheckResult.Unhealthy("It is stopping.");
        try
        {
            await grains.Register().ListConventions(new ListConventionsRequest { PageSize = 1 })
                .AsTask().WaitAsync(AnswerTimeMax, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The register does not answer.", e);
        }
    }
}
