using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Treaty.Grid.Hosting;

/// <summary>
/// Between the word that a program is to stop and the stop: it already says that it is not ready, and still answers
/// those who have not heard of it.
/// </summary>
internal sealed class Drain(TimeSpan length, TimeProvider time) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(length, time, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Adds the time for others to hear that a program stops.</summary>
public static class DrainHosting
{
    private const double DrainSecondsDefault = 5;
    private const double DrainSecondsMax = 300;

    // What is under way when the doors close: as long as a call may take.
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);

    /// <summary>As the setting <c>Drain</c> has it, in seconds.</summary>
    /// <exception cref="InvalidOperationException">It is no such number.</exception>
    public static IHostApplicationBuilder AddDrain(
        this IHostApplicationBuilder builder, IConfigurationSection settings)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        var seconds = DrainSecondsDefault;
        if (settings["Drain"] is { Length: > 0 } stated
            && (!double.TryParse(stated, NumberStyles.Float, CultureInfo.InvariantCulture, out seconds)
                || seconds is not (>= 0 and <= DrainSecondsMax)))
        {
            throw new InvalidOperationException(
                $"{settings.Path}:Drain is '{stated}'. Expected seconds, 0 to {DrainSecondsMax}: how long it says that "
                + "it is not ready before it stops.");
        }

        var length = TimeSpan.FromSeconds(seconds);
        builder.Services.AddHostedService(services => new Drain(length, services.GetRequiredService<TimeProvider>()));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = length + StopMax);
        return builder;
    }
}
