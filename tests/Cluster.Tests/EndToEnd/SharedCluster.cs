namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>
/// The same for a cluster: what passes at one process passes at three silos and two gateways, asked in turn.
/// </summary>
[CollectionDefinition(Name)]
public sealed class SharedCluster : ICollectionFixture<RunningCluster>
{
    public const string Name = "one running cluster";
}
