using System.Globalization;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Bench.Cluster;

/// <summary>Parties that are registered and have done nothing since, written straight into the journal.</summary>
internal static class Registered
{
    private const int AtOnce = 4_000;

    public static string CodeOf(int party) => string.Create(CultureInfo.InvariantCulture, $"Q{party:0000000}");

    /// <param name="progress">Hears how many there are.</param>
    public static async Task FillAsync(string connectionString, int parties, Action<int> progress)
    {
        await using var journal = new PostgresJournal(connectionString);
        await journal.StartAsync(CancellationToken.None);
        var rulebook = Silo.Register.RegisterFiles.ReadRulebook(null);
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var first = 0; first < parties; first += AtOnce)
        {
            var codes = Enumerable.Range(first, Math.Min(AtOnce, parties - first)).Select(CodeOf).ToList();
            var opened = await journal.OpenManyAsync(codes, CancellationToken.None);
            await journal.CommitAsync(
                [.. codes.Select((code, i) => new Append(code, opened[i].Epoch, 0, [EntryOf(code)]))],
                CancellationToken.None);
            progress(first + codes.Count);
        }

        ReadOnlyMemory<byte> EntryOf(string code)
        {
            var decided = (Decided)new Grid.Party(code).Decide(new RegisterParty(code, time), rulebook);
            return EntryCodec.Encode(new Entry(time, default, decided.Events), code);
        }
    }
}
