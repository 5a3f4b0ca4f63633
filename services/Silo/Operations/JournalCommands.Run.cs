using System.CommandLine;
using System.Data.Common;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Treaty.Grid.Findings;
using Treaty.Grid.Grains;
using Treaty.Grid.Silo.Register;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Silo.Operations;

/// <summary>What the commands do.</summary>
public sealed partial class JournalCommands
{
    /// <summary>Where the journal of a command is.</summary>
    private Stores StoresOf(ParseResult parse) => parse.GetValue(_postgres) is { } connection
        ? new Stores("postgres", "", connection)
        : new Stores("sqlite", Path.GetFullPath(parse.GetValue(_data)!), null);

    private IJournal JournalOf(ParseResult parse, bool mustExist)
    {
        var stores = StoresOf(parse);
        return !mustExist || stores.Postgres is not null
            || File.Exists(Path.Combine(stores.Data, SqliteJournal.DatabaseFile))
            ? stores.OpenJournal(time)
            : throw new FileNotFoundException($"There is no journal in {stores.Data}. Name its directory by --data.");
    }

    /// <summary>The snapshots beside a journal; null where none were ever kept.</summary>
    private async Task<ISnapshotStore?> OpenSnapshotsAsync(ParseResult parse, CancellationToken cancellation)
    {
        var stores = StoresOf(parse);
        if (stores.Postgres is null && !File.Exists(Path.Combine(stores.Data, SqliteSnapshotStore.DatabaseFile)))
        {
            return null;
        }

        var snapshots = stores.OpenSnapshots(NullLoggerFactory.Instance);
        try
        {
            await snapshots.StartAsync(cancellation);
            return snapshots;
        }
        catch
        {
            await snapshots.DisposeAsync();
            throw;
        }
    }

    private async Task RebuildAsync(
        ParseResult parse, IJournal journal, ProgressLine progress, CancellationToken cancellation)
    {
        await using var model = StoresOf(parse).OpenReadModel(time);
        progress.Begin("Rebuilding the read model");
        await ReadModelRebuild.RunAsync(journal, model, time, NullLoggerFactory.Instance, progress, cancellation);
        progress.End();
        await SayAsync(FormattableString.Invariant(
            $"The read model holds all {await journal.GetHeadAsync(cancellation):N0} entries."));
    }

    private async Task<IJournal> OpenAsync(ParseResult parse, bool mustExist, CancellationToken cancellation)
    {
        var journal = JournalOf(parse, mustExist);
        try
        {
            await journal.StartAsync(cancellation);
            return journal;
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }
    }

    private async Task<int> VerifyAsync(
        ParseResult parse, IJournal journal, ProgressLine progress, CancellationToken cancellation)
    {
        await using var snapshots = await OpenSnapshotsAsync(parse, cancellation);
        var verification = new Verification(
            journal, snapshots, RegisterFiles.ReadRulebook(parse.GetValue(_packs)), progress);
        await verification.RunAsync(cancellation);
        var report = verification.Report;
        var size = FormattableString.Invariant(
            $"{verification.Entries:N0} entries of {verification.Parties:N0} parties")
            + (snapshots is null ? "" : FormattableString.Invariant($", {verification.Snapshots:N0} snapshots"));
        if (report.Count == 0)
        {
            await SayAsync($"The journal is sound: {size}.");
            return Done;
        }

        await SayAsync(FormattableString.Invariant(
            $"The journal is damaged: {report.Count:N0} faults in {size}. The first by position:"));
        foreach (var damage in report.Named)
        {
            await SayAsync($"  {damage}");
        }

        return IsDamaged;
    }

    private async Task ReplayAsync(
        ParseResult parse, IJournal journal, bool isAll, ProgressLine progress, CancellationToken cancellation)
    {
        var rulebook = RegisterFiles.ReadRulebook(parse.GetValue(_packs));
        var replay = new Replay(journal, rulebook, progress);
        await replay.RunAsync(cancellation);
        var changes = replay.Changes
            .OrderBy(c => c.Finding.Key.Rule, StringComparer.Ordinal)
            .ThenBy(c => c.Finding.Key.Name, StringComparer.Ordinal)
            .ToList();
        await SayAsync(
            $"By {string.Join(", ", rulebook.Jurisdictions.Select(j => j.Convention.PackVersion))}, of "
            + FormattableString.Invariant($"{replay.Parties:N0} parties: {Count('+')} raised, {Count('~')} revised, ")
            + FormattableString.Invariant($"{Count('-')} closed, {replay.Unchanged:N0} unchanged; on the dates of ")
            + FormattableString.Invariant($"{replay.Standings:N0} notices a party stood otherwise."));
        foreach (var rule in changes.GroupBy(c => c.Finding.Key.Rule))
        {
            await SayAsync(FormattableString.Invariant(
                $"  {rule.Key,-8} +{Of(rule, '+')} ~{Of(rule, '~')} -{Of(rule, '-')}"));
        }

        foreach (var (sign, finding) in isAll ? changes : changes.Take(ChangesNamedMax))
        {
            await SayAsync($"{sign} {finding.Key.Name} {finding.Severity}: {finding.Closed ?? finding.Message}");
        }

        if (!isAll && changes.Count > ChangesNamedMax)
        {
            await SayAsync(FormattableString.Invariant(
                $"and {changes.Count - ChangesNamedMax:N0} more: --all shows them."));
        }

        string Count(char sign) => FormattableString.Invariant($"{Of(changes, sign):N0}");

        static int Of(IEnumerable<(char Sign, Finding)> some, char sign) => some.Count(c => c.Sign == sign);
    }

    private async Task ExportAsync(
        IJournal journal, string? file, bool isDecoded, ProgressLine progress, CancellationToken cancellation)
    {
        progress.Begin("Exporting");
        if (file is null)
        {
            await ExportFile.WriteAsync(journal, output, isDecoded, progress, cancellation);
            progress.End();
            return;
        }

        // Whoever finds a file of that name finds it whole.
        var partial = file + ".partial";
        try
        {
            await using (var stream = File.Create(partial))
            {
                await ExportFile.WriteAsync(journal, stream, isDecoded, progress, cancellation);
                RandomAccess.FlushToDisk(stream.SafeFileHandle);
            }

            File.Move(partial, file, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }

        progress.End();
    }

    private async Task ImportAsync(
        IJournal journal, FileStream? file, ProgressLine progress, CancellationToken cancellation)
    {
        if (file is not null)
        {
            progress.Begin("Checking the file");
            await foreach (var (_, head, entry) in ExportFile.ReadAsync(file, cancellation))
            {
                progress.Report((entry.Position, head));
            }

            file.Position = 0;
        }

        progress.Begin("Importing");
        var written = await new Import(journal, progress)
            .RunAsync(ExportFile.ReadAsync(file ?? input, cancellation), cancellation);
        progress.End();
        await SayAsync(FormattableString.Invariant($"Imported {written:N0} entries."));
    }

    private async ValueTask SayAsync(string line) => await output.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    private ProgressLine Progress(ParseResult parse) => new(error, isTerminal, parse.GetValue(_quiet), time);

    /// <summary>What an operator can mend is told in words; anything else is a mistake of the program.</summary>
    private async Task<int> RunAsync(ParseResult parse, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Stopped before the end.");
        }
        catch (Exception e) when (e is JournalException or IOException or UnauthorizedAccessException
            or InvalidDataException or InvalidOperationException or DbException)
        {
            if (isTerminal && !parse.GetValue(_quiet))
            {
                await error.WriteLineAsync();
            }

            await error.WriteLineAsync($"journal {parse.CommandResult.Command.Name}: {e.Message}");
        }

        return NotRun;
    }
}
