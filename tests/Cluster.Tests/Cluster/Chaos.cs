using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>Does to a cluster what a schedule says, and starts again what ended, as a service manager does.</summary>
internal sealed class Chaos(Ground ground, ITestOutputHelper output) : IAsyncDisposable
{
    // They tell what never comes from a busy machine, and say nothing about speed.
    private static readonly TimeSpan MendedMax = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan NoticedMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, int> _happened = [];
    private readonly CancellationTokenSource _end =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    // Who holds it is starting or ending the program, or has frozen it.
    private readonly Dictionary<string, SemaphoreSlim> _holds =
        Schedule.Silos.Concat(Schedule.Gateways).ToDictionary(p => p, _ => new SemaphoreSlim(1));

    // Silos whose clock was turned back since they were started.
    private readonly ConcurrentDictionary<string, bool> _turnedBack = [];

    private long _began;
    private Task _running = Task.CompletedTask;
    private Task? _keeping;

    /// <summary>How often each kind of fault befell what.</summary>
    public IReadOnlyDictionary<string, int> Happened => _happened;

    /// <summary>Returns when all is over and mended. More can follow; times count from the first.</summary>
    public async Task RunAsync(IReadOnlyList<IReadOnlyList<Fault>> lines)
    {
        if (_keeping is null)
        {
            _began = Stopwatch.GetTimestamp();
            _keeping = KeepAsync();
        }

        _running = Task.WhenAll(lines.Select(RunAsync));
        await await Task.WhenAny(_running, _keeping);
        await MendedAsync();
    }

    /// <summary>Returns when all silos are members, and all gateways are ready.</summary>
    public async Task MendedAsync()
    {
        foreach (var silo in Schedule.Silos)
            await UntilMemberAsync(silo, "at the end");
        foreach (var gateway in Schedule.Gateways)
            await UntilAsync(() => IsReadyAsync(gateway), $"{gateway} is ready");
    }

    /// <summary>What was done when: a schedule alone does not say when a fault began that had to wait.</summary>
    public void Note(string what) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  at {Stopwatch.GetElapsedTime(_began).TotalSeconds,6:0.0} s  {what}"));

    /// <summary>What is frozen is thawed, what was cut heals, and nothing is started any more.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (_keeping ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _end.Dispose();
        foreach (var hold in _holds.Values)
            hold.Dispose();
    }

    private async Task RunAsync(IReadOnlyList<Fault> line)
    {
        foreach (var fault in line)
        {
            var wait = fault.Begins - Stopwatch.GetElapsedTime(_began);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _end.Token);
            Note($"{fault}");
            await BefallAsync(fault);
            var whom = fault.Whom.Split('-')[0] + (fault.Other is { } other ? $" and {other.Split('-')[0]}" : "");
            _happened.AddOrUpdate($"{fault.Kind} {whom}", 1, (_, count) => count + 1);
            if (Schedule.Silos.Contains(fault.Whom) && fault.Kind != FaultKind.TurnClock)
            {
                // The next one must not befall another silo while this one is still out.
                foreach (var silo in Schedule.Silos)
                    await UntilMemberAsync(silo, $"after {fault}");
            }
            else if (Schedule.Gateways.Contains(fault.Whom))
            {
                await UntilAsync(() => IsReadyAsync(fault.Whom), $"{fault.Whom} is ready after {fault}");
            }

            Note($"mended: {fault}");
        }
    }

    private Task BefallAsync(Fault fault) => fault.Kind switch
    {
        FaultKind.Kill or FaultKind.Stop when fault.Whom == Schedule.Database => EndDatabaseAsync(fault),
        FaultKind.Kill => HeldAsync(fault.Whom, async () =>
        {
            await ground.Pair.KillAsync(fault.Whom);
            await Task.Delay(fault.Lasts, _end.Token);
            await StartAsync(fault.Whom);
        }),
        FaultKind.Freeze => HeldAsync(fault.Whom, () => FreezeAsync(fault)),
        FaultKind.Cut => CutAsync(fault, [(fault.Whom, fault.Other!)]),
        FaultKind.Isolate => CutAsync(fault, LinksOf(fault.Whom, OtherSilos(fault.Whom))),
        FaultKind.Split => CutAsync(fault, SplitOf(fault)),
        FaultKind.CutFromDatabase => CutAsync(fault, [(fault.Whom, Schedule.Database)]),
        FaultKind.TurnClock => TurnAsync(fault),
        _ => throw new ArgumentException($"{fault}", nameof(fault)),
    };

    private async Task FreezeAsync(Fault fault)
    {
        var child = ground.Pair[fault.Whom];
        if (child.HasEnded)
            return;
        child.Freeze();
        try
        {
            await Task.Delay(fault.Lasts, _end.Token);
        }
        finally
        {
            child.Thaw();
        }
    }

    private static IEnumerable<string> OtherSilos(string silo) => Schedule.Silos.Where(s => s != silo);

    private static (string, string)[] LinksOf(string one, IEnumerable<string> others) =>
        [.. others.Select(other => (one, other))];

    /// <summary>Between a silo with one gateway and all others, but for the silo's to the database.</summary>
    private static (string, string)[] SplitOf(Fault fault) =>
    [
        .. LinksOf(fault.Whom, OtherSilos(fault.Whom)),
        .. LinksOf(fault.Whom, Schedule.Gateways.Where(g => g != fault.Other)),
        .. LinksOf(fault.Other!, OtherSilos(fault.Whom)),
        (fault.Other!, Schedule.Database),
    ];

    private async Task CutAsync(Fault fault, (string One, string Other)[] links)
    {
        await Task.WhenAll(links.Select(link => ground.Network!.CutAsync(link.One, link.Other)));
        try
        {
            await Task.Delay(fault.Lasts, _end.Token);
        }
        finally
        {
            await Task.WhenAll(links.Select(link => ground.Network!.HealAsync(link.One, link.Other)));
        }
    }

    private async Task TurnAsync(Fault fault)
    {
        // Either way: what is put forward is put back again.
        _turnedBack[fault.Whom] = true;
        ground.Clock!.Turn(fault.Whom, fault.By);
        try
        {
            await Task.Delay(fault.Lasts, _end.Token);
        }
        finally
        {
            _turnedBack[fault.Whom] = true;
            ground.Clock.Turn(fault.Whom, TimeSpan.Zero);
        }
    }

    private async Task EndDatabaseAsync(Fault fault)
    {
        await (fault.Kind == FaultKind.Kill ? ground.Server.KillAsync() : ground.Server.StopAsync());
        await Task.Delay(fault.Lasts, _end.Token);
        await ground.Server.RestartAsync();
    }

    /// <summary>A silo that the others have declared dead ends by itself, and is started again.</summary>
    private async Task KeepAsync()
    {
        while (true)
        {
            foreach (var (program, hold) in _holds)
            {
                if (!await hold.WaitAsync(TimeSpan.Zero, _end.Token))
                    continue;
                try
                {
                    if (!ground.Pair[program].HasEnded)
                        continue;
                    var exitCode = await ground.Pair[program].Ended;
                    Note($"{program} ended by itself with {exitCode}");
                    _happened.AddOrUpdate($"ended by itself: {program.Split('-')[0]}", 1, (_, count) => count + 1);
                    await StartAsync(program);
                    Note($"{program} is ready again");
                }
                finally
                {
                    hold.Release();
                }
            }

            await Task.Delay(Pause, _end.Token);
        }
    }

    private async Task StartAsync(string program)
    {
        _turnedBack.TryRemove(program, out _);
        await ground.Pair.KeepStartingAsync(program);
    }

    /// <summary>
    /// One that the others have declared dead hears of it, ends, and is started again. Where its clock was turned back
    /// that may take as long as it was turned by, since what it does at times Orleans plans by the clock on the wall;
    /// that long nobody waits here. The journal lets it neither write nor answer then.
    /// </summary>
    private async Task UntilMemberAsync(string silo, string when)
    {
        var began = Stopwatch.GetTimestamp();
        await UntilAsync(
            async () =>
            {
                var status = await ground.StatusOfAsync(silo);
                if (status is not SiloStatus.Dead || !_turnedBack.ContainsKey(silo)
                    || Stopwatch.GetElapsedTime(began) < NoticedMax)
                {
                    return status is SiloStatus.Active;
                }

                Note($"{silo} waits by its clock, and does not hear that it was declared dead: it is killed");
                _happened.AddOrUpdate("declared dead and late to notice: silo", 1, (_, count) => count + 1);
                await HeldAsync(silo, async () =>
                {
                    await ground.Pair.KillAsync(silo);
                    await StartAsync(silo);
                });
                return false;
            },
            $"{silo} is a member {when}");
    }

    private async Task HeldAsync(string program, Func<Task> act)
    {
        await _holds[program].WaitAsync(_end.Token);
        try
        {
            await act();
        }
        finally
        {
            _holds[program].Release();
        }
    }

    private async Task<bool> IsReadyAsync(string gateway)
    {
        if (!ground.Pair[gateway].Ready.IsCompleted || ground.Pair[gateway].HasEnded)
            return false;
        try
        {
            using var web = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
            return await web.GetStringAsync(new Uri(ground.Pair.Health(gateway), "ready"), _end.Token) == "Healthy";
        }
        catch (Exception e) when (!_end.IsCancellationRequested && e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            if (Stopwatch.GetElapsedTime(began) > MendedMax)
                Assert.Fail($"{what}: not within {MendedMax}.\n{ground.Pair.Said}");
            await Task.Delay(Pause, _end.Token);
        }
    }
}
