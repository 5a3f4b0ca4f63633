using Treaty.Grid.Load.Programs;

namespace Treaty.Grid.Load.Comparing;

/// <summary>One way to file notices, which is measured next to others.</summary>
internal interface IContender
{
    /// <summary>By which it is chosen.</summary>
    string Key { get; }

    string Name { get; }

    /// <summary>How many requests may be under way: each is tried, and the best taken.</summary>
    IReadOnlyList<int> Levels { get; }

    /// <summary>A request takes long, and few are answered in a while.</summary>
    bool IsBatch { get; }

    /// <summary>Starts it, on data of its own.</summary>
    Task<IRunning> StartAsync(CancellationToken cancellation);
}

/// <summary>A contender whose programs run; it ends them.</summary>
internal interface IRunning : IAsyncDisposable
{
    /// <summary>Where it keeps its data, if that is PostgreSQL.</summary>
    PostgresServer? Database { get; }

    /// <summary>Files as fast as it can, with so many requests under way all the time.</summary>
    Task<Turn> MeasureAsync(int inFlight, TimeSpan warmUp, TimeSpan time, CancellationToken cancellation);

    /// <summary>Sees to it that what was acknowledged is there.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    Task CheckAsync();
}

/// <summary>What a contender did once.</summary>
/// <param name="Notices">Acknowledged, each in the files of both parties.</param>
/// <param name="ProcessorSeconds">Of all its servers. What loads them is not in it, unless it is the same
/// process.</param>
/// <param name="Failed">Refused, or given up.</param>
/// <param name="LagMs">How far the lists were behind in the end; null where nothing can be behind.</param>
internal sealed record Turn(long Notices, double Seconds, double ProcessorSeconds, long Failed, double? LagMs)
{
    private const double LagMax = 1_000;

    public double Rate => Notices / Seconds;

    public double MicrosecondsPerNotice => Notices == 0 ? 0 : ProcessorSeconds * 1e6 / Notices;

    /// <summary>Nothing is put off: it could go on like that.</summary>
    public bool IsSustained => LagMs is null or < LagMax;
}
