using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Google.Rpc;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway;
using Treaty.Grid.Gateway.Identity;
using Treaty.Grid.V1;
using Date = Google.Type.Date;

namespace Treaty.Grid.Cluster.Tests.Gateway;

/// <summary>The gateway as callers meet it, before grains that say what the test tells them to.</summary>
public sealed class DoorTests : IAsyncLifetime
{
    private const string Submit = "v1/parties/GRC/notices:submit";

    private readonly FakeGrains _grains = new();
    private WebApplication _app = null!;
    private GrpcChannel _channel = null!;
    private HttpClient _web = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = Build("http://127.0.0.1:0", _grains);
        await _app.StartAsync(Cancellation);
        var addresses = _app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.ToArray();
        _channel = GrpcChannel.ForAddress(addresses[0]);
        _web = new HttpClient { BaseAddress = new Uri(addresses[1]) };
        _grains.On<FileRequest, FileResponse>("GRC", "File", request => new FileResponse
        {
            Results =
            {
                request.Items.Select(i => new SubmitResult
                {
                    Response = new SubmitNoticeResponse { Notice = i.Notice, Receipt = new Receipt { Position = 7 } },
                }),
            },
        });
        _grains.On<ListConventionsRequest, ListConventionsResponse>(
            "0", "ListConventions", _ => new ListConventionsResponse { Conventions = { new Convention() } });
    }

    public async ValueTask DisposeAsync()
    {
        _web.Dispose();
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_notice_is_filed_over_gRPC_and_over_JSON()
    {
        var client = new NoticeService.NoticeServiceClient(_channel);
        var answer = await client.SubmitNoticeAsync(Request(), As("GRC"), cancellationToken: Cancellation);
        Assert.Equal(7, answer.Receipt.Position);

        using var response = await Post(Submit, Json(), "GRC");
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"position\":\"7\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated, "UNAUTHENTICATED")]
    [InlineData("grc", StatusCode.Unauthenticated, "UNAUTHENTICATED")]
    [InlineData("BGR", StatusCode.PermissionDenied, "PARTY_SCOPE")]
    [InlineData("operator", StatusCode.PermissionDenied, "PARTY_SCOPE")]
    [InlineData("secretariat", StatusCode.PermissionDenied, "PARTY_SCOPE")]
    public async Task Nobody_files_for_another(string? caller, StatusCode code, string reason)
    {
        // Not even its form is looked at.
        var client = new NoticeService.NoticeServiceClient(_channel);
        var request = new SubmitNoticeRequest { Parent = "parties/GRC" };
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await client.SubmitNoticeAsync(request, As(caller), cancellationToken: Cancellation));
        Assert.Equal(code, refused.StatusCode);
        Assert.Equal(reason, refused.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task An_ill_formed_notice_names_its_fields_in_JSON()
    {
        using var response = await Post(
            Submit, """{"noticeId": "N1", "notice": {"kind": "NOTICE_KIND_PLAN"}}""", "GRC");
        var status = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(3, status.GetProperty("code").GetInt32());
        var details = status.GetProperty("details").EnumerateArray().ToArray();
        Assert.Equal("STATEMENT_INVALID", details[0].GetProperty("reason").GetString());
        Assert.Contains(
            details[1].GetProperty("fieldViolations").EnumerateArray(),
            v => v.GetProperty("field").GetString() == "notice.sender");
    }

    [Theory]
    [InlineData("""{"notice": {"kindd": 1}}""", "kindd")]
    [InlineData("""{"notice": """, "JSON")]
    [InlineData("""{"notice": {"kind": "SURPRISE"}}""", "SURPRISE")]
    public async Task JSON_that_cannot_be_read_is_refused_with_what_is_wrong(string json, string word)
    {
        using var response = await Post(Submit, json, "GRC");
        var status = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(word, status.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("STATEMENT_INVALID", status.GetProperty("details")[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_misspelt_query_is_refused_and_a_good_one_is_read()
    {
        Date? asked = null;
        _grains.On<GetPartyRequest, Grid.V1.Party>("GRC", "GetParty", r =>
        {
            asked = r.AsOf;
            return new Grid.V1.Party { Name = r.Name };
        });
        using var wrong = await _web.GetAsync("v1/parties/GRC?asOff.year=2020", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var words = await _web.GetAsync("v1/parties/GRC?as_of.year=MMXX", Cancellation);
        var said = await words.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("STATEMENT_INVALID", said, StringComparison.Ordinal);
        using var right = await _web.GetAsync("v1/parties/GRC?as_of.year=2020&as_of.month=5&asOf.day=4", Cancellation);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(new Date { Year = 2020, Month = 5, Day = 4 }, asked);
    }

    [Fact]
    public async Task Items_of_a_batch_fail_alone()
    {
        var client = new NoticeService.NoticeServiceClient(_channel);
        var stranger = Request();
        stranger.Parent = "parties/BGR";
        var batch = new BatchSubmitNoticesRequest
        {
            Parent = "parties/GRC",
            Requests = { Request(), new SubmitNoticeRequest { NoticeId = "!" }, stranger, Request() },
        };
        var answer = await client.BatchSubmitNoticesAsync(batch, As("GRC"), cancellationToken: Cancellation);
        Assert.Equal([0, 3, 3, 0], answer.Results.Select(r => r.Error?.Code ?? 0));
    }

    [Fact]
    public async Task A_dry_run_asks_both_sides_and_gives_no_receipt()
    {
        var answer = new Treaty.Grid.Journal.V1.AnswerReceived { From = "BGR", Sequence = 3 };
        _grains.On<AssessRequest, AssessResponse>("GRC", "Assess", r => new AssessResponse
        {
            Response = new SubmitNoticeResponse
            {
                Receipt = new Receipt(),
                CrossCheck = answer.Equals(r.Answer) ? CrossCheck.Complete : CrossCheck.Pending,
            },
            Counterpart = r.Answer is null ? "BGR" : "",
            Message = new PeerMessage(),
        });
        _grains.On<PeerMessage, PeerAnswer>("BGR", "AssessDelivery", _ => new PeerAnswer { Answer = answer });
        var client = new NoticeService.NoticeServiceClient(_channel);
        var request = Request();
        request.ValidateOnly = true;
        var submitted = await client.SubmitNoticeAsync(request, As("GRC"), cancellationToken: Cancellation);
        Assert.Equal(CrossCheck.Complete, submitted.CrossCheck);
        Assert.Null(submitted.Receipt);
    }

    [Theory]
    [InlineData("BGR", StatusCode.OK)]
    [InlineData("secretariat", StatusCode.OK)]
    [InlineData("TUR", StatusCode.PermissionDenied)]
    public async Task A_notice_is_read_by_those_it_names(string caller, StatusCode code)
    {
        _grains.On<GetNoticeRequest, Notice>("GRC", "GetNotice", r => r.Name.EndsWith("N1", StringComparison.Ordinal)
            ? new Notice { Name = r.Name, Sender = "GRC", Recipient = "BGR" }
            : throw new RefusedException(RefusedException.Refuse(Code.NotFound, ErrorReason.ResourceUnknown, "no")));
        Assert.Equal(code, await Read("parties/GRC/notices/N1"));
        Assert.Equal(
            caller == "secretariat" ? StatusCode.NotFound : StatusCode.PermissionDenied,
            await Read("parties/GRC/notices/N2"));

        async Task<StatusCode> Read(string name)
        {
            var client = new NoticeService.NoticeServiceClient(_channel);
            var call = client.GetNoticeAsync(
                new GetNoticeRequest { Name = name }, As(caller), cancellationToken: Cancellation);
            try
            {
                await call;
                return StatusCode.OK;
            }
            catch (RpcException e)
            {
                return e.StatusCode;
            }
        }
    }

    [Fact]
    public async Task A_state_on_the_route_sees_the_transfer_without_what_only_one_sides_books_explain()
    {
        _grains.On<GetTransferRequest, Transfer>("GRC", "GetTransfer", _ => File("shared", "books of GRC"));
        _grains.On<GetTransferRequest, Transfer>("BGR", "GetTransfer", _ => File("shared", "books of BGR"));
        var client = new TransferService.TransferServiceClient(_channel);
        var request = new GetTransferRequest { Name = "parties/GRC/transfers/BGR~T1" };

        var seen = await client.GetTransferAsync(request, As("ROU"), cancellationToken: Cancellation);
        Assert.Equal("shared", Assert.Single(seen.Findings).Name);
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await client.GetTransferAsync(request, As("TUR"), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        var own = await client.GetTransferAsync(request, As("BGR"), cancellationToken: Cancellation);
        Assert.Contains(own.Findings, f => f.Name == "books of BGR");

        static Transfer File(params string[] findings) => new()
        {
            Notices = { new Notice { Name = "parties/GRC/notices/D", Transit = { "ROU" } } },
            Findings = { findings.Select(f => new Finding { Name = f }) },
        };
    }

    [Fact]
    public async Task A_mistake_of_the_program_is_INTERNAL_with_a_trace_and_without_its_text()
    {
        _grains.On<GetPartyRequest, Grid.V1.Party>(
            "GRC", "GetParty", _ => throw new InvalidOperationException("secret"));
        using var response = await _web.GetAsync("v1/parties/GRC", Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Contains("trace_id", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_violations_fits_into_the_metadata_that_every_client_takes()
    {
        var request = Request();
        request.Notice.Lines.Clear();
        request.Notice.Lines.Add(Enumerable.Range(0, 100).Select(_ => new Line()));
        var client = new NoticeService.NoticeServiceClient(_channel);
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await client.SubmitNoticeAsync(request, As("GRC"), cancellationToken: Cancellation));
        Assert.InRange(refused.GetRpcStatus()!.CalculateSize(), 2_000, 6_000);
        Assert.True(refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Count > 10);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_RESOURCE_EXHAUSTED()
    {
        var request = Request();
        request.Notice.Remark = new string('x', Limits.MessageBytesMax);
        var client = new NoticeService.NoticeServiceClient(_channel);
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await client.SubmitNoticeAsync(request, As("GRC"), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);

        using var response = await Post(Submit, $"{{\"notice\": {{\"remark\": \"{request.Notice.Remark}\"}}}}", "GRC");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Health_is_told_on_both_ports_without_an_identity()
    {
        var health = new Health.HealthClient(_channel);
        foreach (var service in new[] { "", NoticeService.Descriptor.FullName })
        {
            var answer = await health.CheckAsync(
                new HealthCheckRequest { Service = service }, cancellationToken: Cancellation);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }

        foreach (var probe in new[] { "live", "ready", "startup" })
            Assert.Equal("Healthy", await _web.GetStringAsync($"healthz/{probe}", Cancellation));
        _grains.On<ListConventionsRequest, ListConventionsResponse>(
            "0", "ListConventions", _ => throw new TimeoutException());
        using var notReady = await _web.GetAsync("healthz/ready", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
        Assert.Equal("Healthy", await _web.GetStringAsync("healthz/live", Cancellation));
    }

    [Fact]
    public void Every_method_that_is_mapped_has_a_permission()
    {
        var methods = _app.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(e => e.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName)
            .OfType<string>().Distinct().ToArray();
        Assert.Contains(methods, m => m.StartsWith("/grpc.reflection", StringComparison.Ordinal));
        Assert.DoesNotContain(methods, m => Permissions.Of(m) is null);
    }

    [Fact]
    public async Task A_path_that_leads_nowhere_is_NOT_FOUND_in_the_form_of_all_errors()
    {
        using var response = await _web.GetAsync("v1/party/GRC", Cancellation);
        var status = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal((int)Code.NotFound, status.GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Another_sites_page_cannot_speak_through_a_browser_here()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/conventions");
        request.Headers.Host = "evil.test";
        using var response = await _web.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "other machines")]
    [InlineData("http://example.org:0", "address of this machine")]
    [InlineData("https://127.0.0.1:0", "Expected http://")]
    public void While_callers_name_themselves_it_listens_to_this_machine_only(string address, string word)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => Build(address, _grains));
        Assert.Contains(word, refused.Message, StringComparison.Ordinal);
    }

    private static WebApplication Build(string address, FakeGrains grains)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["TreatyGrid:Grpc"] = address;
        builder.Configuration["TreatyGrid:Web"] = address;
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IGrainFactory>(grains.Factory);
        builder.AddTreatyGridGateway();
        return builder.Build().MapTreatyGridGateway();
    }

    private static Metadata As(string? caller) => caller is null ? [] : new Metadata { { "x-party", caller } };

    private async Task<HttpResponseMessage> Post(string path, string json, string caller)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
            // Else a client that still sends may miss an answer that came early.
            Headers = { { "x-party", caller }, { "Expect", "100-continue" } },
        };
        return await _web.SendAsync(request, Cancellation);
    }

    private static string Json() =>
        """
        {"notice_id": "N1", "notice": {"kind": "NOTICE_KIND_DISPATCH", "transfer": "T1", "sender": "GRC",
          "recipient": "BGR", "purpose": "PURPOSE_DESTRUCTION", "date": {"year": 2009, "month": 5, "day": 4},
          "lines": [{"item": "PMA-2", "quantity": "480"}]}}
        """;

    private static SubmitNoticeRequest Request() => new()
    {
        Parent = "parties/GRC",
        NoticeId = "N1",
        Notice = new Notice
        {
            Kind = NoticeKind.Dispatch,
            Transfer = "T1",
            Sender = "GRC",
            Recipient = "BGR",
            Purpose = Purpose.Destruction,
            Date = new Date { Year = 2009, Month = 5, Day = 4 },
            Lines = { new Line { Item = "PMA-2", Quantity = 480 } },
        },
    };
}
