using System.Diagnostics;
using Google.Rpc;
using Microsoft.Extensions.Logging.Abstractions;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Batching;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Gateway;

public sealed class PartyBatcherTests : IDisposable
{
    private readonly FakeGrains _grains = new();
    private readonly List<(FileRequest Request, TaskCompletionSource<FileResponse> Answer)> _calls = [];
    private readonly SemaphoreSlim _called = new(0);
    private readonly HandClock _clock = new();
    private readonly PartyBatcher _batcher;

    public PartyBatcherTests()
    {
        _batcher = new PartyBatcher(_grains.Factory, _clock, NullLogger<PartyBatcher>.Instance);
        _grains.OnLater<FileRequest, FileResponse>("GRC", "File", request =>
        {
            var answer = new TaskCompletionSource<FileResponse>();
            lock (_calls)
                _calls.Add((request, answer));
            _called.Release();
            return answer.Task;
        });
    }

    public void Dispose() => _called.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lone_notice_goes_at_once_and_leaves_nothing_behind()
    {
        var filed = File("N1");
        await AnswerNext();
        Assert.Equal("N1", Id(Assert.Single(await filed)));
        await Until(() => _batcher.BusyParties == 0);
    }

    [Fact]
    public async Task While_one_call_is_under_way_the_next_batch_grows_in_order()
    {
        var first = File("N1");
        await _called.WaitAsync(Cancellation);
        var second = File("N2", "N3");
        var third = File("N4");
        Assert.Single(_calls);

        Answer(0);
        await AnswerNext();
        Assert.Equal(["N2", "N3", "N4"], _calls[1].Request.Items.Select(i => i.NoticeId));
        Assert.Equal("N1", Id(Assert.Single(await first)));
        Assert.Equal(["N2", "N3"], (await second).Select(Id));
        Assert.Equal("N4", Id(Assert.Single(await third)));
    }

    [Fact]
    public async Task A_batch_never_holds_more_than_its_limit()
    {
        var first = File("N1");
        await _called.WaitAsync(Cancellation);
        var others = Enumerable.Range(0, 3).Select(_ => File(Many(600))).ToArray();
        Answer(0);
        for (var i = 0; i < 3; i++)
            await AnswerNext();
        await Task.WhenAll(others.Append(first));
        Assert.Equal([1, 600, 600, 600], _calls.Select(c => c.Request.Items.Count));
    }

    [Fact]
    public async Task Past_the_limit_a_caller_is_told_to_wait_and_nothing_of_it_is_filed()
    {
        var first = File("N1");
        await _called.WaitAsync(Cancellation);
        var waiting = Enumerable.Range(0, Limits.QueuedNoticesPerPartyMax / Limits.BatchNoticesMax)
            .Select(_ => File(Many(Limits.BatchNoticesMax))).ToArray();

        var refused = await Assert.ThrowsAsync<RefusedException>(() => File("LATE"));
        Assert.Equal((int)Code.ResourceExhausted, refused.Status.Code);
        Assert.Contains(refused.Status.Details, d => d.Is(RetryInfo.Descriptor));

        Answer(0);
        foreach (var _ in waiting)
            await AnswerNext();
        await Task.WhenAll(waiting.Append(first));
        Assert.DoesNotContain(_calls.SelectMany(c => c.Request.Items), i => i.NoticeId == "LATE");
    }

    public static TheoryData<Exception> Ends => [new TimeoutException(), new TaskCanceledException()];

    [Theory]
    [MemberData(nameof(Ends), DisableDiscoveryEnumeration = true)]
    public async Task A_failing_call_fails_each_of_its_notices_and_no_other(Exception end)
    {
        var first = File("N1", "N2");
        await _called.WaitAsync(Cancellation);
        var second = File("N3");
        _calls[0].Answer.SetException(end);
        await AnswerNext();

        // Nobody here gave up: whoever waits is told to send the same again.
        Assert.All(await first, r => Assert.Equal((int)Code.Unavailable, r.Error.Code));
        Assert.All(await first, r => Assert.NotNull(r.Error.GetDetail<RetryInfo>()));
        Assert.Equal("N3", Id(Assert.Single(await second)));
    }

    [Fact]
    public async Task A_mistake_of_the_program_is_told_without_its_text()
    {
        var filed = File("N1");
        await _called.WaitAsync(Cancellation);
        _calls[0].Answer.SetException(new InvalidOperationException("secret"));
        var error = Assert.Single(await filed).Error;
        Assert.Equal((int)Code.Internal, error.Code);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_up_while_its_notice_waits_takes_it_along()
    {
        var first = File("N1");
        await _called.WaitAsync(Cancellation);
        using var patience = new CancellationTokenSource();
        var second = _batcher.FileAsync("GRC", [Item("N2")], patience.Token);
        var third = File("N3");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);

        Answer(0);
        await AnswerNext();
        await Task.WhenAll(first, third);
        Assert.Equal("N3", Assert.Single(_calls[1].Request.Items).NoticeId);
    }

    [Fact]
    public async Task Who_gives_up_when_its_notice_is_on_its_way_leaves_it_to_be_filed()
    {
        using var patience = new CancellationTokenSource();
        var filed = _batcher.FileAsync("GRC", [Item("N1")], patience.Token);
        await _called.WaitAsync(Cancellation);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => filed);
        Assert.Equal("N1", Assert.Single(_calls[0].Request.Items).NoticeId);
        Answer(0);
        await Until(() => _batcher.BusyParties == 0);
    }

    [Fact]
    public async Task When_the_first_has_waited_too_long_for_its_turn_the_next_is_told_to_come_again_soon()
    {
        var first = File("N1");
        await _called.WaitAsync(Cancellation);
        var second = File("N2");
        _clock.Move(Limits.CrossCheckWaitMax);
        var third = File("N3");
        _clock.Move(TimeSpan.FromSeconds(1));

        for (var again = 0; again < 3; again++)
        {
            var refused = await Assert.ThrowsAsync<RefusedException>(() => File("LATE"));
            Assert.Equal((int)Code.ResourceExhausted, refused.Status.Code);
            Assert.Equal("OVERLOADED", refused.Status.GetDetail<ErrorInfo>()!.Reason);
            Assert.InRange(
                refused.Status.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan(),
                TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        }

        // Nothing of it was filed; later it is, under the same id.
        Answer(0);
        await AnswerInTurn(1);
        await Task.WhenAll(first, second, third);
        Assert.Equal(["N2", "N3"], _calls[1].Request.Items.Select(i => i.NoticeId));
        var late = File("LATE");
        await AnswerInTurn(2);
        Assert.Equal("LATE", Id(Assert.Single(await late)));
    }

    [Fact]
    public async Task Those_who_are_refused_together_are_not_told_to_come_back_together()
    {
        var first = File("N1");
        await _called.WaitAsync(Cancellation);
        var second = File("N2");
        _clock.Move(TimeSpan.FromSeconds(5));
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            var refused = await Assert.ThrowsAsync<RefusedException>(() => File("LATE"));
            delays.Add(refused.Status.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        }

        Assert.Equal(delays.Count, delays.Distinct().Count());
        Answer(0);
        await AnswerNext();
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task All_parties_together_may_hold_so_many_notices_and_one_more_is_told_to_wait()
    {
        var busy = await FillAsync(20, () => Many(Limits.BatchNoticesMax).Select(Item));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => File("LATE"));
        Assert.Equal("OVERLOADED", refused.Status.GetDetail<ErrorInfo>()!.Reason);
        await AnswerAndFileAsync(busy);
    }

    [Fact]
    public async Task All_parties_together_may_hold_so_many_bytes_and_one_more_is_told_to_wait()
    {
        var busy = await FillAsync(16, () =>
        [
            new FileItem
            {
                NoticeId = "LARGE",
                Notice = new Notice { Remark = new string('x', Limits.MessageBytesMax - 30) },
            },
        ]);
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => _batcher.FileAsync("GRC", [.. Many(100).Select(Item)], Cancellation));
        Assert.Equal("OVERLOADED", refused.Status.GetDetail<ErrorInfo>()!.Reason);
        await AnswerAndFileAsync(busy);
    }

    [Fact]
    public async Task The_trace_of_a_request_does_not_reach_the_grain_call()
    {
        Activity? seen = null;
        _grains.On<FileRequest, FileResponse>("BGR", "File", request =>
        {
            seen = Activity.Current;
            return ResponseTo(request);
        });
        using var request = new Activity("request").Start();
        await _batcher.FileAsync("BGR", [Item("N1")], Cancellation);
        Assert.Null(seen);
        Assert.Same(request, Activity.Current);
    }

    [Fact]
    public async Task Many_requests_at_once_all_get_their_own_answers()
    {
        _grains.OnLater<FileRequest, FileResponse>("BGR", "File", async request =>
        {
            await Task.Yield();
            return ResponseTo(request);
        });
        await Parallel.ForAsync(0, 5_000, Cancellation, async (i, cancellation) =>
        {
            var results = await _batcher.FileAsync("BGR", [Item($"N{i}")], cancellation);
            Assert.Equal($"N{i}", Id(Assert.Single(results)));
        });
        await Until(() => _batcher.BusyParties == 0);
    }

    /// <summary>A call of each of so many other parties is under way, until all are answered.</summary>
    private async Task<(TaskCompletionSource GoOn, Task Filed)> FillAsync(
        int parties, Func<IEnumerable<FileItem>> items)
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var filed = new List<Task>();
        for (var i = 0; i < parties; i++)
        {
            var party = $"P{i}";
            _grains.OnLater<FileRequest, FileResponse>(party, "File", async request =>
            {
                _called.Release();
                await goOn.Task;
                return ResponseTo(request);
            });
            filed.Add(_batcher.FileAsync(party, [.. items()], Cancellation));
            Assert.False(filed[^1].IsFaulted);
            await _called.WaitAsync(Cancellation);
        }

        return (goOn, Task.WhenAll(filed));
    }

    /// <summary>There is room again for what was refused.</summary>
    private async Task AnswerAndFileAsync((TaskCompletionSource GoOn, Task Filed) busy)
    {
        busy.GoOn.SetResult();
        await busy.Filed;
        await Until(() => _batcher.BusyParties == 0);
        var late = File("LATE");
        await AnswerNext();
        Assert.Equal("LATE", Id(Assert.Single(await late)));
        Assert.Single(_calls);
    }

    private Task<IReadOnlyList<SubmitResult>> File(params string[] ids) =>
        _batcher.FileAsync("GRC", [.. ids.Select(Item)], Cancellation);

    private static FileItem Item(string id) => new() { NoticeId = id, Notice = new Notice() };

    private static string[] Many(int count) => [.. Enumerable.Range(0, count).Select(i => $"M{i}")];

    private static string Id(SubmitResult result) => result.Response.Notice.Name;

    private async Task AnswerNext()
    {
        if (_calls.TrueForAll(c => c.Answer.Task.IsCompleted))
            await _called.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Answer(_calls.FindIndex(c => !c.Answer.Task.IsCompleted));
    }

    private async Task AnswerInTurn(int call)
    {
        await Until(() => Calls > call);
        Answer(call);
    }

    private int Calls
    {
        get
        {
            lock (_calls)
                return _calls.Count;
        }
    }

    private void Answer(int call) => _calls[call].Answer.SetResult(ResponseTo(_calls[call].Request));

    private static FileResponse ResponseTo(FileRequest request) => new()
    {
        Results =
        {
            request.Items.Select(i => new SubmitResult
            {
                Response = new SubmitNoticeResponse { Notice = new Notice { Name = i.NoticeId } },
            }),
        },
    };

    private static async Task Until(Func<bool> holds)
    {
        while (!holds())
            await Task.Delay(TimeSpan.FromMilliseconds(1), Cancellation);
    }
}
