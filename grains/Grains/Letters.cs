using Google.Protobuf;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Grains;

/// <summary>A message from one party to another, as the journal of one of them tells of it.</summary>
/// <param name="Sent">Its number, where it was sent; else 0.</param>
/// <param name="Taken">Its number, where it was taken; else 0.</param>
internal readonly record struct Letter(string From, string To, long Sent, long Taken);

/// <summary>What an entry says of messages between parties. Of the rest of it nothing is made out.</summary>
internal static class Letters
{
    private static readonly MessageParser<Journal.V1.EntryLetters> Parser =
        Journal.V1.EntryLetters.Parser.WithDiscardUnknownFields(true);

    /// <summary>Nothing of an entry that cannot be read: its party is quarantined when it is loaded.</summary>
    public static IEnumerable<Letter> Of(JournalEntry stored)
    {
        foreach (var happened in EventsOf(stored))
        {
            foreach (var address in happened.NoticeFiled?.Addresses ?? happened.StandingsRevised?.Addresses ?? [])
            {
                yield return new Letter(stored.Party, address.To, address.Sequence, 0);
            }

            if ((happened.NoticeDelivered ?? happened.StandingsDelivered) is { } taken)
            {
                yield return new Letter(taken.From, stored.Party, 0, taken.Sequence);
            }
        }
    }

    private static IEnumerable<Journal.V1.EventLetters> EventsOf(JournalEntry stored)
    {
        try
        {
            return Parser.ParseFrom(stored.Payload.Span).Events;
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }
}
