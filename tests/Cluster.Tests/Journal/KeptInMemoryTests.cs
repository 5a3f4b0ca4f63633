using System.Diagnostics;
using Treaty.Grid.Conventions;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Cluster.Tests.Journal;

/// <summary>What each notice in a party's memory is made of, as it comes from the wire or the journal.</summary>
public sealed class KeptInMemoryTests
{
    [Fact]
    public void A_place_tells_the_trace_that_it_was_given()
    {
        var trace = ActivityTraceId.CreateFromString("0af7651916cd43dd8448eb211c80319c");
        var place = new EntryPlace(7, trace) with { Position = 8 };
        Assert.Equal((8, trace), (place.Position, place.TraceId));
        Assert.Equal(new EntryPlace(8, trace), place);
        Assert.NotEqual(new EntryPlace(8, ActivityTraceId.CreateRandom()), place);
        Assert.Equal(default, new EntryPlace(7, default).TraceId);
    }

    [Fact]
    public void Equal_standings_are_one_object_wherever_they_come_from()
    {
        var message = EntryCodec.ToMessage(Standings.Of(
        [
            new Standing("apmbc", MembershipStatus.InForce),
            new Standing("ccw-ap2", MembershipStatus.WithdrawalNotified)
            {
                SuspensionAsserted = true,
                SuspensionContestedBy = ["NOR"],
            },
        ]));
        Assert.Same(message.ToStandings(), message.Clone().ToStandings());
    }

    [Fact]
    public void Codes_and_items_are_one_object_and_names_that_parties_choose_are_not_kept_for_long()
    {
        var (first, second) = (Read(), Read());
        Assert.Same(first.Sender, second.Sender);
        Assert.Same(first.Recipient, second.Recipient);
        Assert.NotSame(first.Reference, second.Reference);
        var item = new Grid.V1.Line { Item = new string("PMA-2".AsSpan()) };
        Assert.Same(item.ToLine().Item, new Grid.V1.Line { Item = new string("PMA-2".AsSpan()) }.ToLine().Item);

        static Transfers.TransferKey Read() => StatementCodec.ToTransferKey("parties/JOR/transfers/SYR~T-1")!.Value;
    }
}
