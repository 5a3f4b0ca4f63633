using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Treaty.Grid.Grains;
using Treaty.Grid.Silo.Register;

namespace Treaty.Grid.Silo;

/// <summary>Puts a silo with its journal into a host.</summary>
public static class SiloHosting
{
    /// <summary>
    /// The section of the settings: <c>Data</c>, <c>Journal</c>, <c>Postgres</c>, <c>Register</c>, <c>Packs</c> and
    /// <c>AssessFrom</c>.
    /// </summary>
    public const string Section = "TreatyGrid";

    /// <summary>
    /// Adds the one silo of an embedded register: it listens on loopback only, and nobody can join it.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is wrong.</exception>
    public static IHostApplicationBuilder AddTreatyGridSilo(this IHostApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection(Section);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0);
            silo.Configure<ClusterOptions>(cluster => cluster.ServiceId = "treaty-grid");
            silo.AddTreatyGridGrains();
        });
        var rulebook = RulebookOf(settings);
        builder.Services.AddSingleton(rulebook);
        var stores = Stores.Of(settings);
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

    /// <summary>Orleans wants a number, and two registers on one machine must not take the same.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
