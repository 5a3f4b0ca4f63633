namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>What is delivered beside what.</summary>
public sealed class OutputTests
{
    [Fact]
    public void The_gateway_comes_without_storage_and_without_grains()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var output = Path.Combine(here.Parent!.Parent!.FullName, "Treaty.Grid.Gateway", here.Name);
        var files = Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories)
            .Select(Path.GetFileName)
            .ToList();
        Assert.Contains("Treaty.Grid.Gateway.dll", files);
        string[] forbidden = ["sqlite", "treaty.grid.storage", "treaty.grid.grains", "treaty.grid.domain"];
        Assert.DoesNotContain(
            files, file => forbidden.Any(f => file!.Contains(f, StringComparison.OrdinalIgnoreCase)));

        // Nor does it say that it would like to have them.
        var wishes = File.ReadAllText(Path.Combine(output, "Treaty.Grid.Gateway.deps.json"));
        Assert.DoesNotContain(forbidden, f => wishes.Contains(f, StringComparison.OrdinalIgnoreCase));
    }
}
