using Treaty.Grid.Load.Verifying;

namespace Treaty.Grid.Load;

/// <summary>A target with parties that file there, and the stories that they tell.</summary>
internal sealed class LoadRun(Target target, RunOptions options, Roster roster)
{
    private const int AskingConnections = 4;
    private const double PlannedPerPlace = 4;
    private Before? _before;

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public Target Target => target;

    public Roster Roster => roster;

    /// <summary>Of this process.</summary>
    public Ledger Ledger { get; } = new(new StoryBook(options.Name, roster.Codes));

    /// <summary>Of all processes that took part.</summary>
    public IReadOnlyList<Ledger> Ledgers
    {
        get => field ?? [Ledger];
        set;
    }

    /// <summary>Sees to it that the parties are registered.</summary>
    public static async Task<LoadRun> PrepareAsync(Target target, RunOptions options, TextWriter progress)
    {
        using var lines = await Lines.OpenAsync(target, AskingConnections, options.Timeout);
        var roster = options.Replay is { } file
            ? await Roster.GatherAsync(lines, new Recording.Reading(file).Parties, progress)
            : await Roster.GatherAsync(lines, options.Parties, progress);
        await progress.WriteLineAsync(Wire.Text(
            $"{target.Address}: {roster.Codes.Count:N0} parties, {roster.Registered:N0} of them registered for this"));
        return new LoadRun(target, options, roster)
        {
            _before = options.Verify ? await Before.ReadAsync(lines, roster.Codes) : null,
        };
    }

    /// <summary>Tells the stories to their ends, and reads all of them back.</summary>
    /// <param name="patience">For what reaches the lists and the other side's file by itself.</param>
    public async Task<Verdict> VerifyAsync(TextWriter progress, TimeSpan patience)
    {
        using var lines = await Lines.OpenAsync(target, AskingConnections, options.Timeout);
        var settled = 0;
        foreach (var ledger in Ledgers)
            settled += await Settlement.SettleAsync(lines, ledger, progress);
        await progress.WriteLineAsync(Wire.Text(
            $"{settled:N0} notices were sent after the run, so that each story has its end; all is read back"));
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var before = _before ?? throw new InvalidOperationException("What was there before is not known.");
        return await new Verifier(
            lines, [.. Ledgers.Select(l => new Truth(l, roster, today))], before, patience)
            .VerifyAsync(progress);
    }

    public StoryPlan Plan(Schedule schedule) => new(Ledger, schedule, options.Draw);

    /// <summary>For a closed loop. The other side speaks after some times as many requests as are under way.</summary>
    public ClosedPlan ClosedPlan() => new(
        Plan(Schedule.Of("constant", PlannedPerPlace * options.Closed, TimeSpan.Zero, TimeSpan.MaxValue)),
        options.Warmup + options.Duration);

    public Task<Result> OfferAsync(Schedule schedule, TextWriter progress) => OfferAsync(Plan(schedule), progress);

    /// <param name="cancellation">Ends it early.</param>
    public async Task<Result> OfferAsync(
        IPlan plan, TextWriter progress, CancellationToken cancellation = default)
    {
        var course = new Course(options.Connections, options.Warmup, options.Timeout, progress)
        {
            Ledger = plan is Recording.Reading ? null : Ledger,
            LagEvery = options.LagEvery,
            InFlight = plan is ClosedPlan ? options.Closed : 0,
        };
        var generator = new Generator(target, plan, course);
        await using var stop = cancellation.Register(generator.Stop);
        return await generator.RunAsync();
    }
}
