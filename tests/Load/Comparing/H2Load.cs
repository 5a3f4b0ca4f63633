using System.Globalization;
using System.Text.RegularExpressions;
using Treaty.Grid.Load.Programs;

namespace Treaty.Grid.Load.Comparing;

/// <summary>The load generator of nghttp2, with one request over and over.</summary>
/// <param name="Streams">Requests under way on each connection.</param>
internal sealed partial record H2Load(int Connections, int Streams, TimeSpan WarmUp, TimeSpan Time)
{
    // What was under way at the end is counted by its bytes and not by its number.
    private const double LengthSlack = 0.05;
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>With its warm-up, if that went at the same rate.</summary>
    public double RequestsAt(double rate) => rate * (WarmUp + Time).TotalSeconds;

    /// <summary>Requests per second.</summary>
    /// <param name="length">Of the answer that each should have; errors have a shorter one, or none.</param>
    /// <exception cref="InvalidOperationException">It is not installed, or some were not answered so.</exception>
    public async Task<double> MeasureAsync(Target target, Request request, int length)
    {
        var body = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(body, request.Body);
            if (WarmUp > TimeSpan.Zero)
                await RunAsync(target, request, body, WarmUp);
            var said = await RunAsync(target, request, body, Time);
            var (done, data) = (Number(Succeeded(), said), Number(Data(), said));
            if (done == 0 || Math.Abs((data / done / length) - 1) > LengthSlack)
            {
                throw new InvalidOperationException(Wire.Text(
                    $"h2load got {data / done:0} bytes an answer instead of {length}: some are errors.\n{said}"));
            }

            return done / Time.TotalSeconds;
        }
        finally
        {
            File.Delete(body);
        }
    }

    private async Task<string> RunAsync(Target target, Request request, string body, TimeSpan time)
    {
        await using var child = Child.Start(
            [
                Find(), "-t", "1", "-c", Wire.Text($"{Connections}"), "-m", Wire.Text($"{Streams}"),
                "-D", Wire.Text($"{time.TotalSeconds}"), "-d", body, "-H", "content-type: application/grpc",
                "-H", "te: trailers", "-H", $"x-party: {request.Caller}",
                new Uri(target.Address, Target.Submit).ToString(),
            ],
            [],
            "h2load");
        await child.WaitAsync(child.Ended, time + Grace, "(h2load) did not end");
        return child.Said;
    }

    private static string Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(d => Path.Combine(d, "h2load")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("h2load is not here: apt-get install nghttp2-client.");

    private static double Number(Regex what, string said) => what.Match(said) is { Success: true } match
        ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"h2load does not tell {what}:\n{said}");

    [GeneratedRegex(@"(\d+) succeeded, 0 failed, 0 errored, 0 timeout")]
    private static partial Regex Succeeded();

    [GeneratedRegex(@"\((\d+)\) data")]
    private static partial Regex Data();
}
