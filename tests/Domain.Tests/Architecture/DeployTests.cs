using System.Globalization;
using System.Text.RegularExpressions;

namespace Treaty.Grid.Domain.Tests.Architecture;

/// <summary>
/// What <c>deploy/</c> says of the programs is so: a setting that nobody reads, or an alert on a metric that nobody
/// sends, would be found out only when it is needed.
/// </summary>
public sealed partial class DeployTests
{
    private const string PostgresPort = "5432";

    /// <summary>What a program is given to end what is under way, after it has said that it is not ready.</summary>
    private const int StopSeconds = 30;

    private static readonly string[] Programs = ["Silo", "Gateway"];

    [Fact]
    public void Every_setting_in_a_manifest_is_one_of_the_program_it_is_for()
    {
        Assert.All(Programs, p => Assert.NotEmpty(SettingsOf(p)));
        None(
            from file in Manifests.Files
            let known = ProgramsOf(file.Key).SelectMany(SettingsOf).ToHashSet(StringComparer.Ordinal)
            from setting in Setting().Matches(file.Value).Select(m => m.Groups["name"].Value).Distinct()
            where !known.Contains(setting)
            select $"{file.Key}: TreatyGrid__{setting}");
    }

    [Fact]
    public void Every_port_in_a_manifest_is_one_that_a_program_listens_on()
    {
        None(
            from file in Manifests.Files
            let known = ProgramsOf(file.Key).SelectMany(PortsOf).Append(PostgresPort).ToHashSet(StringComparer.Ordinal)
            from port in Port().Matches(file.Value).Select(m => m.Value).Distinct()
            where !known.Contains(port)
            select $"{file.Key}: {port}");
    }

    [Theory]
    [InlineData("Silo")]
    [InlineData("Gateway")]
    public void Image_and_pod_have_all_ports_of_the_program_and_no_other(string program)
    {
        var expected = PortsOf(program).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(expected);
        var image = Exposed().Match(Manifests.Read($"deploy/docker/{program}.Dockerfile")).Groups["ports"].Value;
        Assert.Equal(expected, image.Split(' ').Order(StringComparer.Ordinal));
        var pod = ContainerPort()
            .Matches(Manifests.Read($"deploy/kubernetes/base/{program.ToLowerInvariant()}.yaml"));
        Assert.Equal(expected, pod.Select(m => m.Groups["port"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_probe_asks_for_a_path_that_is_there()
    {
        var known = Manifests.Sources("services")
            .SelectMany(s => HealthChecks().Matches(s.Text))
            .Select(m => m.Groups["path"].Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(known);
        None(
            from file in Manifests.Files
            from path in ProbePath().Matches(file.Value).Select(m => m.Value).Distinct()
            where !known.Contains(path)
            select $"{file.Key}: {path}");
    }

    [Fact]
    public void Every_metric_in_an_alert_or_a_dashboard_is_one_that_is_measured()
    {
        var recorded = Recorded().Matches(Manifests.Read("deploy/prometheus/rules.yaml"))
            .Select(m => m.Groups["name"].Value);
        var known = MetricNames.Known.Concat(recorded).ToHashSet(StringComparer.Ordinal);
        var asked = Manifests.Expressions()
            .SelectMany(e => Manifests.MetricsOf(e.Text), (e, metric) => (e.Path, Metric: metric))
            .Distinct()
            .ToList();
        Assert.Contains(asked, a => a.Path.EndsWith("alerts.yaml", StringComparison.Ordinal));
        Assert.Contains(asked, a => a.Path.EndsWith(".json", StringComparison.Ordinal));
        None(asked.Where(a => !known.Contains(a.Metric)).Select(a => $"{a.Path}: {a.Metric}"));
    }

    [Fact]
    public void Every_metric_of_the_code_is_on_a_dashboard()
    {
        var shown = Manifests.Expressions()
            .Where(e => Path.GetExtension(e.Path) == ".json" || Path.GetFileName(e.Path) == "rules.yaml")
            .SelectMany(e => Manifests.MetricsOf(e.Text))
            .Select(Family)
            .ToHashSet(StringComparer.Ordinal);
        None(MetricNames.Known
            .Where(name => name.StartsWith("treatygrid_", StringComparison.Ordinal))
            .Select(Family)
            .Except(shown));
    }

    [Fact]
    public void No_metric_of_the_code_is_overlooked()
    {
        Assert.NotEqual(0, MetricNames.CreatedInTheCode);
        Assert.Equal(MetricNames.CreatedInTheCode, MetricNames.UnderstoodOfTheCode);
    }

    [Theory]
    [InlineData("treatygrid.notices", "{notice}", "Counter", "treatygrid_notices_total")]
    [InlineData("treatygrid.index.filters", "By", "UpDownCounter", "treatygrid_index_filters_bytes")]
    [InlineData("orleans-catalog-activations", "", "Gauge", "orleans_catalog_activations")]
    [InlineData("a.b", "s", "Histogram", "a_b_seconds_bucket a_b_seconds_count a_b_seconds_sum")]
    [InlineData("a.seconds", "s", "Counter", "a_seconds_total")]
    public void Metrics_are_named_as_the_collector_names_them(string name, string unit, string kind, string expected) =>
        Assert.Equal(expected, string.Join(' ', MetricNames.Translate(name, unit, kind)));

    [Fact]
    public void The_collector_names_metrics_as_these_tests_do() => Assert.Contains(
        "translation_strategy: UnderscoreEscapingWithSuffixes", Manifests.Read("deploy/otel/collector.yaml"),
        StringComparison.Ordinal);

    [Fact]
    public void The_metrics_of_an_expression_are_found() => Assert.Equal(
        ["a_total", "b:c", "d"],
        Manifests.MetricsOf(
            """sum by (le, x) (rate(a_total{y="z_z", r=~"s"}[5m])) / on (q) group_left b:c > 0.5 or d offset 15m"""));

    [Fact]
    public void Whoever_stops_a_program_waits_longer_than_it_takes()
    {
        var drain = Programs.Max(p => int.Parse(
            Drain().Match(HelpOf(p)).Groups["seconds"].Value, CultureInfo.InvariantCulture));
        var graces = Manifests.Files
            .SelectMany(f => Grace().Matches(f.Value), (f, m) => (f.Key, Seconds: int.Parse(
                m.Groups["seconds"].Value, CultureInfo.InvariantCulture)))
            .ToList();
        Assert.True(graces.Count >= 5, "Compose, two pods and two units say how long they wait.");
        Assert.All(graces, g => Assert.True(g.Seconds > drain + StopSeconds, $"{g.Key}: {g.Seconds} s"));
    }

    [Fact]
    public void Every_program_that_is_started_is_built_here() => Assert.All(
        Manifests.Files.SelectMany(f => Program().Matches(f.Value)).Select(m => m.Groups["name"].Value).Distinct(),
        name => Assert.True(
            File.Exists(Path.Combine(Manifests.Root, "services", name, $"Treaty.Grid.{name}.csproj")), name));

    [Fact]
    public void The_images_are_built_by_the_sdk_that_builds_here()
    {
        var sdk = SdkVersion().Match(Manifests.Read("global.json")).Groups["version"].Value;
        var named = Manifests.Files.SelectMany(f => SdkImage().Matches(f.Value)).ToList();
        Assert.Equal(3, named.Count);
        Assert.All(named, m => Assert.Equal(sdk, m.Groups["version"].Value));
    }

    [Fact]
    public void A_gateway_is_granted_tables_that_the_schema_has()
    {
        var schema = string.Concat(Directory
            .EnumerateFiles(Path.Combine(Manifests.Root, "grains/Storage/Postgres"), "*.sql")
            .Select(File.ReadAllText));
        var granted = Table().Matches(Manifests.Read("deploy/postgres/roles.sql")).Select(m => m.Value).Distinct();
        Assert.NotEmpty(granted);
        Assert.All(granted, t => Assert.Contains($"CREATE TABLE {t} ", schema, StringComparison.Ordinal));
    }

    [Fact]
    public void No_manifest_holds_a_password() => None(
        Manifests.Files.Where(f => Password().IsMatch(f.Value)).Select(f => f.Key));

    /// <summary>Like Assert.Empty, which cuts what it found.</summary>
    private static void None(IEnumerable<string> found) =>
        Assert.True(!found.Any(), string.Join(Environment.NewLine, found));

    /// <summary>The programs a file is for: one if its name says so, else both.</summary>
    private static IEnumerable<string> ProgramsOf(string path) =>
        Programs.Where(p => Path.GetFileName(path).Contains(p, StringComparison.OrdinalIgnoreCase)) is var named
            && named.Any() ? named : Programs;

    private static string Family(string metric) => Suffix().Replace(metric, "");

    private static string HelpOf(string program) => Manifests.Read($"services/{program}/Help.cs");

    private static IEnumerable<string> SettingsOf(string program) =>
        Switch().Matches(HelpOf(program)).Select(m => m.Groups["name"].Value);

    /// <summary>The defaults of what is a URL or a port.</summary>
    private static IEnumerable<string> PortsOf(string program) =>
        DefaultPort().Matches(HelpOf(program)).Select(m => m.Groups["port"].Value);

    [GeneratedRegex("TreatyGrid__(?<name>[A-Za-z]+)")]
    private static partial Regex Setting();

    [GeneratedRegex("""\["--[a-z-]+"\] = "TreatyGrid:(?<name>[A-Za-z]+)",""")]
    private static partial Regex Switch();

    [GeneratedRegex("""^ +--(grpc|web|silo-port|client-port) .*\((http://127\.0\.0\.1:)?(?<port>\d+)\)""",
        RegexOptions.Multiline)]
    private static partial Regex DefaultPort();

    [GeneratedRegex("""^ +--drain (?s:.*?)\((?<seconds>\d+)\)""", RegexOptions.Multiline)]
    private static partial Regex Drain();

    /// <summary>All ports of the programs, and that of PostgreSQL, lie in one hundred.</summary>
    [GeneratedRegex("""(?<![\d.])54\d\d(?!\d)""")]
    private static partial Regex Port();

    [GeneratedRegex("^EXPOSE (?<ports>.+)$", RegexOptions.Multiline)]
    private static partial Regex Exposed();

    [GeneratedRegex("""containerPort: (?<port>\d+)""")]
    private static partial Regex ContainerPort();

    [GeneratedRegex("""MapHealthChecks\(\s*"(?<path>[a-z/]+)""")]
    private static partial Regex HealthChecks();

    [GeneratedRegex("/healthz[a-z/]*")]
    private static partial Regex ProbePath();

    [GeneratedRegex("""^ *- record: (?<name>\S+)$""", RegexOptions.Multiline)]
    private static partial Regex Recorded();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Suffix();

    [GeneratedRegex("""(stop_grace_period: |terminationGracePeriodSeconds: |TimeoutStopSec=)(?<seconds>\d+)""")]
    private static partial Regex Grace();

    [GeneratedRegex("""Treaty\.Grid\.(?<name>\w+)\.dll""")]
    private static partial Regex Program();

    [GeneratedRegex("\"version\": \"(?<version>[0-9.]+)\"")]
    private static partial Regex SdkVersion();

    [GeneratedRegex("""/dotnet/sdk:(?<version>[0-9.]+)""")]
    private static partial Regex SdkImage();

    [GeneratedRegex("""treaty_grid\.\w+""")]
    private static partial Regex Table();

    [GeneratedRegex("""(?i)\bpassword=(?!\$|')\S""")]
    private static partial Regex Password();
}
