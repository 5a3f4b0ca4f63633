using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Treaty.Grid.Silo.Operations;

/// <summary>A command with more to say about itself than fits into a list of commands.</summary>
/// <param name="details">Below the options in its help: exit codes and an example, among others.</param>
internal sealed class ExplainedCommand(string name, string description, string details)
    : System.CommandLine.Command(name, description)
{
    /// <summary>Help for a command and those below it, with what each has to say.</summary>
    public static HelpOption Help() => new() { Action = new DetailedHelp() };

    private string Details => details;

    private sealed class DetailedHelp : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = new HelpAction().Invoke(parseResult);
            if (parseResult.CommandResult.Command is ExplainedCommand explained)
            {
                parseResult.InvocationConfiguration.Output.WriteLine(explained.Details);
            }

            return code;
        }
    }
}
