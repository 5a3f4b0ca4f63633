using Npgsql;
using Treaty.Grid.Load.Programs;
using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Load.Comparing;

/// <summary>Gives each contender its turns, so that what befalls the machine befalls all of them.</summary>
internal sealed class Contest(CompareOptions options, IReadOnlyList<IContender> contenders, TextWriter progress)
{
    private const string SettingNames =
        "'server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_level', 'wal_sync_method', "
        + "'shared_buffers', 'max_wal_size', 'checkpoint_timeout', 'commit_delay', 'max_connections', 'autovacuum'";

    private const int TimesForBatches = 2;
    private static readonly TimeSpan ShortWarmUp = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (int InFlight, Dictionary<int, double> Tried)> _levels = [];
    private readonly Dictionary<string, List<Turn>> _turns = contenders.ToDictionary(c => c.Key, _ => new List<Turn>());
    private Dictionary<string, string> _postgres = [];

    /// <summary>What is known so far: of whole turns.</summary>
    public Comparison Comparison(string command)
    {
        var turns = _turns.Values.Min(t => t.Count);
        return new Comparison(
            command, Surroundings.Now, DataOf(), _postgres,
            turns == 0 ? [] : [.. contenders.Select(c => new Standing(
                c.Key, c.Name, _levels[c.Key].InFlight, _levels[c.Key].Tried, [.. _turns[c.Key].Take(turns)]))]);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var turn = 1; turn <= options.Turns; turn++)
        {
            foreach (var contender in contenders)
            {
                if (!_levels.TryGetValue(contender.Key, out var level))
                    _levels[contender.Key] = level = await TryAsync(contender, cancellation);
                await using var running = await StartAsync(contender, cancellation);
                var done = await running.MeasureAsync(
                    level.InFlight, options.WarmUp, options.Time, cancellation);
                await running.CheckAsync();
                if (done.Notices == 0)
                {
                    throw new InvalidOperationException(
                        $"{contender.Name}: no request was answered in {options.Time}. Name more --seconds.");
                }

                _turns[contender.Key].Add(done);
                await progress.WriteLineAsync(Text($"turn {turn} of {options.Turns}", contender, level.InFlight, done));
            }
        }
    }

    /// <summary>
    /// The number of requests under way with which it files most, of those with which nothing is refused or put off,
    /// if there are such.
    /// </summary>
    private async Task<(int InFlight, Dictionary<int, double> Tried)> TryAsync(
        IContender contender, CancellationToken cancellation)
    {
        if (options.Try == TimeSpan.Zero)
            return (contender.Levels[contender.Levels.Count / 2], []);
        var tried = new List<(int InFlight, Turn Turn)>();
        await using var running = await StartAsync(contender, cancellation);
        foreach (var inFlight in contender.Levels)
        {
            var turn = await running.MeasureAsync(
                inFlight, tried.Count == 0 ? options.WarmUp : ShortWarmUp,
                options.Try * (contender.IsBatch ? TimesForBatches : 1), cancellation);
            tried.Add((inFlight, turn));
            await progress.WriteLineAsync(Text("trying", contender, inFlight, turn));
        }

        var best = tried.OrderByDescending(t => t.Turn is { IsSustained: true, Failed: 0 })
            .ThenByDescending(t => t.Turn.Rate).First();
        return (best.InFlight, tried.ToDictionary(t => t.InFlight, t => t.Turn.Rate));
    }

    private async Task<IRunning> StartAsync(IContender contender, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var running = await contender.StartAsync(cancellation);
        if (_postgres.Count == 0 && running.Database is { } database)
            _postgres = await SettingsAsync(database);
        return running;
    }

    private static async Task<Dictionary<string, string>> SettingsAsync(PostgresServer server)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using var ask = source.CreateCommand(
            $"SELECT name, current_setting(name) FROM pg_settings WHERE name IN ({SettingNames}) ORDER BY name");
        await using var rows = await ask.ExecuteReaderAsync();
        var settings = new Dictionary<string, string>();
        while (await rows.ReadAsync())
            settings[rows.GetString(0)] = rows.GetString(1);
        return settings;
    }

    /// <summary>All keep their data in the same directory for temporary files.</summary>
    private static string DataOf()
    {
        var data = Path.GetTempPath();
        var drive = DriveInfo.GetDrives().Where(d => data.StartsWith(d.Name, StringComparison.Ordinal))
            .MaxBy(d => d.Name.Length);
        return $"{drive?.DriveFormat ?? "an unknown file system"}";
    }

    private static string Text(string what, IContender contender, int inFlight, Turn turn) => Wire.Text(
        $"{what}: {contender.Name}, {inFlight} in flight: {turn.Rate:N0} notices/s, ")
        + Wire.Text($"{turn.MicrosecondsPerNotice:N0} us of the server each")
        + (turn.LagMs is { } lag ? Wire.Text($", lag {lag:N0} ms") : "")
        + (turn.Failed > 0 ? Wire.Text($", {turn.Failed:N0} failed") : "");
}
