using System.Collections.Immutable;
using System.Text.Json;
using Treaty.Grid.Contracts;
using Treaty.Grid.Conventions;
using Treaty.Grid.Items;
using Treaty.Grid.Silo.Packs;

namespace Treaty.Grid.Silo.Register;

/// <summary>One state, and what depositaries received from or about it.</summary>
/// <param name="Code">ISO 3166 alpha-3.</param>
/// <param name="Name">In English.</param>
/// <param name="Notifications">In no particular order.</param>
public sealed record RegisteredState(
    string Code, string Name, ImmutableArray<DepositaryNotification> Notifications);

/// <summary>
/// The real register as it comes with the program: 197 states with their memberships in five conventions, and the
/// taxonomy. Each file names its sources.
/// </summary>
public static class RegisterFiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly ImmutableDictionary<string, NotificationKind> Kinds =
        new Dictionary<string, NotificationKind>(StringComparer.Ordinal)
        {
            ["ratified"] = NotificationKind.Ratification,
            ["accepted"] = NotificationKind.Acceptance,
            ["approved"] = NotificationKind.Approval,
            ["acceded"] = NotificationKind.Accession,
            ["succeeded"] = NotificationKind.Succession,
            ["consented"] = NotificationKind.Consent,
            ["withdrawal_notified"] = NotificationKind.Withdrawal,
            ["suspension_asserted"] = NotificationKind.SuspensionAsserted,
            ["suspension_contested"] = NotificationKind.SuspensionContested,
        }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>The states in the order of their codes.</summary>
    public static IReadOnlyList<RegisteredState> ReadStates()
    {
        var parties = Read<PartiesFile>("parties.json");
        var notifications = Read<List<NotificationRow>>("notifications.json").ToLookup(n => n.Party);
        return [.. parties.Parties
            .OrderBy(p => p.Code, StringComparer.Ordinal)
            .Select(p => new RegisteredState(
                p.Code, p.Name,
                [
                    .. p.Memberships.SelectMany(m => ToNotifications(m, parties.Sources)),
                    .. notifications[p.Code].Select(ToNotification),
                ]))];
    }

    /// <summary>The conventions and the taxonomy, with what lies in a folder of packs.</summary>
    /// <param name="packs">
    /// The folder; null for <c>packs</c> where the program is started, if that is there.
    /// </param>
    /// <exception cref="InvalidOperationException">The folder is not there, or a pack cannot be used.</exception>
    public static Rulebook ReadRulebook(string? packs = null)
    {
        var folder = Path.GetFullPath(packs ?? "packs");
        if (packs is not null && !Directory.Exists(folder))
        {
            throw new InvalidOperationException(
                $"There is no folder {folder} for packs. Make it, or leave the setting out.");
        }

        var taxonomy = ReadTaxonomy();
        return new Rulebook(PackFolder.Read(Directory.Exists(folder) ? folder : null, taxonomy), taxonomy);
    }

    public static Taxonomy ReadTaxonomy()
    {
        var file = Read<ItemsFile>("items.json");
        return new Taxonomy(file.Version, file.Items.Select(i => new Item(
            i.Id, i.Name, i.Class,
            i.Activation switch
            {
                "victim" => ItemActivation.Victim,
                "victim_or_command" => ItemActivation.VictimOrCommand,
                "vehicle" => ItemActivation.Vehicle,
                "none" => ItemActivation.None,
                _ => throw new InvalidDataException($"items.json: {i.Id} has the activation '{i.Activation}'."),
            },
            i.Scatterable ?? false, i.Maker ?? "", i.Source)
        {
            Aliases = [.. i.Aliases ?? []],
            Version = i.Version ?? 1,
            Container = i.Packaging is { } packaging ? new Container(packaging.Container, packaging.Count) : null,
        }));
    }

    private static IEnumerable<DepositaryNotification> ToNotifications(
        MembershipRow row, Dictionary<string, string> sources)
    {
        var source = sources[row.Source];
        if (row.Signed is { } signed)
        {
            yield return Make(row.Convention, NotificationKind.Signature, signed, null, [], source);
        }

        if (row.Consent is { } consent && row.Deposited is { } deposited)
        {
            yield return Make(
                row.Convention, Kinds[consent], deposited, row.Effective,
                row.Asserter is { } asserter ? [asserter] : [],
                row.EffectiveSource is { } key ? sources[key] : source);
        }
    }

    private static DepositaryNotification ToNotification(NotificationRow row) =>
        Make(row.Convention, Kinds[row.Kind], row.Date, null, [.. row.By ?? []], row.Source);

    /// <summary>The id is made of what it is about: loading the same file again repeats it.</summary>
    private static DepositaryNotification Make(
        string convention, NotificationKind kind, DateOnly date, DateOnly? effective, ImmutableArray<string> asserters,
        string source) => new(
            $"register.{convention}.{kind}.{date:yyyy-MM-dd}".ToLowerInvariant(), convention, kind, date, effective,
            asserters, source.Length <= Limits.ReasonLengthMax ? source : source[..Limits.ReasonLengthMax]);

    private static T Read<T>(string file)
    {
        using var stream = typeof(RegisterFiles).Assembly.GetManifestResourceStream($"Treaty.Grid.Silo.Register.{file}")
            ?? throw new InvalidOperationException($"The program comes without its register file {file}.");
        return JsonSerializer.Deserialize<T>(stream, Json)!;
    }

    private sealed record PartiesFile(Dictionary<string, string> Sources, List<PartyRow> Parties);

    private sealed record PartyRow(string Code, string Name, List<MembershipRow> Memberships);

    private sealed record MembershipRow(
        string Convention, DateOnly? Signed, string? Consent, DateOnly? Deposited, DateOnly? Effective,
        string? Asserter, [property: System.Text.Json.Serialization.JsonPropertyName("effective_source")]
        string? EffectiveSource, string Source);

    private sealed record NotificationRow(
        string Party, string Convention, string Kind, DateOnly Date, List<string>? By, string Source);

    private sealed record ItemsFile(string Version, List<ItemRow> Items);

    private sealed record ItemRow(
        string Id, string Name, string Class, string Activation, bool? Scatterable, string? Maker, string Source,
        List<string>? Aliases, int? Version, PackagingRow? Packaging);

    private sealed record PackagingRow(string Container, int Count);
}
