using Treaty.Grid.Storage;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.ReadModels.MadeEntries;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>That the tables do not tell which entries came in together.</summary>
public abstract class BatchedEntries : FilteredLists
{
    private const int Seed = 20_261_128;
    private const int Histories = 6;
    private const int Entries = 150;
    private const int BatchMax = 40;

    private static readonly string[] Parties = ["GRC", "BGR", "ROU"];
    private static readonly string[] Rules = ["APM-06", "APM-20", "APM-50"];

    /// <summary>Every row of every table.</summary>
    protected abstract Task<string> DumpAsync();

    [Fact]
    public async Task Entries_one_by_one_in_batches_and_all_at_once_make_the_same_tables()
    {
        var random = new Random(Seed);
        for (var history = 0; history < Histories; history++)
        {
            var entries = Draw(random);
            var expected = await ApplyAsync(entries, () => 1);
            Assert.All(TableDump.Tables, table => Assert.Contains($"{table} ", expected));
            Same(expected, await ApplyAsync(entries, () => random.Next(1, BatchMax)), history);
            Same(expected, await ApplyAsync(entries, () => random.Next(1, BatchMax)), history);
            Same(expected, await ApplyAsync(entries, () => Entries), history);
        }
    }

    private static void Same(string expected, string tables, int history) => Assert.True(
        expected == tables, $"History {history} of seed {Seed}:\n{expected}\nis not\n{tables}");

    private async Task<string> ApplyAsync(IReadOnlyList<JournalEntry> entries, Func<int> size)
    {
        await Writer.ResetAsync(Cancellation);
        for (var taken = 0; taken < entries.Count;)
        {
            var batch = entries.Skip(taken).Take(size()).ToList();
            Assert.NotNull(await Writer.ApplyAsync(batch, Cancellation));
            taken += batch.Count;
        }

        return await DumpAsync();
    }

    /// <summary>A few rows that change over and over, come back when they were gone, are closed unraised.</summary>
    private static IReadOnlyList<JournalEntry> Draw(Random random)
    {
        var made = new MadeEntries();
        for (var i = 0; i < Entries; i++)
        {
            var party = One(random, Parties);
            if (i % 20 == 7)
                made.AddBytes(party, [0xFF]);
            else
                made.Add(party, [.. Enumerable.Range(0, random.Next(1, 5)).Select(n => Draw(random, party, i, n))]);
        }

        return made.TakeNew();
    }

    private static J.Event Draw(Random random, string party, int entry, int number)
    {
        var (rule, id) = (One(random, Rules), $"APM-0{random.Next(3)}~x");
        switch (random.Next(number == 0 ? 8 : 7))
        {
            case 0:
                return Filed($"N{entry}-{number}", NoticeKind.Dispatch, party, "BGR", RandomDay(random));
            case 1 or 2:
                return Assessed(
                    NameOf("GRC", "BGR", $"T{random.Next(3)}"), $"2026-01-0{random.Next(1, 3)}",
                    random.Next(2) == 0 ? "" : RandomDay(random), random.Next(2) == 0 ? "" : "BGR",
                    (Pairing)random.Next(1, 4));
            case 3:
                var raised = Raised(
                    One(random, Parties), id, (Severity)random.Next(1, 6), RandomDay(random), random.Next(3) * 7);
                // What a row keeps of the first time.
                raised.FindingRaised.Finding.Rule = rule;
                return raised;
            case 4:
                return Closed(One(random, Parties), id, $"gone {entry}");
            case 5:
                return Owed(rule, $"Duty {entry}", RandomDay(random), random.Next(2) == 0, $"T{random.Next(2)}");
            case 6:
                return Owed(rule, "", "", transfer: $"T{random.Next(2)}");
            default:
                return Declared($"D{entry}", RandomDay(random));
        }
    }

    private static string One(Random random, string[] of) => of[random.Next(of.Length)];
}
