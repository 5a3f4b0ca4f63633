using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Treaty.Grid.Grains;
using Treaty.Grid.Silo.Register;

namespace Treaty.Grid.Silo;

/// <summary>Puts a silo with its journal into a host.</summary>
public static class SiloHosting
{
    /// <summary>
    /// The section of the settings: <c>Data</c>, <c>Journal</c>, <c>Postgres</c>, <c>Register</c>, <c>Packs</c> and
    /// <c>AssessFrom</c>; of a member of a cluster also those of <see cref="Endpoints"/>.
    /// </summary>
    public const string Section = "TreatyGrid";

    private const int PortMin = 10_000;
    private const int PortCount = 20_000;

    private static int _ports;

    /// <summary>
    /// Adds the one silo of an embedded register: it listens on loopback only, and nobody can join it.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is wrong.</exception>
    public static IHostApplicationBuilder AddTreatyGridSilo(this IHostApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection(Section);
        return builder.AddSilo(Stores.Of(settings), silo =>
        {
            silo.UseLocalhostClustering(siloPort: FreePort(IPAddress.Loopback), gatewayPort: 0);
            silo.Configure<ClusterOptions>(cluster => cluster.ServiceId = "treaty-grid");
        });
    }

    /// <summary>Adds a silo that is a member of a cluster, with the journal that all of them share.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing, or wrong.</exception>
    public static IHostApplicationBuilder AddTreatyGridMember(this IHostApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection(Section);
        var endpoints = Endpoints.Of(settings);
        builder.Services.AddSingleton(endpoints);
        return builder.AddSilo(Stores.InCluster(settings), silo => ClusterMember.Configure(silo, settings, endpoints));
    }

    /// <summary>
    /// What comes with the program and what lies in the folder of packs, with the day from which reports are owed, if
    /// that is set.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is no day, or a pack cannot be used.</exception>
    internal static Rulebook RulebookOf(IConfigurationSection settings)
    {
        var rulebook = RegisterFiles.ReadRulebook(settings["Packs"]);
        return settings["AssessFrom"] is not { Length: > 0 } text ? rulebook
            : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? rulebook.AssessedFrom(day)
            : throw new InvalidOperationException(
                $"{settings.Path}:AssessFrom is '{text}'. Expected a day as YYYY-MM-DD: no report due before it is "
                + "called missed.");
    }

    /// <summary>Where the journal lies, for people.</summary>
    public static string DescribeJournal(IConfiguration configuration) =>
        Stores.Of(configuration.GetSection(Section)).Describe();

    /// <summary>
    /// Orleans wants a number, and listens there only later: it is one that no other process is likely to take
    /// meanwhile, below those that systems give to outgoing connections.
    /// </summary>
    internal static int FreePort(IPAddress address)
    {
        while (true)
        {
            var candidate = Interlocked.Increment(ref _ports);
            var port = PortMin + (int)((uint)((Environment.ProcessId * 16) + candidate) % PortCount);
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
                return port;
            }
            catch (SocketException e) when (
                e.SocketErrorCode == SocketError.AddressAlreadyInUse && candidate < PortCount)
            {
                // The next.
            }
        }
    }

    private static IHostApplicationBuilder AddSilo(
        this IHostApplicationBuilder builder, Stores stores, Action<ISiloBuilder> cluster)
    {
        var settings = builder.Configuration.GetSection(Section);
        builder.UseOrleans(silo =>
        {
            cluster(silo);
            silo.AddTreatyGridGrains();
        });
        builder.Services.AddSingleton(RulebookOf(settings));
        builder.Services.AddSingleton(services => stores.OpenJournal(services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(s => stores.OpenSnapshots(s.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(services => stores.OpenReadModel(services.GetRequiredService<TimeProvider>()));
        switch (settings["Register"] ?? "real")
        {
            case "real":
                builder.Services.AddHostedService<RegisterLoader>();
                break;
            case "empty":
                break;
            case var other:
                throw new InvalidOperationException(
                    $"{settings.Path}:Register is '{other}'. Expected 'real' for the states and memberships that come "
                    + "with the program, or 'empty'.");
        }

        return builder;
    }
}
