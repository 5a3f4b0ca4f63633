using System.Globalization;
using Treaty.Grid.Cluster.Tests.Cluster;
using Treaty.Grid.Cluster.Tests.EndToEnd;

namespace Treaty.Grid.Bench;

/// <summary>Offers a running register more than it can do, and shows what comes of it.</summary>
internal static class Overload
{
    private const string Help = """
        Offers notices to a register of programs at a rate of its own, whatever they answer, and prints a table.

          dotnet run -c Release --project tests/Bench -- overload [switches]

          --home WHAT   allinone (on SQLite) or pair (a gateway, a silo, PostgreSQL); both unless one is named
          --batch N     notices in a request (1: SubmitNotice; more: BatchSubmitNotices)
          --rate N      requests/s taken for the sustainable rate; it is searched for unless named
          --seconds N   how long each load is offered (20)
          --only X      one load, as a multiple of the sustainable rate; unless named, 0.5 1 1.5 2 3
          --help        this page

        The sustainable rate is the highest at which 99 of 100 requests are answered within a second and none is
        refused. Each request is due at a time fixed beforehand, and its latency counts from there; its caller gives up
        after 5 s, and what was answered until then is the goodput. Generator and servers share the processors of this
        machine: figures are for comparison with others of the same machine, not for what a server can do.
        """;

    private const double RateFirst = 50;
    private const double RateMax = 20_000;
    private const int Narrowings = 3;
    private static readonly TimeSpan SearchRound = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LatencyMax = TimeSpan.FromSeconds(1);
    private static readonly double[] Loads = [0.5, 1, 1.5, 2, 3];

    public static async Task<int> RunAsync(string[] args)
    {
        var switches = args.Chunk(2).Where(a => a.Length == 2).ToDictionary(a => a[0], a => a[1]);
        if (args.Length % 2 != 0 || switches.Keys.Except(
            ["--home", "--batch", "--rate", "--seconds", "--only"]).Any())
        {
            Console.WriteLine(Help);
            return args is ["--help"] ? 0 : 1;
        }

        var (batch, rate) = ((int)Number("--batch", 1), Number("--rate", 0));
        var (round, only) = (TimeSpan.FromSeconds(Number("--seconds", 20)), Number("--only", 0));
        double[] loads = only > 0 ? [only] : Loads;
        Console.WriteLine($"{Environment.ProcessorCount} processors, shared by generator and servers");
        if (switches.GetValueOrDefault("--home", "allinone") == "allinone")
        {
            await using var register = new RunningRegister();
            await register.StartAsync();
            await MeasureAsync("allinone", register, [register.ProcessId], batch, rate, round, loads);
        }

        if (switches.GetValueOrDefault("--home", "pair") == "pair")
        {
            await using var stores = new Stores();
            await using var pair = new Pair(await stores.NewDatabaseAsync(CancellationToken.None));
            await pair.StartAsync(silos: 1, gateways: 1);
            await MeasureAsync(
                "pair (memory: gateway, silo)", pair, [pair["gateway-1"].Id, pair["silo-1"].Id], batch, rate, round,
                loads);
        }

        return 0;

        double Number(string name, double otherwise) => switches.TryGetValue(name, out var text)
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
    }

    private static async Task MeasureAsync(
        string home, Door door, int[] servers, int batch, double rate, TimeSpan round, double[] loads)
    {
        using var load = await OpenLoop.ToAsync(door, batch);
        Say($"{home}: warming up");
        await load.OfferAsync(RateFirst, SearchRound);
        rate = rate > 0 ? rate : await SearchAsync(load);
        var table = new Table(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{home}: requests/s of {batch} notices, {round.TotalSeconds:0} s each; sustainable {rate:0}/s"),
            "load", "offered", "in time", "refused", "late", "other", "p50 ms", "p99 ms", "RSS MiB");
        foreach (var times in loads)
        {
            var figures = await load.OfferAsync(times * rate, round);
            var memory = string.Join(' ', servers.Select(MemoryOf));
            Say($"{home}: {times}x: {figures}");
            table.Add(
                string.Create(CultureInfo.InvariantCulture, $"{times}x"), figures.Offered, figures.InTime,
                figures.Refused, figures.Late, figures.Other, figures.Median.TotalMilliseconds,
                figures.Slow.TotalMilliseconds, memory);
            await load.SettleAsync();
        }

        table.Print(Console.Out);
    }

    /// <summary>Doubles the rate until it is too much, and narrows down between the last two.</summary>
    private static async Task<double> SearchAsync(OpenLoop load)
    {
        var (good, bad) = (0d, RateFirst);
        while (bad < RateMax && await IsSustainedAsync(bad))
            (good, bad) = (bad, 2 * bad);
        for (var i = 0; i < Narrowings; i++)
        {
            var middle = (good + bad) / 2;
            if (await IsSustainedAsync(middle))
                good = middle;
            else
                bad = middle;
        }

        return good;

        async Task<bool> IsSustainedAsync(double rate)
        {
            var figures = await load.OfferAsync(rate, SearchRound);
            Say($"searching: {figures}");
            await load.SettleAsync();
            return figures.Refused + figures.Late + figures.Other == 0 && figures.Slow <= LatencyMax;
        }
    }

    private static string MemoryOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status")
            .First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kilobytes = long.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture);
        return (kilobytes / 1024).ToString(CultureInfo.InvariantCulture);
    }

    private static void Say(string what) => Console.Error.WriteLine(what);
}
