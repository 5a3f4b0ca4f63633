using System.Globalization;
using Treaty.Grid.Contracts;
using Treaty.Grid.Findings;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;
using Finding = Treaty.Grid.V1.Finding;
using Obligation = Treaty.Grid.V1.Obligation;

namespace Treaty.Grid.Grains;

/// <summary>
/// Lists of what is found and owed. What is in memory is judged for the day asked about; transfers that left it can no
/// longer be changed by any day, so theirs are as the read model has them.
/// </summary>
internal sealed partial class PartyGrain
{
    public async ValueTask<ListFindingsResponse> ListFindings(ListFindingsRequest request)
    {
        var party = await DurableAsync();
        var asOf = DayOf(request.AsOf);
        var size = Page.LongSize(request.PageSize);
        var findings = party.FindingsOn(asOf, rulebook)
            .Where(f => f.Key.Party == Code && (request.ShowClosed || f.Closed is null))
            .Select(f => View.Finding(f, rulebook, asOf, PositionOf));
        var open = request.ShowClosed
            ? Condition.True
            : Condition.Equal("status", (long)FindingStatus.Open);
        var page = await PageAsync(
            party, request.PageToken, size, findings, KeyOf,
            after => model.ListFindingsAsync(new ListQuery(Code, open, after, size + 1), CancellationToken.None),
            key => key.Split(' ', 2) is [var gravity, var id]
                ? [$"-{9 - int.Parse(gravity, CultureInfo.InvariantCulture)}", id.Split('~')[0],
                    ReadModel.RowNameOf($"parties/{Code}/findings/{id}"), Code]
                : throw new FormatException(),
            f => f.Transfer);
        foreach (var finding in page.Items.Where(f => f.AsOf is null))
        {
            View.Complete(finding, rulebook, asOf);
        }

        return new ListFindingsResponse
        {
            Findings = { page.Items },
            NextPageToken = page.NextToken,
            Position = PositionOf(party.Version),
        };

        static string KeyOf(Finding f) => $"{9 - (int)f.Severity} {StatementCodec.IdOf(f.Name)}";
    }

    public async ValueTask<ListClarificationsResponse> ListClarifications(ListClarificationsRequest request)
    {
        var party = await DurableAsync();
        var asOf = DayOf(request.AsOf);
        return new ListClarificationsResponse
        {
            Clarifications =
            {
                rulebook.Jurisdictions
                    .SelectMany(law => party.ClarificationsBy(asOf, law))
                    .OrderBy(c => c.Request.Date)
                    .TakeLast(Limits.ClarificationsMax)
                    .Select(c => View.Clarification(c, asOf)),
            },
            Position = PositionOf(party.Version),
        };
    }

    public async ValueTask<ListObligationsResponse> ListObligations(ListObligationsRequest request)
    {
        var party = await DurableAsync();
        var asOf = DayOf(request.AsOf);
        var size = Page.LongSize(request.PageSize);
        var page = await PageAsync(
            party, request.PageToken, size,
            Obligations.Of(party, rulebook, asOf).Select(o => View.Obligation(o, rulebook, asOf)), KeyOf,
            async after =>
            {
                var rows = await model.ListDutiesAsync(
                    new ListQuery(Code, Condition.True, after, size + 1), CancellationToken.None);
                return new ListPage<Obligation>(
                    [
                        .. rows.Rows.Select(r => new ListRow<Obligation>(
                            View.Obligation(r.Value, rulebook, asOf), r.Key)),
                    ],
                    rows.Position);
            },
            key => key.Split(' ', 3) is [var due, var rule, var transfer]
                ? [due, rule, transfer, Code]
                : throw new FormatException(),
            o => o.Transfer);
        return new ListObligationsResponse
        {
            Obligations = { page.Items },
            NextPageToken = page.NextToken,
            Position = PositionOf(party.Version),
        };

        static string KeyOf(Obligation o) => $"{o.Due.ToDay():yyyy-MM-dd} {o.Rule} {o.Transfer}";
    }

    /// <summary>A page of what is in memory and what is read, in one order.</summary>
    /// <param name="party">What is in memory.</param>
    /// <param name="token">From the page before.</param>
    /// <param name="size">Of the page.</param>
    /// <param name="held">What is in memory.</param>
    /// <param name="keyOf">Puts both into one order, ordinal.</param>
    /// <param name="read">A page of rows after a key, or from the beginning; its own order is the same.</param>
    /// <param name="toRowKey">From the key of an item to that of a row.</param>
    /// <param name="transferOf">The name of the transfer an item is about; empty if it is about none.</param>
    private async Task<(IReadOnlyList<T> Items, string NextToken)> PageAsync<T>(
        Grid.Party party, string token, int size, IEnumerable<T> held, Func<T, string> keyOf,
        Func<IReadOnlyList<string>?, Task<ListPage<T>>> read, Func<string, IReadOnlyList<string>> toRowKey,
        Func<T, string> transferOf)
    {
        var after = Page.Decode(token);
        var items = held.Where(i => string.CompareOrdinal(keyOf(i), after) > 0).ToList();
        if (_releasedAt > 0)
        {
            await model.WaitForAsync(_releasedAt, CancellationToken.None);
            var key = after.Length == 0 ? null : toRowKey(after);
            var found = 0;
            ListPage<T> rows;
            do
            {
                rows = await read(key);
                var left = rows.Rows.Select(r => r.Value).Where(IsAtRest).ToList();
                found += left.Count;
                items.AddRange(left);
                key = rows.Rows.Count > 0 ? rows.Rows[^1].Key : null;
            }
            while (found <= size && rows.Rows.Count > size);
        }

        items.Sort((a, b) => string.CompareOrdinal(keyOf(a), keyOf(b)));
        return Page.Of(items, token, size, keyOf);

        bool IsAtRest(T item) => StatementCodec.ToTransferKey(transferOf(item)) is { } transfer
            && !party.Files.ContainsKey(transfer);
    }
}
