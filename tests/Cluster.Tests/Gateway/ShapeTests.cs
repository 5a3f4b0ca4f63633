using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Shape;
using Treaty.Grid.V1;
using Date = Google.Type.Date;
using Kind = Treaty.Grid.V1.NoticeKind;

namespace Treaty.Grid.Cluster.Tests.Gateway;

/// <summary>Each row: what a request says, and the fields named for it; none where it is well formed.</summary>
public sealed class ShapeTests
{
    private const string InSites = "declaration.transparency_report.destroyed_at_sites";

    private static readonly Shapes Shapes = new(new Noon(2026, 11, 23));

    public static TheoryData<string, Notice, string> Notices => new()
    {
        { "GRC", Dispatch(), "" },
        { "BGR", Dispatch(), "sender" },
        { "TUR", Dispatch(), "sender" },
        { "GRC", Dispatch(n => n.Kind = Kind.Unspecified), "kind" },
        { "GRC", Dispatch(n => n.Kind = (Kind)99), "kind" },
        { "GRC", Dispatch(n => n.Kind = Kind.Plan), "" },
        { "BGR", Dispatch(n => n.Kind = Kind.Plan), "" },
        { "TUR", Dispatch(n => n.Kind = Kind.Plan), "sender" },
        { "BGR", Dispatch(n => n.Kind = Kind.Receipt), "" },
        { "GRC", Dispatch(n => n.Kind = Kind.Receipt), "recipient" },
        { "BGR", Dispatch(n => n.Kind = Kind.Refusal), "" },
        { "BGR", Dispatch(n => Bare(n, Kind.Refusal)), "" },
        { "GRC", Dispatch(n => Bare(n, Kind.Refusal)), "recipient" },
        { "BGR", Dispatch(n => n.Kind = Kind.Destruction), "" },
        { "BGR", Dispatch(n => Bare(n, Kind.Destruction)), "lines" },
        { "BGR", Dispatch(n => { n.Kind = Kind.Destruction; n.Site = "Veria"; n.Method = "burning"; }), "" },
        {
            "BGR",
            Dispatch(n => { n.Kind = Kind.Destruction; n.Site = new string('x', 201); n.Method = "\n"; }), "site method"
        },
        { "GRC", Dispatch(n => { n.Site = "Veria"; n.Method = "burning"; }), "site method" },
        { "GRC", Dispatch(n => n.Kind = Kind.Loss), "" },
        { "BGR", Dispatch(n => n.Kind = Kind.Loss), "" },
        { "ROU", Dispatch(n => n.Kind = Kind.Loss), "sender" },
        { "GRC", Dispatch(n => Bare(n, Kind.Cancellation)), "" },
        { "GRC", Dispatch(n => n.Kind = Kind.Cancellation), "lines" },
        { "ROU", Dispatch(n => Bare(n, Kind.Reply)), "" },
        { "TUR", Dispatch(n => Bare(n, Kind.Reply)), "sender" },
        { "GRC", Dispatch(n => n.Kind = Kind.Reply), "lines" },
        { "GRC", Dispatch(n => Bare(n, Kind.Dispatch)), "purpose lines" },

        { "GRC", Dispatch(n => n.Transfer = ""), "transfer" },
        { "GRC", Dispatch(n => n.Transfer = "a/b"), "transfer" },
        { "GRC", Dispatch(n => n.Transfer = new string('x', 65)), "transfer" },
        { "GRC", Dispatch(n => n.Recipient = "GRC"), "recipient" },
        { "GRC", Dispatch(n => n.Recipient = "bgr"), "recipient" },
        { "GRC", Dispatch(n => n.Transit.Add("ROU")), "transit[1]" },
        { "GRC", Dispatch(n => n.Transit.Add("BGR")), "transit[1]" },
        { "GRC", Dispatch(n => n.Transit.Add(Enumerable.Range(0, 20).Select(i => $"T{i}"))), "transit" },
        { "GRC", Dispatch(n => n.RecipientKind = (RecipientKind)17), "recipient_kind" },
        { "GRC", Dispatch(n => n.Final = true), "final" },
        { "BGR", Dispatch(n => { n.Kind = Kind.Receipt; n.Final = false; }), "" },
        { "GRC", Dispatch(n => n.StatedTotal = -1), "stated_total" },
        { "GRC", Dispatch(n => n.StatedTotal = 481), "" },
        { "GRC", Dispatch(n => n.Name = "parties/GRC/notices/N1"), "" },
        { "GRC", Dispatch(n => n.Name = "parties/GRC/notices/N2"), "name" },

        { "GRC", Dispatch(n => n.Date = null), "date" },
        { "GRC", Dispatch(n => n.Date = Day(2026, 2, 29)), "date" },
        { "GRC", Dispatch(n => n.Date = Day(2026, 11, 0)), "date" },
        { "GRC", Dispatch(n => n.PurposeCode = "training"), "purpose_code" },
        { "GRC", Dispatch(n => n.Date = Day(1979, 12, 31)), "date" },
        { "GRC", Dispatch(n => n.Date = Day(2026, 11, 24)), "" },
        { "GRC", Dispatch(n => n.Date = Day(2026, 11, 25)), "date" },
        { "GRC", Dispatch(n => { n.Kind = Kind.Plan; n.Date = Day(2036, 11, 23); }), "" },
        { "GRC", Dispatch(n => { n.Kind = Kind.Plan; n.Date = Day(2036, 11, 24); }), "date" },

        { "GRC", Dispatch(n => n.Remark = new string('x', 2_001)), "remark" },
        { "GRC", Dispatch(n => n.Remark = string.Concat(Enumerable.Repeat("\U0001F600", 2_000))), "" },
        { "GRC", Dispatch(n => n.Remark = "bell \a"), "remark" },
        { "GRC", Dispatch(n => n.Remark = "half \ud83d"), "remark" },

        { "GRC", Dispatch(n => n.OnwardFrom = "parties/TUR/transfers/GRC~T0"), "" },
        { "GRC", Dispatch(n => n.OnwardFrom = "parties/BGR/transfers/GRC~T0"), "" },
        { "GRC", Dispatch(n => n.OnwardFrom = "parties/TUR/transfers/ROU~T0"), "onward_from" },
        { "GRC", Dispatch(n => n.OnwardFrom = "T0"), "onward_from" },
        { "GRC", Dispatch(n => { n.Kind = Kind.Plan; n.OnwardFrom = "parties/TUR/transfers/GRC~T0"; }), "onward_from" },
    };

    public static TheoryData<IMessage, string> Clarifications => new()
    {
        { Asked(DepositaryNotification.Types.Kind.ClarificationRequested), "" },
        { Asked(DepositaryNotification.Types.Kind.ClarificationRequested, n => n.Asserters.Clear()),
            "notification.asserters" },
        { Asked(DepositaryNotification.Types.Kind.ClarificationRequested, n => n.Finding = "APM-51"),
            "notification.finding" },
        { Asked(DepositaryNotification.Types.Kind.ClarificationAnswered), "" },
        { Asked(DepositaryNotification.Types.Kind.ClarificationAnswered, n => n.Clarification = ""),
            "notification.clarification" },
        { Asked(DepositaryNotification.Types.Kind.Accession), "notification.clarification" },
    };

    public static TheoryData<string, Notice, string> Corrections => new()
    {
        { "GRC", Dispatch(n => n.Supersedes = "parties/GRC/notices/N0"), "" },
        { "GRC", Dispatch(n => n.Supersedes = "parties/BGR/notices/N0"), "supersedes" },
        { "GRC", Dispatch(n => n.Supersedes = "N0"), "supersedes" },
        { "GRC", Dispatch(n => n.Explanation = ExplanationCode.Clerical), "explanation" },
        { "GRC", Dispatch(n => Bare(n, Kind.Explanation)), "explanation" },
        { "TUR", Dispatch(n => Explain(n, (ExplanationCode)99)), "explanation sender" },
        { "GRC", Dispatch(n => Explain(n, ExplanationCode.Clerical)), "" },
        { "BGR", Dispatch(n => Explain(n, ExplanationCode.Withheld)), "" },
        { "BGR", Dispatch(n => Bare(n, Kind.Cancellation)), "sender" },
        {
            "BGR",
            Dispatch(n =>
            {
                Bare(n, Kind.Cancellation);
                n.Supersedes = "parties/BGR/notices/N0";
            }),
            ""
        },
    };

    public static TheoryData<Kind, Line, string> Lines => new()
    {
        { Kind.Dispatch, Mines(), "" },
        { Kind.Dispatch, Mines(l => l.Item = ""), "item" },
        { Kind.Dispatch, Mines(l => l.Item = "PMA 2"), "item" },
        { Kind.Dispatch, Mines(l => l.Quantity = 0), "quantity" },
        { Kind.Dispatch, Mines(l => l.Quantity = Limits.QuantityMax), "" },
        { Kind.Dispatch, Mines(l => l.Quantity = Limits.QuantityMax + 1), "quantity" },
        { Kind.Dispatch, Mines(l => l.Basis = (QuantityBasis)9), "basis" },
        { Kind.Dispatch, Mines(l => l.Basis = QuantityBasis.Undisclosed), "quantity" },
        { Kind.Dispatch, Mines(l => { l.Basis = QuantityBasis.Undisclosed; l.Quantity = 0; }), "" },
        {
            Kind.Dispatch,
            Mines(l => { l.Basis = QuantityBasis.Undisclosed; l.Quantity = 0; l.Lots.Add(Lot("A", 1)); }), "lots"
        },
        { Kind.Dispatch, Mines(l => l.Lots.Add([Lot("A", 400), Lot("B", 80)])), "" },
        { Kind.Dispatch, Mines(l => l.Lots.Add([Lot("A", 1), Lot("A", 1)])), "lots[1].lot" },
        { Kind.Dispatch, Mines(l => l.HoldingClass = HoldingClass.InTransit), "holding_class" },
        { Kind.Dispatch, Mines(l => l.Lots.Add(Lot("", 1))), "lots[0].lot" },
        { Kind.Dispatch, Mines(l => l.Lots.Add(Lot("A", 0))), "lots[0].quantity" },
        { Kind.Dispatch, Mines(l => l.Lots.Add(Many(201, i => Lot($"L{i}", 1)))), "lots" },
        { Kind.Dispatch, Mines(l => l.Packaging = new Packaging { Unit = "crate", Units = 12 }), "" },
        { Kind.Dispatch, Mines(l => l.Packaging = new Packaging()), "packaging.unit packaging.units" },
        { Kind.Dispatch, Mines(l => l.Activation = (Activation)3), "activation" },
        { Kind.Dispatch, Mines(l => l.HoldingClass = (HoldingClass)30), "holding_class" },
        { Kind.Dispatch, Mines(l => l.Exceptions.Add(Short(1, "wet"))), "exceptions" },
        { Kind.Receipt, Mines(l => l.Exceptions.Add(Short(1, "wet"))), "" },
        { Kind.Receipt, Mines(l => l.Exceptions.Add(Short(0, ""))), "exceptions[0].quantity exceptions[0].reason" },
        {
            Kind.Receipt,
            Mines(l => l.Exceptions.Add(new LineException { Quantity = 1, Reason = "x" })), "exceptions[0].kind"
        },
        { Kind.Receipt, Mines(l => l.Exceptions.Add(Many(21, _ => Short(1, "wet")))), "exceptions" },
    };

    public static TheoryData<IMessage, string> Lists => new()
    {
        { new ListFindingsRequest { Parent = "parties/-", Filter = "severity >= SEVERITY_WARNING" }, "" },
        { new ListFindingsRequest { Parent = "parties/GRC", Filter = "colour = red" }, "filter" },
        { new ListObligationsRequest { Parent = "parties/-", Filter = "met = false" }, "" },
        { new ListDeclarationsRequest { Parent = "parties/-" }, "parent" },
        { new ListNoticesRequest { Parent = "parties/-", Filter = "kind = 1", AtLeastPosition = -1 },
            "parent filter at_least_position" },
        { new ListTransfersRequest { Parent = "parties/-", OrderBy = "since  desc" }, "" },
        { new ListTransfersRequest { Parent = "parties/GRC", OrderBy = "name", PageSize = -1, Filter = "(" },
            "page_size filter order_by" },
        { new ListInboxRequest { Parent = "parties/-" }, "parent" },
        { new RegisterPartyRequest { PartyId = "-", Party = new Grid.V1.Party { DisplayName = "All" } }, "party_id" },
    };

    public static TheoryData<IMessage, string> Reports => new()
    {
        {
            new PrepareReportRequest { Parent = "parties/GRC", Year = 2026, Template = new string('1', 65) },
            "year template"
        },
        { new GetReportDocumentRequest { Name = "R", Template = "\n" }, "name template" },
        { AtSites(At("Veria"), At("Montana"), At("Veria", "burning")), "" },
        {
            AtSites(At("Veria"), At("Veria"), At("", "x\n", "A B", 0)),
            $"{InSites}[2].site {InSites}[2].method {InSites}[2].item"
                + $" {InSites}[2].quantity {InSites}[1]"
        },
        {
            AtSites(At(new string('x', 201)), At("x", new string('x', 201))),
            $"{InSites}[0].site {InSites}[1].method"
        },
        { AtSites([.. Many(1_001, i => At($"S{i}"))]), InSites },
        { Told(new string('x', 9_999) + "\r\n"), "" },
        { Told(new string('x', 10_000) + "\n"), "declaration.transparency_report.parts[0].text" },
        { Told("one\ttwo"), "declaration.transparency_report.parts[0].text" },
        { Told("one\rtwo"), "declaration.transparency_report.parts[0].text" },
    };

    public static TheoryData<IMessage, string> Pairings => new()
    {
        { Confirmed(), "" },
        { Confirmed(r => r.ConfirmationId = new string('x', 40)), "" },
        { Confirmed(r => r.ConfirmationId = new string('x', 41)), "confirmation_id" },
        { Confirmed(r => r.Other = "T2"), "other" },
        { new ConfirmPairingRequest(), "name other confirmation_id" },
    };

    public static TheoryData<IMessage, string> Requests => new()
    {
        { new GetPartyRequest { Name = "parties/GRC" }, "" },
        { new GetPartyRequest { Name = "parties/grc", AsOf = Day(2026, 0, 0) }, "name as_of" },
        { new ListPartiesRequest { PageSize = -1 }, "page_size" },
        { new ListPartiesRequest { PageToken = "\u0001" }, "page_token" },
        { new GetStockpileRequest { Parent = "parties" }, "parent" },
        { new ListObligationsRequest { Parent = "parties/GRC", AsOf = Day(2040, 1, 1) }, "as_of" },
        { new GetNoticeRequest { Name = "parties/GRC/notices/a b" }, "name" },
        { new GetTransferRequest { Name = "parties/GRC/transfers/BGR" }, "name" },
        { new GetTransferRequest { Name = "parties/GRC/transfers/BGR~T1" }, "" },
        { new GetFindingRequest { Name = "parties/GRC/findings/APM-07~parties" }, "" },
        { new GetDeclarationRequest { Name = "parties/GRC/notices/D1" }, "name" },
        { new ListDeclarationsRequest { Parent = "parties/GRC", PageSize = 1_000 }, "" },
        { new ListFindingsRequest { Parent = "" }, "parent" },
        { new GetConventionRequest { Name = "conventions/apmbc" }, "" },
        { new GetConventionRequest { Name = "apmbc" }, "name" },
        { new GetItemRequest { Name = "items/PMA-2/x" }, "name" },
        { new ListItemsRequest { PageSize = -5 }, "page_size" },
        { new ListConventionsRequest(), "" },
        { new RegisterPartyRequest { PartyId = "GRC", Party = new Grid.V1.Party { DisplayName = "Greece" } }, "" },
        { new RegisterPartyRequest { PartyId = "Greece" }, "party_id party" },
        {
            new RegisterPartyRequest { PartyId = "GRC", Party = new Grid.V1.Party { DisplayName = " " } },
            "party.display_name"
        },
        { Notification(), "" },
        { Notification(n => n.Convention = "apmbc"), "notification.convention" },
        { Notification(n => n.Effective = Day(2026, 1, 1)), "notification.effective" },
        { Notification(n => n.Kind = DepositaryNotification.Types.Kind.Unspecified), "notification.kind" },
        { Notification(n => n.Date = Day(2027, 1, 1)), "notification.date" },
        { Notification(n => n.Asserters.Add(["FRA", ""])), "notification.asserters[1]" },
        { Notification(n => n.Asserters.Add(Many(251, i => $"A{i}"))), "notification.asserters" },
        { Notification(n => n.Source = new string('x', 501)), "notification.source" },
        { Declared(d => d.StockOpening = new StockOpening()), "" },
        { Declared(_ => { }), "declaration.body" },
        { Declared(d => { d.Completion = new StockCompletion(); d.AsOf = Day(2026, 10, 0); }), "" },
        { Declared(d => { d.Completion = new StockCompletion(); d.AsOf = Day(2026, 11, 0); }), "declaration.as_of" },
        { Declared(d => { d.Completion = new StockCompletion(); d.AsOf = null; }), "declaration.as_of" },
        { Declared(d => d.Destruction = new StockDestruction()), "declaration.destruction.lines" },
        {
            Declared(d => d.Destruction = new StockDestruction { Lines = { Mines() }, Method = new string('x', 201) }),
            "declaration.destruction.method"
        },
        {
            Declared(d => d.Reclassification = new StockReclassification { Lines = { Mines() } }),
            "declaration.reclassification.to"
        },
        {
            Declared(d => d.Discovery = new StockDiscovery { Lines = { Mines(l => l.Exceptions.Add(Short(1, "x"))) } }),
            "declaration.discovery.lines[0].exceptions"
        },
        { new BatchSubmitNoticesRequest { Parent = "parties/GRC" }, "requests" },
        {
            new BatchSubmitNoticesRequest
            {
                Parent = "parties/GRC", Requests = { Many(1_001, _ => new SubmitNoticeRequest()) },
            },
            "requests"
        },
        { new AssessTransferRequest { Parent = "parties/GRC", Notice = Dispatch() }, "" },
        {
            new AssessTransferRequest
            {
                Parent = "parties/GRC", Notice = Dispatch(n => n.Name = "parties/BGR/notices/1"),
            },
            "notice.name"
        },
        { new SubmitNoticeRequest { Parent = "parties/GRC" }, "notice_id notice" },
    };

    [Theory]
    [MemberData(nameof(Notices), DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Corrections), DisableDiscoveryEnumeration = true)]
    public void A_notice_is_held_to_its_form(string filer, Notice notice, string fields) => Expect(
        new SubmitNoticeRequest { Parent = "parties/" + filer, NoticeId = "N1", Notice = notice }, fields, "notice.");

    [Theory]
    [MemberData(nameof(Lines), DisableDiscoveryEnumeration = true)]
    public void A_line_is_held_to_its_form(Kind kind, Line line, string fields)
    {
        var notice = Dispatch(n => n.Kind = kind);
        notice.Lines.Add(line);
        notice.Lines[0].Item = "M14";
        Expect(
            new SubmitNoticeRequest
            {
                Parent = kind == Kind.Receipt ? "parties/BGR" : "parties/GRC",
                NoticeId = "N1",
                Notice = notice,
            },
            fields, "notice.lines[1].");
    }

    [Theory]
    [MemberData(nameof(Requests), DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Clarifications), DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Lists), DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Reports), DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Pairings), DisableDiscoveryEnumeration = true)]
    public void A_request_is_held_to_its_form(IMessage request, string fields) => Expect(request, fields, "");

    [Fact]
    public void The_same_item_twice_in_one_class_is_one_line_too_many()
    {
        var notice = Dispatch(n => n.Lines.Add([Mines(), Mines(l => l.HoldingClass = HoldingClass.Retained)]));
        Expect(
            new SubmitNoticeRequest { Parent = "parties/GRC", NoticeId = "N1", Notice = notice },
            "lines[1]", "notice.");
    }

    [Fact]
    public void Violations_deep_inside_are_named_by_their_path()
    {
        var notice = Dispatch(n => n.Lines.Add(Mines(l => { l.Item = "M14"; l.Lots.Add(Lot("A", -1)); })));
        Expect(
            new SubmitNoticeRequest { Parent = "parties/GRC", NoticeId = "N1", Notice = notice },
            "notice.lines[1].lots[0].quantity", "");
    }

    [Fact]
    public void One_of_a_batch_has_the_parent_of_the_batch()
    {
        var item = new SubmitNoticeRequest { NoticeId = "N1", Notice = Dispatch() };
        Assert.Null(Shapes.RefuseItem("parties/GRC", item));
        item.Parent = "parties/GRC";
        Assert.Null(Shapes.RefuseItem("parties/GRC", item));
        item.Parent = "parties/BGR";
        Assert.Equal(["parent"], FieldsOf(Shapes.RefuseItem("parties/GRC", item)));
    }

    [Fact]
    public void No_more_violations_are_listed_than_the_limit()
    {
        var notice = Dispatch(n =>
        {
            n.Lines.Clear();
            n.Lines.Add(Many(100, _ => new Line { Quantity = -1, Basis = (QuantityBasis)9 }));
        });
        var refusal = Shapes.Refuse(
            new SubmitNoticeRequest { Parent = "parties/GRC", NoticeId = "N1", Notice = notice });
        Assert.Equal(Limits.ViolationsMax, FieldsOf(refusal).Count());
    }

    [Fact]
    public void Every_request_of_the_contract_has_a_form()
    {
        ServiceDescriptor[] services =
        [
            PartyService.Descriptor, DeclarationService.Descriptor, NoticeService.Descriptor,
            TransferService.Descriptor, FindingService.Descriptor, ConventionService.Descriptor,
        ];
        foreach (var method in services.SelectMany(s => s.Methods))
            Shapes.Refuse((IMessage)Activator.CreateInstance(method.InputType.ClrType)!);
    }

    private static void Expect(IMessage request, string fields, string prefix) => Assert.Equal(
        fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => prefix + f),
        FieldsOf(Shapes.Refuse(request)));

    private static IEnumerable<string> FieldsOf(Status? refusal)
    {
        if (refusal is null)
            return [];
        Assert.Equal((int)Code.InvalidArgument, refusal.Code);
        Assert.Equal("STATEMENT_INVALID", refusal.Details[0].Unpack<ErrorInfo>().Reason);
        return refusal.Details[1].Unpack<BadRequest>().FieldViolations.Select(v => v.Field);
    }

    private static Notice Dispatch(Action<Notice>? change = null)
    {
        var notice = new Notice
        {
            Kind = Kind.Dispatch,
            Transfer = "T1",
            Sender = "GRC",
            Recipient = "BGR",
            Transit = { "ROU" },
            Purpose = Purpose.Destruction,
            Date = Day(2026, 5, 4),
            Lines = { Mines() },
        };
        change?.Invoke(notice);
        return notice;
    }

    private static ConfirmPairingRequest Confirmed(Action<ConfirmPairingRequest>? change = null)
    {
        var request = new ConfirmPairingRequest
        {
            Name = "parties/GRC/transfers/BGR~T1",
            Other = "parties/GRC/transfers/BGR~T2",
            ConfirmationId = "C1",
        };
        change?.Invoke(request);
        return request;
    }

    private static void Explain(Notice notice, ExplanationCode code)
    {
        Bare(notice, Kind.Explanation);
        notice.Explanation = code;
    }

    private static void Bare(Notice notice, Kind kind)
    {
        notice.Kind = kind;
        notice.Lines.Clear();
        notice.Purpose = Purpose.Unspecified;
    }

    private static Line Mines(Action<Line>? change = null)
    {
        var line = new Line { Item = "PMA-2", Quantity = 480 };
        change?.Invoke(line);
        return line;
    }

    private static RecordDepositaryNotificationRequest Asked(
        DepositaryNotification.Types.Kind kind, Action<DepositaryNotification>? change = null) => Notification(n =>
        {
            (n.Kind, n.Clarification) = (kind, "Q1");
            n.Asserters.Add("BGR");
            change?.Invoke(n);
        });

    private static RecordDepositaryNotificationRequest Notification(Action<DepositaryNotification>? change = null)
    {
        var notification = new DepositaryNotification
        {
            Convention = "conventions/apmbc",
            Kind = DepositaryNotification.Types.Kind.Accession,
            Date = Day(2026, 5, 4),
        };
        change?.Invoke(notification);
        return new() { Parent = "parties/GRC", NotificationId = "D1", Notification = notification };
    }

    private static SubmitDeclarationRequest Declared(Action<Declaration> change)
    {
        var declaration = new Declaration { AsOf = Day(2026, 5, 4) };
        change(declaration);
        return new() { Parent = "parties/GRC", DeclarationId = "D1", Declaration = declaration };
    }

    private static DestructionAtSite At(
        string site, string method = "", string item = "PMA-2", long quantity = 1) =>
        new() { Site = site, Method = method, Item = item, Quantity = quantity };

    private static SubmitDeclarationRequest AtSites(params DestructionAtSite[] destroyed) => Declared(d =>
    {
        d.AsOf = Day(2025, 12, 31);
        d.TransparencyReport = new TransparencyReport { DestroyedAtSites = { destroyed } };
    });

    private static SubmitDeclarationRequest Told(string text) => Declared(d =>
    {
        d.AsOf = Day(2025, 12, 31);
        d.TransparencyReport = new TransparencyReport
        {
            Parts =
            {
                new ReportPart
                {
                    Paragraph = ReportParagraph.Warnings, State = ReportPart.Types.State.Changed, Text = text,
                },
            },
        };
    });

    private static Date Day(int year, int month, int day) => new() { Year = year, Month = month, Day = day };

    private static Lot Lot(string lot, long quantity) => new() { Lot_ = lot, Quantity = quantity };

    private static LineException Short(long quantity, string reason) =>
        new() { Kind = LineException.Types.Kind.Short, Quantity = quantity, Reason = reason };

    private static IEnumerable<T> Many<T>(int count, Func<int, T> make) => Enumerable.Range(0, count).Select(make);

    private sealed class Noon(int year, int month, int day) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(year, month, day, 12, 0, 0, TimeSpan.Zero);
    }
}
