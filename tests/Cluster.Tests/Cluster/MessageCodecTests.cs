using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>What calls carry from one process to another.</summary>
public sealed class MessageCodecTests
{
    private static readonly Serializer Serializer = new ServiceCollection()
        .AddSerializer()
        .AddMessageCodec()
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

    private static readonly FileRequest Request = new()
    {
        Items = { new FileItem { NoticeId = "N1", Notice = new Notice { Sender = "GRC", Transit = { "ROU" } } } },
    };

    [Fact]
    public void A_message_arrives_whatever_its_reader_expects()
    {
        Assert.Equal(Request, Again(Request));
        Assert.Equal(Request, Again<object>(Request));
        Assert.Equal(new FileRequest(), Again(new FileRequest()));
        Assert.Null(Again<FileRequest?>(null));
        Assert.Equal(Request, Again(Response.FromResult(Request)).GetResult<FileRequest>());
    }

    [Fact]
    public void One_message_told_twice_arrives_as_one()
    {
        var two = Again(new[] { Request, Request, new FileRequest() });
        Assert.Same(two[0], two[1]);
        Assert.Equal(Request, two[0]);
        Assert.Equal(new FileRequest(), two[2]);
    }

    [Fact]
    public void A_refusal_arrives_with_all_its_details()
    {
        var refusal = RefusedException.Refuse(
            Google.Rpc.Code.NotFound, ErrorReason.PartyUnknown, "no", [new("party", "XXX")]);
        var arrived = Again<Exception>(new RefusedException(refusal));
        Assert.Equal(refusal, Assert.IsType<RefusedException>(arrived).Status);
    }

    private static T Again<T>(T value) => Serializer.Deserialize<T>(Serializer.SerializeToArray(value))!;
}
