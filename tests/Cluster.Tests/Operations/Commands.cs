using System.Text;
using Microsoft.Data.Sqlite;
using Treaty.Grid.Silo.Operations;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Operations;

/// <summary>The operator's commands in this process, on a directory that is gone afterwards.</summary>
internal sealed class Commands : IDisposable
{
    private static readonly Lazy<IReadOnlyList<JournalEntry>> Told = new(() => Story.Tell().Entries);

    private readonly string _directory = Directory.CreateTempSubdirectory("treaty-grid-operations-").FullName;

    public static IReadOnlyList<JournalEntry> Entries => Told.Value;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string Data => PathOf("data");

    public string PathOf(string name) => Path.Combine(_directory, name);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => PipeAsync([], args);

    /// <summary>With something on stdin.</summary>
    public static async Task<(int Code, string Output, string Error)> PipeAsync(byte[] input, string[] args)
    {
        using var output = new MemoryStream();
        await using var error = new StringWriter();
        var commands = new JournalCommands(
            "treaty-grid", new MemoryStream(input), output, error, isTerminal: false, TimeProvider.System);
        var code = await commands.RunAsync(["journal", .. args], Cancellation);
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>Fills the data directory with a story.</summary>
    public async Task FillAsync(IEnumerable<JournalEntry>? entries = null)
    {
        await using var journal = new SqliteJournal(Data, TimeProvider.System);
        await journal.StartAsync(Cancellation);
        await FillAsync(journal, entries ?? Entries);
    }

    public static async Task FillAsync(IJournal journal, IEnumerable<JournalEntry> entries)
    {
        var all = entries.ToList();
        var parties = all.Select(e => e.Party).Distinct().ToList();
        var opened = parties.Zip(await journal.OpenManyAsync(parties, Cancellation)).ToDictionary();
        var appends = new List<Append>();
        foreach (var entry in all)
        {
            var (epoch, version) = opened[entry.Party];
            appends.Add(new Append(entry.Party, epoch, version, [entry.Payload]));
            opened[entry.Party] = new OpenedParty(epoch, version + 1);
        }

        await journal.CommitAsync(appends, Cancellation);
    }

    /// <summary>Does to the file what the journal itself never would.</summary>
    public async Task ChangeAsync(string sql, byte[]? payload = null)
    {
        await using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(Data, SqliteJournal.DatabaseFile)};Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@payload", payload ?? []);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(string data)
    {
        await using var journal = new SqliteJournal(PathOf(data), TimeProvider.System);
        await journal.StartAsync(Cancellation);
        return await journal.ReadAllAsync(0, 10_000, Cancellation);
    }

    /// <summary>Entries compared with all they hold.</summary>
    public static string Text(JournalEntry entry) =>
        $"{entry.Position} {entry.Party} {entry.Version} {Convert.ToHexString(entry.Payload.Span)}";
}
