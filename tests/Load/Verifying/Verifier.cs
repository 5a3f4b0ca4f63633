using System.Collections.Concurrent;
using System.Diagnostics;
using Treaty.Grid.Auditor;
using Treaty.Grid.V1;

namespace Treaty.Grid.Load.Verifying;

/// <summary>
/// Reads back what was acknowledged and what was found, and holds both against what the auditor knows: every injected
/// discrepancy found by exactly its findings, and nothing else.
/// </summary>
/// <param name="patience">
/// What one side said reaches the other's file and the lists by itself; this tells "not yet" from "never".
/// </param>
internal sealed class Verifier(Lines lines, IReadOnlyList<Truth> truths, Before before, TimeSpan patience)
{
    private const string Secretariat = "secretariat";
    private const string Elsewhere = "elsewhere";
    private const int PageSize = 1_000;
    private const int AtOnce = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentBag<string> _faults = [];
    private readonly Dictionary<string, KindVerdict> _kinds = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _acknowledged;
    private int _readBack;
    private int _transfers;
    private long _position = truths.Max(t => t.Ledger.LastPosition);

    /// <summary>A finding as both the auditor and the register would name it.</summary>
    private readonly record struct Found(string Rule, string Party, string About, string Severity);

    public async Task<Verdict> VerifyAsync(TextWriter progress)
    {
        // Files first: findings are read from lists, which must have come to whatever the files have.
        var expected = Expect();
        await CompareFilesAsync(progress);
        var notJudged = await CompareFindingsAsync(expected);
        var (parties, sum) = await CompareBooksAsync();
        return new Verdict
        {
            Kinds = [.. _kinds.Values.OrderBy(k => k.Kind == Elsewhere ? 1 : 0)
                .ThenBy(k => Enum.TryParse<StoryKind>(k.Kind, true, out var kind) ? (int)kind : 0)],
            Acknowledged = _acknowledged,
            ReadBack = _readBack,
            Transfers = _transfers,
            Parties = parties,
            Sum = sum,
            NotJudged = notJudged,
            Faults = [.. _faults.Order(StringComparer.Ordinal)],
        };
    }

    private bool HasPatience => Stopwatch.GetElapsedTime(_began) < patience;

    private KindVerdict Of(string kind) =>
        _kinds.TryGetValue(kind, out var verdict) ? verdict : _kinds[kind] = new KindVerdict(kind);

    private static string Name(StoryKind kind) => kind.ToString().ToLowerInvariant();

    private Dictionary<Found, string> Expect()
    {
        var expected = new Dictionary<Found, string>();
        foreach (var truth in truths)
        {
            for (var number = 0; number < truth.Ledger.Count; number++)
            {
                var kind = Name(truth.Ledger[number].Kind);
                var verdict = Of(kind);
                verdict.Stories++;
                verdict.Notices += truth.OnRecord(number).Count;
                if (truth.Wrong(number) is { } wrong)
                    _faults.Add($"{kind} {truth.Ledger.Book.Name}-{number}: {wrong}.");
                foreach (var finding in truth.FindingsOf(number))
                {
                    verdict.Expected++;
                    expected.Add(new Found(finding.Rule, finding.Party, finding.About, finding.Severity), kind);
                }
            }
        }

        return expected;
    }

    /// <summary>The findings that the auditor knows nothing of.</summary>
    private async Task<IReadOnlyDictionary<string, int>> CompareFindingsAsync(Dictionary<Found, string> expected)
    {
        while (true)
        {
            var (found, notJudged) = await ReadFindingsAsync();
            if (!found.SetEquals(expected.Keys) && HasPatience)
            {
                await Task.Delay(Pause, TimeProvider.System);
                continue;
            }

            foreach (var (finding, kind) in expected)
            {
                if (found.Remove(finding))
                    Of(kind).Found++;
                else
                    _faults.Add($"{kind}: {Text(finding)} should have been found.");
            }

            foreach (var finding in found)
            {
                var kind = KindOf(finding.About);
                Of(kind).Unexpected++;
                _faults.Add($"{kind}: {Text(finding)} should not have been found.");
            }

            return notJudged;
        }
    }

    private static string Text(Found found) =>
        $"{found.Rule} ({found.Severity}) on {found.Party} about {found.About}";

    private string KindOf(string about)
    {
        var reference = about.Split('~')[^1];
        foreach (var truth in truths)
        {
            if (truth.Ledger.Book.NumberOf(reference) is { } number && number < truth.Ledger.Count)
                return Name(truth.Ledger[number].Kind);
        }

        return Elsewhere;
    }

    private async Task<(HashSet<Found> Found, IReadOnlyDictionary<string, int> NotJudged)> ReadFindingsAsync()
    {
        var (found, notJudged) = (new HashSet<Found>(), new SortedDictionary<string, int>());
        var request = new ListFindingsRequest
        {
            Parent = "parties/-",
            PageSize = PageSize,
            Filter = Wire.Text($"position > {before.Position}"),
            AtLeastPosition = _position,
        };
        do
        {
            var page = await lines.AskLongAsync(
                "FindingService/ListFindings", Secretariat, request, ListFindingsResponse.Parser);
            foreach (var finding in page.Findings)
            {
                if (finding.Convention == Wire.Convention && finding.Transfer.Length > 0)
                {
                    found.Add(new Found(
                        finding.Rule, finding.Party, Wire.AboutOf(finding.Transfer), Wire.WordOf(finding.Severity)));
                }
                else
                {
                    notJudged[finding.Rule] = notJudged.GetValueOrDefault(finding.Rule) + 1;
                }
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return (found, notJudged);
    }

    private async Task CompareFilesAsync(TextWriter progress)
    {
        var stories = truths
            .SelectMany(t => Enumerable.Range(0, t.Ledger.Count).Select(number => (Truth: t, Number: number))).ToList();
        while (stories.Count > 0)
        {
            var isLast = !HasPatience;
            var again = new ConcurrentBag<(Truth, int)>();
            var read = new Milestones(progress, stories.Count, "stories read back");
            await Parallel.ForEachAsync(
                stories, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (story, _) =>
                {
                    if (await CompareFilesAsync(story.Truth, story.Number, isLast) && !isLast)
                        again.Add(story);
                    read.Pass();
                });
            stories = [.. again];
            if (stories.Count > 0)
                await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>True if something of a story is not yet as it should be; at last that is a fault.</summary>
    private async Task<bool> CompareFilesAsync(Truth truth, int number, bool isLast)
    {
        var (said, expectation) = (truth.OnRecord(number), truth.Of(number));
        var findings = truth.FindingsOf(number).ToList();
        var complaints = new List<string>();
        foreach (var file in said.GroupBy(n => n.Transfer))
        {
            var key = file.Key;
            var sides = await Task.WhenAll(ReadAsync(key, key.Sender), ReadAsync(key, key.Recipient));
            lock (_kinds)
                _position = Math.Max(_position, sides.Max(s => s.Position));
            var audit = new FileAudit(key, [.. file], expectation.Match(key), findings);
            complaints.AddRange(audit.Complaints(sides[0], sides[1]));
        }

        if (complaints.Count > 0 && !isLast)
            return true;
        foreach (var complaint in complaints)
            _faults.Add($"{Name(truth.Ledger[number].Kind)}: {complaint}");
        Interlocked.Add(ref _acknowledged, said.Count);
        Interlocked.Add(ref _readBack, complaints.Count == 0 ? said.Count : 0);
        Interlocked.Add(ref _transfers, said.Select(n => n.Transfer).Distinct().Count());
        return complaints.Count > 0;
    }

    private Task<Transfer> ReadAsync(TransferKey key, string reader) => lines.AskLongAsync(
        "TransferService/GetTransfer", reader, new GetTransferRequest { Name = Wire.NameOf(key) }, Transfer.Parser);

    private async Task<(int Parties, long Sum)> CompareBooksAsync()
    {
        var expected = new Dictionary<string, Dictionary<(string Item, string Place), long>>(StringComparer.Ordinal);
        foreach (var truth in truths)
        {
            for (var number = 0; number < truth.Ledger.Count; number++)
            {
                var (story, parties) = (truth.Ledger[number], truth.Ledger.Book.Parties);
                foreach (var party in new[] { parties[story.Sender], parties[story.Recipient] })
                    Add(expected, party, truth.BalancesOf(number, party));
            }
        }

        foreach (var party in expected.Keys)
            Add(expected, party, before.Of(party));
        while (true)
        {
            var held = await Before.HoldingsAsync(lines, expected.Keys);
            var wrong = expected.Keys.Where(p => !IsSame(held[p], expected[p])).ToList();
            if (wrong.Count > 0 && HasPatience)
            {
                await Task.Delay(Pause, TimeProvider.System);
                continue;
            }

            foreach (var party in wrong)
            {
                var differences = Differences(held[party], expected[party]);
                _faults.Add($"The books of {party} are not as they should be: {differences}.");
            }

            var sum = expected.Keys.Sum(p => held[p].Values.Sum() - before.Of(p).Values.Sum())
                + truths.Sum(t => t.LeftTheBooks());
            if (sum != 0)
                _faults.Add(Wire.Text($"The books do not balance: {sum} came from nowhere."));
            return (expected.Count, sum);
        }
    }

    private static void Add(
        Dictionary<string, Dictionary<(string, string), long>> books, string party,
        IReadOnlyDictionary<(string, string), long> more)
    {
        if (!books.TryGetValue(party, out var book))
            books[party] = book = [];
        foreach (var (place, quantity) in more)
            book[place] = book.GetValueOrDefault(place) + quantity;
    }

    private static bool IsSame(
        Dictionary<(string, string), long> held, Dictionary<(string, string), long> expected) =>
        Differences(held, expected).Length == 0;

    private static string Differences(
        Dictionary<(string Item, string Place), long> held,
        Dictionary<(string Item, string Place), long> expected) => string.Join(", ", held.Keys.Union(expected.Keys)
        .Where(p => held.GetValueOrDefault(p) != expected.GetValueOrDefault(p))
        .Select(p => Wire.Text(
            $"{p.Item} {p.Place} is {held.GetValueOrDefault(p)} and should be {expected.GetValueOrDefault(p)}")));
}
