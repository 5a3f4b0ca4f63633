using System.Reflection;
using Google.Protobuf.Reflection;
using Treaty.Grid.Gateway.Identity;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Gateway;

public sealed class PermissionTests
{
    private const string Transfer = "parties/GRC/transfers/BGR~T1";

    private static readonly Dictionary<string, Caller> Callers = new()
    {
        ["GRC"] = new Caller(Role.Party, "GRC"),
        ["BGR"] = new Caller(Role.Party, "BGR"),
        ["TUR"] = new Caller(Role.Party, "TUR"),
        ["depositary"] = new Caller(Role.Depositary, "depositary"),
        ["secretariat"] = new Caller(Role.Secretariat, "secretariat"),
        ["operator"] = new Caller(Role.Operator, "operator"),
    };

    private static IEnumerable<string> MethodsOfTheContract =>
        from type in typeof(Notice).Assembly.GetTypes()
        let file = type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null)
        where file is FileDescriptor
        from service in ((FileDescriptor)file).Services
        from method in service.Methods
        select $"/{service.FullName}/{method.Name}";

    [Fact]
    public void Every_method_has_a_permission_and_every_permission_a_method()
    {
        Assert.NotEmpty(MethodsOfTheContract);
        Assert.Empty(MethodsOfTheContract.Except(Permissions.Methods));
        Assert.Empty(Permissions.Methods.Where(m => m.Contains("treaty.")).Except(MethodsOfTheContract));
    }

    [Fact]
    public void Only_treaty_status_and_the_rules_are_open_to_anyone() => Assert.Equal(
        [
            "ConventionService/GetConvention", "ConventionService/GetItem", "ConventionService/ListConventions",
            "ConventionService/ListItems", "PartyService/GetParty", "PartyService/ListParties",
        ],
        MethodsOfTheContract.Where(m => Permissions.Of(m)!.IsForAnyone).Select(Short).Order(StringComparer.Ordinal));

    [Fact]
    public void The_operator_is_granted_nothing_that_is_not_public() => Assert.All(
        MethodsOfTheContract.Select(m => Permissions.Of(m)!).Where(p => !p.IsForAnyone),
        p => Assert.Equal(Verdict.Denied, p.Judge(Callers["operator"], "parties/GRC")));

    [Theory]
    [InlineData("NoticeService/SubmitNotice", "parties/GRC", "GRC")]
    [InlineData("NoticeService/BatchSubmitNotices", "parties/GRC", "GRC")]
    [InlineData("NoticeService/AssessTransfer", "parties/GRC", "GRC")]
    [InlineData("DeclarationService/SubmitDeclaration", "parties/GRC", "GRC")]
    [InlineData("PartyService/RegisterParty", "parties/GRC", "depositary")]
    [InlineData("PartyService/RecordDepositaryNotification", "parties/GRC", "depositary")]
    [InlineData("PartyService/GetStockpile", "parties/GRC", "GRC secretariat")]
    [InlineData("PartyService/ListObligations", "parties/GRC", "GRC secretariat")]
    [InlineData("DeclarationService/GetDeclaration", "parties/GRC/declarations/D1", "GRC secretariat")]
    [InlineData("DeclarationService/ListDeclarations", "parties/GRC", "GRC secretariat")]
    [InlineData("FindingService/GetFinding", "parties/GRC/findings/APM-07~x", "GRC secretariat")]
    [InlineData("FindingService/ListFindings", "parties/GRC", "GRC secretariat")]
    [InlineData("NoticeService/ListNotices", "parties/GRC", "GRC secretariat")]
    [InlineData("TransferService/ListTransfers", "parties/GRC", "GRC secretariat")]
    [InlineData("TransferService/ListTransfers", "parties/-", "secretariat GRC~ BGR~ TUR~")]
    [InlineData("FindingService/ListFindings", "parties/-", "secretariat GRC~ BGR~ TUR~")]
    [InlineData("PartyService/ListObligations", "parties/-", "secretariat GRC~ BGR~ TUR~")]
    [InlineData("TransferService/ListInbox", "parties/GRC", "GRC secretariat")]
    [InlineData("NoticeService/GetNotice", "parties/GRC/notices/N1", "GRC secretariat BGR? TUR?")]
    [InlineData("TransferService/ConfirmPairing", Transfer, "GRC BGR")]
    [InlineData("TransferService/GetTransfer", Transfer, "GRC secretariat BGR TUR?")]
    public void Those_are_granted_what_is_theirs(string method, string resource, string granted)
    {
        var permission = Permissions.Of("/treaty.grid.v1." + method)!;
        var verdicts = Callers.ToDictionary(c => c.Key, c => permission.Judge(c.Value, resource));
        var expected = granted.Split(' ').ToDictionary(
            g => g.TrimEnd('?', '~'),
            // Of no party by its name, so granted to none.
            g => g.EndsWith('~') ? Verdict.NoSuchName : g.EndsWith('?') ? Verdict.OnceRead : Verdict.Granted);
        Assert.All(verdicts, v => Assert.Equal(expected.GetValueOrDefault(v.Key, Verdict.Denied), v.Value));
    }

    [Theory]
    [InlineData("parties/grc")]
    [InlineData("parties/GRC/")]
    [InlineData("parties/-")]
    [InlineData("GRC")]
    [InlineData("")]
    public void A_name_that_is_none_is_nobodys(string resource) => Assert.Equal(
        Verdict.NoSuchName,
        Permissions.Of("/treaty.grid.v1.NoticeService/SubmitNotice")!.Judge(Callers["GRC"], resource));

    private static string Short(string method) => method["/treaty.grid.v1.".Length..];
}
