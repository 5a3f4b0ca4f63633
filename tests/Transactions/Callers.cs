using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Treaty.Grid.Transactions;

/// <summary>Who files: so many at once, each the next when the last is answered.</summary>
internal sealed class Callers(IServiceProvider services, int parties)
{
    private const int Seed = 20_241_130;
    private static readonly DateOnly Day = new(2024, 3, 1);

    private static readonly TimeSpan LongerMax = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly ITransactionClient _transactions = services.GetRequiredService<ITransactionClient>();
    private readonly IGrainFactory _grains = services.GetRequiredService<IGrainFactory>();
    private long _filed;
    private long _failed;
    private int _measurement;

    public async Task MeasureAsync(int inFlight, TimeSpan warmUp, TimeSpan time)
    {
        using var stop = new CancellationTokenSource();
        var measurement = ++_measurement;
        var callers = Enumerable.Range(0, inFlight)
            .Select(caller => Task.Run(() => FileAsync(measurement, caller, stop.Token))).ToList();
        await PassAsync(warmUp);
        var (began, filed, failed) = (Stopwatch.GetTimestamp(), Interlocked.Read(ref _filed), Failed);
        Console.WriteLine("begun");
        await PassAsync(time);
        var (took, more) = (Stopwatch.GetElapsedTime(began), Interlocked.Read(ref _filed) - filed);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"done {more} {took.TotalSeconds:R} {Failed - failed}"));
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rest {Interlocked.Read(ref _filed)}"));
    }

    /// <summary>So long, and longer while nothing at all is filed: a cold silo may start slowly.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        var (began, filed) = (Stopwatch.GetTimestamp(), Interlocked.Read(ref _filed));
        await Task.Delay(time, TimeProvider.System);
        while (Interlocked.Read(ref _filed) == filed && Stopwatch.GetElapsedTime(began) < time + LongerMax)
            await Task.Delay(Poll, TimeProvider.System);
    }

    private long Failed => Interlocked.Read(ref _failed);

    private async Task FileAsync(int measurement, int caller, CancellationToken stop)
    {
        var random = new Random(Seed + (1_000 * measurement) + caller);
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var sender = random.Next(parties);
            var recipient = (sender + 1 + random.Next(parties - 1)) % parties;
            var transfer = new Transfer(
                string.Create(CultureInfo.InvariantCulture, $"{measurement}-{caller}-{number}"), sender, recipient,
                random.Next(PartyState.Items), 1 + random.Next(1_000), Day);
            try
            {
                // The lower one first: two that want the same two would else wait for each other until one gives up.
                var (first, second) = (Math.Min(sender, recipient), Math.Max(sender, recipient));
                await _transactions.RunTransaction(TransactionOption.Create, async () =>
                {
                    var isBound = await _grains.GetGrain<IPartyGrain>(first).FileAsync(transfer, null);
                    await _grains.GetGrain<IPartyGrain>(second).FileAsync(transfer, isBound);
                });
                Interlocked.Increment(ref _filed);
            }
            catch (Exception e) when (e is Orleans.Transactions.OrleansTransactionException or TimeoutException)
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }
}
