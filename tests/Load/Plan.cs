using Treaty.Grid.Load.Http2;
using Treaty.Grid.V1;

namespace Treaty.Grid.Load;

/// <summary>One request of a plan, ready to be sent.</summary>
/// <param name="Due">Seconds from the start.</param>
/// <param name="Caller">Who it is from.</param>
/// <param name="Body">With gRPC's prefix.</param>
/// <param name="Steps">What it says, where that is known.</param>
internal sealed record Request(double Due, bool IsBatch, string Caller, byte[] Body, int Notices, Step[] Steps);

/// <summary>What is to be sent, and when.</summary>
internal interface IPlan
{
    /// <summary>The rate of notices per second asked for at a time.</summary>
    double RateAt(double seconds);

    double Seconds { get; }

    /// <summary>In the order in which they are due. Read by one thread, a little ahead of time.</summary>
    IEnumerable<Request> Requests();
}

/// <summary>How the stories of a run are drawn.</summary>
/// <param name="Batch">Notices in a request; 1 is a request of its own kind.</param>
/// <param name="Hot">The exponent of Zipf's law over the parties; 0: all alike.</param>
/// <param name="ThinkMedian">Seconds after which the other side speaks.</param>
internal sealed record Draw(int Seed, int Batch, double Hot, double ThinkMedian, double ThinkSpread, Mix Mix)
{
    public bool IsBatch => Batch > 1;
}

/// <summary>
/// Requests as parties would make them: each tells what is next in some story, or begins new ones. Nothing in it
/// depends on what is answered.
/// </summary>
internal sealed class StoryPlan(Ledger ledger, Schedule schedule, Draw draw) : IPlan
{
    private readonly Chance _chance = new(draw.Seed);
    private readonly Zipf _zipf = new(ledger.Book.Parties.Count, draw.Hot);

    // What is to be said later, and what could be said now, by each party.
    private readonly PriorityQueue<Step, double> _later = new();
    private readonly Dictionary<int, Queue<Step>> _ready = [];
    private readonly Queue<int> _full = [];

    public double Seconds => schedule.Seconds;

    public double RateAt(double seconds) => schedule.RateAt(seconds) * draw.Batch;

    public IEnumerable<Request> Requests()
    {
        foreach (var due in schedule.Arrivals(draw.Seed))
        {
            var steps = StepsAt(due);
            yield return RequestOf(ledger, due, steps, draw.IsBatch);
        }
    }

    public static Request RequestOf(Ledger ledger, double due, Step[] steps, bool isBatch)
    {
        var caller = ledger.Book.Parties[ledger[steps[0].Story].FilerOf(steps[0].Part)];
        if (!isBatch)
            return new Request(due, false, caller, Call.BodyOf(MessageOf(ledger, steps[0])), 1, steps);
        var batch = new BatchSubmitNoticesRequest { Parent = $"parties/{caller}" };
        foreach (var step in steps)
            batch.Requests.Add(MessageOf(ledger, step));
        return new Request(due, true, caller, Call.BodyOf(batch), steps.Length, steps);
    }

    public static SubmitNoticeRequest MessageOf(Ledger ledger, Step step) =>
        Wire.RequestOf(ledger.Book.NoticeOf(step.Story, step.Part, ledger[step.Story]));

    private Step[] StepsAt(double due)
    {
        while (_later.TryPeek(out _, out var when) && when <= due)
            MakeReady(_later.Dequeue());
        if (_full.TryDequeue(out var filer))
        {
            var queue = _ready[filer];
            var steps = new Step[draw.Batch];
            for (var i = 0; i < steps.Length; i++)
            {
                steps[i] = queue.Dequeue();
                PlanNext(steps[i], due);
            }

            return steps;
        }

        var sender = _zipf.Pick(_chance.Even());
        var begun = new Step[draw.Batch];
        for (var i = 0; i < begun.Length; i++)
        {
            begun[i] = new Step(ledger.Add(new Story(draw.Mix.Draw(_chance.Even()), sender, Other(sender))), 0);
            PlanNext(begun[i], due);
        }

        return begun;
    }

    private int Other(int sender)
    {
        while (true)
        {
            if (_zipf.Pick(_chance.Even()) is var other && other != sender)
                return other;
        }
    }

    private void PlanNext(Step step, double due)
    {
        if (step.Part + 1 < ledger[step.Story].Parts)
        {
            _later.Enqueue(
                step with { Part = step.Part + 1 }, due + _chance.LogNormal(draw.ThinkMedian, draw.ThinkSpread));
        }
    }

    private void MakeReady(Step step)
    {
        var filer = ledger[step.Story].FilerOf(step.Part);
        if (!_ready.TryGetValue(filer, out var queue))
            _ready[filer] = queue = [];
        queue.Enqueue(step);
        if (queue.Count % draw.Batch == 0)
            _full.Enqueue(filer);
    }
}

/// <summary>For a closed loop: the requests of another plan, for so long, however many they become.</summary>
internal sealed class ClosedPlan(IPlan requests, TimeSpan time) : IPlan
{
    public double Seconds => time.TotalSeconds;

    public double RateAt(double seconds) => 0;

    public IEnumerable<Request> Requests() => requests.Requests();
}
