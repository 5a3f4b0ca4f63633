using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Load.Comparing;

/// <summary>Whether a program that others wrote gets the same rates out of the same servers.</summary>
internal static class AgreeCommand
{
    public const string Help = """
        Holds the closed loop of this program against h2load (apt-get install nghttp2-client), in turns, with the same
        bytes: on the echo, and on AllInOne with one notice that it has already, sent again and again. Of each the best
        turn counts, for what else a machine does only slows down; the two may differ by 15 %, or the exit code is 2.
        What h2load counts as a success may be an error of gRPC: its answers must be as long as the one that this
        program got. Beside the rates stands the processor time of the server for a request, which should be the same.

          load agree [switches]

          --turns N         of each                          (5)
          --seconds T       of each turn                     (5)
          --warm-up T       before it                        (3)
          --heat T          at first, for a cold server      (15)
          --connections N                                    (4)
          --streams N       requests under way on each       (50)
          --allinone PATH   where that lies (beside this program)
        """;

    private const double ApartMax = 0.15;
    private const int Apart = 2;

    private static readonly string[] Valued =
        ["--turns", "--seconds", "--warm-up", "--connections", "--streams", "--allinone", "--heat"];

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter progress)
    {
        var switches = new Switches(args, Valued, []);
        var turns = Math.Max(1, switches.Count("--turns", 5));
        var h2load = new H2Load(
            switches.Count("--connections", 4), switches.Count("--streams", 50),
            switches.Time("--warm-up", TimeSpan.FromSeconds(3)), switches.Time("--seconds", TimeSpan.FromSeconds(5)));
        var heat = switches.Time("--heat", TimeSpan.FromSeconds(15));
        var table = new Table(
            "requests/s, the best turn", "h2load", "this program", "ratio", "agree", "server us, h2load", "this");
        var agree = true;
        foreach (var (name, start) in new (string, Func<Task<IServer>>)[]
        {
            ("echo", EchoServer.StartAsync),
            ("AllInOne, a notice it has", async () => await Server.StartAsync(switches.Text("--allinone"))),
        })
        {
            await using var server = await start();
            var (request, length) = await FirstAsync(server.Target);
            if (heat > TimeSpan.Zero)
                await OursAsync(server.Target, request, h2load with { WarmUp = TimeSpan.Zero, Time = heat });
            var (theirs, ours) = (new Figures(), new Figures());
            for (var turn = 1; turn <= turns; turn++)
            {
                // Whoever comes second finds the server warmer.
                foreach (var isOurs in turn % 2 == 0 ? new[] { true, false } : [false, true])
                {
                    var before = Usage.Processor(server.Target.Processes);
                    var rate = isOurs
                        ? await OursAsync(server.Target, request, h2load)
                        : await h2load.MeasureAsync(server.Target, request, length);
                    var used = Usage.Processor(server.Target.Processes) - before;
                    (isOurs ? ours : theirs).Add(rate, used.TotalMicroseconds / h2load.RequestsAt(rate));
                }

                await progress.WriteLineAsync(Wire.Text(
                    $"{name}, turn {turn} of {turns}: h2load {theirs.Last:N0}/s, this program {ours.Last:N0}/s"));
            }

            var ratio = ours.Best / theirs.Best;
            var isNear = Math.Abs(ratio - 1) <= ApartMax;
            table.Add(
                name, (long)theirs.Best, (long)ours.Best, ratio, isNear ? "yes" : "no", theirs.Microseconds,
                ours.Microseconds);
            agree &= isNear;
        }

        table.Print(output);
        return agree ? 0 : Apart;
    }

    /// <summary>A request that was answered once, and how many bytes its answer had.</summary>
    private static async Task<(Request Request, int Length)> FirstAsync(Target target)
    {
        var options = RunOptions.Parse(["--parties", "2", "--mix", "match=1"], TimeProvider.System);
        var run = await LoadRun.PrepareAsync(target, options, TextWriter.Null);
        var request = run.Plan(options.Schedule).Requests().First();
        using var lines = await Lines.OpenAsync(target, 1, options.Timeout);
        var answered = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var connection = lines.Next();
        connection.Send(new Http2.Call
        {
            Headers = lines.HeadersOf(Target.Submit, request.Caller),
            Body = request.Body,
            Done = call =>
            {
                if (call.Succeeded)
                    answered.SetResult(call.Answer.Length + Http2.Call.PrefixLength);
                else
                    answered.SetException(new CallFailedException("SubmitNotice", call.Outcome, call.Message));
            },
        });
        connection.Flush();
        return (request with { Steps = [] }, await answered.Task);
    }

    private static async Task<double> OursAsync(Target target, Request request, H2Load alike)
    {
        var course = new Course(alike.Connections, alike.WarmUp, TimeSpan.FromSeconds(30), TextWriter.Null)
        {
            InFlight = alike.Connections * alike.Streams,
        };
        var result = await new Generator(target, new Again(request, alike.WarmUp + alike.Time), course).RunAsync();
        return result.Errors == 0 ? result.Rate : throw new InvalidOperationException(
            Wire.Text($"{result.Errors:N0} requests failed: {string.Join(", ", result.Outcomes.Keys)}."));
    }

    private sealed class Figures
    {
        private readonly List<double> _microseconds = [];

        public double Best { get; private set; }

        public double Last { get; private set; }

        public double Microseconds => Spread.Of(_microseconds).Median;

        public void Add(double rate, double microseconds)
        {
            (Best, Last) = (Math.Max(Best, rate), rate);
            _microseconds.Add(microseconds);
        }
    }

    /// <summary>One request, over and over.</summary>
    private sealed class Again(Request request, TimeSpan time) : IPlan
    {
        public double Seconds => time.TotalSeconds;

        public double RateAt(double seconds) => 0;

        public IEnumerable<Request> Requests()
        {
            while (true)
                yield return request;
        }
    }
}
