using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;

namespace Treaty.Grid.Grains;

/// <summary>What the depositary records about the party, and what it declares about its own stock.</summary>
internal sealed partial class PartyGrain
{
    public async ValueTask<V1.Party> Register(RegisterRequest request)
    {
        ThrowIfPoisoned();
        var (_, _, party) = await ExecuteAsync(new RegisterParty(request.DisplayName, Now), request.Traceparent);
        return ToMessage(party, Today, asKnownOn: null);
    }

    public async ValueTask<RecordDepositaryNotificationResponse> Record(RecordRequest request)
    {
        ThrowIfUnknown();
        var notification = request.Notification.ToNotification(request.NotificationId);
        var (_, decision, party) = await ExecuteAsync(new RecordNotification(notification, Now), request.Traceparent);
        var recorded = party.NotificationIds[notification.Id];
        return new RecordDepositaryNotificationResponse
        {
            Notification = recorded.Content.ToMessage(Code),
            Membership = View.Membership(
                party.MembershipOn(rulebook.Conventions[notification.Convention], Today)),
            Position = PositionOf(recorded.Version),
            Replayed = decision is Repeated,
        };
    }

    public async ValueTask<SubmitDeclarationResponse> Declare(DeclareRequest request)
    {
        ThrowIfUnknown();
        var declaration = request.Declaration.ToDeclaration(request.DeclarationId);
        var command = new FileDeclaration(declaration, Now);
        if (request.ValidateOnly)
        {
            var (before, tried, _) = await TryAsync(command);
            return tried switch
            {
                Refused refused => throw new RefusedException(ToStatus(refused.Refusal)),
                Decided decided => Respond(decided.Next, declaration.Id, receipt: false, replayed: false),
                _ => Respond(before, declaration.Id, receipt: false, replayed: true),
            };
        }

        var (_, decision, party) = await ExecuteAsync(command, request.Traceparent);
        return Respond(party, declaration.Id, receipt: true, decision is Repeated);
    }

    public async ValueTask JudgeDay()
    {
        ThrowIfUnknown();
        await ExecuteAsync(new JudgeDay(Now), "");
    }

    public async ValueTask<PrepareReportResponse> PrepareReport(PrepareReportRequest request)
    {
        var party = await DurableAsync();
        var year = request.Year == 0 ? Today.Year - 1 : request.Year;
        var law = rulebook.Find(StatementCodec.IdOf(request.Convention)) ?? throw new RefusedException(
            ToStatus(new Refusal(RefusalReason.ConventionUnknown, StatementCodec.IdOf(request.Convention), "")));
        var draft = !request.Initial ? Reports.ReportDraft.OfYear(party, law, year, "draft")
            : party.MembershipOn(law.Convention, Today).EntryIntoForce is { } entry && entry <= Today
                ? Reports.ReportDraft.Initial(party, law, entry, Today, "draft")
            : throw new RefusedException(RefusedException.RefuseField(
                "initial",
                $"The convention is not in force for {Code}: it owes no initial report. Leave it unset for a year."));
        var declaration = draft.ToMessage(Code);
        declaration.Name = "";
        return new PrepareReportResponse
        {
            Declaration = declaration,
            Document = ToDocument(party, draft, request.Template),
            Position = PositionOf(party.Version),
        };
    }

    public async ValueTask<ReportDocument> GetReportDocument(GetReportDocumentRequest request)
    {
        var id = StatementCodec.IdOf(request.Name);
        var party = await DurableAsync(Grid.Party.NameOfDeclaration(id));
        return party.Declarations.GetValueOrDefault(id)?.Content is { Report: not null } report
            ? ToDocument(party, report, request.Template)
            : throw Unknown(request.Name);
    }

    private ReportDocument ToDocument(Grid.Party party, Stockpiles.Declaration declaration, string templateId)
    {
        var id = declaration.Report!.Convention;
        var convention = rulebook.Conventions.GetValueOrDefault(id);
        if (id.Length == 0 || convention is { IsPrimary: true })
        {
            var template = TemplateOf(templateId);
            return new ReportDocument
            {
                Template = template.Id,
                Content = Reports.ReportDocument.Of(party.DisplayName!, declaration, template),
            };
        }

        return templateId.Length == 0
            ? new ReportDocument { Content = Reports.ReportDocument.Of(party.DisplayName!, declaration, convention) }
            : throw new RefusedException(RefusedException.RefuseField(
                "template",
                $"Expected none: a report under {convention?.DisplayName ?? id} follows no template on record here. "
                    + "Leave it out."));
    }

    private static Reports.ReportTemplate TemplateOf(string id) => Reports.ReportTemplate.Find(id)
        ?? throw new RefusedException(RefusedException.RefuseField(
            "template",
            $"Expected one of {string.Join(", ", Reports.ReportTemplate.All.Select(t => t.Id))}. Choose one of them, or"
                + $" leave it out for {Reports.ReportTemplate.All[0].Id}."));

    private SubmitDeclarationResponse Respond(Grid.Party party, string id, bool receipt, bool replayed)
    {
        var filed = party.Declarations[id];
        return new SubmitDeclarationResponse
        {
            Declaration = View.Declaration(filed, Code),
            Receipt = receipt ? ReceiptOf(filed.Version, filed.RecordTime) : null,
            Findings =
            {
                party.OwnFindingsOn(Today, rulebook)
                    .Where(f => f.Closed is null)
                    .Order(View.GravestFirst)
                    .Select(f => View.Finding(f, rulebook, Today, PositionOf)),
            },
            Replayed = replayed,
        };
    }

    /// <summary>
    /// Lets the party decide, and makes it durable. Returns the party as it was and as it then is, and what it decided.
    /// </summary>
    private async Task<(Grid.Party Before, Decision Decision, Grid.Party Party)> ExecuteAsync(
        Command command, string traceparent)
    {
        using var span = GrainTelemetry.Start("party.record", traceparent, Code);
        await OpenAsync();
        await RecallAsync(command);
        ThrowIfPoisoned();
        var before = _party;
        var decision = before.Decide(command, rulebook);
        if (decision is Refused refused)
        {
            // What it conflicts with may not be durable yet; and another may know of what is missing here.
            await CurrentAsync();
            throw new RefusedException(ToStatus(refused.Refusal));
        }

        if (decision is Decided)
        {
            ThrowIfCrowded(FullForNew);
        }

        foreach (var filed in (decision as Decided)?.Events.OfType<NoticeFiled>() ?? [])
        {
            Trace(filed, span?.Id ?? traceparent);
        }

        // A repeat waits for what is under way: the first time may not be durable yet.
        var appended = decision is Decided decided
            ? AppendAsync([Seal(decided, GrainTelemetry.TraceIdOf(traceparent))], [span])
            : CurrentAsync();
        var party = _party;
        await appended;
        return (before, decision, party);
    }

    private Receipt ReceiptOf(long version, DateTimeOffset recordTime)
    {
        var place = PlaceOf(version);
        return View.Receipt(place.Position, recordTime, place.TraceId);
    }
}
