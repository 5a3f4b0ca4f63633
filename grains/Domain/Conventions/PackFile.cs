using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Treaty.Grid.Findings;
using Treaty.Grid.Items;

namespace Treaty.Grid.Conventions;

/// <summary>A pack as it stands in a file: JSON of the form that <see cref="Schema"/> describes.</summary>
public static class PackFile
{
    private const string Folder = "Treaty.Grid.Packs.";
    private const string SchemaFile = "pack.schema.json";

    private static readonly Assembly Here = typeof(PackFile).Assembly;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>What a pack must look like, as a JSON schema.</summary>
    public static string Schema => Resource(SchemaFile);

    /// <summary>The packs that come with the program: file name and content, by name.</summary>
    public static IEnumerable<(string Name, string Content)> Shipped => Here.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .Select(name => name[Folder.Length..])
        .Where(name => name != SchemaFile)
        .Order(StringComparer.Ordinal)
        .Select(name => (name, Resource(name)));

    /// <summary>A pack from the content of its file, which is of the form of the schema.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public static Convention Read(string content)
    {
        var pack = JsonSerializer.Deserialize<PackJson>(content, Json) ?? throw new JsonException("It is null.");
        return new Convention(pack.Id, pack.Name, pack.Version, pack.InForce)
        {
            Entry = pack.EntryIntoForce.Period,
            Withdrawal = pack.Withdrawal.Period,
            WithdrawalHeldUpByConflict = pack.Withdrawal.HeldUpByArmedConflict,
            ProvisionalApplication = pack.ProvisionalApplication?.Article,
            WholeTransfer = pack.WholeTransfer?.Article,
            About = pack.About,
            IsPrimary = pack.Primary,
            Categories = [.. pack.Categories.Select(c => c.Category)],
            Types = [.. (pack.Types ?? []).Select(t => t.Item)],
            Purposes = [.. (pack.Purposes ?? []).Select(p => p.Id)],
            Terms = ToTerms(pack.Deadlines ?? new(), pack.Tolerances ?? new()),
            Rules = [.. pack.Rules.Select(r => r.Rule)],
            Source = pack.Source,
        };
    }

    private static Terms ToTerms(DeadlinesJson deadlines, TolerancesJson tolerances) => Terms.Default with
    {
        StockDestruction = deadlines.StockDestruction?.Period,
        FoundStock = deadlines.FoundStock?.Period,
        Certificate = deadlines.Certificate?.Period,
        CounterNotice = deadlines.CounterNotice?.Period ?? Terms.Default.CounterNotice,
        InitialReport = deadlines.InitialReport?.Period,
        YearlyReport = deadlines.YearlyReport?.Period,
        ClarificationReply = deadlines.ClarificationReply?.Period,
        JourneyDaysMax = tolerances.Date?.DaysMax ?? Terms.Default.JourneyDaysMax,
        ApproximatePercentMax = tolerances.Quantity?.ApproximatePercentMax ?? Terms.Default.ApproximatePercentMax,
        RetainedThreshold = tolerances.Retained?.QuantityMax,
    };

    private static string Resource(string name)
    {
        using var stream = Here.GetManifestResourceStream(Folder + name)
            ?? throw new InvalidOperationException($"The program comes without {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static ImmutableSortedDictionary<string, TValue> Sorted<TValue>(Dictionary<string, TValue>? values) =>
        (values ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal);

    private sealed record PackJson(
        string Id, string Version, string Name, string About, DateOnly InForce, string Source,
        PeriodJson EntryIntoForce, PeriodJson Withdrawal, CitationJson? ProvisionalApplication,
        CitationJson? WholeTransfer,
        PurposeJson[]? Purposes, CategoryJson[] Categories, TypeJson[]? Types, DeadlinesJson? Deadlines,
        TolerancesJson? Tolerances, RuleJson[] Rules, bool Primary = false)
    {
        [JsonPropertyName("$schema")]
        public string? Schema { get; init; }
    }

    private sealed record CitationJson(string Article, bool FromMemory = false);

    private sealed record PeriodJson(
        string Article, int Months = 0, int Days = 0, bool FirstOfMonth = false, bool HeldUpByArmedConflict = false,
        bool FromMemory = false)
    {
        [JsonIgnore]
        public Period Period => new(Months, Days, FirstOfMonth);
    }

    private sealed record PurposeJson(string Id, string Article, bool FromMemory = false);

    private sealed record CategoryJson(
        string Id, Coverage Covered, string Article, string[]? Classes, ItemActivation[]? Activations, string[]? Items,
        string[]? Includes, bool FromMemory = false)
    {
        [JsonIgnore]
        public ItemCategory Category => new(Id, Covered, Article)
        {
            Classes = [.. Classes ?? []],
            Activations = [.. Activations ?? []],
            Items = [.. Items ?? []],
            Includes = [.. Includes ?? []],
        };
    }

    private sealed record TypeJson(
        string Id, string Name, string Class, string Source, Dictionary<string, string>? Characteristics,
        string[]? Aliases, ContainerJson? Container, ItemActivation Activation = ItemActivation.None,
        string Unit = "each", string Maker = "", int Version = 1)
    {
        [JsonIgnore]
        public Item Item => new(Id, Name, Class, Activation, false, Maker, Source)
        {
            Unit = Unit,
            Characteristics = Sorted(Characteristics),
            Aliases = [.. Aliases ?? []],
            Version = Version,
            Container = Container is { } container ? new Container(container.Unit, container.Count) : null,
        };
    }

    private sealed record ContainerJson(string Unit, int Count);

    private sealed record DeadlinesJson(
        PeriodJson? StockDestruction = null, PeriodJson? FoundStock = null, PeriodJson? Certificate = null,
        PeriodJson? CounterNotice = null, PeriodJson? InitialReport = null, PeriodJson? YearlyReport = null,
        PeriodJson? ClarificationReply = null);

    private sealed record TolerancesJson(
        PercentJson? Quantity = null, DaysJson? Date = null, QuantityJson? Retained = null);

    private sealed record PercentJson(int ApproximatePercentMax);

    private sealed record DaysJson(int DaysMax);

    private sealed record QuantityJson(long QuantityMax);

    private sealed record ExceptJson(string[] Items, long QuantityMax);

    private sealed record RuleJson(
        string Id, string Check, string Article, Severity Severity, Dictionary<string, RuleText> Texts,
        ScopeJson? When, bool FromMemory = false)
    {
        [JsonIgnore]
        public Rule Rule => new(
            Id, Checks.All.GetValueOrDefault(Check) ?? throw new JsonException($"There is no check {Check}."), Article,
            Severity, When?.Scope ?? Scope.Everything, Texts["en"])
        {
            IsFromMemory = FromMemory,
        };
    }

    private sealed record ScopeJson(
        string[]? Items, string[]? Purposes, string[]? ExceptPurposes, DateOnly? Since, long? QuantityMax,
        ExceptJson? Except, Dictionary<string, string[]>? Stated, string[]? Unstated,
        RecipientScope Recipient = RecipientScope.Any, int DaysBefore = 0, long AbovePerYear = 0)
    {
        [JsonIgnore]
        public Scope Scope => new()
        {
            Items = [.. Items ?? []],
            Purposes = [.. Purposes ?? []],
            ExceptPurposes = [.. ExceptPurposes ?? []],
            Recipient = Recipient,
            Since = Since,
            QuantityMax = QuantityMax,
            ExceptItems = [.. Except?.Items ?? []],
            ExceptQuantityMax = Except?.QuantityMax ?? 0,
            Stated = Sorted(Stated).ToImmutableSortedDictionary(
                s => s.Key, s => s.Value.ToImmutableArray(), StringComparer.Ordinal),
            Unstated = [.. Unstated ?? []],
            DaysBefore = DaysBefore,
            AbovePerYear = AbovePerYear,
        };
    }
}
