using System.Globalization;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>The program as whoever runs it meets it.</summary>
public sealed class StartAndStopTests : IAsyncDisposable
{
    private readonly RunningRegister _register = new();

    public ValueTask DisposeAsync() => _register.DisposeAsync();

    [Fact]
    public async Task It_ends_well_when_asked_to_and_begins_again_with_all_its_data()
    {
        await _register.StartAsync();
        Assert.Contains("Recorded ", _register.Said, StringComparison.Ordinal);
        var greece = new Caller(_register, "GRC");
        var filed = await greece.SubmitAsync("N1", Dispatch("GRC", "BGR", "T1", 500, Day(2007, 5, 4)));
        var before = await greece.PartyAsync("GRC");
        Assert.Equal(0, await _register.InterruptAsync());

        await _register.StartAsync();
        Assert.DoesNotContain("Recorded ", _register.Said, StringComparison.Ordinal);
        Assert.Contains("197 states", _register.Said, StringComparison.Ordinal);
        var after = await greece.PartyAsync("GRC");
        // What rode with Greece when it was asked may have been written down since.
        before.Position = after.Position;
        Assert.Equal(before, after);
        Assert.Equal(filed.Notice, await greece.NoticeAsync("GRC", "N1"));
        Assert.Equal(500, await greece.HoldingAsync(HoldingClass.InTransit));

        // A journal is one process's at a time.
        var (exitCode, errors) = await _register.StartSecondAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains(_register.DataDirectory, errors, StringComparison.Ordinal);
        Assert.Contains(
            _register.ProcessId.ToString(CultureInfo.InvariantCulture), errors, StringComparison.Ordinal);
        Assert.Equal(filed.Notice, await greece.NoticeAsync("GRC", "N1"));

        Assert.Equal(0, await _register.TerminateAsync());
    }

    [Theory]
    [InlineData("--journal", "cloud", "TreatyGrid:Journal")]
    [InlineData("--journal", "postgres", "TreatyGrid:Postgres")]
    [InlineData("--register", "imaginary", "TreatyGrid:Register")]
    [InlineData("--grpc", "http://0.0.0.0:0", "TreatyGrid:Grpc")]
    public async Task A_wrong_setting_is_said_in_a_sentence(string name, string value, string setting)
    {
        await using var wrong = new RunningRegister([], name, value);
        var (exitCode, errors) = await wrong.StartSecondAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains(setting, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
