using System.Globalization;
using Treaty.Grid.Bench;
using Treaty.Grid.Bench.Cluster;

if (args is ["cluster", ..])
    return await ClusterFigures.RunAsync(args[1..]);

if (args.FirstOrDefault() == "overload")
    return await Overload.RunAsync(args[1..]);

if (args is ["micro", ..])
    return Micro.Run(args[1..]);

if (args is ["dictionary", ..])
    return Dictionary.Run(args[1..]);

const string Help = """
    Measures the journal and the parties on it, and prints a table for each part.

      dotnet run -c Release --project tests/Bench -- journal [switches]
      dotnet run -c Release --project tests/Bench -- cluster --help     of silos and gateways as processes

      --only PART   writer, opening, memory, repeats, notices or projector; may be given several times
      --transfers N closed transfers of the long history (100000): two entries each; a thousand take 1.5 s to make
      --quick       short rounds and a short history: whether it works, not how fast
      --help        this page

    Results go to standard output, progress to the error stream. Journals lie in temporary directories; PostgreSQL is
    the server that TREATY_GRID_POSTGRES names, else one started from what is installed. With the long history the
    usual number the whole takes about ten minutes on two cores.

    Other commands: overload --help, what programs under too much load answer; micro --help, the steps of one notice;
    dictionary --help, what the store compresses entries by.
    """;

// Far above what any part takes: it ends a part that hangs, and the others go on.
var partMax = TimeSpan.FromMinutes(60);

var parts = new (string Name, Func<Run, CancellationToken, Task> RunAsync)[]
{
    ("writer", WriterRates.RunAsync),
    ("opening", PartyFigures.OpeningAsync),
    ("memory", PartyFigures.MemoryAsync),
    ("repeats", PartyFigures.RepeatsAsync),
    ("notices", PartyFigures.NoticesAsync),
    ("projector", ProjectorRates.RunAsync),
};

var only = args.Zip(args.Skip(1)).Where(a => a.First == "--only").Select(a => a.Second).ToHashSet();
var transfers = args.Zip(args.Skip(1)).Where(a => a.First == "--transfers")
    .Select(a => long.TryParse(a.Second, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : (long?)null)
    .LastOrDefault();
var unknown = only.Except(parts.Select(p => p.Name))
    .Concat(args.Except(only).Except(["journal", "--only", "--quick", "--help", "--transfers", $"{transfers}"]))
    .FirstOrDefault();
if (unknown is not null || !args.Contains("journal") || args.Contains("--help"))
{
    if (unknown is not null)
        await Console.Error.WriteLineAsync($"It does not know {unknown}.");
    Console.WriteLine(Help);
    return args.Contains("--help") ? 0 : 1;
}

var load = File.Exists("/proc/loadavg") ? (await File.ReadAllTextAsync("/proc/loadavg")).Trim() : "not known";
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, load average {load}"));
var failed = 0;
await using (var run = new Run(args.Contains("--quick"), transfers, Console.Out, Console.Error))
{
    foreach (var (name, measureAsync) in parts.Where(p => only.Count == 0 || only.Contains(p.Name)))
    {
        using var limit = new CancellationTokenSource(partMax);
        try
        {
            await measureAsync(run, limit.Token);
        }
        catch (Exception e)
        {
            failed++;
            await Console.Error.WriteLineAsync($"{name} failed: {e}");
        }
    }
}

return failed == 0 ? 0 : 1;
