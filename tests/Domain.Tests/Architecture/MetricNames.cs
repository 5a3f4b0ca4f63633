using System.Text.RegularExpressions;

namespace Treaty.Grid.Domain.Tests.Architecture;

/// <summary>
/// The names under which Prometheus knows what the programs measure, as the collector's exporter makes them: every
/// character but letters, digits and colons becomes an underscore, the unit is appended, and <c>_total</c> to what only
/// grows.
/// </summary>
internal static partial class MetricNames
{
    private enum Kind
    {
        Counter,
        UpDownCounter,
        Gauge,
        Histogram,
    }

    /// <summary>
    /// What others measure, as the programs send it by OTLP. Of System.Runtime and of ASP.NET Core 10, and of
    /// Orleans 10.4.2: read from what the silo sent; the three last from Orleans' source, for they come only with
    /// trouble.
    /// </summary>
    private static readonly (string Name, string Unit, Kind Kind)[] OfOthers =
    [
        ("dotnet.gc.pause.time", "s", Kind.Counter),
        ("dotnet.process.cpu.time", "s", Kind.Counter),
        ("dotnet.process.memory.working_set", "By", Kind.UpDownCounter),
        ("http.server.active_requests", "{request}", Kind.UpDownCounter),
        ("http.server.request.duration", "s", Kind.Histogram),
        ("orleans-app-requests-latency", "ms", Kind.Histogram),
        ("orleans-catalog-activation-created", "", Kind.Counter),
        ("orleans-catalog-activation-latency", "ms", Kind.Histogram),
        ("orleans-catalog-activations", "", Kind.Gauge),
        ("orleans-client-connected-gateways", "", Kind.Gauge),
        ("orleans-directory-ring-size", "", Kind.Gauge),
        ("orleans-app-requests-timedout", "", Kind.Counter),
        ("orleans-messaging-expired", "", Kind.Counter),
        ("orleans-messaging-pings-reply-missed", "", Kind.Counter),
        ("orleans-messaging-rejected", "", Kind.Counter),
    ];

    /// <summary>What Prometheus makes by itself.</summary>
    private static readonly string[] OfPrometheus = ["up", "ALERTS"];

    public static IReadOnlySet<string> Known { get; } = OfTheCode()
        .Concat(OfOthers.SelectMany(m => Translate(m.Name, m.Unit, m.Kind)))
        .Concat(OfPrometheus)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>How many instruments the code creates, whether or not they are understood here.</summary>
    public static int CreatedInTheCode => Manifests.Sources("grains", "services")
        .Sum(source => Creation().Count(source.Text));

    public static int UnderstoodOfTheCode => Manifests.Sources("grains", "services")
        .Sum(source => Instrument().Count(source.Text));

    public static IEnumerable<string> Translate(string name, string unit, string kind) =>
        Translate(name, unit, Enum.Parse<Kind>(kind));

    private static IEnumerable<string> OfTheCode() => Manifests.Sources("grains", "services")
        .SelectMany(source => Instrument().Matches(source.Text))
        .SelectMany(m => Translate(m.Groups["name"].Value, m.Groups["unit"].Value, m.Groups["kind"].Value));

    private static string[] Translate(string name, string unit, Kind kind)
    {
        var word = unit switch
        {
            "" => "",
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            _ when unit.StartsWith('{') => "",
            _ => throw new InvalidOperationException($"{name}: how the unit '{unit}' is written is not known here."),
        };
        var stem = Other().Replace(name, "_");
        if (word.Length > 0 && !stem.Split('_').Contains(word))
            stem = $"{stem}_{word}";
        return kind switch
        {
            Kind.Counter => [stem.EndsWith("_total", StringComparison.Ordinal) ? stem : $"{stem}_total"],
            Kind.Histogram => [$"{stem}_bucket", $"{stem}_count", $"{stem}_sum"],
            _ => [stem],
        };
    }

    [GeneratedRegex("""\.CreateObservable\w+|\.Create(Counter|UpDownCounter|Gauge|Histogram)\b""")]
    private static partial Regex Creation();

    [GeneratedRegex(
        """\.Create(?<kind>Counter|UpDownCounter|Gauge|Histogram)(<\w+>)?\(\s*"(?<name>[^"]+)",\s*"(?<unit>[^"]*)",""")]
    private static partial Regex Instrument();

    [GeneratedRegex("[^A-Za-z0-9:]+")]
    private static partial Regex Other();
}
