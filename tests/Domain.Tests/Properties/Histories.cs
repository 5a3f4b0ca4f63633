using System.Collections.Immutable;
using CsCheck;
using Treaty.Grid.Conventions;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Properties;

/// <summary>What parties say, at random, and the world in which they say it.</summary>
internal static class Histories
{
    private static readonly DateTimeOffset Start = new(2010, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Parties = ["AAA", "BBB", "CCC", "DDD"];
    private static readonly string[] Items = ["PMA-2", "PMR-2A", "APM-UNSPECIFIED", "M18A1", "TM-62", "XYZ-1"];

    /// <summary>
    /// Two states bound, one that never was, one that withdrew in 2008 and says that it is suspended.
    /// </summary>
    public static World World { get; } = new[]
    {
        ("AAA", NotificationKind.Accession, "1998-05-05"),
        ("BBB", NotificationKind.Ratification, "2003-05-05"),
        ("DDD", NotificationKind.Accession, "1999-05-05"),
        ("DDD", NotificationKind.SuspensionAsserted, "2007-01-01"),
        ("DDD", NotificationKind.Withdrawal, "2008-01-01"),
    }.Aggregate(
        Parties.Aggregate(
            new World(TestBook.Rulebook), (world, code) => world.Record(code, new RegisterParty(code, Start))),
        (world, n) => world.Record(n.Item1, Notification(n.Item2, n.Item3)));

    private static readonly Gen<DateOnly> GenDay =
        Gen.Int[0, 1200].Select(day => new DateOnly(2006, 6, 1).AddDays(day));

    private static readonly Gen<string> GenParty = OneOf(Parties);

    private static readonly Gen<TransferKey> GenKey =
        Gen.Select(GenParty, GenParty, Gen.Int[1, 2])
            .Where((sender, recipient, _) => sender != recipient)
            .Select((sender, recipient, number) => new TransferKey(sender, recipient, $"T{number}"));

    private static readonly Gen<Place> GenClass = Gen.Frequency(
        (6, Gen.Const(Place.Unspecified)),
        (1, OneOf(
            Place.Operational, Place.AwaitingDestruction, Place.Retained, Place.Found,
            Place.ReceivedForDestruction)));

    private static readonly Gen<Line> GenLine =
        Gen.Select(OneOf(Items), Gen.Long[1, 30], Gen.Int[0, 9], GenClass, Gen.Int[0, 6])
            .Select((item, quantity, basis, place, lots) => new Line(item, basis == 0 ? 0 : quantity)
            {
                Basis = basis switch
                {
                    0 => QuantityBasis.Undisclosed,
                    1 => QuantityBasis.Approximate,
                    _ => QuantityBasis.Unspecified,
                },
                Lots = basis > 0 && lots == 0 ? [new Lot("A", Math.Max(1, quantity / 2))] : [],
                Class = place,
            });

    /// <summary>Where and how something was destroyed; each is often left out.</summary>
    private static readonly Gen<(string Site, string Method)> GenSite =
        Gen.Select(OneOf("", "Veria", "Montana"), OneOf("", "burning", "detonation"));

    private static readonly Gen<ImmutableArray<Line>> GenLines =
        GenLine.Array[1, 2].Select(lines => lines.DistinctBy(l => l.Item).ToImmutableArray());

    /// <summary>A command that files something; its number is its id.</summary>
    private static readonly Gen<Func<int, (string Code, Command Command)>> GenStatement = Gen.Frequency(
        (3, GenNotice()),
        (1, GenDeclaration()));

    /// <summary>Statements one after the other, each with an id of its own.</summary>
    public static Gen<ImmutableArray<(string Code, Command Command)>> Statements { get; } =
        GenStatement.Array[1, 14].Select(s => s.Select((make, index) => make(index)).ToImmutableArray());

    /// <summary>Statements, and how the post between the parties goes meanwhile.</summary>
    public static Gen<(ImmutableArray<(string Code, Command Command)> Statements, int Seed)> WithPost { get; } =
        Gen.Select(Statements, Gen.Int[0, int.MaxValue - 1]);

    /// <summary>Files all, one a day, and delivers letters at random in between, and all of them in the end.</summary>
    public static World Play(
        ImmutableArray<(string Code, Command Command)> statements, int seed, bool isForgetful = false,
        World? from = null)
    {
        var dice = new Random(seed);
        var world = (from ?? World) with { IsForgetful = isForgetful };
        var time = Start;
        foreach (var (code, command) in statements)
        {
            world = world.Record(code, command with { Time = time = time.AddDays(1) });
            while (dice.Next(3) > 0 && !world.Post.IsEmpty)
            {
                world = world.Deliver(world.Deliverable[dice.Next(world.Deliverable.Count)], time);
            }
        }

        while (!world.Post.IsEmpty)
        {
            world = world.Deliver(world.Deliverable[dice.Next(world.Deliverable.Count)], time);
        }

        return world;
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>What the depositary of the Mine Ban Convention received.</summary>
    public static RecordNotification Notification(NotificationKind kind, string date)
    {
        var day = DateOnly.ParseExact(date, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return new RecordNotification(
            new DepositaryNotification($"{kind}", TestBook.MineBan.Id, kind, day, null, [], "test"), Start);
    }

    private static Gen<Func<int, (string, Command)>> GenNotice() =>
        Gen.Select(
                GenKey, Gen.Enum<NoticeKind>(), Gen.Enum<Purpose>(), GenDay, GenLines, Gen.Int[0, 11], GenKey, GenSite)
            .Select((key, kind, purpose, day, lines, extra, origin, at) =>
                (Func<int, (string, Command)>)(index =>
                {
                    var filer = kind switch
                    {
                        NoticeKind.Dispatch or NoticeKind.Cancellation => key.Sender,
                        NoticeKind.Plan or NoticeKind.Loss when extra % 2 == 0 => key.Sender,
                        NoticeKind.Reply when extra == 5 => Parties.First(p => !key.IsSide(p)),
                        _ => key.Recipient,
                    };
                    var notice = new Notice($"n{index}", filer, kind, key, purpose, day, lines)
                    {
                        Final = extra switch { 0 => true, 1 => false, _ => null },
                        TitlePassed = extra == 2 ? false : null,
                        Transit = extra == 3 ? [Parties.First(p => !key.IsSide(p))] : [],
                        StatedTotal = extra == 4 ? lines.Sum(l => l.Quantity) : null,
                        OnwardFrom = kind == NoticeKind.Dispatch && extra > 8 && origin.Recipient == key.Sender
                            ? origin
                            : null,
                        Site = kind == NoticeKind.Destruction ? at.Site : "",
                        Method = kind == NoticeKind.Destruction ? at.Method : "",
                    };
                    return (filer, new FileNotice(
                        kind == NoticeKind.Reply ? notice with { Lines = [] } : notice, Start));
                }));

    private static Gen<Func<int, (string, Command)>> GenDeclaration() =>
        Gen.Select(GenParty, Gen.Enum<DeclarationKind>(), GenDay, GenLines, GenSite)
            .Select((code, kind, day, lines, at) => (Func<int, (string, Command)>)(index => (code, new FileDeclaration(
                new Declaration(
                    $"d{index}", kind, day, kind == DeclarationKind.Completion ? [] : lines,
                    kind == DeclarationKind.Reclassification ? Place.Retained : Place.Unspecified, null)
                {
                    Site = kind == DeclarationKind.Destruction ? at.Site : "",
                    Method = kind == DeclarationKind.Destruction ? at.Method : "",
                },
                Start))));
}
