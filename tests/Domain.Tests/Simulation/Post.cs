using Treaty.Grid.Auditor;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Simulation;

/// <summary>
/// What carries notices between the parties, and answers back. It loses, repeats and reorders; a party takes a message
/// only in sequence, and one that is not answered is sent again.
/// </summary>
internal sealed class Post(Register register, Dice dice)
{
    // Of Finish: whoever still waits after so many letters waits for ever.
    private const int RoundsMax = 1_000;

    private readonly List<(string To, Command Command)> _onTheWay = [];
    private readonly string[] _codes = [.. register.Parties.Select(p => p.Code)];

    /// <summary>Some of what may happen next: something is sent, or arrives, or neither.</summary>
    public void Work(DateTimeOffset now)
    {
        for (int left = dice.Below(9); left > 0; left--)
        {
            if (dice.Chance(30)) Send(dice.Pick(_codes), now);
            else if (_onTheWay.Count > 0) Arrive(dice.Below(_onTheWay.Count), now, reliable: false);
        }
    }

    /// <summary>Until no message waits for an answer.</summary>
    public void Finish(DateTimeOffset now)
    {
        for (int round = 0; register.Parties.Any(Awaits); round++)
        {
            if (round == RoundsMax) throw new InvalidOperationException("A message is never answered.");
            foreach (string code in _codes) Send(code, now);
            while (_onTheWay.Count > 0) Arrive(dice.Below(_onTheWay.Count), now, reliable: true);
        }

        static bool Awaits(Party party) => party.Peers.Values.Any(peer => !peer.Unanswered.IsEmpty);
    }

    // What a party has to say is what its entries say: nothing else remembers it, and nothing is said before.
    private void Send(string code, DateTimeOffset now)
    {
        Party party = register[code];
        foreach (var (to, peer) in party.Peers.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            foreach (var (sequence, outbound) in peer.Unanswered)
            {
                FiledNotice filed = party.FindNotice(outbound.NoticeId)!;
                if (register.PositionOf(code, filed.Version) is not { } position || dice.Chance(30)) continue;
                _onTheWay.Add((to, new TakeNotice(
                    sequence, filed.Notice, filed.RecordTime, position, filed.Filer, now)));
            }
        }
    }

    private void Arrive(int index, DateTimeOffset now, bool reliable)
    {
        var (to, command) = _onTheWay[index];
        bool repeated = !reliable && dice.Chance(15);
        if (!repeated) _onTheWay.RemoveAt(index);
        if (!reliable && dice.Chance(20)) return;
        if (command is TakeNotice message)
        {
            long watermark = register[to].Peers.GetValueOrDefault(message.Notice.Filer, Peer.New).Received;
            if (message.Sequence > watermark + 1) return;
            Decision taken = register.Ask(to, message with { Time = now });
            Assert.Equal(message.Sequence <= watermark, taken is Repeated);
            if (reliable || dice.Chance(70)) register.Commit(to);
            if (register.Answer(to, message.Notice.Filer, message.Sequence) is { } answer)
                _onTheWay.Add((message.Notice.Filer, new TakeAnswer(answer, now)));
        }
        else
        {
            register.Ask(to, command with { Time = now });
        }
    }
}
