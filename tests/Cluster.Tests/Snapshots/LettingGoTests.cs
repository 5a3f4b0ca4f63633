using Microsoft.Data.Sqlite;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Faults;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Grains;
using Treaty.Grid.Storage;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

/// <summary>What a party's grain keeps in memory between snapshots.</summary>
public sealed class LettingGoTests
{
    private const int Rounds = 4;
    private const int Transfers = 20;

    private static readonly Google.Type.Date Sent = Day(2024, 11, 21);

    [Fact]
    public async Task What_is_at_rest_leaves_memory_before_there_is_a_snapshot_and_is_found_again()
    {
        var store = new MemorySnapshotStore();
        await using var silo = await RunningSilo.StartAsync(
            new FaultyJournal(new MemoryJournal(), _ => Fault.None), new OneDay(), store);
        await silo.RegisterAsync("JOR", "SYR");
        var filed = new List<SubmitNoticeResponse>();
        for (var first = 0; first < Rounds * Transfers; first += Transfers)
        {
            var references = Enumerable.Range(first, Transfers).ToList();
            filed.AddRange(await silo.FileAsync(
                "JOR", references.Select(n => ($"d-{n}", Dispatch("JOR", "SYR", $"T-{n}", 10, Sent)))));
            await silo.FileAsync(
                "SYR", references.Select(n => ($"r-{n}", Receipt("JOR", "SYR", $"T-{n}", 10, Sent))));
        }

        // A repeat of the first is answered as it was, from the journal once it has left memory.
        var repeated = await Eventually.Async(
            () => silo.FileAsync("JOR", [("d-0", Dispatch("JOR", "SYR", "T-0", 10, Sent))]),
            _ => silo.Journal.LookedUp > 0,
            "The first transfer leaves memory");
        Assert.True(repeated[0].Replayed);
        Assert.Equal(filed[0].Receipt, repeated[0].Receipt);
        Assert.Equal(2, repeated[0].Transfer.Notices.Count);

        // The same id with other content, and the same content under another id, are still noticed.
        var conflict = await FileItemAsync(silo, "JOR", ("d-1", Dispatch("JOR", "SYR", "T-1", 11, Sent)));
        Assert.Equal((int)Google.Rpc.Code.AlreadyExists, conflict.Error?.Code);

        // A correction finds what it corrects, in the files of both.
        var corrected = Dispatch("JOR", "SYR", "T-2", 12, Sent);
        corrected.Supersedes = "parties/JOR/notices/d-2";
        var answer = (await silo.FileAsync("JOR", [("d-2-again", corrected)]))[0];
        Assert.Equal((Match.Mismatched, 3), (answer.Transfer.Match, answer.Transfer.Notices.Count));
        var other = await silo["SYR"].GetTransfer(new GetTransferRequest { Name = TransferName("JOR", "SYR", "T-2") });
        Assert.Equal(Match.Mismatched, other.Match);

        Assert.Null(await store.LoadAsync("JOR", TestContext.Current.CancellationToken));
        Assert.Null(await store.LoadAsync("SYR", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_left_memory_is_listed_and_judged_anew_page_by_page_each_once()
    {
        await using var silo = await RunningSilo.StartAsync(
            new FaultyJournal(new MemoryJournal(), _ => Fault.None), new OneDay());
        await silo.RegisterAsync("JOR", "SYR");
        await silo.AccedeAsync("JOR");
        await silo.AccedeAsync("SYR");
        var references = Enumerable.Range(0, Rounds * Transfers).ToList();
        foreach (var some in references.Chunk(Transfers))
        {
            await silo.FileAsync("JOR", some.Select(n => ($"d-{n}", Dispatch("JOR", "SYR", $"T-{n}", n + 1, Sent))));
            await silo.FileAsync("SYR", some.Select(n => ($"r-{n}", Receipt("JOR", "SYR", $"T-{n}", n + 1, Sent))));
        }

        var before = silo.Journal.LookedUp;
        await Eventually.Async(
            () => silo.FileAsync("SYR", [("r-0", Receipt("JOR", "SYR", "T-0", 1, Sent))]),
            _ => silo.Journal.LookedUp > before,
            "The first transfer leaves memory");
        var (found, judged, token) = (new List<string>(), 0, "");
        do
        {
            var page = await silo["SYR"].ListFindings(new ListFindingsRequest
            {
                Parent = "parties/SYR",
                PageSize = 7,
                PageToken = token,
                ShowClosed = true,
            });
            found.AddRange(page.Findings.Where(f => f.Rule == "APM-50").Select(f => f.Transfer));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        do
        {
            var page = await silo["SYR"].Reassess(new ReassessRequest
            {
                Request = new ReassessFindingsRequest { Parent = "parties/SYR", PageSize = 7, PageToken = token },
            });
            Assert.Empty(page.Raised.Concat(page.Revised).Concat(page.Closed));
            judged += page.Unchanged;
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(references.Select(n => TransferName("JOR", "SYR", $"T-{n}")).Order(), found.Order());
        Assert.InRange(judged, references.Count, 3 * references.Count);
    }

    [Fact]
    public async Task What_was_open_leaves_memory_once_it_is_at_rest_though_nothing_new_is_sent()
    {
        var store = new MemorySnapshotStore();
        await using var silo = await RunningSilo.StartAsync(
            new FaultyJournal(new MemoryJournal(), _ => Fault.None), new OneDay(), store);
        await silo.RegisterAsync("JOR", "SYR");
        await silo.AccedeAsync("JOR");
        await silo.AccedeAsync("SYR");
        var references = Enumerable.Range(0, Transfers).ToList();
        await silo.FileAsync("JOR", references.Select(n => ($"d-{n}", Dispatch("JOR", "SYR", $"T-{n}", 10, Sent))));
        await silo.FileAsync("SYR", references.Select(n => ($"r-{n}", Receipt("JOR", "SYR", $"T-{n}", 10, Sent))));

        foreach (var n in references)
        {
            await Eventually.Async(
                async () => await silo["JOR"].GetTransfer(
                    new GetTransferRequest { Name = TransferName("JOR", "SYR", $"T-{n}") }),
                t => t.Match == Match.Matched,
                "Both sides are known");
        }

        await LeavesMemoryAsync(silo, "JOR", ("d-0", Dispatch("JOR", "SYR", "T-0", 10, Sent)));
        Assert.Null(await store.LoadAsync("JOR", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task While_lists_cannot_be_written_what_is_at_rest_stays_in_memory_and_is_read()
    {
        var directory = Directory.CreateTempSubdirectory("treaty-grid-lists-").FullName;
        try
        {
            var time = new OneDay();
            await using var silo = await RunningSilo.StartAsync(
                new FaultyJournal(new MemoryJournal(), _ => Fault.None), time,
                model: new SqliteReadModel(directory, time));
            await silo.RegisterAsync("JOR", "SYR");
            await silo.AccedeAsync("SYR");
            await using var other = await WriteAsync(directory);
            var references = Enumerable.Range(0, Rounds * Transfers).ToList();
            await silo.FileAsync(
                "JOR", references.Select(n => ($"d-{n}", Dispatch("JOR", "SYR", $"T-{n}", 10, Sent))));
            await silo.FileAsync(
                "SYR", references.Select(n => ($"r-{n}", Receipt("JOR", "SYR", $"T-{n}", 10, Sent))));
            await Eventually.Async(
                () => Task.FromResult(time.Waits.Count(w => w == PartyGrain.ListedSoon)), n => n >= 2,
                "Both look whether the lists have what is at rest");

            var found = await silo["SYR"].ListFindings(
                new ListFindingsRequest { Parent = "parties/SYR", PageSize = 1_000 });
            Assert.Equal(references.Count, found.Findings.Count(f => f.Rule == "APM-02"));
            Assert.Equal(0, silo.Journal.LookedUp);

            await other.DisposeAsync();
            await LeavesMemoryAsync(silo, "SYR", ("r-0", Receipt("JOR", "SYR", "T-0", 10, Sent)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Where_an_open_transfer_stands_in_the_journal_is_known_long_after_all_around_it_has_left_memory()
    {
        var (store, time) = (new MemorySnapshotStore(), new OneDay());
        await using var silo = await RunningSilo.StartAsync(
            new FaultyJournal(new MemoryJournal(), _ => Fault.None), time, store);
        await silo.RegisterAsync("JOR", "SYR");
        await silo.AccedeAsync("JOR");
        await silo.AccedeAsync("SYR");
        var open = ("open", Dispatch("JOR", "SYR", "open", 100_000, Sent));
        var filed = (await silo.FileAsync("JOR", [open]))[0];

        // Three times as many as a snapshot takes: places are looked through when there are twice as many.
        var (told, saved) = (0, 0);
        while (saved == 0 || told < 3 * saved)
        {
            var some = Enumerable.Range(told, 5 * Transfers).ToList();
            await silo.FileAsync("JOR", some.Select(n => ($"d-{n}", Dispatch("JOR", "SYR", $"T-{n}", n + 1, Sent))));
            await silo.FileAsync("SYR", some.Select(n => ($"r-{n}", Receipt("JOR", "SYR", $"T-{n}", n + 1, Sent))));
            told += some.Count;
            if (saved == 0 && await store.LoadAsync("JOR", TestContext.Current.CancellationToken) is not null)
                saved = told;
        }

        await LeavesMemoryAsync(silo, "JOR", ("d-0", Dispatch("JOR", "SYR", "T-0", 1, Sent)));

        // What left is remembered for some minutes, until what is read for an answer takes its place.
        for (var looked = 0; looked < 3; looked++)
        {
            time.Pass(TimeSpan.FromMinutes(2));
            await silo["JOR"].GetTransfer(new GetTransferRequest { Name = TransferName("JOR", "SYR", "T-1") });
        }

        var repeated = (await silo.FileAsync("JOR", [open]))[0];
        Assert.True(repeated.Replayed);
        Assert.Equal(filed.Receipt, repeated.Receipt);
    }

    [Fact]
    public async Task What_was_found_about_a_transfer_at_rest_is_there_when_the_party_is_loaded_again()
    {
        var store = new MemorySnapshotStore();
        await using var silo = await RunningSilo.StartAsync(
            new FaultyJournal(new MemoryJournal(), _ => Fault.None), new OneDay(), store);
        await silo.RegisterAsync("JOR", "SYR");
        foreach (var some in Enumerable.Range(0, Rounds * Transfers).Chunk(Transfers))
        {
            await silo.FileAsync("JOR", some.Select(n => ($"d-{n}", Dispatch("JOR", "SYR", $"T-{n}", n + 1, Sent))));
            await silo.FileAsync("SYR", some.Select(n => ($"r-{n}", Receipt("JOR", "SYR", $"T-{n}", n + 1, Sent))));
        }

        // What the other side still answers would come after the snapshot.
        var last = new GetTransferRequest { Name = TransferName("JOR", "SYR", $"T-{(Rounds * Transfers) - 1}") };
        foreach (var party in new[] { "JOR", "SYR" })
        {
            await Eventually.Async(
                async () => await silo[party].GetTransfer(last), t => t.Match == Match.Matched, "Both sides are known");
        }

        await silo.DeactivateAsync("SYR");
        var saved = await Eventually.Async(
            async () => await store.LoadAsync("SYR", TestContext.Current.CancellationToken),
            s => s is not null,
            "What the party has filed is saved");

        // It was bound when it received them, and that is told only now.
        await silo.AccedeAsync("SYR");
        var page = await silo["SYR"].Reassess(new ReassessRequest
        {
            Request = new ReassessFindingsRequest { Parent = "parties/SYR", PageSize = 5 },
        });
        Assert.NotEmpty(page.Raised);

        // Of so little nothing is saved: the party is loaded from the snapshot and these entries.
        await silo.DeactivateAsync("SYR");
        foreach (var raised in page.Raised)
        {
            var transfer = await silo["SYR"].GetTransfer(new GetTransferRequest { Name = raised.Transfer });
            Assert.Contains(raised.Rule, transfer.Findings.Select(f => f.Rule));
        }

        var now = await store.LoadAsync("SYR", TestContext.Current.CancellationToken);
        Assert.Equal(saved!.Version, now?.Version);
    }

    /// <summary>
    /// Returns when a notice that was filed before is read from the journal. The party's own entries go on, none of
    /// them about a transfer.
    /// </summary>
    private static async Task LeavesMemoryAsync(RunningSilo silo, string party, (string Id, Notice Notice) filed)
    {
        var (before, declared) = (silo.Journal.LookedUp, 0);
        await Eventually.Async(
            async () =>
            {
                await silo.DeclareAsync(party, ++declared);
                Assert.Equal(before, silo.Journal.LookedUp);
                return await silo.FileAsync(party, [filed]);
            },
            _ => silo.Journal.LookedUp > before,
            $"{filed.Id} leaves memory");
    }

    /// <summary>A writer beside the register's: as long as it is open, that one waits.</summary>
    private static async Task<SqliteConnection> WriteAsync(string directory)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = Path.Combine(directory, "readmodel.db"),
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
            }.ToString());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        await begin.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task<SubmitResult> FileItemAsync(
        RunningSilo silo, string party, (string Id, Notice Notice) notice) => (await silo[party].File(new FileRequest
        {
            Items = { new FileItem { NoticeId = notice.Id, Notice = notice.Notice } },
        })).Results[0];
}
