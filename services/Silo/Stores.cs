using Treaty.Grid.Storage;

namespace Treaty.Grid.Silo;

/// <summary>Where the journal lies, with the snapshots and lists that are made of it.</summary>
/// <param name="Kind">sqlite, postgres or memory.</param>
/// <param name="Data">The data directory, for SQLite.</param>
/// <param name="Postgres">The connection string, for PostgreSQL.</param>
internal sealed record Stores(string Kind, string Data, string? Postgres)
{
    private const string Example = "Host=db;Database=register;Username=silo;Password=...";

    /// <summary>As the settings have it.</summary>
    /// <exception cref="InvalidOperationException">A setting is wrong.</exception>
    public static Stores Of(IConfigurationSection settings) => (settings["Journal"] ?? "sqlite") switch
    {
        var kind and ("sqlite" or "memory") => new Stores(kind, DataDirectory(settings), null),
        "postgres" => new Stores("postgres", DataDirectory(settings), Connection(settings)),
        var other => throw new InvalidOperationException(
            $"{settings.Path}:Journal is '{other}'. Expected 'sqlite', 'postgres', or 'memory' to keep nothing."),
    };

    /// <summary>Of a silo in a cluster: PostgreSQL, which all of them share.</summary>
    /// <exception cref="InvalidOperationException">A setting is wrong.</exception>
    public static Stores InCluster(IConfigurationSection settings) => settings["Journal"] is null or "postgres"
        ? new Stores("postgres", "", Connection(settings))
        : throw new InvalidOperationException(
            $"{settings.Path}:Journal is '{settings["Journal"]}'. Expected 'postgres', or nothing: the silos of a "
            + "cluster share one journal. services/AllInOne keeps one of its own.");

    /// <summary>For people.</summary>
    public string Describe() => Kind switch
    {
        "memory" => "in memory only",
        "postgres" => "in PostgreSQL",
        _ => Data,
    };

    /// <exception cref="InvalidOperationException">The connection string is none.</exception>
    public IJournal OpenJournal(TimeProvider time)
    {
        try
        {
            return Kind switch
            {
                "memory" => new MemoryJournal(),
                "postgres" => new PostgresJournal(Postgres!),
                _ => new SqliteJournal(Data, time),
            };
        }
        catch (ArgumentException e)
        {
            // What was given stays out of it: it may hold a password.
            throw new InvalidOperationException(
                $"{SiloHosting.Section}:Postgres is not a connection string: {e.Message} Expected such as '{Example}'.",
                e);
        }
    }

    public ISnapshotStore OpenSnapshots(ILoggerFactory logs) => Kind switch
    {
        "memory" => new MemorySnapshotStore(),
        "postgres" => new PostgresSnapshotStore(Postgres!, logs.CreateLogger<PostgresSnapshotStore>()),
        _ => new SqliteSnapshotStore(Data, logs.CreateLogger<SqliteSnapshotStore>()),
    };

    public ReadModel OpenReadModel(TimeProvider time) => Kind switch
    {
        "memory" => SqliteReadModel.Temporary(time),
        "postgres" => new PostgresReadModel(Postgres!, time),
        _ => new SqliteReadModel(Data, time),
    };

    private static string Connection(IConfigurationSection settings) => settings["Postgres"] is { Length: > 0 } stated
        ? stated
        : throw new InvalidOperationException(
            $"{settings.Path}:Postgres is missing. Expected a connection string, such as '{Example}'.");

    private static string DataDirectory(IConfigurationSection settings) =>
        Path.GetFullPath(settings["Data"] ?? "data");
}
