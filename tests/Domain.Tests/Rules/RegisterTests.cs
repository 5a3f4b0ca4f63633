using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Treaty.Grid.Conventions;

namespace Treaty.Grid.Domain.Tests.Rules;

/// <summary>The real register of 197 states, by its data files and the rules about membership alone.</summary>
public sealed class RegisterTests
{
    private static readonly Dictionary<string, NotificationKind> Kinds = new(StringComparer.Ordinal)
    {
        ["signed"] = NotificationKind.Signature,
        ["ratified"] = NotificationKind.Ratification,
        ["accepted"] = NotificationKind.Acceptance,
        ["approved"] = NotificationKind.Approval,
        ["acceded"] = NotificationKind.Accession,
        ["succeeded"] = NotificationKind.Succession,
        ["consented"] = NotificationKind.Consent,
        ["withdrawal_notified"] = NotificationKind.Withdrawal,
        ["suspension_asserted"] = NotificationKind.SuspensionAsserted,
        ["suspension_contested"] = NotificationKind.SuspensionContested,
    };

    private static readonly ImmutableDictionary<string, MembershipRecord> MineBan = Read(TestBook.MineBan.Convention);

    [Theory]
    [InlineData("1999-02-28", 0)]
    [InlineData("1999-03-01", 45)]
    [InlineData("2024-11-30", 164)]
    [InlineData("2025-12-20", 166)]
    [InlineData("2025-12-31", 163)]
    [InlineData("2026-03-01", 161)]
    public void Bound_states_by_dates_alone(string day, int bound) =>
        Assert.Equal(bound, MineBan.Values.Count(r => r.On(Day(day)).Standing.IsBound));

    [Theory]
    [InlineData("AFG", "2003-03-01")]
    [InlineData("UKR", "2006-06-01")]
    [InlineData("GRC", "2004-03-01")]
    [InlineData("TUR", "2004-03-01")]
    [InlineData("OMN", "2015-02-01")]
    [InlineData("LKA", "2018-06-01")]
    [InlineData("MHL", "2025-09-01")]
    [InlineData("TON", "2025-12-01")]
    [InlineData("SSD", "2011-07-09")]
    [InlineData("MNE", "2007-04-01")]
    [InlineData("ETH", "2005-06-01")]
    public void Entry_into_force_as_the_sources_have_it(string code, string day)
    {
        Assert.Equal(Day(day), MineBan[code].On(Day("2026-01-01")).EntryIntoForce);
        Assert.Equal(MembershipStatus.InForce, MineBan[code].On(Day(day)).Status);
        Assert.NotEqual(MembershipStatus.InForce, MineBan[code].On(Day(day).AddDays(-1)).Status);
    }

    [Fact]
    public void A_signatory_of_the_convention_stays_one_and_who_never_signed_is_no_party()
    {
        Assert.Equal(MembershipStatus.NonParty, MineBan["USA"].On(Day("2024-11-20")).Status);
        Assert.Equal(197, MineBan.Count);
        Assert.Equal(133, MineBan.Values.Count(r => r.On(Day("2026-01-01")).Signed is not null));
    }

    private static ImmutableDictionary<string, MembershipRecord> Read(Convention convention)
    {
        var notifications = ImmutableDictionary.CreateBuilder<string, MembershipRecord>(StringComparer.Ordinal);
        using var parties = Json("parties.json");
        foreach (var party in parties.RootElement.GetProperty("parties").EnumerateArray())
        {
            var record = new MembershipRecord(convention, []);
            var memberships = party.TryGetProperty("memberships", out var all) ? all.EnumerateArray() : default;
            foreach (var membership in memberships.Where(m => Text(m, "convention") == convention.Id))
            {
                record = With(record, "signed", Text(membership, "signed"), null);
                record = With(
                    record, Text(membership, "consent"), Text(membership, "deposited"), Text(membership, "effective"));
            }

            notifications.Add(Text(party, "code")!, record);
        }

        using var events = Json("notifications.json");
        foreach (var one in events.RootElement.EnumerateArray().Where(e => Text(e, "convention") == convention.Id))
        {
            var code = Text(one, "party")!;
            notifications[code] = With(notifications[code], Text(one, "kind"), Text(one, "date"), null);
        }

        return notifications.ToImmutable();
    }

    private static MembershipRecord With(MembershipRecord record, string? kind, string? date, string? effective) =>
        kind is null || date is null ? record : record with
        {
            Notifications = MembershipRecord.InOrder(record.Notifications, new RecordedNotification(
                new DepositaryNotification(
                    kind, record.Convention.Id, Kinds[kind], Day(date), effective is null ? null : Day(effective), [],
                    ""),
                DateTimeOffset.UnixEpoch)),
        };

    private static JsonDocument Json(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Register", name)));

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
