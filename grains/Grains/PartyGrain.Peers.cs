using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Grains;

/// <summary>Steps 4, 5 and 6 of the life of a notice: what parties tell each other.</summary>
internal sealed partial class PartyGrain
{
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepWhileDelivering = TimeSpan.FromMinutes(1);

    /// <summary>Peers that a pump is at work for.</summary>
    private readonly HashSet<string> _pumping = new(StringComparer.Ordinal);

    /// <summary>The trace context of messages on their way; those of an earlier activation have none.</summary>
    private readonly Dictionary<Address, string> _traces = [];

    /// <summary>Completed, and replaced, whenever answers are folded in.</summary>
    private TaskCompletionSource _pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask Kick()
    {
        ThrowIfUnknown();
        await OpenAsync();
        PumpAll();
    }

    // 5. At the other end.
    public async ValueTask<DeliverResponse> Deliver(DeliverRequest request)
    {
        ThrowIfUnknown();
        await OpenAsync();
        var now = Now;
        var commands = request.Messages.Select(m => ToCommand(m, SequenceOf(m), now)).ToList();
        await RecallAsync(NamesOf(commands));
        ThrowIfPoisoned();
        ThrowIfCrowded(FullForPeers);
        var taken = new List<PeerMessage>(request.Messages.Count);
        var payloads = new List<ReadOnlyMemory<byte>>();
        var spans = new List<Activity?>();
        DecideAll(() =>
        {
            foreach (var (message, command) in request.Messages.Zip(commands))
            {
                if (!IsNextOrTaken(SenderOf(message), SequenceOf(message)))
                {
                    continue;
                }

                taken.Add(message);
                if (_party.Decide(command, rulebook) is Decided decided)
                {
                    spans.Add(GrainTelemetry.Start("party.deliver", message.Traceparent, Code));
                    payloads.Add(Seal(decided, GrainTelemetry.TraceIdOf(message.Traceparent)));
                }
            }
        });

        var party = _party;
        ForgetRecalled();
        try
        {
            await (payloads.Count > 0 ? AppendAsync(payloads, spans) : CurrentAsync());
        }
        finally
        {
            spans.ForEach(s => s?.Dispose());
        }

        return new DeliverResponse { Answers = { taken.Select(m => Answer(party, m)) } };
    }

    public async ValueTask<PeerAnswer> AssessDelivery(PeerMessage message)
    {
        ThrowIfUnknown();
        var next = _party.Peers.GetValueOrDefault(message.Delivery.From, Peer.New).Received + 1;
        var command = ToCommand(message, next, Now);
        var party = await RecallAsync(_party, NamesOf([command]));

        // Its turn may have come meanwhile: then it is there.
        party = party.Decide(command, rulebook) is Decided decided ? decided.Next : party;
        await CurrentAsync();
        return Answer(party, message);
    }

    /// <summary>Next in its sender's order, or taken before. Any other is left for its sender to send again.</summary>
    private bool IsNextOrTaken(string from, long sequence) =>
        sequence <= _party.Peers.GetValueOrDefault(from, Peer.New).Received + 1;

    private static string SenderOf(PeerMessage message) => message.Delivery?.From ?? message.Standings.From;

    private static long SequenceOf(PeerMessage message) => message.Delivery?.Sequence ?? message.Standings.Sequence;

    private static Command ToCommand(PeerMessage message, long sequence, DateTimeOffset now)
    {
        if (message.Standings is { } told)
        {
            return new TakeStandings(EntryCodec.ToEvent(told), now);
        }

        var delivery = message.Delivery;
        return new TakeNotice(
            sequence, delivery.Notice.ToNotice(delivery.From, delivery.Id), delivery.FiledAt.ToDateTimeOffset(),
            delivery.Position, delivery.Filer.ToStandings(), now);
    }

    private PeerAnswer Answer(Grid.Party party, PeerMessage message)
    {
        if (message.Standings is { } told)
        {
            return new PeerAnswer
            {
                To = told.From,
                Answer = new AnswerReceived(Code, told.Sequence, 0, new Conventions.Standings([])).ToMessage(),
            };
        }

        var delivery = message.Delivery;
        var notice = delivery.Notice.ToNotice(delivery.From, delivery.Id);
        var filed = FindIn(notice.Transfer) ?? FindIn(notice.OnwardFrom!.Value)!;
        var there = filed.Counterpart ?? rulebook.StandingsOf(party, notice);
        return new PeerAnswer
        {
            To = delivery.From,
            Answer = new AnswerReceived(Code, delivery.Sequence, PositionOf(filed.Version), there).ToMessage(),
        };

        // A party may know the transfer and have the notice only in the file of the one that the mines came by.
        FiledNotice? FindIn(TransferKey key) => party.Files.GetValueOrDefault(key)?.Find(notice.Filer, notice.Id);
    }

    private void PumpAll()
    {
        foreach (var (to, peer) in _party.Peers)
        {
            if (!peer.Unanswered.IsEmpty)
            {
                Pump(to);
            }
        }
    }

    // 4.
    private void Pump(string to)
    {
        if (!_isPoisoned && _pumping.Add(to))
        {
            _ = RunPumpAsync(to);
        }
    }

    private async Task RunPumpAsync(string to)
    {
        // It serves many requests and outlives them all; each message carries the trace of its own.
        Activity.Current = null;
        var failures = 0;
        try
        {
            while (!_isPoisoned && Waiting(to) is { Count: > 0 } messages)
            {
                // It stays in memory as long as it has something to deliver.
                DelayDeactivation(KeepWhileDelivering);
                try
                {
                    var answers = await shipper.ShipAsync(to, Code, messages);
                    failures = answers.Count == 0 ? failures + 1 : 0;
                    Take(answers);
                }
                catch (Exception e)
                {
                    // Said once: a peer that cannot be reached stays so for a while.
                    if (failures++ == 0)
                    {
                        var level = e is RefusedException r ? RefusedException.LevelOf(r.Status) : LogLevel.Warning;
                        LogDeliveryFailed(level, Code, to, e.Message);
                    }
                }

                if (failures > 0 && !_isPoisoned)
                {
                    await Task.Delay(Backoff(failures), time);
                }
            }
        }
        finally
        {
            _pumping.Remove(to);
        }
    }

    private static TimeSpan Backoff(int failures) =>
        TimeSpan.FromTicks(Math.Min(RetryMax.Ticks, RetryFirst.Ticks << Math.Min(failures - 1, 16)));

    /// <summary>What is durable here and not answered there, in order, as much as goes in one delivery.</summary>
    private List<PeerMessage> Waiting(string to)
    {
        var messages = new List<PeerMessage>();
        foreach (var (sequence, outbound) in _party.Peers.GetValueOrDefault(to, Peer.New).Unanswered)
        {
            var filed = outbound.StandingsFor is null ? _party.FindNotice(outbound.NoticeId)! : null;
            if ((filed?.Version ?? outbound.Version) > _durable || messages.Count == Limits.DeliveryMessagesMax)
            {
                break;
            }

            var address = new Address(to, sequence);
            messages.Add(filed is null ? ToMessage(outbound, address) : ToMessage(filed, address));
        }

        return messages;
    }

    private PeerMessage ToMessage(Outbound told, Address address)
    {
        var filed = _party.Files[told.Transfer].Find(told.StandingsFor!, told.NoticeId)!;
        return new PeerMessage
        {
            Standings = EntryCodec.ToMessage(new StandingsDelivered(
                Code, address.Sequence, told.Transfer, told.StandingsFor!, told.NoticeId,
                told.StandingsFor == Code ? filed.Filer : filed.Counterpart!, PositionOf(told.Version))),
            Traceparent = _traces.GetValueOrDefault(address, ""),
        };
    }

    private PeerMessage ToMessage(FiledNotice filed, Address address) => new()
    {
        Delivery = new Journal.V1.NoticeDelivered
        {
            From = Code,
            Sequence = address.Sequence,
            Id = filed.Notice.Id,
            Notice = filed.Notice.ToMessage(),
            FiledAt = filed.RecordTime.ToTimestamp(),
            Position = PositionOf(filed.Version),
            Filer = EntryCodec.ToMessage(filed.Filer),
        },
        Traceparent = _traces.GetValueOrDefault(address, ""),
    };

    // 6.
    private void Take(IReadOnlyList<PeerAnswer> answers)
    {
        if (_isPoisoned || answers.Count == 0)
        {
            return;
        }

        foreach (var answer in answers)
        {
            var message = answer.Answer.ToAnswer();
            var peer = _party.Peers.GetValueOrDefault(message.From, Peer.New);
            if (peer.Unanswered.ContainsKey(message.Sequence)
                && _party.Decide(new TakeAnswer(message, Now), rulebook) is Decided decided)
            {
                _ridingNames.UnionWith(decided.Events.SelectMany(_party.MentionedBy));
                _party = decided.Next;
                _riding.AddRange(decided.Events);
                _traces.Remove(new Address(message.From, message.Sequence));
            }
        }

        if (_riding.Count > 0)
        {
            _ = FlushRidingAsync();
        }

        var pulse = _pulse;
        _pulse = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        pulse.SetResult();
    }
}
