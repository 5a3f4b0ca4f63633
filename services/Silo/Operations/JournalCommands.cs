using System.CommandLine;

namespace Treaty.Grid.Silo.Operations;

/// <summary>
/// What an operator does with a journal while no server runs on it: verify, replay, export, import, rebuild.
/// </summary>
/// <param name="program">How the operator starts this program; for the examples.</param>
/// <param name="error">Progress, and why a command could not run; results go to the output.</param>
/// <param name="isTerminal">Somebody watches the errors: progress is one line, kept up to date.</param>
public sealed partial class JournalCommands(
    string program, Stream input, Stream output, TextWriter error, bool isTerminal, TimeProvider time)
{
    private const int Done = 0;
    private const int NotRun = 1;
    private const int IsDamaged = 2;
    private const int ChangesNamedMax = 100;

    private readonly Option<string> _data = new("--data")
    {
        Description = "The data directory of a journal in SQLite.",
        HelpName = "PATH",
        DefaultValueFactory = _ => "data",
    };

    private readonly Option<string?> _postgres = new("--postgres")
    {
        Description = "The connection string of a journal in PostgreSQL; then --data does not count.",
        HelpName = "CONNECTION",
    };

    private readonly Option<string?> _packs = new("--packs")
    {
        Description = "The folder of packs that the register is run with, or would be.",
        HelpName = "PATH",
    };

    private readonly Option<bool> _quiet = new("--quiet") { Description = "No progress on stderr." };

    /// <summary>On the streams of this process.</summary>
    public static JournalCommands OfThisProcess(string program) => new(
        program, Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error, !Console.IsErrorRedirected,
        TimeProvider.System);

    /// <summary>Runs one command; the answer is the exit code of the process.</summary>
    /// <param name="args">From <c>journal</c> on.</param>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellation)
    {
        var journal = new ExplainedCommand(
            "journal", "Checks, copies and moves the journal: the record of everything that was ever declared.", $"""
            No server may run on a journal in SQLite meanwhile; the command says which one does.

            Exit codes
              0  done
              1  could not run: the message says why, and what to do
              2  the journal is damaged

            Example
              {program} journal verify --data ./data
            """) { Verify(), Replay(), Rebuild(), Export(), Import(), ExplainedCommand.Help() };
        await using var help = new StreamWriter(output, leaveOpen: true);
        return await journal.Parse([.. args.Skip(1)]).InvokeAsync(
            new InvocationConfiguration { Output = help, Error = error, EnableDefaultExceptionHandler = false },
            cancellation);
    }

    private ExplainedCommand Verify()
    {
        var verify = new ExplainedCommand(
            "verify", "Reads the whole journal and folds every party again from its first entry.", $"""
            It changes nothing. Checked: positions and versions without a gap; every entry can be decoded and follows
            from those before; record times never fall within a party; books add up to zero; every notice that was
            delivered had been filed as it says, and every answer is that of its addressee; no finding is closed that
            was never raised; every snapshot is what the entries up to it come to. Damage is named with position, party
            and version: the first {DamageReport.NamedMax} by position, and how much there is in all. A snapshot
            holds what was open under the packs of its day: after a change of packs delete the snapshots, or let the
            server run until it has made them anew.

            Exit codes
              0  sound
              1  could not run: the message says why, and what to do
              2  damaged

            Example
              {program} journal verify --data ./data
            """) { _data, _postgres, _packs, _quiet };
        verify.SetAction((parse, cancellation) => RunAsync(parse, async () =>
        {
            await using var journal = await OpenAsync(parse, mustExist: true, cancellation);
            return await VerifyAsync(parse, journal, Progress(parse), cancellation);
        }));
        return verify;
    }

    private ExplainedCommand Replay()
    {
        var all = new Option<bool>("--all") { Description = $"Every change, not only the first {ChangesNamedMax}." };
        var replay = new ExplainedCommand(
            "replay", "Judges all that was ever recorded by other packs, and says what would be found otherwise.", $"""
            It changes nothing: it says what ReassessFindings would change for all parties, were the register run with
            the packs in --packs. Memberships count as they are known now. Each party is judged on the day of its last
            entry. Lines begin with + for what is newly found, ~ for another weight or other facts, - for what is no
            longer found.

            Exit codes
              0  done, whether there is a difference or not
              1  could not run: the message says why, and what to do

            Example
              {program} journal replay --data ./data --packs ./packs-next
            """) { _data, _postgres, _packs, all, _quiet };
        replay.SetAction((parse, cancellation) => RunAsync(parse, async () =>
        {
            await using var journal = await OpenAsync(parse, mustExist: true, cancellation);
            await ReplayAsync(parse, journal, parse.GetValue(all), Progress(parse), cancellation);
            return Done;
        }));
        return replay;
    }

    private ExplainedCommand Export()
    {
        var to = new Option<string?>("--to")
        {
            Description = "The file; it appears when it is whole. Without it, to stdout.",
            HelpName = "FILE",
        };
        var force = new Option<bool>("--force") { Description = "Replace the file if it is there." };
        var decoded = new Option<bool>("--decoded")
        {
            Description = "Each line also says what its entry holds, for people; import takes no notice of it.",
        };
        var export = new ExplainedCommand(
            "export", "Writes every entry, byte for byte, as one line of JSON.", $$"""
            The file
              {"format":"treaty-grid-journal","formatVersion":1,"head":2}
              {"position":1,"party":"GRC","version":1,"recordTime":"...","payload":"base64"}
              {"position":2,"party":"BGR","version":1,"recordTime":"...","payload":"base64"}
              {"count":2,"sha256":"of the payloads in this order"}

            The last line tells a whole file from one that was cut off.

            Exit codes
              0  done
              1  could not run: the message says why, and what to do

            Example
              {{program}} journal export --data ./data --to journal.jsonl
            """) { _data, _postgres, to, force, decoded, _quiet };
        export.SetAction((parse, cancellation) => RunAsync(parse, async () =>
        {
            var file = parse.GetValue(to);
            if (file is not null && File.Exists(file) && !parse.GetValue(force))
            {
                throw new IOException($"{file} is there already. Name another, or say --force to replace it.");
            }

            await using var journal = await OpenAsync(parse, mustExist: true, cancellation);
            await ExportAsync(journal, file, parse.GetValue(decoded), Progress(parse), cancellation);
            return Done;
        }));
        return export;
    }

    private ExplainedCommand Import()
    {
        var from = new Option<string?>("--from")
        {
            Description = "The file, checked whole before anything is written. Without it, from stdin.",
            HelpName = "FILE",
        };
        var noVerify = new Option<bool>("--no-verify") { Description = "Do not verify the journal in the end." };
        var import = new ExplainedCommand(
            "import", "Writes the entries of an export into a journal, at the same positions and versions.", $"""
            This is also the way from SQLite to PostgreSQL: export from one, import into the other.

            The journal is empty, or holds the first entries of the same file: then an import that was broken off goes
            on. With anything else in it nothing is written. In the end the journal is verified.

            Exit codes
              0  imported, and sound
              1  could not run, or the file is not whole: the message names the line, and what to do
              2  imported, and damaged as the export was

            Example
              {program} journal import --data ./copy --from journal.jsonl
            """) { _data, _postgres, from, noVerify, _quiet };
        import.SetAction((parse, cancellation) => RunAsync(parse, async () =>
        {
            await using var file = parse.GetValue(from) is { } path ? File.OpenRead(path) : null;
            await using var journal = await OpenAsync(parse, mustExist: false, cancellation);
            var progress = Progress(parse);
            await ImportAsync(journal, file, progress, cancellation);
            return parse.GetValue(noVerify) ? Done : await VerifyAsync(parse, journal, progress, cancellation);
        }));
        return import;
    }

    private ExplainedCommand Rebuild()
    {
        var rebuild = new ExplainedCommand(
            "rebuild", "Drops the read model and fills it again from the journal.", $"""
            Exit codes
              0  done
              1  could not run: the message says why, and what to do

            Example
              {program} journal rebuild --data ./data
            """) { _data, _postgres, _quiet };
        rebuild.SetAction((parse, cancellation) => RunAsync(parse, async () =>
        {
            await using var journal = await OpenAsync(parse, mustExist: true, cancellation);
            await RebuildAsync(parse, journal, Progress(parse), cancellation);
            return Done;
        }));
        return rebuild;
    }
}
