using System.Data.Common;
using Google.Protobuf;
using Google.Rpc;
using Google.Type;
using Orleans.Concurrency;
using Treaty.Grid.Contracts;
using Treaty.Grid.Contracts.Filters;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;

namespace Treaty.Grid.Grains;

/// <summary>
/// Lists from the read model; what a statement says is read from the journal. Findings and duties of one party come
/// from its own grain, which also knows what the passing of time makes.
/// </summary>
/// <remarks>Reentrant: a call that waits for a position must not keep the others.</remarks>
[StatelessWorker]
[Reentrant]
[GrainType("lists")]
internal sealed partial class ListGrain(
    ReadModel model, IJournal journal, PartyRegister register, Rulebook rulebook, TimeProvider time) : Grain, IListGrain
{
    // One party's pages are filtered here: a filter that keeps little ends a page early rather than hold up the caller.
    private const int FilteredPagesMax = 5;

    public ValueTask<ListTransfersResponse> ListTransfers(ListTransfersRequest request) => AnswerAsync(async () =>
    {
        var order = request.OrderBy.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var asOf = DayOf(request.AsOf);
        var page = await PageAsync(
            request, request.Parent, request.AtLeastPosition,
            Query(request, request.Parent, FilterOf(request.Filter, FilterFields.Transfers), request.PageToken,
                Page.LongSize(request.PageSize)),
            query => model.ListTransfersAsync(
                query, order is ["position", ..] ? TransferOrder.Position : TransferOrder.Since,
                order is [_, "desc"], asOf, CancellationToken.None));
        return new ListTransfersResponse
        {
            Transfers = { page.Items.Select(row => Transfer(row, asOf)) },
            NextPageToken = page.Token,
            Position = page.Position,
        };
    });

    public ValueTask<ListInboxResponse> ListInbox(ListInboxRequest request) => AnswerAsync(async () =>
    {
        var asOf = DayOf(request.AsOf);
        var party = StatementCodec.IdOf(request.Parent);
        var page = await PageAsync(
            request, request.Parent, request.AtLeastPosition,
            Query(request, request.Parent,
                Condition.All(Condition.Equal("awaited", party), Condition.Stated("awaited")), request.PageToken,
                Page.LongSize(request.PageSize)),
            query => model.ListTransfersAsync(query, TransferOrder.Since, false, asOf, CancellationToken.None));
        return new ListInboxResponse
        {
            Items = { page.Items.Select(row => InboxItem(row, asOf)) },
            NextPageToken = page.Token,
            Position = page.Position,
        };
    });

    public ValueTask<ListNoticesResponse> ListNotices(ListNoticesRequest request) => AnswerAsync(async () =>
    {
        var page = await PageAsync(
            request, request.Parent, request.AtLeastPosition,
            Query(request, request.Parent, FilterOf(request.Filter, FilterFields.Notices), request.PageToken,
                Page.Size(request.PageSize)),
            query => model.ListNoticesAsync(query, CancellationToken.None));
        var (wanted, versions) = (page.Items.ToHashSet(), page.Items.Select(p => p.Version).Distinct());
        var notices = await ReadAsync(request.Parent, [.. versions], (place, happened, entry) =>
        {
            if (happened.NoticeFiled is not { } filed || !wanted.Contains(place))
                return null;
            var notice = filed.Notice;
            notice.Name = $"{request.Parent}/notices/{filed.Id}";
            notice.RecordTime = entry.RecordTime;
            return notice;
        });
        return new ListNoticesResponse { Notices = { notices }, NextPageToken = page.Token, Position = page.Position };
    });

    public ValueTask<ListDeclarationsResponse> ListDeclarations(ListDeclarationsRequest request) =>
        AnswerAsync(async () =>
        {
            var page = await PageAsync(
                request, request.Parent, request.AtLeastPosition,
                Query(request, request.Parent, FilterOf(request.Filter, FilterFields.Declarations), request.PageToken,
                    Page.Size(request.PageSize)),
                query => model.ListDeclarationsAsync(query, CancellationToken.None));
            var declarations = await ReadAsync(request.Parent, page.Items, (_, happened, entry) =>
            {
                if (happened.DeclarationFiled is not { } filed)
                    return null;
                var declaration = filed.Declaration;
                declaration.Name = $"{request.Parent}/declarations/{filed.Id}";
                declaration.RecordTime = entry.RecordTime;
                return declaration;
            });
            return new ListDeclarationsResponse
            {
                Declarations = { declarations },
                NextPageToken = page.Token,
                Position = page.Position,
            };
        });

    public ValueTask<ListFindingsResponse> ListFindings(ListFindingsRequest request) => AnswerAsync(async () =>
    {
        if (request.Parent != Limits.AllParties)
            return await FindingsOfPartyAsync(request);
        var asOf = DayOf(request.AsOf);
        var filter = FilterOf(request.Filter, FilterFields.Findings);
        var page = await PageAsync(
            request, request.Parent, request.AtLeastPosition,
            Query(request, request.Parent, request.ShowClosed
                ? filter
                : Condition.All(Condition.Equal("status", (long)FindingStatus.Open), filter),
                request.PageToken, Page.LongSize(request.PageSize)),
            query => model.ListFindingsAsync(query, CancellationToken.None));
        foreach (var finding in page.Items)
        {
            View.Complete(finding, rulebook, asOf);
        }

        return new ListFindingsResponse
        {
            Findings = { page.Items },
            NextPageToken = page.Token,
            Position = page.Position,
        };
    });

    public ValueTask<ListObligationsResponse> ListObligations(ListObligationsRequest request) =>
        AnswerAsync(async () =>
        {
            if (request.Parent != Limits.AllParties)
                return await ObligationsOfPartyAsync(request);
            var asOf = DayOf(request.AsOf);
            var page = await PageAsync(
                request, request.Parent, request.AtLeastPosition,
                Query(request, request.Parent, FilterOf(request.Filter, FilterFields.Obligations), request.PageToken,
                    Page.LongSize(request.PageSize)),
                query => model.ListDutiesAsync(query, CancellationToken.None));
            return new ListObligationsResponse
            {
                Obligations = { page.Items.Select(row => View.Obligation(row, rulebook, asOf)) },
                NextPageToken = page.Token,
                Position = page.Position,
            };
        });

    private DateOnly DayOf(Date? asOf) =>
        asOf?.ToDay() ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private static ListQuery Query(IMessage request, string parent, Condition filter, string token, int size) => new(
        parent == Limits.AllParties ? null : StatementCodec.IdOf(parent), filter, PageToken.Read(request, token),
        size);

    /// <summary>A page, with the token of the next one. One row more than wanted tells whether there is one.</summary>
    private async Task<(List<T> Items, string Token, long Position)> PageAsync<T>(
        IMessage request, string parent, long atLeast, ListQuery query, Func<ListQuery, Task<ListPage<T>>> list)
    {
        if (parent != Limits.AllParties && !await register.KnowsAsync(StatementCodec.IdOf(parent)))
            throw Unknown(StatementCodec.IdOf(parent));
        await model.WaitForAsync(atLeast, CancellationToken.None);
        var page = await list(query with { Limit = query.Limit + 1 });
        var rows = page.Rows.Take(query.Limit).ToList();
        var token = page.Rows.Count > rows.Count ? PageToken.Write(request, rows[^1].Key) : "";
        return ([.. rows.Select(r => r.Value)], token, page.Position);
    }

    /// <summary>What the entries at these versions say, in their order.</summary>
    private async Task<List<T>> ReadAsync<T>(
        string parent, IReadOnlyList<long> versions,
        Func<NoticePlace, Journal.V1.Event, Journal.V1.Entry, T?> take) where T : class
    {
        var statements = new List<T>(versions.Count);
        foreach (var stored in await journal.ReadEntriesAsync(
            StatementCodec.IdOf(parent), versions, CancellationToken.None))
        {
            var entry = Journal.V1.Entry.Parser.ParseFrom(stored.Payload.Span);
            statements.AddRange(entry.Events
                .Select((happened, number) => take(new NoticePlace(stored.Version, number), happened, entry))
                .OfType<T>());
        }

        return statements;
    }

    /// <summary>What a caller is told in place of the errors of the stores.</summary>
    internal static async ValueTask<T> AnswerAsync<T>(Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (FormatException)
        {
            throw PageToken.Malformed();
        }
        catch (ReadModelBehindException e)
        {
            throw NotReached(
                $"The list stands at position {e.Reached} and has not come to {e.Position} in time. Ask again.",
                new("position", $"{e.Position}"), new("reached", $"{e.Reached}"));
        }
        catch (Exception e) when (e is DbException or JournalUnavailableException)
        {
            throw NotReached("The list cannot be read now. What was recorded is safe; ask again.");
        }
    }

    private static RefusedException NotReached(string message, params KeyValuePair<string, string>[] metadata) => new(
        RefusedException.RetryLater(
            Code.Unavailable, ErrorReason.PositionNotReached, message, Limits.RetryDelay, metadata));

    private static RefusedException Unknown(string party) => new(RefusedException.Refuse(
        Code.NotFound, ErrorReason.PartyUnknown,
        $"The register does not hold the party {party}. Fix the code, or have the depositary register it.",
        [new("party", party)]));
}
