using Orleans.Configuration;
using Treaty.Grid.Contracts;
using Treaty.Grid.Hosting;

namespace Treaty.Grid.Gateway;

/// <summary>The way to the grains of a cluster: a client that finds silos by their membership.</summary>
internal static class SiloClient
{
    // A silo that has died or joined is known by then. It is one small query of one gateway.
    private static readonly TimeSpan RefreshSilos = TimeSpan.FromSeconds(1);

    // As long as the gatekeeper lets a call take.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    /// <exception cref="InvalidOperationException">A setting is missing, or wrong.</exception>
    public static WebApplicationBuilder AddSiloClient(this WebApplicationBuilder builder)
    {
        var membership = Membership.Of(builder.Configuration.GetSection(GatewayHosting.Section));
        builder.UseOrleansClient(client =>
        {
            membership.Follow(client);
            client.Services.AddMessageCodec();
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = RefreshSilos);
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
            client.UseConnectionRetryFilter<SiloSearch>();
        });

        builder.Services.AddSingleton<SiloLoss>();
        builder.Services.AddSingleton<IOutgoingGrainCallFilter>(services => services.GetRequiredService<SiloLoss>());
        builder.Services.AddHostedService(services => services.GetRequiredService<SiloLoss>());

        // The doors open while silos are still looked for: whoever asks is told that it is not ready.
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        return builder;
    }
}
