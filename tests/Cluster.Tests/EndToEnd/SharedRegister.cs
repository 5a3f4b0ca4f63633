namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>
/// One running register for all tests that neither stop it nor mind each other: each takes parties, or references, of
/// its own. They run one after the other; the count of a party's entries is a test's own while it runs.
/// </summary>
[CollectionDefinition(Name)]
public sealed class SharedRegister : ICollectionFixture<RunningRegister>
{
    public const string Name = "one running register";
}
