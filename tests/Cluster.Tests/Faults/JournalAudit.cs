using System.Text.RegularExpressions;
using Google.Protobuf;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Faults;

/// <summary>What must hold of a run that is over, whatever went wrong on its way.</summary>
internal static partial class JournalAudit
{
    /// <summary>
    /// Checks the journal entry by entry, and returns what all parties say in the end. It is the same text for two runs
    /// that ended the same, for what differs by nature is taken out: positions, versions and times.
    /// </summary>
    public static async Task<string> CheckAsync(Run run)
    {
        var entries = await run.Silo.Journal.ReadAllAsync(0, 10_000, CancellationToken.None);
        var decoded = entries.Select(e => (Stored: e, Entry: EntryCodec.Decode(e.Payload.Span, e.Party))).ToList();
        AssertGapless(entries.Select(e => e.Position));
        CheckStatements(run, decoded);
        CheckMessages(decoded);
        foreach (var ofParty in decoded.GroupBy(d => d.Stored.Party))
        {
            AssertGapless(ofParty.Select(d => d.Stored.Version));
            var party = ofParty.Aggregate(new Grid.Party(ofParty.Key), static (party, d) => d.Entry.Events
                .Aggregate(party, (p, happened) => p.With(happened, d.Entry.RecordTime))
                .Sealed(d.Entry.RecordTime));
            Assert.Equal(0, party.Books.Sum);
        }

        return await TellAsync(run.Silo);
    }

    /// <summary>Whatever was acknowledged is there once, where its receipt says.</summary>
    private static void CheckStatements(Run run, List<(JournalEntry Stored, Entry Entry)> entries)
    {
        var there = entries
            .SelectMany(e => e.Entry.Events.Select(IdOf).OfType<string>()
                .Select(id => ((e.Stored.Party, Id: id), e.Stored.Position)))
            .ToList();
        var asked = Workload.Requests.Select(r => (r.Party, r.Id)).Distinct().Order();
        Assert.Equal(asked, there.Select(t => t.Item1).Order());
        foreach (var (key, position) in there.Where(t => t.Item1.Id.Length > 0))
            Assert.Equal(run.Receipts[key], position);

        static string? IdOf(Event happened) => happened switch
        {
            PartyRegistered => "",
            NotificationRecorded n => n.Notification.Id,
            DeclarationFiled d => d.Declaration.Id,
            NoticeFiled f => f.Notice.Id,
            _ => null,
        };
    }

    /// <summary>
    /// Every message was delivered once, in order; it refers to the entry that it came from, and its answer to the
    /// entry that took it.
    /// </summary>
    private static void CheckMessages(List<(JournalEntry Stored, Entry Entry)> entries)
    {
        var sent = entries.SelectMany(e => e.Entry.Events.OfType<NoticeFiled>().SelectMany(f => f.Addresses
            .Select(a => (From: e.Stored.Party, a.To, a.Sequence, f.Notice.Id, e.Stored.Position))));
        var delivered = entries.SelectMany(e => e.Entry.Events.OfType<NoticeDelivered>()
            .Select(d => (d.From, To: e.Stored.Party, d.Sequence, d.Notice.Id, d.Position)));
        Assert.Equal(sent.Order(), delivered.Order());
        foreach (var pair in delivered.GroupBy(d => (d.From, d.To)))
            AssertGapless(pair.Select(d => d.Sequence));

        var taken = entries.SelectMany(e => e.Entry.Events.OfType<NoticeDelivered>()
            .Select(d => (d.From, To: e.Stored.Party, d.Sequence, e.Stored.Position)));
        var answered = entries.SelectMany(e => e.Entry.Events.OfType<AnswerReceived>()
            .Select(a => (From: e.Stored.Party, To: a.From, a.Sequence, a.Position)));
        Assert.Empty(answered.Except(taken));
    }

    private static async Task<string> TellAsync(RunningSilo silo)
    {
        var told = new List<string>();
        var day = Statements.Day(2025, 6, 1);
        foreach (var party in Workload.Parties)
        {
            var name = $"parties/{party}";
            told.Add(Text(await silo[party].GetStockpile(new GetStockpileRequest { Parent = name, AsOf = day })));
            told.Add(Text(await silo[party].ListFindings(new ListFindingsRequest { Parent = name, AsOf = day })));
        }

        foreach (var (sender, recipient, reference) in Workload.Transfers)
        {
            var request = new GetTransferRequest
            {
                Name = Statements.TransferName(sender, recipient, reference),
                AsOf = day,
            };
            var (one, other) = (await silo[sender].GetTransfer(request), await silo[recipient].GetTransfer(request));
            told.Add(Text(one));
            Assert.Equal(Shared(one), Shared(other));
        }

        return string.Join('\n', told);
    }

    private static void AssertGapless(IEnumerable<long> numbers) =>
        Assert.Equal(Enumerable.Range(1, numbers.Count()).Select(i => (long)i), numbers);

    /// <summary>What both sides must say of a transfer: all but its findings, which each numbers for itself.</summary>
    private static string Shared(Transfer transfer)
    {
        var shared = transfer.Clone();
        shared.Findings.Clear();
        shared.Position = 0;
        return shared.ToString();
    }

    private static string Text(IMessage message) => Varying().Replace(JsonFormatter.Default.Format(message), "");

    [GeneratedRegex("\"(position|version|revision|recordTime)\": (\"[^\"]*\"|[0-9]+),? ?")]
    private static partial Regex Varying();
}
