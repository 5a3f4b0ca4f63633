namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>
/// Faults drawn from a seed, in lines. In a line one comes after the other, and only when the one before is over and
/// mended; those of different lines overlap as it happens.
/// </summary>
/// <remarks>
/// All that befalls silos is one line: two of three that are down, frozen or cut off leave one that cannot tell whether
/// it is the one that is left out, and nothing can be acknowledged. All that befalls gateways is one line too: without
/// one nobody can ask. The database has a line, and while it is away nothing can be acknowledged either, but the
/// parties must come through it whatever else goes on. A wrong clock takes nobody out, so it may come at any time.
/// </remarks>
internal sealed class Schedule
{
    public const string Database = "database";

    private static readonly FaultKind[] Cuts = [FaultKind.Cut, FaultKind.Isolate, FaultKind.CutFromDatabase];

    private readonly Random _random;
    private readonly TimeSpan _length;
    private readonly bool _canCut;

    private Schedule(int seed, TimeSpan length, bool canCut) =>
        (_random, _length, _canCut) = (new Random(seed), length, canCut);

    /// <summary>It leaves a gateway with one silo, and so no help to callers: tests that want it say so.</summary>
    public static IReadOnlyList<FaultKind> NotDrawn { get; } = [FaultKind.Split];

    public static IReadOnlyList<string> Silos { get; } = ["silo-1", "silo-2", "silo-3"];

    public static IReadOnlyList<string> Gateways { get; } = ["gateway-1", "gateway-2"];

    /// <param name="length">No fault begins later.</param>
    /// <param name="canCut">Whether there are networks; without, the same seed draws another schedule.</param>
    /// <param name="canTurn">Whether clocks can be turned.</param>
    public static IReadOnlyList<IReadOnlyList<Fault>> Draw(int seed, TimeSpan length, bool canCut, bool canTurn)
    {
        var schedule = new Schedule(seed, length, canCut);
        var silos = schedule.Line(
            3, 8, schedule.OfSilo,
            [
                FaultKind.Freeze, FaultKind.Isolate, FaultKind.Kill, FaultKind.Cut, FaultKind.CutFromDatabase,
            ]);
        var gateways = schedule.Line(8, 20, schedule.OfGateway, [FaultKind.Cut, FaultKind.Kill, FaultKind.Freeze]);
        var database = schedule.Line(20, 40, schedule.OfDatabase, [FaultKind.Stop, FaultKind.Kill]);
        var clocks = canTurn ? schedule.Line(10, 25, schedule.OfClock, [FaultKind.TurnClock]) : [];
        return [silos, gateways, database, clocks];
    }

    /// <summary>Each kind comes once before one comes again, so that a short run has them all.</summary>
    private List<Fault> Line(int pauseMin, int pauseMax, Func<FaultKind, TimeSpan, Fault> draw, FaultKind[] kinds)
    {
        var line = new List<Fault>();
        var possible = kinds.Where(k => _canCut || !Cuts.Contains(k)).ToArray();
        var left = new Queue<FaultKind>();
        var begins = Between(1, pauseMax);
        while (begins < _length)
        {
            if (left.Count == 0)
            {
                _random.Shuffle(possible);
                left = new Queue<FaultKind>(possible);
            }

            var fault = draw(left.Dequeue(), begins);
            line.Add(fault);
            begins += fault.Lasts + Between(pauseMin, pauseMax);
        }

        return line;
    }

    private Fault OfSilo(FaultKind kind, TimeSpan begins)
    {
        var silo = Any(Silos);
        return kind switch
        {
            FaultKind.Kill => new Fault(kind, silo, begins, Between(0, 5)),
            FaultKind.Freeze => new Fault(kind, silo, begins, Between(2, 25)),
            FaultKind.Cut => new Fault(kind, silo, begins, Between(3, 20), Any([.. Silos.Where(s => s != silo)])),
            _ => new Fault(kind, silo, begins, Between(3, 20)),
        };
    }

    private Fault OfGateway(FaultKind kind, TimeSpan begins)
    {
        var gateway = Any(Gateways);
        return kind switch
        {
            FaultKind.Kill => new Fault(kind, gateway, begins, Between(0, 5)),
            FaultKind.Freeze => new Fault(kind, gateway, begins, Between(2, 25)),
            _ => new Fault(kind, gateway, begins, Between(3, 20), Any(Silos)),
        };
    }

    private Fault OfDatabase(FaultKind kind, TimeSpan begins) => new(kind, Database, begins, Between(0, 4));

    private Fault OfClock(FaultKind kind, TimeSpan begins) => new(
        kind, Any(Silos), begins, Between(3, 20), By: TimeSpan.FromSeconds(_random.Next(2) == 0 ? 120 : -120));

    private string Any(IReadOnlyList<string> names) => names[_random.Next(names.Count)];

    private TimeSpan Between(int secondsMin, int secondsMax) =>
        TimeSpan.FromMilliseconds(_random.Next(secondsMin * 1_000, secondsMax * 1_000));
}
