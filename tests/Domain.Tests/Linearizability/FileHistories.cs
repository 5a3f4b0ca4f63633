using CsCheck;
using Treaty.Grid.Auditor.Linearizability;

namespace Treaty.Grid.Domain.Tests.Linearizability;

/// <summary>
/// What clients may see of a file, at random: right where it is played on a list, mostly wrong where some answers are
/// changed afterwards or are made up.
/// </summary>
internal static class FileHistories
{
    private const int Tick = 10;
    private const int Most = 9;

    private static readonly string[] Ids = ["a", "b", "c", "d"];

    private static readonly Gen<Act> GenAct = Gen
        .Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[0, 15], Gen.Int[0, 15], Gen.Int[0, 2], Gen.Int[0, 9])
        .Select((kind, id, before, after, gap, back) => new Act(kind, Ids[id], before, after, gap, back));

    private static readonly Gen<Change> GenChange = Gen
        .Select(Gen.Int[0, 8], Gen.Int[0, Most], Gen.Int[-60, 60], Gen.Int[0, 3])
        .Select((kind, at, by, id) => new Change(kind, at, by, Ids[id]));

    private static readonly Gen<Operation> GenOperation = Gen
        .Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Long[0, 8], Gen.Long[0, 6], Gen.Long[0, 3], Gen.Int[0, 1])
        .Select<int, int, long, long, long, int, Operation>((kind, id, invoked, takes, position, shown) => kind switch
        {
            0 => new Append(Ids[id], invoked, null, null),
            1 => new Append(Ids[id], invoked, invoked + takes, position),
            2 => new Read(invoked, invoked + takes, Ids[..(id + shown)], position, null),
            _ => new Read(invoked, invoked + takes, Ids[..(id + shown)], position, position / 2),
        });

    /// <summary>Of a file that does what it promises.</summary>
    public static Gen<FileHistory> Right { get; } = GenAct.Array[1, Most].Select(acts => History(Play(acts)));

    /// <summary>Of such a file, with one answer or a few that are not as it gave them.</summary>
    public static Gen<FileHistory> Changed { get; } =
        Gen.Select(GenAct.Array[1, Most], GenChange.Array[1, 3]).Select((acts, changes) =>
        {
            var operations = Play(acts);
            foreach (var change in changes)
            {
                int at = change.At % operations.Count;
                operations[at] = Altered(operations[at], change);
            }

            return History(operations);
        });

    /// <summary>Of nothing at all; but what is read was sent at some time.</summary>
    public static Gen<FileHistory> MadeUp { get; } = GenOperation.Array[1, 6].Select(operations =>
    {
        var read = operations.OfType<Read>().SelectMany(r => r.Ids).Distinct(StringComparer.Ordinal);
        var sent = operations.OfType<Append>().Select(a => a.Id);
        return History(
            [.. operations, .. read.Except(sent, StringComparer.Ordinal).Select(id => new Append(id, 2, null, null))]);
    });

    /// <summary>The answers of a list to which each act comes at its own tick, the clients waiting around it.</summary>
    private static List<Operation> Play(Act[] acts)
    {
        var operations = new List<Operation>();
        var entries = new List<(string Id, long Position)>();
        long floor = 0;
        for (int i = 0; i < acts.Length; i++)
        {
            var act = acts[i];
            long invoked = (i * Tick) - act.Before;
            long completed = (i * Tick) + act.After;
            if (act.Kind >= 5)
            {
                // As it is, or as it was some entries ago, complete up to just before the next.
                int shown = act.Kind >= 8 ? Math.Max(0, entries.Count - act.Back) : entries.Count;
                long last = shown == 0 ? 0 : entries[shown - 1].Position;
                long position = shown == entries.Count ? last + act.Gap : entries[shown].Position - 1;
                floor = Math.Max(floor, position);
                string[] ids = [.. entries.Take(shown).Select(e => e.Id)];
                long? atLeast = act.Kind >= 8 ? Math.Max(0, position - act.Gap) : null;
                operations.Add(new Read(invoked, completed, ids, position, atLeast));
                continue;
            }

            bool isLost = act.Kind == 0;
            if (!isLost && entries.TrueForAll(e => e.Id != act.Id)) entries.Add((act.Id, floor += 1 + act.Gap));
            operations.Add(act.Kind <= 2
                ? new Append(act.Id, invoked, null, null)
                : new Append(act.Id, invoked, completed, entries.Find(e => e.Id == act.Id).Position));
        }

        return operations;
    }

    private static Operation Altered(Operation operation, Change change) => (change.Kind, operation) switch
    {
        (0, _) => operation with { Invoked = operation.Invoked - Math.Abs(change.By) },
        (1, Append { Completed: not null } or Read) =>
            operation with { Completed = Math.Max(operation.Invoked, operation.Completed!.Value + change.By) },
        (2, _) => operation with
        {
            Invoked = operation.Invoked + change.By,
            Completed = operation.Completed + change.By,
        },
        (3, Append append) => append with { Id = change.Id },
        (4, Append append) => append with { Completed = null, Position = null },
        (_, Append { Position: { } position } append) =>
            append with { Position = Math.Max(0, position + Math.Sign(change.By)) },
        (3, Read read) => read with { Ids = [.. read.Ids, change.Id] },
        (4, Read read) => read with { Ids = [.. read.Ids.Where(id => id != change.Id)] },
        (5, Read read) => read with { Ids = [.. read.Ids.Reverse()] },
        (6, Read read) => read with { Ids = [.. read.Ids.SkipLast(1)] },
        (7, Read read) => read with { AtLeast = read.AtLeast is null ? read.Position : null },
        (_, Read read) => read with { Position = Math.Max(0, read.Position + Math.Sign(change.By)) },
        _ => operation,
    };

    private static FileHistory History(IEnumerable<Operation> operations)
    {
        var history = new FileHistory();
        foreach (var operation in operations)
        {
            if (operation is Append a) history.Append(a.Id, a.Invoked, a.Completed, a.Position);
            if (operation is Read r) history.Read(r.Invoked, r.Completed!.Value, r.Ids, r.Position, r.AtLeast);
        }

        return history;
    }

    /// <param name="Kind">An append: 0 lost, to 2 unanswered, to 4 answered. A read: to 7 strong, to 9 weak.</param>
    private sealed record Act(int Kind, string Id, int Before, int After, int Gap, int Back);

    private sealed record Change(int Kind, int At, int By, string Id);
}
