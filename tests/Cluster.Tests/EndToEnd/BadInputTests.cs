using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Each kind of bad input has its code, reason and field, and changes nothing.</summary>
public abstract class BadInputTests(Door register)
{
    [Collection(SharedRegister.Name)]
    public sealed class AllInOne(RunningRegister register) : BadInputTests(register);

    [Collection(SharedCluster.Name)]
    public sealed class InCluster(RunningCluster cluster) : BadInputTests(cluster);

    private static readonly Dictionary<string, Action<SubmitNoticeRequest>> Invalid = new()
    {
        ["a negative quantity: notice.lines[0].quantity"] = r => r.Notice.Lines[0].Quantity = -1,
        ["no quantity: notice.lines[0].quantity"] = r => r.Notice.Lines[0].Quantity = 0,
        ["a huge quantity: notice.lines[0].quantity"] = r => r.Notice.Lines[0].Quantity = 1_000_000_000_001,
        ["the largest number there is: notice.lines[0].quantity"] = r => r.Notice.Lines[0].Quantity = long.MaxValue,
        ["a quantity that is undisclosed: notice.lines[0].quantity"] =
            r => r.Notice.Lines[0].Basis = QuantityBasis.Undisclosed,
        ["a day that no calendar has: notice.date"] = r => r.Notice.Date = Day(2023, 2, 29),
        ["a month without a day: notice.date"] = r => r.Notice.Date = Day(2023, 2, 0),
        ["no day: notice.date"] = r => r.Notice.Date = null,
        ["a day before all conventions: notice.date"] = r => r.Notice.Date = Day(1899, 12, 31),
        ["a dispatch in the far future: notice.date"] = r => r.Notice.Date = Day(9999, 12, 31),
        ["another's statement as one's own: notice.recipient"] = r => r.Notice.Kind = NoticeKind.Receipt,
        ["a transfer of others: notice.sender"] = r => r.Notice.Sender = "ECU",
        ["an unknown kind: notice.kind"] = r => r.Notice.Kind = (NoticeKind)99,
        ["no kind: notice.kind"] = r => r.Notice.Kind = NoticeKind.Unspecified,
        ["an unknown purpose: notice.purpose"] = r => r.Notice.Purpose = (Purpose)99,
        ["no purpose: notice.purpose"] = r => r.Notice.Purpose = Purpose.Unspecified,
        ["an unknown basis: notice.lines[0].basis"] = r => r.Notice.Lines[0].Basis = (QuantityBasis)99,
        ["an id that is too long: notice_id"] = r => r.NoticeId = new string('N', 65),
        ["an id with other characters: notice_id"] = r => r.NoticeId = "N/1",
        ["no id: notice_id"] = r => r.NoticeId = "",
        ["a reference that is too long: notice.transfer"] = r => r.Notice.Transfer = new string('T', 65),
        ["no reference: notice.transfer"] = r => r.Notice.Transfer = "",
        ["a remark that is too long: notice.remark"] = r => r.Notice.Remark = new string('x', 2_001),
        ["an item's id that is too long: notice.lines[0].item"] = r => r.Notice.Lines[0].Item = new string('X', 65),
        ["no item: notice.lines[0].item"] = r => r.Notice.Lines[0].Item = "",
        ["no lines: notice.lines"] = r => r.Notice.Lines.Clear(),
        ["too many lines: notice.lines"] = r => r.Notice.Lines.Add(
            Enumerable.Range(0, 100).Select(n => new Line { Item = $"X-{n}", Quantity = 1 })),
        ["an item twice: notice.lines[1]"] = r => r.Notice.Lines.Add(r.Notice.Lines[0].Clone()),
        ["nothing at all: notice"] = r => r.Notice = null,
        ["the sender as recipient: notice.recipient"] = r => r.Notice.Recipient = "CHL",
        ["the sender on the route: notice.transit[0]"] = r => r.Notice.Transit.Add("CHL"),
        ["no recipient: notice.recipient"] = r => r.Notice.Recipient = "",
        ["a code in small letters: notice.recipient"] = r => r.Notice.Recipient = "per",
    };

    private Caller Chile => new(register, "CHL");

    public static TheoryData<string> Kinds => new(Invalid.Keys);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_statement_of_no_valid_form_is_refused_with_its_field(string kind)
    {
        var request = Chile.RequestOf("BAD", Dispatch("CHL", "PER", "BAD", 10, Day(2007, 5, 4)));
        Invalid[kind](request);
        var refused = await UnchangedAsync(() => Chile.SubmitAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, refused.Code);
        Assert.Equal("STATEMENT_INVALID", refused.Reason);
        Assert.Contains(kind[(kind.IndexOf(": ", StringComparison.Ordinal) + 2)..], refused.Fields);

        // In a batch it fails alone, in the same way.
        request.Parent = "";
        var result = Assert.Single(await Chile.BatchAsync([request]));
        Assert.Equal(refused.Status.Code, result.Error.Code);
        Assert.Equal(refused.Status.Message, result.Error.Message);
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        var notice = Dispatch("CHL", "CHL", "", -1, Day(2023, 2, 29), (Purpose)99);
        var refused = await UnchangedAsync(() => Chile.SubmitAsync("", notice));
        Assert.Equal(
            [
                "notice.date", "notice.lines[0].quantity", "notice.purpose", "notice.recipient", "notice.transfer",
                "notice_id",
            ],
            refused.Fields.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_batch_has_one_to_a_thousand_notices()
    {
        var notice = Dispatch("CHL", "PER", "BAD", 10, Day(2007, 5, 4));
        foreach (var count in new[] { 0, 1_001 })
        {
            var requests = Enumerable.Range(0, count).Select(n => Chile.RequestOf($"BAD-{n}", notice));
            var refused = await UnchangedAsync(() => Chile.BatchAsync(requests));
            Assert.Equal(StatusCode.InvalidArgument, refused.Code);
            Assert.Equal("STATEMENT_INVALID", refused.Reason);
            Assert.Equal(["requests"], refused.Fields);
        }
    }

    [Fact]
    public async Task An_unknown_party_is_named_whether_it_is_the_other_side_the_filer_or_asked_for()
    {
        var elsewhere = new Caller(register, "ATLANTIS");
        Func<Task>[] calls =
        [
            () => Chile.SubmitAsync("BAD", Dispatch("CHL", "ATLANTIS", "BAD", 10, Day(2007, 5, 4))),
            () => Chile.AssessAsync(Dispatch("CHL", "ATLANTIS", "BAD", 10, Day(2007, 5, 4))),
            () => elsewhere.SubmitAsync("BAD", Dispatch("ATLANTIS", "CHL", "BAD", 10, Day(2007, 5, 4))),
            () => Chile.PartyAsync("ATLANTIS"),
        ];
        foreach (var call in calls)
        {
            var refused = await UnchangedAsync(call);
            Assert.Equal(StatusCode.NotFound, refused.Code);
            Assert.Equal("PARTY_UNKNOWN", refused.Reason);
            Assert.Equal("ATLANTIS", refused.Metadata["party"]);
        }
    }

    [Fact]
    public async Task An_unknown_convention_is_named()
    {
        var depositary = new Caller(register, "depositary");
        var refused = await UnchangedAsync(() => depositary.RecordAsync("CHL", "BAD", new DepositaryNotification
        {
            Convention = "conventions/atlantic-charter",
            Kind = DepositaryNotification.Types.Kind.Accession,
            Date = Day(2007, 5, 4),
        }));
        Assert.Equal(StatusCode.NotFound, refused.Code);
        Assert.Equal("CONVENTION_UNKNOWN", refused.Reason);
        Assert.Equal("atlantic-charter", refused.Metadata["convention"]);
    }

    [Fact]
    public async Task Nobody_files_for_another_state()
    {
        var request = Chile.RequestOf("BAD", Dispatch("CHL", "PER", "BAD", 10, Day(2007, 5, 4)));
        foreach (var caller in new[] { "PER", "depositary", "secretariat", "operator" })
        {
            var refused = await UnchangedAsync(() => new Caller(register, caller).SubmitAsync(request));
            Assert.Equal(StatusCode.PermissionDenied, refused.Code);
            Assert.Equal("PARTY_SCOPE", refused.Reason);
        }

        var unnamed = await UnchangedAsync(() => new Caller(register, "no one").SubmitAsync(request));
        Assert.Equal(StatusCode.Unauthenticated, unnamed.Code);
        Assert.Equal("UNAUTHENTICATED", unnamed.Reason);
    }

    /// <summary>How a call was refused; and neither party's file has grown by it.</summary>
    private async Task<Refused> UnchangedAsync(Func<Task> call)
    {
        var before = await FiledAsync();
        var refused = await Caller.RefusedAsync(call);
        Assert.Equal(before, await FiledAsync());
        return refused;
    }

    private async Task<IReadOnlyList<string>> FiledAsync() =>
        [.. await Chile.FiledAsync(), .. await (Chile with { Code = "PER" }).FiledAsync()];
}
