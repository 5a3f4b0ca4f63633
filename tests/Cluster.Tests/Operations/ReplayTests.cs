using Treaty.Grid.Conventions;

namespace Treaty.Grid.Cluster.Tests.Operations;

/// <summary>What other packs would find in all that was ever recorded, and that asking changes nothing.</summary>
public sealed class ReplayTests : IDisposable
{
    private const string Permitted = """["training", "destruction"]""";

    private readonly Commands _commands = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _commands.Dispose();

    [Fact]
    public async Task Under_the_packs_that_it_was_judged_by_nothing_is_found_otherwise()
    {
        await _commands.FillAsync();

        var (code, output, error) = await Commands.RunAsync("replay", "--data", _commands.Data);

        Assert.Equal(0, code);
        Assert.Matches(
            "^By apmbc/1, att/1, .* of 6 parties: 0 raised, 0 revised, 0 closed, [1-9][0-9]* unchanged; on the dates "
            + "of 0 notices a party stood otherwise.\n$", output);
        Assert.Contains("Judging anew: 100 %, 6 of 6", error);
    }

    [Fact]
    public async Task A_changed_pack_shows_what_it_changes_and_touches_nothing()
    {
        await _commands.FillAsync();
        var packs = _commands.PathOf("packs");
        Directory.CreateDirectory(packs);
        var pack = PackFile.Shipped.Single(p => p.Name == "apmbc.json").Content;
        Assert.Contains(Permitted, pack);
        await File.WriteAllTextAsync(
            Path.Combine(packs, "apmbc.json"),
            pack.Replace(Permitted, """["training"]""").Replace("\"apmbc/1\"", "\"apmbc/2\""),
            Cancellation);

        var (code, output, error) = await Commands.RunAsync(
            "replay", "--data", _commands.Data, "--packs", packs, "--quiet");

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith(
            "By apmbc/2, att/1, ccm/2, ccw-ap2/1, cwc/1, of 6 parties: 7 raised, 0 revised, 0 closed, 6 unchanged; on "
            + "the dates of 0 notices a party stood otherwise.\n"
            + "  APM-01   +3 ~0 -0\n  APM-02   +3 ~0 -0\n  APM-04   +1 ~0 -0\n"
            + "+ parties/BGR/findings/APM-01~BGR~ROU~On1 Breach: BGR dispatched anti-personnel mines for destruction "
            + "on 2023-05-09, when it was bound: an apparent breach.\n",
            output);
        var stored = await _commands.ReadAsync("data");
        Assert.Equal(
            Commands.Entries.Select(e => Convert.ToHexString(e.Payload.Span)),
            stored.Select(e => Convert.ToHexString(e.Payload.Span)));
    }
}
