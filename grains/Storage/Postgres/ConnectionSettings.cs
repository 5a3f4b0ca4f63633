using Npgsql;

namespace Treaty.Grid.Storage.Postgres;

/// <summary>
/// What all pools of connections to the database of a cluster begin with. Those of membership too, which compiles this
/// file as its own: a gateway has no journal.
/// </summary>
internal static class ConnectionSettings
{
    /// <summary>As stated; but of several hosts none other than the primary, whichever that is now.</summary>
    /// <exception cref="ArgumentException">It cannot be understood.</exception>
    public static NpgsqlConnectionStringBuilder Of(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        // A standby answers too, with what was. Npgsql refuses the question where there is but one host.
        if (settings.Host?.Contains(',', StringComparison.Ordinal) is true)
            settings.TargetSessionAttributes = "primary";
        return settings;
    }
}
