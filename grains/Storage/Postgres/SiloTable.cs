using Npgsql;
using Treaty.Grid.Storage.Postgres;

namespace Treaty.Grid.Storage;

/// <summary>
/// What the silos of a cluster have written down of themselves, for whoever operates them. Orleans reads and writes it
/// by itself.
/// </summary>
/// <param name="connectionString">Of the database, as the silos have it.</param>
/// <param name="cluster">The name of the cluster.</param>
public sealed class SiloTable(string connectionString, string cluster) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(ConnectionSettings.Of(connectionString));

    /// <summary>All that are written down, by their start.</summary>
    /// <exception cref="JournalUnavailableException">
    /// The database cannot be asked, or no silo has ever started on it.
    /// </exception>
    public async ValueTask<IReadOnlyList<SiloRow>> ListAsync(CancellationToken cancellation)
    {
        var silos = new List<SiloRow>();
        try
        {
            await using var command = _source.CreateCommand(Sql.ListSilos);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = cluster });
            await using var row = await command.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation))
            {
                silos.Add(new SiloRow(
                    row.GetString(0), $"{row.GetString(1)}:{row.GetInt32(2)}", row.GetInt32(3), row.GetInt32(4),
                    row.GetDateTime(5), row.GetTimeSpan(6)));
            }
        }
        catch (NpgsqlException e)
        {
            throw Unavailable(e);
        }

        return silos;
    }

    /// <summary>Forgets those that have not said for so long that they are alive. Returns how many.</summary>
    /// <exception cref="JournalUnavailableException">As <see cref="ListAsync"/>.</exception>
    public async ValueTask<int> PurgeAsync(TimeSpan silence, CancellationToken cancellation)
    {
        try
        {
            await using var command = _source.CreateCommand(Sql.PurgeSilos);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = cluster });
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = silence });
            return (int)(await command.ExecuteScalarAsync(cancellation))!;
        }
        catch (NpgsqlException e)
        {
            throw Unavailable(e);
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static JournalUnavailableException Unavailable(NpgsqlException e) =>
        new($"The table of silos cannot be read: {e.Message}", e);
}

/// <summary>A silo as it has written itself down.</summary>
/// <param name="Name">For people.</param>
/// <param name="Address">Under which other silos reach it.</param>
/// <param name="ClientPort">For gateways.</param>
/// <param name="Status">Of Orleans' <c>SiloStatus</c>.</param>
/// <param name="Start">By its own clock.</param>
/// <param name="Silence">Since it last said that it is alive; below zero where its clock is ahead.</param>
public sealed record SiloRow(
    string Name, string Address, int ClientPort, int Status, DateTimeOffset Start, TimeSpan Silence);
