using Treaty.Grid.Conventions;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Cluster.Tests.Operations;

/// <summary>
/// Six parties and every kind of statement that a journal can hold, with what follows from it: bookings, findings that
/// are raised and closed again, duties that are met.
/// </summary>
internal static class Story
{
    private const string MineBan = "apmbc";
    private static readonly DateOnly Day = new(2023, 5, 4);

    /// <summary>Told once; and again as often, each time with other references.</summary>
    public static ScriptedRegister Tell(int times = 1)
    {
        var register = new ScriptedRegister();
        Join(register);
        for (var time = 1; time <= times; time++)
        {
            Declare(register, time);
            Transfer(register, time);
            Differ(register, time);
            Pair(register, time);
        }

        return register;
    }

    private static void Join(ScriptedRegister register)
    {
        foreach (var code in new[] { "BGR", "GRC", "ROU", "UKR", "USA", "XXA" })
        {
            register.Ask(code, time => new RegisterParty($"The state of {code}", time));
        }

        Notify(register, "GRC", NotificationKind.Ratification, new DateOnly(2003, 9, 25));
        Notify(register, "BGR", NotificationKind.Ratification, new DateOnly(1998, 9, 4));
        Notify(register, "ROU", NotificationKind.Ratification, new DateOnly(2000, 11, 30));
        Notify(register, "UKR", NotificationKind.Ratification, new DateOnly(2005, 12, 27));
        foreach (var kind in Enum.GetValues<NotificationKind>())
        {
            Notify(register, "XXA", kind, new DateOnly(2001, 1, 1).AddDays(400 * (int)kind));
        }
    }

    private static void Notify(ScriptedRegister register, string code, NotificationKind kind, DateOnly day) =>
        register.Ask(code, time => new RecordNotification(
            new DepositaryNotification(
                $"{kind}", MineBan, kind, day,
                kind == NotificationKind.Succession ? day.AddDays(-30) : null,
                kind == NotificationKind.SuspensionContested ? ["NOR", "AUT"] : [], "C.N.1.TREATIES"),
            time));

    private static void Declare(ScriptedRegister register, int time)
    {
        var year = Day.AddYears(-1);
        Declare(register, "GRC", $"opening{time}", DeclarationKind.Opening, year, declaration => declaration with
        {
            Lines =
            [
                new Line("PMA-2", 5_000 + time)
                {
                    Lots = [new Lot("A-1", 2_000), new Lot("A-2", 1_000)], Class = Place.AwaitingDestruction,
                },
                new Line("PMA-2", 100) { Class = Place.Retained },
                new Line("M18A1", 60) { Activation = ReportedActivation.Command, Basis = QuantityBasis.Approximate },
                new Line("PFM-1", 7_200) { Packaging = new Packaging("KSF-1 cassette", 100) },
            ],
            StatedTotal = 1,
        });
        Declare(register, "BGR", $"nil{time}", DeclarationKind.Opening, year);
        Declare(register, "GRC", $"found{time}", DeclarationKind.Discovery, Day.AddDays(-90), Of("PMR-2A", 12));
        Declare(register, "GRC", $"used{time}", DeclarationKind.Consumption, Day.AddDays(-80), Of("PMA-2", 10));
        Declare(register, "GRC", $"kept{time}", DeclarationKind.Reclassification, Day.AddDays(-70), d => d with
        {
            Lines = [new Line("PMR-2A", 2) { Class = Place.Found }],
            To = Place.Retained,
        });
        Declare(register, "GRC", $"destroyed{time}", DeclarationKind.Destruction, new DateOnly(2023, 2, 28), d => d with
        {
            Lines = [new Line("PFM-1", 7_200)],
            AtMonthEnd = true,
            Site = "Veria",
            Method = "Open burning",
            Remark = "Under observation.",
        });
        Declare(register, "ROU", $"complete{time}", DeclarationKind.Completion, year);

        static Func<Declaration, Declaration> Of(string item, long quantity) =>
            declaration => declaration with { Lines = [new Line(item, quantity)] };
    }

    /// <summary>Mines sent to be destroyed, in two consignments; some of them go on to a third state.</summary>
    private static void Transfer(ScriptedRegister register, int time)
    {
        var key = new TransferKey("GRC", "BGR", $"T{time}");
        File(register, "GRC", key, NoticeKind.Plan, 0, n => n with { Lines = [new Line("PMA-2", 2_000)] });
        File(register, "GRC", key, NoticeKind.Dispatch, 1, n => n with
        {
            Lines = [new Line("PMA-2", 2_000) { Lots = [new Lot("A-1", 1_500)], Class = Place.AwaitingDestruction }],
            Transit = ["ROU"],
            StatedTotal = 2_000,
            RecipientKind = RecipientKind.Contractor,
            Moved = true,
            TitlePassed = false,
            ControlPassed = true,
        });
        File(register, "BGR", key, NoticeKind.Receipt, 3, n => n with
        {
            Final = false,
            Lines =
            [
                new Line("PMA-2", 1_990)
                {
                    Lots = [new Lot("A-1", 1_500)],
                    Exceptions =
                    [
                        new(ExceptionKind.Short, 6, "Crates were open."),
                        new(ExceptionKind.Damaged, 3, "Rusted through."),
                        new(ExceptionKind.Refused, 1, "Not a mine."),
                    ],
                },
            ],
        });
        File(register, "BGR", key, NoticeKind.Receipt, 4, n => n with
        {
            Lines =
            [
                new Line("PMR-2A", 2) { Exceptions = [new(ExceptionKind.Excess, 2, "Among the others.")] },
            ],
        });
        File(register, "BGR", new TransferKey("BGR", "ROU", $"On{time}"), NoticeKind.Dispatch, 5, n => n with
        {
            Lines = [new Line("PMA-2", 500)],
            OnwardFrom = key,
        });
        File(register, "ROU", new TransferKey("BGR", "ROU", $"On{time}"), NoticeKind.Receipt, 6, n => n with
        {
            Lines = [new Line("PMA-2", 500)],
        });
        File(register, "BGR", key, NoticeKind.Loss, 7, n => n with { Lines = [new Line("PMA-2", 5)] });
        File(register, "BGR", key, NoticeKind.Destruction, 9, n => n with
        {
            Final = true,
            Lines = [new Line("PMA-2", 1_485), new Line("PMR-2A", 2)],
            Site = "Montana",
            Method = "Detonation",
        });
    }

    /// <summary>What does not fit together, and what makes it fit later.</summary>
    private static void Differ(ScriptedRegister register, int time)
    {
        var shipment = new TransferKey("USA", "UKR", $"U{time}");
        File(register, "USA", shipment, NoticeKind.Dispatch, 20, n => n with
        {
            Purpose = Purpose.OperationalUse,
            Lines = [new Line("M18A1", 40) { Activation = ReportedActivation.Victim }, new Line("XX-UNKNOWN", 3)],
        });
        File(register, "UKR", shipment, NoticeKind.Reply, 21, n => n with { Remark = "Never ordered." });
        File(register, "UKR", shipment, NoticeKind.Refusal, 22, n => n with { Remark = "Not accepted." });

        var training = new TransferKey("GRC", "ROU", $"R{time}");
        File(register, "GRC", training, NoticeKind.Dispatch, 30, n => n with
        {
            Purpose = Purpose.Training,
            Lines = [new Line("PMA-2", 30)],
        });
        File(register, "ROU", training, NoticeKind.Receipt, 31, n => n with
        {
            Purpose = Purpose.Training,
            Final = false,
            Lines = [new Line("PMA-2", 20)],
        });
        File(register, "ROU", training, NoticeKind.Receipt, 32, n => n with
        {
            Purpose = Purpose.Training,
            Lines = [new Line("PMA-2", 10)],
        });

        var given = new TransferKey("USA", "NGO", $"N{time}");
        File(register, "USA", given, NoticeKind.Dispatch, 40, n => n with
        {
            RecipientKind = RecipientKind.NonState,
            Lines = [new Line("M14", 0) { Basis = QuantityBasis.Undisclosed }],
        });
        File(register, "USA", new TransferKey("USA", "BGR", $"C{time}"), NoticeKind.Plan, 50, n => n with
        {
            Lines = [new Line("M14", 9)],
        });
        File(register, "USA", new TransferKey("USA", "BGR", $"C{time}"), NoticeKind.Cancellation, 51, n => n);
        if (time > 1)
        {
            // A late word about a transfer that had come to its end.
            File(register, "GRC", new TransferKey("GRC", "ROU", $"R{time - 1}"), NoticeKind.Reply, 60, n => n);
        }
    }

    /// <summary>One transfer under two references, until the recipient moves what it said.</summary>
    private static void Pair(ScriptedRegister register, int time)
    {
        var (ours, theirs) = (new TransferKey("GRC", "ROU", $"P{time}"), new TransferKey("GRC", "ROU", $"Q{time}"));
        File(register, "GRC", ours, NoticeKind.Dispatch, 70, n => n with { Lines = [new Line("PMA-2", 7)] });
        File(register, "ROU", theirs, NoticeKind.Receipt, 71, n => n with { Lines = [new Line("PMA-2", 7)] });
        File(register, "ROU", theirs, NoticeKind.Destruction, 72, n => n with { Lines = [new Line("PMA-2", 7)] });
        register.Ask("ROU", at => new ConfirmPairing(theirs, ours, $"join{time}", at));
    }

    private static void Declare(
        ScriptedRegister register, string code, string id, DeclarationKind kind, DateOnly asOf,
        Func<Declaration, Declaration>? change = null)
    {
        var declaration = new Declaration(id, kind, asOf, [], Place.Unspecified, null);
        register.Ask(code, time => new FileDeclaration(change?.Invoke(declaration) ?? declaration, time));
    }

    private static void File(
        ScriptedRegister register, string filer, TransferKey key, NoticeKind kind, int days,
        Func<Notice, Notice> change) =>
        register.Ask(filer, time => new FileNotice(
            change(new Notice(
                $"{key.Reference}.{days}.{kind}", filer, kind, key, Purpose.Destruction, Day.AddDays(days), [])),
            time));
}
