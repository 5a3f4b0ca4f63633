using System.Net.Sockets;
using Treaty.Grid.Load.Comparing;

namespace Treaty.Grid.Load;

/// <summary>Says which command is meant.</summary>
internal static class Program
{
    private const string Help = """
        Puts load on a register at times fixed beforehand, and tells what came of it.

          dotnet run -c Release --project tests/Load -- <command> [switches]

          run         offers notices at a rate
          find-max    searches for the highest rate that is sustained
          soak        runs for long, and tells what rises
          merge       adds up the figures of several runs
          compare     measures the register next to what would be built instead
          agree       holds its own rates against those of h2load
          echo        answers notices and keeps nothing: what the generator costs without a register

        Each has a page of its own: <command> --help.
        """;

    public static async Task<int> Main(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["run", "--help"]:
                    Console.WriteLine(RunCommand.Help);
                    return 0;
                case ["run", .. var rest]:
                    return await RunCommand.RunAsync(rest, "run", Console.Out, Console.Error);
                case ["find-max", "--help"]:
                    Console.WriteLine(FindMax.Help);
                    return 0;
                case ["find-max", .. var rest]:
                    return await FindMax.RunAsync(rest, Console.Out, Console.Error);
                case ["soak", "--help"]:
                    Console.WriteLine(Soak.Help);
                    return 0;
                case ["soak", .. var rest]:
                    return await Soak.RunAsync(rest, Console.Out, Console.Error);
                case ["merge", "--help"]:
                    Console.WriteLine(Merge.Help);
                    return 0;
                case ["merge", .. var rest]:
                    return await Merge.RunAsync(rest, Console.Out);
                case ["compare", "--help"]:
                    Console.WriteLine(CompareCommand.Help);
                    return 0;
                case ["compare", .. var rest]:
                    return await CompareCommand.RunAsync(rest, Console.Out, Console.Error);
                case ["agree", "--help"]:
                    Console.WriteLine(AgreeCommand.Help);
                    return 0;
                case ["agree", .. var rest]:
                    return await AgreeCommand.RunAsync(rest, Console.Out, Console.Error);
                case ["echo", "--help"]:
                    Console.WriteLine(Echo.Help);
                    return 0;
                case ["echo", .. var rest]:
                    return await Echo.RunAsync(rest);
                default:
                    Console.WriteLine(Help);
                    return args is ["--help"] ? 0 : 1;
            }
        }
        catch (SwitchException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (Exception e) when (e is SocketException or CallFailedException or InvalidOperationException
            or IOException)
        {
            await Console.Error.WriteLineAsync($"It cannot run: {e.Message}");
            return 1;
        }
    }
}
