using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Treaty.Grid.Grains;
using Treaty.Grid.Storage;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Cluster.Tests.Journal;

/// <summary>That what is read of messages alone is what the whole entry says of them.</summary>
public sealed class LettersTests
{
    private const int Seed = 20_261_129;
    private const int Entries = 500;
    private const int DepthMax = 4;
    private const string Party = "GRC";

    [Fact]
    public void Of_every_kind_of_event_they_are_those_of_the_whole_entry()
    {
        var (random, kinds, letters) = (new Random(Seed), new HashSet<J.Event.KindOneofCase>(), 0);
        for (var i = 0; i < Entries; i++)
        {
            var entry = (J.Entry)Draw(random, J.Entry.Descriptor, 0);
            var stored = new JournalEntry(i + 1, Party, i + 1, entry.ToByteArray());
            var expected = entry.Events.SelectMany(LettersOf).ToList();
            Assert.True(expected.SequenceEqual(Letters.Of(stored)), $"Entry {i} of seed {Seed}: {entry}");
            kinds.UnionWith(entry.Events.Select(e => e.KindCase));
            letters += expected.Count;
        }

        Assert.Equal(J.Event.Descriptor.Oneofs[0].Fields.Count, kinds.Count);
        Assert.True(letters > Entries / 4, $"Only {letters} letters were drawn.");
    }

    [Fact]
    public void Of_what_is_no_entry_there_are_none() =>
        Assert.Empty(Letters.Of(new JournalEntry(1, Party, 1, new byte[] { 0xFF })));

    private static IEnumerable<Letter> LettersOf(J.Event happened) => happened.KindCase switch
    {
        J.Event.KindOneofCase.NoticeFiled => happened.NoticeFiled.Addresses.Select(Sent),
        J.Event.KindOneofCase.StandingsRevised => happened.StandingsRevised.Addresses.Select(Sent),
        J.Event.KindOneofCase.NoticeDelivered =>
            [new Letter(happened.NoticeDelivered.From, Party, 0, happened.NoticeDelivered.Sequence)],
        J.Event.KindOneofCase.StandingsDelivered =>
            [new Letter(happened.StandingsDelivered.From, Party, 0, happened.StandingsDelivered.Sequence)],
        _ => [],
    };

    private static Letter Sent(J.Address address) => new(Party, address.To, address.Sequence, 0);

    /// <summary>A message with any of its fields set to anything, and one of each oneof.</summary>
    private static IMessage Draw(Random random, MessageDescriptor type, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        var chosen = type.Oneofs.Select(o => o.Fields[random.Next(o.Fields.Count)]).ToHashSet();
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (field.ContainingOneof is not null && !chosen.Contains(field))
                continue;
            if (field.IsRepeated && !field.IsMap)
            {
                var values = (IList)field.Accessor.GetValue(message);
                for (var left = depth < DepthMax ? random.Next(4) : 0; left > 0; left--)
                    values.Add(Value(random, field, depth));
            }
            else if (!field.IsMap && (field.FieldType != FieldType.Message || depth < DepthMax))
            {
                field.Accessor.SetValue(message, Value(random, field, depth));
            }
        }

        return message;
    }

    private static object Value(Random random, FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Message => Draw(random, field.MessageType, depth + 1),
        FieldType.Enum => Enum.ToObject(
            field.EnumType.ClrType, field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Number),
        FieldType.String => $"s{random.Next(5)}",
        FieldType.Bytes => ByteString.CopyFrom((byte)random.Next(256)),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Int32 => random.Next(),
        FieldType.Int64 => random.NextInt64(),
        FieldType.Double => random.NextDouble(),
        _ => throw new InvalidOperationException($"{field.FullName} is of a type that is not drawn: add it."),
    };
}
