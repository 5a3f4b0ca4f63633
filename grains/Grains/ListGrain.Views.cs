using System.Globalization;
using Treaty.Grid.Contracts;
using Treaty.Grid.Contracts.Filters;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;
using Finding = Treaty.Grid.V1.Finding;
using Obligation = Treaty.Grid.V1.Obligation;

namespace Treaty.Grid.Grains;

/// <summary>What callers see of rows, and how one party's own lists are filtered.</summary>
internal sealed partial class ListGrain
{
    private static V1.Transfer Transfer(TransferRow row, DateOnly asOf)
    {
        row.Transfer.AsOf = asOf.ToDate();
        return row.Transfer;
    }

    private static InboxItem InboxItem(TransferRow row, DateOnly asOf) => new()
    {
        Transfer = Transfer(row, asOf),
        Since = row.Since.ToDate(),
        Due = row.Due.ToDate(),
        DaysWaiting = DaysFrom(row.Since, asOf),
        DaysLate = DaysFrom(row.Due, asOf),
    };

    private static int DaysFrom(DateOnly? day, DateOnly asOf) =>
        day is { } from ? Math.Max(0, asOf.DayNumber - from.DayNumber) : 0;

    private async Task<ListFindingsResponse> FindingsOfPartyAsync(ListFindingsRequest request)
    {
        var filter = Parse(request.Filter, FilterFields.Findings);
        var asked = request.Clone();
        asked.PageToken = PageToken.Read(request, request.PageToken) is [var inner] ? inner : "";
        var party = GrainFactory.Party(StatementCodec.IdOf(request.Parent));
        var answer = new ListFindingsResponse();
        for (var pages = 0; pages < FilteredPagesMax && answer.Findings.Count == 0; pages++)
        {
            var page = await party.ListFindings(asked);
            answer.Findings.AddRange(page.Findings.Where(f => filter.Matches(field => ValueOf(f, field))));
            (answer.Position, asked.PageToken) = (page.Position, page.NextPageToken);
            if (asked.PageToken.Length == 0)
                return answer;
        }

        answer.NextPageToken = PageToken.Write(request, [asked.PageToken]);
        return answer;
    }

    private async Task<ListObligationsResponse> ObligationsOfPartyAsync(ListObligationsRequest request)
    {
        var filter = Parse(request.Filter, FilterFields.Obligations);
        var code = StatementCodec.IdOf(request.Parent);
        var asked = request.Clone();
        asked.PageToken = PageToken.Read(request, request.PageToken) is [var inner] ? inner : "";
        var party = GrainFactory.Party(code);
        var answer = new ListObligationsResponse();
        for (var pages = 0; pages < FilteredPagesMax && answer.Obligations.Count == 0; pages++)
        {
            var page = await party.ListObligations(asked);
            foreach (var obligation in page.Obligations.Select(o => o.Clone()))
            {
                obligation.Party = code;
                if (filter.Matches(field => ValueOf(obligation, field)))
                    answer.Obligations.Add(obligation);
            }

            (answer.Position, asked.PageToken) = (page.Position, page.NextPageToken);
            if (asked.PageToken.Length == 0)
                return answer;
        }

        answer.NextPageToken = PageToken.Write(request, [asked.PageToken]);
        return answer;
    }

    private static object ValueOf(Finding finding, string field) => field switch
    {
        "party" => finding.Party,
        "rule" => finding.Rule,
        "severity" => (long)finding.Severity,
        "status" => (long)finding.Status,
        "transfer" => finding.Transfer,
        "due" => Text(finding.Due),
        "position" => finding.Position,
        _ => throw new InvalidOperationException($"A finding has no {field}."),
    };

    private static object ValueOf(Obligation obligation, string field) => field switch
    {
        "party" => obligation.Party,
        "rule" => obligation.Rule,
        "transfer" => obligation.Transfer,
        "due" => Text(obligation.Due),
        "met" => obligation.Met,
        _ => throw new InvalidOperationException($"An obligation has no {field}."),
    };

    private static string Text(Google.Type.Date? day) =>
        day?.ToDay().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static Condition FilterOf(string text, IReadOnlyList<FilterField> fields) =>
        FilterConditions.Of(Parse(text, fields));

    /// <summary>The gateway has checked it; an older one may not have.</summary>
    private static Filter Parse(string text, IReadOnlyList<FilterField> fields) =>
        Filter.TryParse(text, fields, out var filter, out var complaint)
            ? filter
            : throw new RefusedException(RefusedException.RefuseField("filter", complaint));
}
