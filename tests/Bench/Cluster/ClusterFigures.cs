using System.Globalization;

namespace Treaty.Grid.Bench.Cluster;

/// <summary>What is measured of a cluster of processes.</summary>
internal static class ClusterFigures
{
    private const string Help = """
        Measures a cluster of processes on this machine, with a PostgreSQL of its own, and prints a table.

          dotnet run -c Release --project tests/Bench -- cluster PART [switches]

          outages           what clients that retry see of faults: the longest wait for an answer
            --runs N        of each fault                                        (5)
            --only WORD     faults whose name has it in it                       (all)
          scaling           what one silo, two and three file, and what a notice costs in each process
            --seconds N     of each turn                                         (15)
            --runs N        turns                                                (3)
          parties           memory and times with many registered parties, 1 % of them active
            --parties N     registered                                           (1000000)
          --help            this page

        Clients, silos, gateways and PostgreSQL share the processors of this machine.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var switches = args.Zip(args.Skip(1)).ToLookup(a => a.First, a => a.Second);
        switch (args)
        {
            case [.., "--help"]:
                Console.WriteLine(Help);
                return 0;
            case ["outages", ..]:
                await Outages.RunAsync(
                    Number("--runs", 5), switches["--only"].LastOrDefault(), Console.Out, Console.Error);
                return 0;
            case ["scaling", ..]:
                await Scaling.RunAsync(
                    TimeSpan.FromSeconds(Number("--seconds", 15)), Number("--runs", 3), Console.Out, Console.Error);
                return 0;
            case ["parties", ..]:
                await ManyParties.RunAsync(Number("--parties", 1_000_000), Console.Out, Console.Error);
                return 0;
            default:
                await Console.Error.WriteLineAsync(Help);
                return 1;
        }

        int Number(string name, int otherwise) => switches[name].LastOrDefault() is { } stated
            ? int.Parse(stated, CultureInfo.InvariantCulture)
            : otherwise;
    }
}
