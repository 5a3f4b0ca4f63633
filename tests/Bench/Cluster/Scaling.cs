using System.Diagnostics;
using System.Globalization;
using Google.Rpc;
using Grpc.Core;
using Npgsql;
using Treaty.Grid.Cluster.Tests.Cluster;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.V1;

namespace Treaty.Grid.Bench.Cluster;

/// <summary>
/// What one silo, two and three file, and what each notice costs in each process: the second says what more machines
/// would bring, which the first, on one machine, cannot.
/// </summary>
internal static class Scaling
{
    private const int Parties = 60;
    private const int BatchNotices = 50;
    private const int Gateways = 2;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(TimeSpan round, int turns, TextWriter output, TextWriter progress)
    {
        var table = new Table(
            $"Batches of {BatchNotices} dispatches of {Parties} parties, {Gateways} gateways, medians of {turns} "
            + "turns; per notice: processor time in microseconds, bytes of the journal",
            "silos", "notices/s", "gateways", "silos us", "PostgreSQL", "entries per commit", "commits/s",
            "journal bytes");
        var results = Enumerable.Range(1, 3).ToDictionary(silos => silos, _ => new List<Result>());
        for (var turn = 1; turn <= turns; turn++)
        {
            foreach (var silos in results.Keys)
            {
                var result = await MeasureAsync(silos, round);
                results[silos].Add(result);
                await progress.WriteLineAsync($"{silos} silos, turn {turn}: {result.Rate:N0} notices/s");
            }
        }

        foreach (var (silos, all) in results)
        {
            table.Add(
                silos, all.Select(r => r.Rate).MedianOf(), all.Select(r => r.Gateways).MedianOf(),
                all.Select(r => r.Silos).MedianOf(), all.Select(r => r.Database).MedianOf(),
                all.Select(r => r.EntriesPerCommit).MedianOf(), all.Select(r => r.Commits).MedianOf(),
                all.Select(r => r.Bytes).MedianOf());
        }

        table.Print(output);
    }

    private static async Task<Result> MeasureAsync(int silos, TimeSpan round)
    {
        await using var server = await PostgresServer.StartAsync();
        await using var pair = new Pair(server.ConnectionString, "--register", "empty");
        await pair.StartAsync(silos, Gateways);
        await using var register = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await register.OpenAsync();
        await Registered.FillAsync(server.ConnectionString, Parties, _ => { });
        using var stop = new CancellationTokenSource();
        var (filed, isCounting) = (0L, false);
        var clients = Enumerable.Range(0, Parties).Select(party => Task.Run(async () =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                var done = await FileAsync(pair, party, n);
                if (Volatile.Read(ref isCounting))
                    Interlocked.Add(ref filed, done);
            }
        })).ToList();

        await Task.Delay(WarmUp);
        var before = await NowAsync();
        Volatile.Write(ref isCounting, true);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(round);
        Volatile.Write(ref isCounting, false);
        var (took, after) = (Stopwatch.GetElapsedTime(began), await NowAsync());
        var commits = await AskAsync(string.Create(CultureInfo.InvariantCulture, $"""
            SELECT count(DISTINCT xmin::text) FROM treaty_grid.entry
            WHERE position > {before.Head} AND position <= {after.Head}
            """));
        var bytes = await AskAsync(string.Create(CultureInfo.InvariantCulture, $"""
            SELECT sum(length(payload))::bigint FROM treaty_grid.entry
            WHERE position > {before.Head} AND position <= {after.Head}
            """));
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        var notices = Math.Max(1, Interlocked.Read(ref filed));
        return new Result(
            notices / took.TotalSeconds,
            (after.Gateways - before.Gateways).TotalMicroseconds / notices,
            (after.Silos - before.Silos).TotalMicroseconds / notices,
            (after.Database - before.Database).TotalMicroseconds / notices,
            (double)(after.Head - before.Head) / Math.Max(1, commits),
            commits / took.TotalSeconds,
            bytes / (double)notices);

        async Task<(TimeSpan Gateways, TimeSpan Silos, TimeSpan Database, long Head)> NowAsync() => (
            Sum("gateway", Gateways), Sum("silo", silos), Usage.Processor(server.ProcessId),
            await AskAsync("SELECT coalesce(max(position), 0) FROM treaty_grid.entry"));

        async Task<long> AskAsync(string sql)
        {
            await using var ask = new NpgsqlCommand(sql, register);
            return (long)(await ask.ExecuteScalarAsync())!;
        }

        TimeSpan Sum(string kind, int count) => Enumerable.Range(1, count)
            .Aggregate(TimeSpan.Zero, (sum, n) => sum + Usage.Processor(pair[$"{kind}-{n}"].Id));
    }

    /// <summary>Returns how many were filed: all, once they are.</summary>
    private static async Task<int> FileAsync(Pair pair, int party, int number)
    {
        var (sender, recipient) = (Registered.CodeOf(party), Registered.CodeOf((party + 1) % Parties));
        var batch = new BatchSubmitNoticesRequest
        {
            Parent = $"parties/{sender}",
            Requests =
            {
                Enumerable.Range(0, BatchNotices).Select(i => new SubmitNoticeRequest
                {
                    NoticeId = $"N{number}-{i}",
                    Notice = Statements.Dispatch(
                        sender, recipient, $"T{number}-{i}", 1, Statements.Day(2007, 5, 4), Purpose.Destruction),
                }),
            },
        };
        while (true)
        {
            try
            {
                var answer = await new NoticeService.NoticeServiceClient(pair.Channel).BatchSubmitNoticesAsync(
                    batch, new Metadata { { "x-party", sender } });
                if (answer.Results.FirstOrDefault(r => r.Error is not null) is { } refused)
                    await Task.Delay(refused.Error.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan() ?? Pause);
                else
                    return BatchNotices;
            }
            catch (RpcException e)
            {
                await Task.Delay(e.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan() ?? Pause);
            }
        }
    }

    private sealed record Result(
        double Rate, double Gateways, double Silos, double Database, double EntriesPerCommit, double Commits,
        double Bytes);
}
