using Treaty.Grid.V1;

namespace Treaty.Grid.Load.Verifying;

/// <summary>What a register held before a run.</summary>
/// <param name="Position">Of its journal, as its lists had it.</param>
internal sealed record Before(
    long Position, IReadOnlyDictionary<string, Dictionary<(string Item, string Place), long>> Holdings)
{
    private const int AtOnce = 32;
    private const string Secretariat = "secretariat";

    public IReadOnlyDictionary<(string Item, string Place), long> Of(string party) =>
        Holdings.GetValueOrDefault(party) ?? [];

    public static async Task<Before> ReadAsync(Lines lines, IReadOnlyList<string> parties)
    {
        var list = await lines.AskLongAsync(
            "FindingService/ListFindings", Secretariat,
            new ListFindingsRequest { Parent = "parties/-", PageSize = 1 }, ListFindingsResponse.Parser);
        return new Before(list.Position, await HoldingsAsync(lines, parties));
    }

    /// <summary>By party; lots taken together.</summary>
    public static async Task<Dictionary<string, Dictionary<(string Item, string Place), long>>> HoldingsAsync(
        Lines lines, IEnumerable<string> parties)
    {
        var all = new Dictionary<string, Dictionary<(string, string), long>>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            parties, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (party, _) =>
            {
                var stock = await lines.AskLongAsync(
                    "PartyService/GetStockpile", Secretariat,
                    new GetStockpileRequest { Parent = $"parties/{party}" }, Stockpile.Parser);
                var holdings = stock.Holdings.GroupBy(h => (h.Item, Wire.WordOf(h.HoldingClass)))
                    .ToDictionary(g => g.Key, g => g.Sum(h => h.Quantity));
                lock (all)
                    all[party] = holdings;
            });
        return all;
    }
}
