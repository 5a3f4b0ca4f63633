using Treaty.Grid.Cluster.Tests.EndToEnd;

namespace Treaty.Grid.Cluster.Tests.Processes;

/// <summary>A store that is away for a weekend must not fill the disk with the news of it.</summary>
internal static class Quiet
{
    // What a party says when it is given up and a peer when it cannot be reached, for the few parties there are.
    private const int CharactersMax = 20_000;

    public static void Since(RunningRegister register, int said)
    {
        var more = register.Said[said..];
        Assert.True(more.Length < CharactersMax, $"It said much:\n{more}");
    }
}
