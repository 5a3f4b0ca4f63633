using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Treaty.Grid.Silo.Operations;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Silo;

/// <summary>What an operator does with the silos of a cluster: list them, forget those that crashed.</summary>
/// <param name="program">How the operator starts this program; for the examples.</param>
internal sealed class SiloCommands(string program, TextWriter output, TextWriter error)
{
    private const int Done = 0;
    private const int NotRun = 1;

    // As long as silos themselves wait before they take a row for that of one that is gone.
    private static readonly TimeSpan Silence = 3 * ClusterMember.IAmAlive;

    private readonly Option<string> _postgres = new("--postgres")
    {
        Description = "The connection string of the database that the silos have.",
        HelpName = "CONNECTION",
        Required = true,
    };

    private readonly Option<string> _cluster = new("--cluster")
    {
        Description = "Which silos.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "treaty-grid",
    };

    /// <summary>Runs one command; the answer is the exit code of the process.</summary>
    /// <param name="args">From <c>silo</c> on.</param>
    public Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellation)
    {
        var silo = new ExplainedCommand(
            "silo", "Lists the silos of a cluster, and forgets those that are gone.", $"""
            Example
              {program} silo list --postgres CONNECTION
            """) { List(), Purge(), ExplainedCommand.Help() };
        return silo.Parse([.. args.Skip(1)]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false },
            cancellation);
    }

    private ExplainedCommand List()
    {
        var list = new ExplainedCommand("list", "Which silos there are, and when each last said that it is alive.", $"""
            Example
              {program} silo list --postgres CONNECTION
            """) { _postgres, _cluster };
        list.SetAction((parse, cancellation) => RunAsync(parse, async table =>
        {
            var silos = await table.ListAsync(cancellation);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{"SILO",-24} {"ADDRESS",-21} {"STATUS",-12} {"STARTED",-20} ALIVE"));
            foreach (var silo in silos)
            {
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{silo.Name,-24} {silo.Address,-21} {(SiloStatus)silo.Status,-12} {silo.Start:yyyy-MM-dd HH:mm:ss}"
                    + $"Z {silo.Silence.TotalSeconds:0} s ago"));
            }
        }));
        return list;
    }

    private ExplainedCommand Purge()
    {
        var all = new Option<bool>("--all")
        {
            Description = "Those as well that say they are alive: only when no silo runs and clocks have been wrong.",
        };
        var purge = new ExplainedCommand(
            "purge", "Forgets silos that have been silent for 15 seconds or longer.", $"""
            A cluster that crashed as a whole starts again by itself, on the same addresses or on others. This is for
            the rest: a start that waits for silos which will never answer. It takes nothing from the journal; a silo
            that was only silent stops when it hears that it is forgotten, and is to be started again.

            Example
              {program} silo purge --postgres CONNECTION
            """) { _postgres, _cluster, all };
        purge.SetAction((parse, cancellation) => RunAsync(parse, async table =>
        {
            // A clock that is ahead writes times to come.
            var silence = parse.GetValue(all) ? -TimeSpan.FromDays(365) : Silence;
            var count = await table.PurgeAsync(silence, cancellation);
            var left = await table.ListAsync(cancellation);
            await output.WriteLineAsync($"{count} forgotten, {left.Count} left.");
        }));
        return purge;
    }

    private async Task<int> RunAsync(ParseResult parse, Func<SiloTable, Task> act)
    {
        try
        {
            await using var table = new SiloTable(parse.GetValue(_postgres)!, parse.GetValue(_cluster)!);
            await act(table);
            return Done;
        }
        catch (Exception e) when (e is JournalException or DbException or ArgumentException)
        {
            await error.WriteLineAsync(e.Message);
            return NotRun;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Broken off.");
            return NotRun;
        }
    }
}
