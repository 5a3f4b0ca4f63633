using System.Globalization;

namespace Treaty.Grid.Bench.Cluster;

/// <summary>What is measured of a cluster of processes.</summary>
internal static class ClusterFigures
{
    private const string Help = """
        Measures a cluster of processes on this machine, with a PostgreSQL of its own, and prints a table for each part.

          dotnet run -c Release --project tests/Bench -- cluster PART [switches]

          outages           what clients that retry see of faults: the longest wait for an answer
            --runs N        of each fault                              (5)
            --only WORD     faults whose name has it in it             (all)
          --help            this page

        Clients, silos, gateways and PostgreSQL share the processors of this machine.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Contains("--help") || args is not ["outages", ..])
        {
            Console.WriteLine(Help);
            return args.Contains("--help") ? 0 : 1;
        }

        var switches = args.Zip(args.Skip(1)).ToLookup(a => a.First, a => a.Second);
        var runs = int.Parse(switches["--runs"].LastOrDefault() ?? "5", CultureInfo.InvariantCulture);
        await Outages.RunAsync(runs, switches["--only"].LastOrDefault(), Console.Out, Console.Error);
        return 0;
    }
}
