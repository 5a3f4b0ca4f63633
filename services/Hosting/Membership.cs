using Microsoft.Extensions.Configuration;
using Orleans.Configuration;
using Treaty.Grid.Storage.Postgres;

namespace Treaty.Grid.Hosting;

/// <summary>
/// Where the silos of a cluster write down that they are there, and where gateways look them up: a table in the
/// PostgreSQL database of the journal.
/// </summary>
/// <param name="Cluster">The name of the cluster; several may share a table, never a journal.</param>
/// <param name="ConnectionString">As the settings have it.</param>
public sealed record Membership(string Cluster, string ConnectionString)
{
    private const string ServiceId = "treaty-grid";
    private const string Invariant = "Npgsql";
    private const string Schema = "treaty_grid";
    private const string Example = "Host=db;Database=register;Username=silo;Passfile=/run/secrets/pgpass";

    // Nobody reads or writes it more than a few times a second.
    private const int ConnectionsMax = 2;

    // A database that does not answer must not keep a silo from being taken for what it is.
    private const int CommandSeconds = 5;

    /// <summary>As the settings have it: <c>Postgres</c> and <c>Cluster</c>.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing, or wrong.</exception>
    public static Membership Of(IConfigurationSection settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var connection = settings["Postgres"] is { Length: > 0 } stated ? stated : throw new InvalidOperationException(
            $"{settings.Path}:Postgres is missing. Expected a connection string, such as '{Example}'.");
        var cluster = settings["Cluster"] is { Length: > 0 } name ? name : ServiceId;
        try
        {
            var builder = ConnectionSettings.Of(connection);
            // Orleans asks for its table of queries without naming a schema.
            builder.SearchPath = Schema;
            builder.ApplicationName = "treaty-grid membership";
            builder.MaxPoolSize = ConnectionsMax;
            builder.CommandTimeout = CommandSeconds;
            builder.Timeout = CommandSeconds;
            return new Membership(cluster, builder.ConnectionString);
        }
        catch (ArgumentException e)
        {
            // What was given stays out of it: it may hold a password.
            throw new InvalidOperationException(
                $"{settings.Path}:Postgres is not a connection string: {e.Message} Expected such as '{Example}'.", e);
        }
    }

    /// <summary>Makes a silo a member.</summary>
    public void Join(ISiloBuilder silo) => silo
        .Configure<ClusterOptions>(Name)
        .UseAdoNetClustering(table => (table.Invariant, table.ConnectionString) = (Invariant, ConnectionString));

    /// <summary>Lets a client find the members.</summary>
    public void Follow(IClientBuilder client) => client
        .Configure<ClusterOptions>(Name)
        .UseAdoNetClustering(table => (table.Invariant, table.ConnectionString) = (Invariant, ConnectionString));

    private void Name(ClusterOptions options) => (options.ServiceId, options.ClusterId) = (ServiceId, Cluster);
}
