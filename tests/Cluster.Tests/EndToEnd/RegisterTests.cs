using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>The register of states as everyone may read it, and who may change it.</summary>
public abstract class RegisterTests(Door register)
{
    [Collection(SharedRegister.Name)]
    public sealed class AllInOne(RunningRegister register) : RegisterTests(register);

    [Collection(SharedCluster.Name)]
    public sealed class InCluster(RunningCluster cluster) : RegisterTests(cluster);

    [Theory]
    [InlineData(2024, 11, 30, 164)]
    [InlineData(2025, 12, 20, 166)]
    [InlineData(2025, 12, 31, 163)]
    [InlineData(2026, 3, 1, 161)]
    public async Task As_many_states_are_bound_as_dates_alone_say(int year, int month, int day, int bound)
    {
        var asOf = Day(year, month, day);
        var parties = await As("nobody in particular").AllPartiesAsync(asOf, pageSize: 60);
        Assert.True(parties.Count >= 197);
        Assert.Equal(parties.Count, parties.Select(p => p.Name).Distinct().Count());
        Assert.Equal(parties.Select(p => p.Name).Order(StringComparer.Ordinal), parties.Select(p => p.Name));
        Assert.All(parties, p => Assert.Equal(asOf, p.AsOf));
        Assert.Equal(bound, parties.Count(p => p.Memberships.Any(m => m.Convention == "conventions/apmbc"
            && m.Status is MembershipStatus.InForce or MembershipStatus.WithdrawalNotified)));
    }

    [Fact]
    public async Task A_request_for_clarification_is_between_the_depositary_the_state_and_the_secretariat()
    {
        await As("depositary").RecordAsync("PRY", "Q1", new DepositaryNotification
        {
            Convention = "conventions/apmbc",
            Kind = DepositaryNotification.Types.Kind.ClarificationRequested,
            Date = Day(2026, 1, 15),
            Clarification = "Q1",
            Asserters = { "URY" },
        });
        foreach (var caller in new[] { "PRY", "secretariat" })
        {
            var asked = Assert.Single(await As(caller).ClarificationsAsync("PRY", Day(2026, 2, 13)));
            Assert.Equal(
                (Clarification.Types.Status.Open, Day(2026, 2, 12), 1), (asked.Status, asked.Due, asked.DaysLate));
        }

        Assert.Contains(await As("PRY").FindingsAsync(Day(2026, 2, 13)), f => f.Rule == "APM-70");
        var refused = await Caller.RefusedAsync(() => As("URY").ClarificationsAsync("PRY", Day(2026, 2, 13)));
        Assert.Equal(StatusCode.PermissionDenied, refused.Code);
    }

    [Fact]
    public async Task Only_the_depositary_registers_parties_and_records_what_it_received()
    {
        var notification = new DepositaryNotification
        {
            Convention = "conventions/apmbc",
            Kind = DepositaryNotification.Types.Kind.Accession,
            Date = Day(2026, 1, 15),
        };
        foreach (var caller in new[] { "USA", "OTHERLAND", "secretariat", "operator" })
        {
            foreach (var call in new Func<Task>[]
            {
                () => As(caller).RegisterAsync("OTHERLAND", "Otherland"),
                () => As(caller).RecordAsync("USA", "ACCESSION", notification),
            })
            {
                var refused = await Caller.RefusedAsync(call);
                Assert.Equal(StatusCode.PermissionDenied, refused.Code);
                Assert.Equal("PARTY_SCOPE", refused.Reason);
            }
        }

        var depositary = As("depositary");
        var registered = await depositary.RegisterAsync("ELSEWHERE", "Elsewhere");
        Assert.Equal(registered, await depositary.RegisterAsync("ELSEWHERE", "Elsewhere"));
        var recorded = await depositary.RecordAsync("ELSEWHERE", "ACCESSION", notification);
        Assert.Equal(Day(2026, 7, 1), recorded.Membership.EntryIntoForce);
        Assert.True((await depositary.RecordAsync("ELSEWHERE", "ACCESSION", notification)).Replayed);
        var conflict = await Caller.RefusedAsync(() => depositary.RegisterAsync("ELSEWHERE", "Otherland"));
        Assert.Equal(StatusCode.AlreadyExists, conflict.Code);
        Assert.Equal("display_name", conflict.Metadata["field"]);
        var unknown = await Caller.RefusedAsync(() => As("USA").PartyAsync("OTHERLAND"));
        Assert.Equal("PARTY_UNKNOWN", unknown.Reason);
    }

    [Fact]
    public async Task Others_cannot_tell_a_notice_that_exists_from_one_that_does_not()
    {
        var filed = await As("NOR").SubmitAsync("SECRET", Dispatch("NOR", "SWE", "T1", 5, Day(2007, 5, 4)));
        var (denmark, secretariat) = (As("DNK"), As("secretariat"));
        var existing = await Caller.RefusedAsync(() => denmark.NoticeAsync("NOR", "SECRET"));
        var missing = await Caller.RefusedAsync(() => denmark.NoticeAsync("NOR", "MISSING"));
        AssertAlike(existing, missing, "SECRET", "MISSING");

        existing = await Caller.RefusedAsync(() => denmark.TransferAsync(filed.Transfer.Name));
        missing = await Caller.RefusedAsync(() => denmark.TransferAsync(TransferName("NOR", "SWE", "T2")));
        AssertAlike(existing, missing, "T1", "T2");

        foreach (var reader in new[] { As("NOR"), As("SWE"), secretariat })
            Assert.Equal(filed.Notice, await reader.NoticeAsync("NOR", "SECRET"));
        var toItsOwner = await Caller.RefusedAsync(() => As("NOR").NoticeAsync("NOR", "MISSING"));
        Assert.Equal(StatusCode.NotFound, toItsOwner.Code);
    }

    private static void AssertAlike(Refused existing, Refused missing, string one, string other)
    {
        Assert.Equal(StatusCode.PermissionDenied, existing.Code);
        Assert.Equal("PARTY_SCOPE", existing.Reason);
        Assert.Equal(missing.Status.Message, existing.Status.Message.Replace(one, other, StringComparison.Ordinal));
        Assert.Equal(missing.Code, existing.Code);
        Assert.Equal(missing.Reason, existing.Reason);
        Assert.Equal(
            missing.Metadata.OrderBy(m => m.Key).Select(m => m.Value),
            existing.Metadata.OrderBy(m => m.Key).Select(m => m.Value.Replace(one, other, StringComparison.Ordinal)));
    }

    private Caller As(string code) => new(register, code);
}
