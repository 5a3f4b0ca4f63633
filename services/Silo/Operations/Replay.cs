using Treaty.Grid.Findings;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Silo.Operations;

/// <summary>
/// What assessing all parties anew would change in what is found, were the register run with other packs. It folds each
/// party twice and writes nothing: first to see where parties stood on the dates of notices, which the other sides have
/// to be told, then to judge.
/// </summary>
internal sealed class Replay(IJournal journal, Rulebook rulebook, ProgressLine progress)
{
    private const int PageParties = 256;

    /// <summary>By the party that is told.</summary>
    private readonly Dictionary<string, List<StandingsDelivered>> _told = new(StringComparer.Ordinal);

    private readonly List<FindingChanges> _changes = [];

    /// <summary>Notices on whose date a party is taken to have stood otherwise.</summary>
    public int Standings { get; private set; }

    public int Parties { get; private set; }

    public int Unchanged => _changes.Sum(c => c.Unchanged);

    /// <summary>Each finding once, of the party that it is about.</summary>
    public IEnumerable<(char Sign, Finding Finding)> Changes => _changes.SelectMany(c =>
        c.Raised.Select(f => ('+', f)).Concat(c.Revised.Select(f => ('~', f))).Concat(c.Closed.Select(f => ('-', f))));

    public async Task RunAsync(CancellationToken cancellation)
    {
        var parties = new List<string>();
        while (await journal.ListPartiesAsync(parties.LastOrDefault(""), PageParties, cancellation)
            is { Count: > 0 } page)
        {
            parties.AddRange(page);
        }

        Parties = parties.Count;
        progress.Begin("Looking where parties stood");
        foreach (var (index, code) in parties.Index())
        {
            Note(code, Reassess(await FoldAsync(code, cancellation)).Decision);
            progress.Report((index + 1, parties.Count));
        }

        progress.Begin("Judging anew");
        foreach (var (index, code) in parties.Index())
        {
            var party = _told.GetValueOrDefault(code, [])
                .Aggregate(await FoldAsync(code, cancellation), (p, told) => p.With(told, p.RecordTime));
            var (command, decision) = Reassess(party);
            _changes.Add(FindingChanges.Of(party, command, decision));
            progress.Report((index + 1, parties.Count));
        }

        progress.End();
    }

    /// <summary>On the day of the party's last entry: what has come due since is another matter.</summary>
    private (Reassess Command, Decision Decision) Reassess(Party party)
    {
        var command = new Reassess(
            [.. party.Files.Keys], [.. party.Declarations.Keys], IsWhole: true, party.RecordTime);
        return (command, party.Decide(command, rulebook));
    }

    private void Note(string code, Decision decision)
    {
        if (decision is not Decided decided)
        {
            return;
        }

        foreach (var revised in decided.Events.OfType<StandingsRevised>())
        {
            Standings++;
            foreach (var address in revised.Addresses)
            {
                if (!_told.TryGetValue(address.To, out var told))
                {
                    _told.Add(address.To, told = []);
                }

                told.Add(new StandingsDelivered(
                    code, address.Sequence, revised.Transfer, revised.Filer, revised.NoticeId, revised.Standings, 0));
            }
        }
    }

    private async Task<Party> FoldAsync(string code, CancellationToken cancellation)
    {
        var fold = new PartyFold(code, journal, rulebook, int.MaxValue);
        await foreach (var stored in journal.ReadPartyAsync(code, 0, cancellation))
        {
            await fold.TakeAsync(stored, EntryCodec.Decode(stored.Payload.Span, code), cancellation);
        }

        return fold.Party;
    }
}
