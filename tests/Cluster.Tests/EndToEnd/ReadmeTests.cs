using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>What the README says is what happens.</summary>
public sealed partial class ReadmeTests
{
    private static readonly TimeSpan SessionMax = TimeSpan.FromSeconds(60);

    [Fact]
    public void The_commands_of_the_readme_are_those_that_ci_runs()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var ci = File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run"));
        Assert.Contains("\n    dotnet test -c Release\n", readme, StringComparison.Ordinal);
        Assert.Contains("\ndotnet test -c Release\n", ci, StringComparison.Ordinal);
        Assert.Contains("\n    dotnet run --project services/AllInOne\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_of_the_readme_prints_what_the_readme_says()
    {
        StrangersTests.Need(StrangersTests.Find("curl"), "curl");
        StrangersTests.Need(StrangersTests.Find("jq"), "jq");
        StrangersTests.Need(StrangersTests.FindBuf(), "buf (npm ci --prefix protos --ignore-scripts)");
        await using var register = new RunningRegister();
        await register.StartAsync();
        var readme = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken);
        var steps = Step().Matches(readme);
        Assert.Equal(7, steps.Count);
        foreach (Match step in steps)
        {
            var command = step.Groups["command"].Value
                .Replace("http://127.0.0.1:5480/", register.Web.BaseAddress!.ToString(), StringComparison.Ordinal)
                .Replace("127.0.0.1:5400", register.Channel.Target, StringComparison.Ordinal);

            // An ellipsis in the README stands for what depends on the day.
            var expected = Regex.Escape(step.Groups["output"].Value).Replace("…", ".*", StringComparison.Ordinal);
            Assert.Matches($"^{expected}$", await RunAsync(command));
        }
    }

    [GeneratedRegex(@"```sh\n(?<command>.*?)```\n\n```text\n(?<output>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Step();

    private static async Task<string> RunAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        })!;
        var cancellation = TestContext.Current.CancellationToken;
        try
        {
            return await shell.StandardOutput.ReadToEndAsync(cancellation).WaitAsync(SessionMax, cancellation);
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }
    }
}
