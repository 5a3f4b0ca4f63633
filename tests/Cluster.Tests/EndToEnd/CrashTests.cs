using System.Collections.Concurrent;
using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>kill -9, on a real process with a real journal: what was answered is kept, once.</summary>
public sealed class CrashTests : IAsyncDisposable
{
    private static readonly Google.Type.Date Day2007 = Day(2007, 5, 4);

    private readonly RunningRegister _register = new();

    public ValueTask DisposeAsync() => _register.DisposeAsync();

    [Fact]
    public async Task A_notice_answered_right_before_a_kill_is_there_once_at_the_next_start()
    {
        await _register.StartAsync();
        var greece = As("GRC");
        var dispatch = Dispatch("GRC", "BGR", "T1", 500, Day2007);
        var first = await greece.SubmitAsync("N1", dispatch);
        await _register.KillAsync();

        await _register.StartAsync();
        Assert.Equal(first.Notice, await greece.NoticeAsync("GRC", "N1"));
        Assert.Equal(500, await greece.HoldingAsync(HoldingClass.InTransit));

        var repeated = await greece.SubmitAsync("N1", dispatch);
        Assert.True(repeated.Replayed);
        Assert.Equal(first.Receipt, repeated.Receipt);
        Assert.Equal(first.Notice, repeated.Notice);

        var refused = await Caller.RefusedAsync(
            () => greece.SubmitAsync("N1", Dispatch("GRC", "BGR", "T1", 501, Day2007)));
        Assert.Equal(StatusCode.AlreadyExists, refused.Code);
        Assert.Equal("NOTICE_ID_CONFLICT", refused.Reason);
        Assert.Equal("parties/GRC/notices/N1", refused.Metadata["name"]);
        Assert.StartsWith("lines", refused.Metadata["field"], StringComparison.Ordinal);

        Assert.Equal(500, await greece.HoldingAsync(HoldingClass.InTransit));
        var transfer = await greece.TransferAsync(first.Transfer.Name);
        Assert.Equal("parties/GRC/notices/N1", Assert.Single(transfer.Notices).Name);
    }

    [Fact]
    public async Task Killed_in_the_midst_of_many_submissions_it_keeps_each_that_it_answered_once()
    {
        string[] senders = ["AUT", "BEL", "CHE", "ESP"];
        string[] recipients = ["CHL", "PER"];
        await _register.StartAsync();
        var filings = new Filings(_register, senders, recipients);
        await filings.UntilKilledAsync(acknowledgedAtLeast: 300);
        Assert.NotEmpty(filings.Unanswered);

        // Only recipients are asked, and they never filed anything: nobody calls the senders.
        await _register.StartAsync();
        await Parallel.ForEachAsync(filings.Acknowledged, filings.AtOnce, async (filing, _) =>
        {
            var (request, _) = filing.Value;
            var notice = request.Notice;
            await Eventually.Async(
                () => HasArrivedAsync(notice), arrived => arrived,
                $"{notice.Transfer} is cross-checked with {notice.Recipient}");
        });

        var positions = new ConcurrentBag<long>();
        await Parallel.ForEachAsync(filings.Acknowledged, filings.AtOnce, async (filing, _) =>
        {
            var (request, first) = filing.Value;
            var caller = As(request.Notice.Sender);
            Assert.Equal(first.Notice, await caller.NoticeAsync(caller.Code, request.NoticeId));
            var repeated = await caller.SubmitAsync(request);
            Assert.True(repeated.Replayed);
            Assert.Equal(first.Receipt, repeated.Receipt);
            Assert.Single(repeated.Transfer.Notices);
            positions.Add(first.Receipt.Position);
        });
        Assert.Equal(positions.Count, positions.Distinct().Count());

        await Parallel.ForEachAsync(filings.Unanswered, filings.AtOnce, async (request, _) =>
        {
            var answer = await As(request.Notice.Sender).SubmitAsync(request);
            Assert.Single(answer.Transfer.Notices);
        });
        foreach (var sender in senders)
        {
            Assert.Equal(
                filings.CountOf(sender), await As(sender).HoldingAsync(HoldingClass.InTransit));
        }
    }

    private Caller As(string code) => new(_register, code);

    private async Task<bool> HasArrivedAsync(Notice notice)
    {
        try
        {
            await As(notice.Recipient).TransferAsync(TransferName(notice.Sender, notice.Recipient, notice.Transfer));
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>Many callers at once, until there is nobody who answers. Each notice is of one mine.</summary>
    private sealed class Filings(RunningRegister register, string[] senders, string[] recipients)
    {
        private const int CallersPerSender = 6;

        public ConcurrentDictionary<string, (SubmitNoticeRequest Request, SubmitNoticeResponse Answer)> Acknowledged
        { get; } = [];

        public ConcurrentBag<SubmitNoticeRequest> Unanswered { get; } = [];

        public ParallelOptions AtOnce { get; } = new()
        {
            MaxDegreeOfParallelism = 16,
            CancellationToken = TestContext.Current.CancellationToken,
        };

        public long CountOf(string sender) =>
            Acknowledged.Values.Select(a => a.Request).Concat(Unanswered).Count(r => r.Notice.Sender == sender);

        public async Task UntilKilledAsync(int acknowledgedAtLeast)
        {
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var callers = senders
                .SelectMany(sender => Enumerable.Range(0, CallersPerSender).Select(n => (sender, n)))
                .Select(c => FileAsync(c.sender, c.n, () =>
                {
                    if (Acknowledged.Count >= acknowledgedAtLeast)
                        enough.TrySetResult();
                }))
                .ToList();
            var all = Task.WhenAll(callers);
            await Task.WhenAny(enough.Task, all);
            await register.KillAsync();
            await all;
        }

        private async Task FileAsync(string sender, int caller, Action answered)
        {
            var at = new Caller(register, sender);
            for (var n = 0; ; n++)
            {
                var reference = $"T-{caller}-{n}";
                var recipient = recipients[n % recipients.Length];
                var request = at.RequestOf(
                    $"N-{caller}-{n}", Dispatch(sender, recipient, reference, 1, Day2007));
                try
                {
                    var answer = await at.SubmitAsync(request);
                    Acknowledged[$"{sender}/{request.NoticeId}"] = (request, answer);
                    answered();
                }
                catch (Exception e) when (e is RpcException or InvalidOperationException or ObjectDisposedException)
                {
                    Unanswered.Add(request);
                    return;
                }
            }
        }
    }
}
