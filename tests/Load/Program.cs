using System.Net.Sockets;

namespace Treaty.Grid.Load;

/// <summary>Says which command is meant.</summary>
internal static class Program
{
    private const string Help = """
        Puts load on a register at times fixed beforehand, and tells what came of it.

          dotnet run -c Release --project tests/Load -- <command> [switches]

          run         offers notices at a rate
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
                    return await RunCommand.RunAsync(rest, Console.Out, Console.Error);
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
        catch (Exception e) when (e is SocketException or CallFailedException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"It cannot run: {e.Message}");
            return 1;
        }
    }
}
