using Treaty.Grid.Conventions;
using Treaty.Grid.Items;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;
using Audit = Treaty.Grid.Auditor;

namespace Treaty.Grid.Domain.Tests.Simulation;

/// <summary>The auditor's words in the product's: neither of the two knows the other.</summary>
internal static class Translation
{
    /// <summary>The auditor knows one convention, and nothing of reports: none is owed.</summary>
    public static Rulebook Rulebook { get; } = new Rulebook([TestBook.MineBan.Convention], new Taxonomy("simulation",
    [
        .. Audit.Taxonomy.Mines.Append("DM31").Select(id => Item(id, "ap_blast", ItemActivation.Victim)),
        Item(Audit.Taxonomy.Unspecified, "ap_unspecified", ItemActivation.Victim),
        Item(Audit.Taxonomy.Directional, "ap_directional", ItemActivation.VictimOrCommand),
        Item(Audit.Taxonomy.AntiVehicle, "av", ItemActivation.Vehicle),
        Item(Audit.Taxonomy.Component, "component", ItemActivation.None),
    ])).AssessedFrom(DateOnly.MaxValue);

    public static Audit.Terms Terms { get; } = new(
        MineBan.Terms.CounterNotice.Days, MineBan.Terms.Certificate!.Value.Months, MineBan.Terms.JourneyDaysMax);

    public static Jurisdiction MineBan => Rulebook.Primary!;

    public static Command Command(Audit.Statement statement, DateTimeOffset time) => statement switch
    {
        Audit.StatusAct s => new RecordNotification(
            new DepositaryNotification(s.Id, MineBan.Id, Enum<NotificationKind>(s.Kind), s.Date, null, [], ""),
            time),
        Audit.Notice n => new FileNotice(Notice(n), time),
        Audit.Declaration d => new FileDeclaration(
            new Declaration(
                d.Id, Enum<DeclarationKind>(d.Kind), d.Date, [.. d.Lines.Select(Line)],
                d.To.Length == 0 ? Place.Unspecified : Enum<Place>(d.To), d.StatedTotal)
            {
                Remark = d.Remark,
                Supersedes = d.Supersedes,
            },
            time),
        _ => throw new InvalidOperationException(statement.GetType().Name),
    };

    public static TransferKey Key(Audit.TransferKey key) => new(key.Sender, key.Recipient, key.Reference);

    /// <summary>A name of the contract's form in the auditor's: <c>MatchedWithinTolerance</c> is not one.</summary>
    public static string Word(Match match) => match switch
    {
        Match.NotMatched => "not_matched",
        Match.MatchedWithinTolerance => "within_tolerance",
        _ => Word<Match>(match),
    };

    public static string Word<T>(T value) where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}"))
            .ToLowerInvariant();

    /// <summary>What a finding is about, as the auditor names it.</summary>
    public static string About(string about)
    {
        if (about.Split('~') is not { Length: > 1 } parts) return about;
        return parts.Length == 3
            ? $"{parts[0]}/{parts[1]}~{parts[2]}"
            : $"{parts[0]} {parts[1].ToLowerInvariant()}";
    }

    private static Notice Notice(Audit.Notice n) => new(
        n.Id, n.Party, Enum<NoticeKind>(n.Kind), Key(n.Transfer),
        n.Purpose.Length == 0 ? Purpose.Unspecified : Enum<Purpose>(n.Purpose), n.Date, [.. n.Lines.Select(Line)])
    {
        Transit = [.. n.Transit],
        RecipientKind = Enum<RecipientKind>(n.RecipientKind),
        Final = n.Final,
        TitlePassed = n.TitlePassed,
        StatedTotal = n.StatedTotal,
        OnwardFrom = n.OnwardFrom is { } origin ? Key(origin) : null,
        Remark = n.Remark,
        Supersedes = n.Supersedes,
    };

    private static Line Line(Audit.Line line) => new(line.Item, line.Quantity)
    {
        Basis = Enum<QuantityBasis>(line.Basis),
        Activation = line.Activation.Length == 0
            ? ReportedActivation.Unspecified
            : Enum<ReportedActivation>(line.Activation),
        Class = line.HoldingClass.Length == 0 ? Place.Unspecified : Enum<Place>(line.HoldingClass),
        Lots = [.. line.Lots.Select(l => new Lot(l.Number, l.Quantity))],
        Exceptions =
        [
            .. line.Exceptions.Select(e => new ReceiptException(Enum<ExceptionKind>(e.Kind), e.Quantity, "as counted")),
        ],
    };

    private static T Enum<T>(string word) where T : struct, Enum =>
        System.Enum.Parse<T>(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    private static Item Item(string id, string kind, ItemActivation activation) =>
        new(id, id, kind, activation, false, "", "simulation");
}
