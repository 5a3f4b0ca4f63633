using Treaty.Grid.Silo.Operations;

namespace Treaty.Grid.Cluster.Tests.Operations;

/// <summary>What the commands say about themselves, and about how far they have come.</summary>
public sealed class HelpAndProgressTests
{
    [Theory]
    [InlineData("", "verify", "rebuild", "export", "import")]
    [InlineData("verify", "--data", "--postgres", "--quiet", "  2  damaged")]
    [InlineData("rebuild", "--data", "--postgres", "--quiet", "read model")]
    [InlineData("export", "--data", "--postgres", "--to", "--force", "--decoded", "--quiet", "\"formatVersion\":1")]
    [InlineData(
        "import", "--data", "--postgres", "--from", "--no-verify", "--quiet", "from SQLite to PostgreSQL",
        "  2  imported, and damaged")]
    public async Task Help_tells_each_option_the_exit_codes_and_an_example(string command, params string[] told)
    {
        var args = command.Length == 0 ? new[] { "--help" } : [command, "--help"];

        var (code, output, error) = await Commands.RunAsync(args);

        Assert.Equal((0, ""), (code, error));
        Assert.All(
            [.. told, "Exit codes\n", "\nExample\n  treaty-grid journal ", "  0  ", "  1  could not run"],
            text => Assert.Contains(text, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("verify", "--nonsense")]
    [InlineData("nonsense", "--data")]
    public async Task What_is_not_known_is_refused(params string[] args)
    {
        var (code, _, error) = await Commands.RunAsync(args);

        Assert.Equal(1, code);
        Assert.Contains("nonsense", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuild_fills_the_lists_again_and_shows_how_far_it_is()
    {
        using var directory = new Commands();
        await directory.FillAsync();

        var (code, output, error) = await Commands.RunAsync("rebuild", "--data", directory.Data);

        Assert.Equal(0, code);
        var all = Commands.Entries.Count;
        Assert.Equal($"The read model holds all {all} entries.\n", output);
        Assert.StartsWith($"Rebuilding the read model: 100 %, {all} of {all}, ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_terminal_one_line_is_kept_up_to_date()
    {
        Assert.Equal(
            "\rReading: 25 %, 1,000 of 4,000, 1,000/s, 00:00:03 left"
            + "\rReading: 100 %, 4,000 of 4,000, 2,000/s              \n",
            Show(isTerminal: true, isQuiet: false));
    }

    [Fact]
    public void Elsewhere_there_is_a_line_now_and_then() =>
        Assert.Equal("Reading: 100 %, 4,000 of 4,000, 2,000/s\n", Show(isTerminal: false, isQuiet: false));

    [Fact]
    public void Quiet_is_silent() => Assert.Equal("", Show(isTerminal: true, isQuiet: true));

    private static string Show(bool isTerminal, bool isQuiet)
    {
        using var error = new StringWriter { NewLine = "\n" };
        var time = new Clock();
        var progress = new ProgressLine(error, isTerminal, isQuiet, time);
        progress.Begin("Reading");
        progress.Report((1, 4_000));
        time.Seconds = 1;
        progress.Report((1_000, 4_000));
        progress.Report((1_001, 4_000));
        time.Seconds = 2;
        progress.Report((4_000, 4_000));
        progress.End();
        return error.ToString();
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
