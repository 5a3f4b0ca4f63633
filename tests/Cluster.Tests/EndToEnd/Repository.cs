namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>The files that the product is made of.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Treaty.Grid.sln")))
            at = at.Parent;
        return at.FullName;
    }
}
