using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Treaty.Grid.Conventions;
using Treaty.Grid.Grains;
using Treaty.Grid.Silo.Register;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Silo;

/// <summary>Puts a silo with its journal into a host.</summary>
public static class SiloHosting
{
    /// <summary>
    /// The section of the settings: <c>Data</c>, <c>Journal</c>, <c>Postgres</c> and <c>Register</c>.
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
        builder.Services.AddSingleton(_ => new Rulebook(KnownConventions.All, RegisterFiles.ReadTaxonomy()));
        builder.Services.AddSingleton(services => OpenJournal(settings, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services => OpenSnapshots(settings, services));
        builder.Services.AddSingleton(
            services => OpenReadModel(settings, services.GetRequiredService<TimeProvider>()));
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

    /// <summary>Where the journal lies, for people.</summary>
    public static string DescribeJournal(IConfiguration configuration)
    {
        var settings = configuration.GetSection(Section);
        return settings["Journal"] switch
        {
            "memory" => "in memory only",
            "postgres" => "in PostgreSQL",
            _ => DataDirectory(settings),
        };
    }

    private static IJournal OpenJournal(IConfigurationSection settings, TimeProvider time) =>
        (settings["Journal"] ?? "sqlite") switch
        {
            "sqlite" => new SqliteJournal(DataDirectory(settings), time),
            "postgres" => OpenPostgres(settings),
            "memory" => new MemoryJournal(),
            var other => throw new InvalidOperationException(
                $"{settings.Path}:Journal is '{other}'. Expected 'sqlite', 'postgres', or 'memory' to keep nothing."),
        };

    private static ISnapshotStore OpenSnapshots(IConfigurationSection settings, IServiceProvider services) =>
        settings["Journal"] switch
        {
            "memory" => new MemorySnapshotStore(),
            "postgres" => new PostgresSnapshotStore(
                settings["Postgres"]!, services.GetRequiredService<ILogger<PostgresSnapshotStore>>()),
            _ => new SqliteSnapshotStore(
                DataDirectory(settings), services.GetRequiredService<ILogger<SqliteSnapshotStore>>()),
        };

    private static PostgresJournal OpenPostgres(IConfigurationSection settings)
    {
        const string Example = "Host=db;Database=register;Username=silo;Password=...";
        try
        {
            return settings["Postgres"] is { Length: > 0 } connectionString
                ? new PostgresJournal(connectionString)
                : throw new InvalidOperationException(
                    $"{settings.Path}:Postgres is missing. Expected a connection string, such as '{Example}'.");
        }
        catch (ArgumentException e)
        {
            // What was given stays out of it: it may hold a password.
            throw new InvalidOperationException(
                $"{settings.Path}:Postgres is not a connection string: {e.Message} Expected such as '{Example}'.", e);
        }
    }

    private static string DataDirectory(IConfigurationSection settings) =>
        Path.GetFullPath(settings["Data"] ?? "data");

    /// <summary>Where the journal lies lie the lists made of it.</summary>
    private static ReadModel OpenReadModel(IConfigurationSection settings, TimeProvider time) =>
        settings["Journal"] switch
        {
            "memory" => SqliteReadModel.Temporary(time),
            "postgres" => new PostgresReadModel(settings["Postgres"]!, time),
            _ => new SqliteReadModel(DataDirectory(settings), time),
        };

    /// <summary>Orleans wants a number, and two registers on one machine must not take the same.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
