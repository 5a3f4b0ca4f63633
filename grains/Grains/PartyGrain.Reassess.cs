using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Findings;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;
using Finding = Treaty.Grid.V1.Finding;

namespace Treaty.Grid.Grains;

/// <summary>Judging anew what was judged when it was filed, a page of the party's transfers at a time.</summary>
internal sealed partial class PartyGrain
{
    public ValueTask<ReassessFindingsResponse> Reassess(ReassessRequest request) =>
        ListGrain.AnswerAsync(() => ReassessPageAsync(request));

    private async Task<ReassessFindingsResponse> ReassessPageAsync(ReassessRequest request)
    {
        var asked = request.Request;
        var durable = await DurableAsync();
        var isFirst = asked.PageToken.Length == 0;
        var (transfers, next) = await PageAsync(
            durable, asked.PageToken, Page.Size(asked.PageSize),
            durable.Files.Values.Where(f => f.Assessed is not null).Select(f => f.Key.Name),
            name => name,
            async after =>
            {
                var rows = await model.ListTransfersAsync(
                    new ListQuery(Code, Condition.True, after, Page.Size(asked.PageSize) + 1), TransferOrder.Name,
                    descending: false, Today, CancellationToken.None);
                return new ListPage<string>(
                    [.. rows.Rows.Select(r => new ListRow<string>(r.Value.Transfer.Name, r.Key))], rows.Position);
            },
            name => [ReadModel.RowNameOf(name), Code],
            name => name);
        var command = new Grid.Reassess(
            [.. transfers.Select(name => StatementCodec.ToTransferKey(name)!.Value)],
            isFirst ? [.. await DeclarationsAsync()] : [], isFirst, Now);
        var (before, decision, position) = asked.ValidateOnly
            ? await TryAsync(command)
            : await ReassessAsync(command, request.Traceparent);
        var changes = FindingChanges.Of(before, command, decision);
        return new ReassessFindingsResponse
        {
            Raised = { changes.Raised.Select(Show) },
            Revised = { changes.Revised.Select(Show) },
            Closed = { changes.Closed.Select(Show) },
            Unchanged = changes.Unchanged,
            Standings = { Events(decision).OfType<StandingsRevised>().SelectMany(e => View.Changes(before, e)) },
            Position = position,
            NextPageToken = next,
        };

        Finding Show(Findings.Finding finding) => View.Finding(finding, rulebook, Today, _ => position);
    }

    private static IEnumerable<Event> Events(Decision decision) => decision is Decided decided ? decided.Events : [];

    /// <summary>The ids of all declarations of the party.</summary>
    private async Task<IReadOnlyCollection<string>> DeclarationsAsync()
    {
        var ids = _party.Declarations.Keys.ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<string>? after = null;
        do
        {
            var page = await model.ListDeclarationsAsync(
                new ListQuery(Code, Condition.True, after, IJournal.VersionsMax), CancellationToken.None);
            foreach (var stored in await journal.ReadEntriesAsync(
                Code, [.. page.Rows.Select(r => r.Value)], CancellationToken.None))
            {
                ids.UnionWith(EntryCodec.Decode(stored.Payload.Span, Code).Events
                    .OfType<DeclarationFiled>()
                    .Select(e => e.Declaration.Id));
            }

            after = page.Rows.Count == IJournal.VersionsMax ? page.Rows[^1].Key : null;
        }
        while (after is not null);

        return ids;
    }

    /// <summary>What the party would decide; it rests on what is durable.</summary>
    private async Task<(Grid.Party Before, Decision Decision, long Position)> TryAsync(Command command)
    {
        var before = await RecallAsync(_party, command);
        var decision = before.Decide(command, rulebook);
        await CurrentAsync();
        return (before, decision, 0);
    }

    private async Task<(Grid.Party Before, Decision Decision, long Position)> ReassessAsync(
        Command command, string traceparent)
    {
        var (before, decision, party) = await ExecuteAsync(command, traceparent);
        ForgetRecalled();
        foreach (var address in Events(decision).OfType<StandingsRevised>().SelectMany(e => e.Addresses))
        {
            Pump(address.To);
        }

        return (before, decision, decision is Decided ? PositionOf(party.Version) : 0);
    }
}
