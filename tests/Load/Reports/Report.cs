using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using HdrHistogram;
using Treaty.Grid.Load.Verifying;

namespace Treaty.Grid.Load.Reports;

/// <summary>A run's figures as they are kept; reports of several runs can be merged.</summary>
internal sealed record Report
{
    /// <summary>How all reports are written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>As it was asked for.</summary>
    public required string Command { get; init; }

    public required Surroundings Environment { get; init; }

    /// <summary>Notices in a request.</summary>
    public required int Batch { get; init; }

    /// <summary>Requests under way all the time, where there was no rate but a closed loop.</summary>
    public int? ClosedLoop { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Seconds until the last was answered.</summary>
    public required double Took { get; init; }

    /// <summary>Notices due in the seconds measured.</summary>
    public required long Offered { get; init; }

    public required long Acknowledged { get; init; }

    /// <summary>Acknowledged per second of what it took.</summary>
    public required double Rate { get; init; }

    /// <summary>Notices by what became of them.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>From when requests were due.</summary>
    public required Times Latency { get; init; }

    /// <summary>From when they were sent.</summary>
    public required Times Service { get; init; }

    /// <summary>How late the generator was.</summary>
    public required Times Slip { get; init; }

    public required bool GeneratorWasLate { get; init; }

    public required double GeneratorPausesMs { get; init; }

    /// <summary>Seconds of processors used while it was measured.</summary>
    public required double GeneratorProcessorSeconds { get; init; }

    /// <summary>0 where the server's process is not known.</summary>
    public required double ServerProcessorSeconds { get; init; }

    public required double ServerMicrosecondsPerNotice { get; init; }

    public double? LagMs { get; init; }

    public required IReadOnlyList<Second> Series { get; init; }

    /// <summary>The bounds that were asked for and not kept.</summary>
    public IReadOnlyList<string> Broken { get; init; } = [];

    public Verdict? Verdict { get; init; }

    /// <summary>What goes up or down over the run, where that was asked.</summary>
    public IReadOnlyList<Trend>? Trends { get; init; }

    public static Report Of(Result result, int batch, string command) => new()
    {
        Command = command,
        Environment = Surroundings.Now,
        Batch = batch,
        Seconds = result.Seconds,
        Took = result.Took,
        Offered = result.Offered,
        Acknowledged = result.Ok,
        Rate = result.Rate,
        Outcomes = result.Outcomes,
        Latency = Times.Of(result.Latency),
        Service = Times.Of(result.Service),
        Slip = Times.Of(result.Slip),
        GeneratorWasLate = result.IsBehind,
        GeneratorPausesMs = result.OwnPauses.TotalMilliseconds,
        GeneratorProcessorSeconds = result.OwnProcessor.TotalSeconds,
        ServerProcessorSeconds = result.ServerProcessor.TotalSeconds,
        ServerMicrosecondsPerNotice = result.ServerMicrosecondsPerNotice,
        LagMs = result.Lag?.TotalMilliseconds,
        Series = result.Series,
    };

    public Result ToResult() => new()
    {
        Seconds = Seconds,
        Took = Took,
        Offered = Offered,
        Outcomes = Outcomes,
        Latency = Latency.ToHistogram(),
        Service = Service.ToHistogram(),
        Slip = Slip.ToHistogram(),
        Series = Series,
        OwnProcessor = TimeSpan.FromSeconds(GeneratorProcessorSeconds),
        ServerProcessor = TimeSpan.FromSeconds(ServerProcessorSeconds),
        OwnPauses = TimeSpan.FromMilliseconds(GeneratorPausesMs),
        Lag = LagMs is { } lag ? TimeSpan.FromMilliseconds(lag) : null,
    };

    public static async Task<Report> ReadAsync(string file)
    {
        await using var stream = File.OpenRead(file);
        return await JsonSerializer.DeserializeAsync<Report>(stream, Json)
            ?? throw new InvalidOperationException($"{file} holds no report.");
    }

    public async Task WriteAsync(string file)
    {
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, this, Json);
    }
}

/// <summary>Times in milliseconds, and all of them in the compressed form of HdrHistogram, in microseconds.</summary>
internal sealed record Times(
    long Count, double P50, double P90, double P99, double P999, double P9999, double Max, string Histogram)
{
    public static Times Of(LongHistogram histogram) => new(
        histogram.TotalCount, histogram.At(50), histogram.At(90), histogram.At(99), histogram.At(99.9),
        histogram.At(99.99), histogram.Max(), Histograms.Encode(histogram));

    public LongHistogram ToHistogram() => Histograms.Decode(Histogram);
}

/// <summary>Where it ran.</summary>
internal sealed record Surroundings(
    string Time, int Processors, string System, string Runtime, string Collector, string Version)
{
    /// <summary>The version ends with the revision of the sources.</summary>
    public static Surroundings Now => new(
        Wire.Text($"{TimeProvider.System.GetUtcNow():O}"), Environment.ProcessorCount,
        RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
        $"{(GCSettings.IsServerGC ? "server" : "workstation")}, {GCSettings.LatencyMode}",
        typeof(Surroundings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion ?? "");
}
