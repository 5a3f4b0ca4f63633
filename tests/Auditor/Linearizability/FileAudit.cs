namespace Treaty.Grid.Auditor.Linearizability;

/// <summary>
/// Whether the history of a file is that of one append-only list: strong reads and appends linearizable, other reads
/// an earlier state of the same list that is complete up to the position they speak of.
/// </summary>
public static class FileAudit
{
    /// <summary>By trying all orders, whatever the object: exact, for short histories.</summary>
    /// <exception cref="SearchLimitException">It would take more states than <paramref name="limit"/>.</exception>
    public static bool IsLinearizable(FileHistory history, int limit = Search.DefaultLimit)
    {
        var operations = history.Operations;
        return Search.IsLinearizable(
            new FileSpecification(operations), FileSpecification.Calls(operations), limit);
    }

    /// <summary>
    /// What is wrong, if anything: exact too, and about as fast as the answers can be read. Where ids are unique and
    /// only appended, the reads and the positions leave one order only, and what remains is to look whether it agrees
    /// with the clock.
    /// </summary>
    public static Violation? Check(FileHistory history)
    {
        var operations = history.Operations;
        var effects = operations.OfType<Append>()
            .GroupBy(a => a.Id, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => new Effect([.. g]), StringComparer.Ordinal);
        var reads = operations.OfType<Read>().OrderBy(r => r.Ids.Count).ThenBy(r => r.Invoked).ToList();
        Violation? found = effects.Values.Select(Moved).FirstOrDefault(v => v is not null)
            ?? reads.Select(r => Alone(r, effects)).FirstOrDefault(v => v is not null)
            ?? reads.Zip(reads.Skip(1), TwoOrders).FirstOrDefault(v => v is not null);
        if (found is not null) return found;
        var order = Order(effects, reads);
        return Clock.Check(order) ?? Positions.Check(order);
    }

    private static Violation? Moved(Effect effect)
    {
        var told = effect.Attempts.Where(a => a.Position is not null).OrderBy(a => a.Completed).ToList();
        return told.Find(a => a.Position != told[0].Position) is { } other
            ? new(
                Contradiction.MovedEntry, told[0], other,
                $"One id has one entry, but two are those of {told[0]}, and {other}.")
            : null;
    }

    private static Violation? Alone(Read read, Dictionary<string, Effect> effects)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string id in read.Ids)
        {
            if (!effects.TryGetValue(id, out Effect? effect))
                return new(Contradiction.UnknownId, read, null, $"Nobody appended {id}, shown by {read}.");
            if (!seen.Add(id))
            {
                return new(
                    Contradiction.IdTwice, read, effect.First, $"Appended once, {effect.First}, is twice in {read}.");
            }
        }
        if (read.AtLeast is not { } atLeast || read.Position >= atLeast) return null;
        Append? lacking = effects.Values.Where(e => e.Position <= atLeast && !seen.Contains(e.Id))
            .MaxBy(e => e.Position)?.Acknowledged;
        return new(
            Contradiction.TooOld, read, lacking,
            $"Not up to the position asked for, {read}, lacks {(object?)lacking ?? "what may be there"}.");
    }

    // Of reads by length: if each goes on where the one before ends, all do.
    private static Violation? TwoOrders(Read shorter, Read longer)
    {
        for (int i = 0; i < shorter.Ids.Count; i++)
        {
            if (shorter.Ids[i] == longer.Ids[i]) continue;
            return new(
                Contradiction.TwoOrders, shorter, longer,
                $"Entry {i + 1} is {shorter.Ids[i]} in {shorter}, but {longer.Ids[i]} in {longer}.");
        }
        return null;
    }

    // The only order there can be: the entries as the longest read shows them, then by position those that nobody has
    // read; each read after the last entry that it shows. Reads of the same entries may come in any order, so they come
    // as they were sent. An append that was neither answered nor read need not have happened.
    private static List<Step> Order(Dictionary<string, Effect> effects, List<Read> reads)
    {
        var shown = reads.Count == 0 ? [] : reads[^1].Ids;
        var unseen = effects.Values.Where(e => e.Position is not null).Select(e => e.Id)
            .Except(shown, StringComparer.Ordinal).OrderBy(id => effects[id].Position);
        var order = new List<Step>();
        int entries = 0;
        int read = 0;
        foreach (string id in shown.Concat(unseen))
        {
            for (; read < reads.Count && reads[read].Ids.Count == entries; read++) order.Add(Step.Of(reads[read]));
            order.Add(Step.Of(effects[id], isShown: entries < shown.Count));
            entries++;
        }
        return [.. order, .. reads.Skip(read).Select(Step.Of)];
    }
}
