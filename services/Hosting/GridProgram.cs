using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;

namespace Treaty.Grid.Hosting;

/// <summary>
/// A program of the grid: its help, its switches, and how it tells of mistakes that whoever runs it can mend.
/// </summary>
/// <param name="Help">What <c>--help</c> prints.</param>
/// <param name="Switches">Each switch with the setting that it stands for.</param>
/// <param name="IsUsers">Whether an exception of its own kind is a mistake that a user can mend.</param>
public sealed record GridProgram(
    string Help, IReadOnlyDictionary<string, string> Switches, Func<Exception, bool>? IsUsers = null)
{
    // What a console needs to show; appsettings.json beside the program, or the environment, may ask for more.
    private static readonly Dictionary<string, string?> LogLevels = new()
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:Orleans"] = "Error",
        ["Logging:LogLevel:Treaty.Grid"] = "Information",
    };

    /// <summary>Runs until it is told to stop. Returns the exit code of the process.</summary>
    /// <param name="args">Of the command line.</param>
    /// <param name="build">Makes the application; its settings are read already.</param>
    /// <param name="greet">Says that it is ready.</param>
    public async Task<int> RunAsync(
        string[] args, Func<WebApplicationBuilder, WebApplication> build, Func<WebApplication, Task> greet)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(build);
        ArgumentNullException.ThrowIfNull(greet);
        if (args.Any(a => a is "--help" or "-h" or "-?"))
        {
            Console.WriteLine(Help);
            return 0;
        }

        if (Unknown(args) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"Treaty Grid does not know {unknown}. --help tells what it knows.");
            return 1;
        }

        try
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions
            {
                Args = args,

                // Settings lie beside the program, data where it is started.
                ContentRootPath = AppContext.BaseDirectory,
            });
            builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = LogLevels });
            builder.Configuration.AddCommandLine(args, new Dictionary<string, string>(Switches));
            await using var app = build(builder);
            await app.StartAsync();
            await greet(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception e) when (Explain(e) is { } explanation)
        {
            await Console.Error.WriteLineAsync(explanation);
            return 1;
        }
    }

    /// <summary>The first switch that the program does not know; null if it knows all.</summary>
    private string? Unknown(string[] args) => args.FirstOrDefault(a => a.StartsWith('-')
        && !a.Contains(':', StringComparison.Ordinal) && !Switches.ContainsKey(a.Split('=')[0]));

    /// <summary>What went wrong and what to do, for mistakes that a user can mend; null for any other.</summary>
    private string? Explain(Exception exception) => exception switch
    {
        IOException or InvalidOperationException or OrleansConfigurationException or SocketException =>
            $"Treaty Grid cannot start: {exception.Message}",
        _ when IsUsers?.Invoke(exception) == true => $"Treaty Grid cannot start: {exception.Message}",
        _ when exception.InnerException is { } inner => Explain(inner),
        _ => null,
    };
}
