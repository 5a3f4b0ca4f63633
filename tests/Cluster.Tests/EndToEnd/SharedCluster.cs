namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>
/// The same for a cluster: what passes at one process passes at three silos and two gateways, asked in turn. So many
/// processes leave little of a small machine to others: they run after them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SharedCluster : ICollectionFixture<RunningCluster>
{
    public const string Name = "one running cluster";
}
