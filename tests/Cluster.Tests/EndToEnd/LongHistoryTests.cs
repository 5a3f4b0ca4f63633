using System.Globalization;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>
/// What is closed leaves memory, and nobody who asks can tell: not now, not after a crash, and not when everything but
/// the journal is lost.
/// </summary>
public sealed class LongHistoryTests : IAsyncDisposable
{
    private const int Transfers = 600;
    private const int BatchSize = 200;
    private const int Short = 5;

    private static readonly Google.Type.Date Sent = Day(2007, 5, 4);
    private static readonly Google.Type.Date Asked = Day(2027, 1, 1);

    private readonly RunningRegister _register = new();

    private Caller Greece => new(_register, "GRC");

    private Caller Bulgaria => new(_register, "BGR");

    public ValueTask DisposeAsync() => _register.DisposeAsync();

    [Fact]
    public async Task What_was_closed_long_ago_is_answered_as_it_was_at_first()
    {
        await _register.StartAsync();
        var dispatched = await FileAsync(Greece, "D", n => Dispatch("GRC", "BGR", $"T-{n}", 10, Sent));
        await FileAsync(Bulgaria, "R", n => Receipt("GRC", "BGR", $"T-{n}", n == Short ? 9 : 10, Day(2007, 5, 5)));
        var told = await TellAsync(dispatched);
        Assert.Contains(told, line => line.Contains("APM-51", StringComparison.Ordinal));
        Assert.Equal(0, await _register.TerminateAsync());
        Assert.True(SnapshotsOf("GRC") == 1 && SnapshotsOf("BGR") == 1, "There is no snapshot, so nothing is shown.");

        await _register.StartAsync();
        Assert.Equal(told, await TellAsync(dispatched));
        var refused = await Caller.RefusedAsync(
            () => Greece.SubmitAsync("D-1", Dispatch("GRC", "BGR", "T-1", 11, Sent)));
        Assert.Equal(StatusCode.AlreadyExists, refused.Code);
        await _register.KillAsync();

        foreach (var file in Directory.EnumerateFiles(_register.DataDirectory))
        {
            if (!Path.GetFileName(file).StartsWith(SqliteJournal.DatabaseFile, StringComparison.Ordinal))
                File.Delete(file);
        }

        await _register.StartAsync();
        Assert.Equal(told, await TellAsync(dispatched));

        // A late word about it finds the file as it was left.
        var late = await Bulgaria.SubmitAsync("late", Reply("GRC", "BGR", $"T-{Short}", Day(2024, 1, 1), "Recounted."));
        Assert.Equal(3, late.Transfer.Notices.Count);
        Assert.Equal(Match.Mismatched, late.Transfer.Match);
    }

    [Fact]
    public async Task A_party_whose_entries_cannot_be_read_is_refused_and_all_others_go_on()
    {
        await _register.StartAsync();
        await Greece.SubmitAsync("G", Dispatch("GRC", "BGR", "Q-1", 10, Sent));
        Assert.Equal(0, await _register.TerminateAsync());
        await using (var journal = new SqliteConnection($"Data Source={JournalFile};Pooling=false"))
        {
            await journal.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = journal.CreateCommand();
            command.CommandText = "UPDATE entry SET payload = x'ff' WHERE party = 'GRC' AND version = 3";
            Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        await _register.StartAsync();
        foreach (var call in new Func<Task>[]
        {
            () => Greece.SubmitAsync("G2", Dispatch("GRC", "BGR", "Q-2", 10, Sent)),
            () => Greece.PartyAsync("GRC"),
            () => Greece.FindingsAsync(),
        })
        {
            var refused = await Caller.RefusedAsync(call);
            Assert.Equal((StatusCode.DataLoss, "PARTY_QUARANTINED"), (refused.Code, refused.Reason));
            Assert.Equal("GRC", refused.Metadata["party"]);
        }

        Assert.Contains("GRC is quarantined", _register.Said, StringComparison.Ordinal);

        // Bulgaria goes on, even about Greece, and the lists leave out what cannot be read.
        var filed = await Bulgaria.SubmitAsync("B", Receipt("GRC", "BGR", "Q-1", 10, Day(2007, 5, 5)));
        Assert.Equal(CrossCheck.Pending, filed.CrossCheck);
        var other = await Bulgaria.SubmitAsync("B2", Dispatch("BGR", "SVK", "Q-3", 10, Sent));
        Assert.Equal(CrossCheck.Complete, other.CrossCheck);
        var listed = await Bulgaria.ListAsync(new ListTransfersRequest
        {
            Parent = "parties/BGR",
            AtLeastPosition = other.Receipt.Position,
        });
        Assert.Equal(2, listed.Transfers.Count);
    }

    private string JournalFile => Path.Combine(_register.DataDirectory, SqliteJournal.DatabaseFile);

    private static async Task<IReadOnlyList<SubmitNoticeResponse>> FileAsync(
        Caller filer, string prefix, Func<int, Notice> notice)
    {
        var answers = new List<SubmitNoticeResponse>();
        foreach (var batch in Enumerable.Range(0, Transfers).Chunk(BatchSize))
        {
            var results = await filer.BatchAsync(batch.Select(n => filer.RequestOf($"{prefix}-{n}", notice(n))));
            answers.AddRange(results.Select(r => r.Response));
        }

        Assert.All(answers, a => Assert.False(a.Replayed));
        return answers;
    }

    /// <summary>
    /// What can be asked about the history, in lines. A repeat gets the receipt and notice of the first.
    /// </summary>
    private async Task<IReadOnlyList<string>> TellAsync(IReadOnlyList<SubmitNoticeResponse> dispatched)
    {
        var lines = new List<string>();
        foreach (var n in new[] { 0, Short, 123, Transfers - 1 })
        {
            var repeated = await Greece.SubmitAsync($"D-{n}", Dispatch("GRC", "BGR", $"T-{n}", 10, Sent));
            Assert.True(repeated.Replayed);
            Assert.Equal(dispatched[n].Receipt, repeated.Receipt);
            Assert.Equal(dispatched[n].Notice, repeated.Notice);
            Assert.Equal(2, repeated.Transfer.Notices.Count);
            repeated.Transfer.AsOf = Asked;
            lines.Add($"{repeated.Transfer}");
            lines.Add($"{await Bulgaria.TransferAsync(repeated.Transfer.Name, Asked)}");
            lines.Add($"{await Greece.NoticeAsync("GRC", $"D-{n}")}");
        }

        foreach (var party in new[] { Greece, Bulgaria })
        {
            lines.AddRange((await party.FindingsAsync(Asked)).Select(f => $"{f}"));
            lines.AddRange((await party.ListAsync(new ListObligationsRequest
            {
                Parent = $"parties/{party.Code}",
                AsOf = Asked,
                PageSize = 1_000,
            })).Obligations.Select(o => $"{o}"));
            lines.AddRange((await party.StockAsync(Asked)).Holdings.Select(h => $"{h}"));
        }

        // Ten transfers later the books held a hundred less.
        var known = await Greece.StockAsync(Asked, asKnownAt: dispatched[9].Receipt.Position);
        Assert.Equal(100, known.Holdings.Single(h => h.HoldingClass == HoldingClass.InTransit).Quantity);
        return lines;
    }

    private long SnapshotsOf(string party)
    {
        var file = Path.Combine(_register.DataDirectory, SqliteSnapshotStore.DatabaseFile);
        using var snapshots = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=false");
        snapshots.Open();
        using var command = snapshots.CreateCommand();
        command.CommandText = "SELECT count(*) FROM snapshot WHERE party = @party";
        command.Parameters.AddWithValue("@party", party);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
