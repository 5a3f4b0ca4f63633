using System.Net;
using Orleans.Configuration;
using Treaty.Grid.Hosting;

namespace Treaty.Grid.Silo;

/// <summary>How the silos of a cluster find each other, and notice that one is gone.</summary>
internal static class ClusterMember
{
    // One that was killed is noticed by its connections and declared dead after three such probes and two votes; one
    // that is frozen after some ten seconds. A silo that is only slow is given up to the longer one: on a busy machine
    // answers to probes have been seen to take more than a second.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeTimeoutMax = TimeSpan.FromSeconds(3);
    private const int MissedProbesMax = 3;
    private const int Votes = 2;

    // A cluster that crashed as a whole starts on other addresses without a human when the rows of those before it are
    // three of these old.
    public static readonly TimeSpan IAmAlive = TimeSpan.FromSeconds(5);

    // Gossip tells at once; this is for those that it did not reach.
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10);

    // Rows of silos that are gone say something for a while, to people.
    private static readonly TimeSpan DefunctAfter = TimeSpan.FromDays(1);

    public static void Configure(ISiloBuilder silo, IConfigurationSection settings, Endpoints endpoints)
    {
        Membership.Of(settings).Join(silo);
        silo.Configure<SiloOptions>(options => options.SiloName = endpoints.Name);
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = endpoints.Address;
            options.SiloPort = endpoints.SiloPort;
            options.GatewayPort = endpoints.ClientPort;
            options.SiloListeningEndpoint = new IPEndPoint(endpoints.Address, endpoints.SiloPort);
            options.GatewayListeningEndpoint = new IPEndPoint(endpoints.Address, endpoints.ClientPort);
        });
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = ProbeTimeout;
            options.MinProbeTimeout = ProbeTimeout;
            options.MaxProbeTimeout = ProbeTimeoutMax;
            options.NumMissedProbesLimit = MissedProbesMax;
            options.NumVotesForDeathDeclaration = Votes;
            options.IAmAliveTablePublishTimeout = IAmAlive;
            options.TableRefreshTimeout = TableRefresh;
            options.DefunctSiloExpiration = DefunctAfter;
        });
    }
}
