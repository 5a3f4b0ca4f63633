using Grpc.Net.Client;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Where callers meet a register: of one process, or the gateways of a cluster.</summary>
public abstract class Door
{
    /// <summary>To whoever is asked next.</summary>
    public abstract GrpcChannel Channel { get; }

    /// <summary>The door of JSON; addresses begin with <c>v1/</c>.</summary>
    public abstract HttpClient Web { get; }

    /// <summary>What has been printed since the last start, for failures.</summary>
    public abstract string Said { get; }

    /// <summary>The ways in, one by one; all lead to the same register.</summary>
    internal virtual IReadOnlyList<Door> Each => [this];

    protected static GrpcChannel ChannelTo(string address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        // A batch of 1,000 answers is larger than what clients take by default.
        MaxReceiveMessageSize = 64 * 1024 * 1024,
    });
}
