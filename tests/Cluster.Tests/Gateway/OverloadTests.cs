using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Gateway;
using Treaty.Grid.Gateway.Overload;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Gateway;

/// <summary>The gateway before grains that stand still, until a test lets them go on.</summary>
public sealed class OverloadTests : IAsyncLifetime
{
    private readonly FakeGrains _grains = new();
    private readonly HandClock _clock = new();
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _filed = [];
    private WebApplication _app = null!;
    private GrpcChannel _channel = null!;
    private HttpClient _web = null!;
    private int _reads;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["TreatyGrid:Grpc"] = "http://127.0.0.1:0";
        builder.Configuration["TreatyGrid:Web"] = "http://127.0.0.1:0";
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IGrainFactory>(_grains.Factory).AddSingleton<TimeProvider>(_clock);
        builder.AddTreatyGridGateway();
        _app = builder.Build().MapTreatyGridGateway();
        await _app.StartAsync(Cancellation);
        var addresses = _app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.ToArray();
        _channel = GrpcChannel.ForAddress(addresses[0]);
        _web = new HttpClient { BaseAddress = new Uri(addresses[1]) };
        _grains.OnLater<FileRequest, FileResponse>("GRC", "File", async request =>
        {
            await _goOn.Task;
            lock (_filed)
                _filed.AddRange(request.Items.Select(i => i.NoticeId));
            return new FileResponse
            {
                Results =
                {
                    request.Items.Select(i => new SubmitResult
                    {
                        Response = new SubmitNoticeResponse { Notice = i.Notice, Receipt = new Receipt() },
                    }),
                },
            };
        });
        _grains.OnLater<GetPartyRequest, Grid.V1.Party>("GRC", "GetParty", async request =>
        {
            Interlocked.Increment(ref _reads);
            await _goOn.Task;
            return new Grid.V1.Party { Name = request.Name };
        });
        _grains.On<ListConventionsRequest, ListConventionsResponse>(
            "0", "ListConventions", _ => new ListConventionsResponse { Conventions = { new Convention() } });
    }

    public async ValueTask DisposeAsync()
    {
        _goOn.TrySetResult();
        _web.Dispose();
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Past_what_a_gateway_lets_in_a_notice_is_refused_with_a_delay_and_can_be_filed_later()
    {
        var inside = Enumerable.Range(0, Turnstile.FreeMax).Select(n => FileAsync($"N{n}")).ToList();
        await RefusedAsync(inside, n => FileAsync($"MORE{n}"));
        var refused = await Caller.RefusedAsync(() => FileAsync("LATE"));
        Assert.Equal("OVERLOADED", refused.Reason);
        Assert.True(refused.RetryDelay >= TimeSpan.FromSeconds(1), $"{refused.RetryDelay}");

        using var response = await PostAsync("LATE-JSON");
        var status = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal((int)Code.ResourceExhausted, status.GetProperty("code").GetInt32());
        Assert.Equal("OVERLOADED", status.GetProperty("details")[0].GetProperty("reason").GetString());
        Assert.EndsWith(
            "s", status.GetProperty("details")[1].GetProperty("retryDelay").GetString(), StringComparison.Ordinal);

        // An overload is no breakdown, and notices do not keep readers.
        var health = await new Health.HealthClient(_channel).CheckAsync(
            new HealthCheckRequest(), cancellationToken: Cancellation);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        var read = ReadAsync();
        _goOn.SetResult();
        await read;

        await EndAsync(inside);
        Assert.DoesNotContain(_filed, id => id.StartsWith("LATE", StringComparison.Ordinal));
        await FileAsync("LATE");
        using var again = await PostAsync("LATE-JSON");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Contains("LATE", _filed);
        Assert.Contains("LATE-JSON", _filed);
    }

    /// <summary>Few of them are a long queue: counted as one each, all would be let in and be too late.</summary>
    [Fact]
    public async Task Past_what_a_gateway_lets_in_a_batch_is_refused_whole_and_can_be_filed_later()
    {
        const int Size = 100;
        const int Room = Turnstile.FreeMax / Size;
        var inside = Enumerable.Range(0, Room).Select(n => FileBatchAsync($"B{n}", Size)).ToList();
        var refused = await RefusedAsync(inside, n => FileBatchAsync($"MORE{n}", Size));
        Assert.Equal("OVERLOADED", refused.Reason);
        Assert.InRange(inside.Count, Room, 2 * Room);
        Assert.Equal("OVERLOADED", (await Caller.RefusedAsync(() => FileBatchAsync("LATE", Size))).Reason);

        _goOn.SetResult();
        await EndAsync(inside);
        Assert.DoesNotContain(_filed, id => id.StartsWith("LATE", StringComparison.Ordinal));
        await FileBatchAsync("LATE", Size);
        Assert.Equal(Size, _filed.Count(id => id.StartsWith("LATE", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Past_what_a_gateway_lets_in_a_read_is_refused_without_asking_the_grain()
    {
        var inside = Enumerable.Range(0, Turnstile.FreeMax).Select(_ => ReadAsync()).ToList();
        var refused = await RefusedAsync(inside, _ => ReadAsync());
        Assert.Equal("OVERLOADED", refused.Reason);
        using var response = await _web.GetAsync("v1/parties/GRC", Cancellation);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        await Eventually.Async(
            () => Task.FromResult(_reads), reads => reads >= Turnstile.FreeMax, "all that were let in have asked");
        Assert.Equal(Turnstile.FreeMax, _reads);

        _goOn.SetResult();
        await EndAsync(inside);
        await ReadAsync();
    }

    /// <summary>
    /// Callers with short deadlines that come again would else fill the gateway with calls to one silo.
    /// </summary>
    [Fact]
    public async Task A_read_that_nobody_waits_for_keeps_its_place_as_long_as_the_grain_works_on_it()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var given = Enumerable.Range(0, Turnstile.FreeMax).Select(_ => ReadUntilAsync(patience.Token)).ToList();
        await Eventually.Async(
            () => Task.FromResult(_reads), reads => reads >= Turnstile.FreeMax, "all that were let in have asked");
        await patience.CancelAsync();
        await Task.WhenAll(given.Select(read => Assert.ThrowsAsync<RpcException>(() => read)));

        // The gateway hears a little later that they have gone.
        for (var more = 0; more < 25; more++)
        {
            var read = ReadAsync();
            await Eventually.Async(
                () => Task.FromResult(read.IsCompleted || _reads > Turnstile.FreeMax), done => done, "it is answered");
            Assert.Equal(Turnstile.FreeMax, _reads);
            Assert.Equal("OVERLOADED", (await Caller.RefusedAsync(() => read)).Reason);
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }

        _goOn.SetResult();
        await Eventually.Async(
            async () =>
            {
                try
                {
                    await ReadAsync();
                    return true;
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
                {
                    return false;
                }
            },
            answered => answered, "there is room again");
    }

    /// <summary>
    /// One more after another until one is refused: nobody can tell from outside when all that were sent are inside.
    /// </summary>
    private static async Task<EndToEnd.Refused> RefusedAsync(List<Task> inside, Func<int, Task> send)
    {
        for (var more = 0; ; more++)
        {
            var sent = send(more);
            inside.Add(sent);
            var failed = await Task.WhenAny(inside.Where(t => t.IsFaulted).Append(
                Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation)));
            if (inside.FirstOrDefault(t => t.IsFaulted) is not { } first)
                continue;
            inside.RemoveAll(t => t.IsFaulted);
            return await Caller.RefusedAsync(() => first);
        }
    }

    /// <summary>Of those that were sent to find the limit, others may have been refused as well.</summary>
    private static async Task EndAsync(IEnumerable<Task> inside)
    {
        foreach (var sent in inside)
        {
            try
            {
                await sent;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                // As it should be.
            }
        }
    }

    private async Task FileAsync(string id) => await new NoticeService.NoticeServiceClient(_channel).SubmitNoticeAsync(
        Request(id), new Metadata { { "x-party", "GRC" } }, cancellationToken: Cancellation);

    private async Task FileBatchAsync(string id, int size)
    {
        var answer = await new NoticeService.NoticeServiceClient(_channel).BatchSubmitNoticesAsync(
            new BatchSubmitNoticesRequest
            {
                Parent = "parties/GRC",
                Requests = { Enumerable.Range(0, size).Select(n => Request($"{id}-{n}")) },
            },
            new Metadata { { "x-party", "GRC" } },
            cancellationToken: Cancellation);
        Assert.All(answer.Results, result => Assert.NotNull(result.Response));
    }

    private Task ReadAsync() => ReadUntilAsync(Cancellation);

    private async Task ReadUntilAsync(CancellationToken cancellation) =>
        await new PartyService.PartyServiceClient(_channel).GetPartyAsync(
            new GetPartyRequest { Name = "parties/GRC" }, new Metadata { { "x-party", "GRC" } },
            cancellationToken: cancellation);

    private async Task<HttpResponseMessage> PostAsync(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/parties/GRC/notices:submit")
        {
            Content = new StringContent(
                Google.Protobuf.JsonFormatter.Default.Format(Request(id)), System.Text.Encoding.UTF8,
                "application/json"),
            Headers = { { "x-party", "GRC" }, { "Expect", "100-continue" } },
        };
        return await _web.SendAsync(request, Cancellation);
    }

    private static SubmitNoticeRequest Request(string id) => new()
    {
        Parent = "parties/GRC",
        NoticeId = id,
        Notice = Statements.Dispatch("GRC", "BGR", "T1", 480, Statements.Day(2009, 5, 4), Purpose.Destruction),
    };
}
