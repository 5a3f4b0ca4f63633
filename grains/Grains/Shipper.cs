using System.Collections.Concurrent;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;

namespace Treaty.Grid.Grains;

/// <summary>
/// Carries messages between parties for one silo, by destination: what all its parties have for one destination while a
/// delivery is under way goes there together in the next one.
/// </summary>
internal sealed class Shipper(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    /// <summary>
    /// Delivers messages of one party to another, and returns the answers to those that are durable there. A party has
    /// one shipment to a destination under way at a time; that keeps its messages in order.
    /// </summary>
    public Task<IReadOnlyList<PeerAnswer>> ShipAsync(string to, string from, IReadOnlyList<PeerMessage> messages)
    {
        var parcel = new Parcel(from, messages);
        while (true)
        {
            var lane = _lanes.GetOrAdd(to, static _ => new Lane());
            lock (lane)
            {
                if (lane.IsGone)
                {
                    continue;
                }

                lane.Waiting.Enqueue(parcel);
                if (!lane.IsRunning)
                {
                    lane.IsRunning = true;

                    // Not on the scheduler of the grain that happens to come first, nor in its trace.
                    using (ExecutionContext.SuppressFlow())
                    {
                        _ = Task.Run(() => RunAsync(to, lane));
                    }
                }
            }

            return parcel.Answers.Task;
        }
    }

    private async Task RunAsync(string to, Lane lane)
    {
        var party = grains.Party(to);
        while (Next(to, lane) is { } parcels)
        {
            try
            {
                var request = new DeliverRequest { Messages = { parcels.SelectMany(p => p.Messages) } };
                var response = await party.Deliver(request);
                var answers = response.Answers.ToLookup(a => a.To, StringComparer.Ordinal);
                foreach (var parcel in parcels)
                {
                    parcel.Answers.SetResult([.. answers[parcel.From]]);
                }
            }
            catch (Exception e)
            {
                // Each party tries again by its own schedule.
                foreach (var parcel in parcels)
                {
                    parcel.Answers.TrySetException(e);
                }
            }
        }
    }

    /// <summary>What goes in the next delivery; null, and the lane is gone, when nothing waits.</summary>
    private List<Parcel>? Next(string to, Lane lane)
    {
        lock (lane)
        {
            var parcels = new List<Parcel>();
            var messages = 0;
            while (lane.Waiting.TryPeek(out var parcel)
                && (parcels.Count == 0 || messages + parcel.Messages.Count <= Limits.DeliveryMessagesMax))
            {
                messages += parcel.Messages.Count;
                parcels.Add(lane.Waiting.Dequeue());
            }

            if (parcels.Count > 0)
            {
                return parcels;
            }

            lane.IsGone = true;
            _lanes.TryRemove(KeyValuePair.Create(to, lane));
            return null;
        }
    }

    private sealed class Lane
    {
        public Queue<Parcel> Waiting { get; } = new();

        public bool IsRunning { get; set; }

        public bool IsGone { get; set; }
    }

    private sealed record Parcel(string From, IReadOnlyList<PeerMessage> Messages)
    {
        public TaskCompletionSource<IReadOnlyList<PeerAnswer>> Answers { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
