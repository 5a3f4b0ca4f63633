using Treaty.Grid.Findings;
using Treaty.Grid.Transfers;

namespace Treaty.Grid;

/// <summary>
/// What a party keeps in memory follows what is open, not what has been. A file that the passing of time can no longer
/// change leaves it, and is recalled from the entries that mention it before anything is decided, or told, about it.
/// </summary>
/// <remarks>
/// The names under which entries are found again are stored as hashes for ever: what a name is made of may never
/// change.
/// </remarks>
public sealed partial record Party
{
    private const string OfTransfer = "transfers/";
    private const string OfNotice = "notices/";
    private const string OfDeclaration = "declarations/";
    private const string OfContent = "contents/";

    public static string NameOf(TransferKey transfer) => OfTransfer + transfer;

    /// <summary>The transfer that a name is of; null if it is of something else.</summary>
    public static TransferKey? TransferOf(string name) =>
        name.StartsWith(OfTransfer, StringComparison.Ordinal) ? ToKey(name) : null;

    public static string NameOfNotice(string id) => OfNotice + id;

    public static string NameOfDeclaration(string id) => OfDeclaration + id;

    /// <summary>The names that an event of this party mentions. Asked before the event is folded.</summary>
    public IEnumerable<string> MentionedBy(Event happened) => happened switch
    {
        DeclarationFiled e => NamesIn(e.Declaration),
        NoticeFiled e => NamesIn(e.Notice).Prepend(NameOfNotice(e.Notice.Id)),
        NoticeDelivered e => FilesOf(e.Notice).Select(NameOf),
        StandingsRevised e => [NameOf(e.Transfer)],
        StandingsDelivered e => [NameOf(e.Transfer)],
        StockBooked e => MentionedBy(e.Basis),
        AnswerReceived e => Peers.GetValueOrDefault(e.From, Peer.New).Unanswered.TryGetValue(e.Sequence, out var about)
            ? FilesOf(about).Select(NameOf)
            : [],
        FindingRaised e => MentionedBy(e.Finding.Key),
        FindingClosed e => MentionedBy(e.Key),
        TransferAssessed e => [NameOf(e.Transfer)],
        DutySet { Duty.Transfer.Length: > 0 } e => [OfTransfer + AboutOf(e.Duty.Transfer)],
        _ => [],
    };

    /// <summary>
    /// The names that a command rests on. What is known of them has to be in memory before it is decided. A
    /// confirmation may name more once its file is there.
    /// </summary>
    public IEnumerable<string> NeededFor(Command command) => command switch
    {
        FileDeclaration c => NamesIn(c.Declaration),
        FileNotice { Notice.Supersedes.Length: > 0 } c =>
            NamesIn(c.Notice).Prepend(NameOfNotice(c.Notice.Id)).Append(NameOfNotice(c.Notice.Supersedes)),
        FileNotice c => NamesIn(c.Notice).Prepend(NameOfNotice(c.Notice.Id)),
        TakeNotice c => FilesOf(c.Notice).Select(NameOf),
        TakeStandings c => [NameOf(c.Told.Transfer)],
        Reassess c => c.Transfers.Select(NameOf).Concat(c.Declarations.Select(NameOfDeclaration)),
        ConfirmPairing c => NamesIn(c),
        _ => [],
    };

    /// <summary>The names that the fold of an event rests on.</summary>
    public IEnumerable<string> NeededFor(Event happened) => happened switch
    {
        DeclarationFiled { Declaration.Supersedes.Length: > 0 } e => [NameOfDeclaration(e.Declaration.Supersedes)],
        NoticeFiled e => NamesIn(e.Notice),
        NoticeDelivered e => FilesOf(e.Notice).Select(NameOf),
        StandingsRevised e => [NameOf(e.Transfer)],
        StandingsDelivered e => [NameOf(e.Transfer)],
        StockBooked e => e.Basis.Split('/') switch
        {
            [_, _, "declarations", var id] => [NameOfDeclaration(id)],
            [_, _, "notices", var id] => [NameOfNotice(id)],
            _ => [],
        },
        FindingRaised e => MentionedBy(e.Finding.Key),
        FindingClosed e => MentionedBy(e.Key),
        TransferAssessed e => [NameOf(e.Transfer)],
        DutySet { Duty.Transfer.Length: > 0 } e => [OfTransfer + AboutOf(e.Duty.Transfer)],
        _ => [],
    };

    /// <summary>Whether what is known under a name is in memory.</summary>
    public bool Holds(string name) =>
        name.StartsWith(OfTransfer, StringComparison.Ordinal) ? Files.ContainsKey(ToKey(name))
        : name.StartsWith(OfNotice, StringComparison.Ordinal) ? Notices.ContainsKey(name[OfNotice.Length..])
        : name.StartsWith(OfDeclaration, StringComparison.Ordinal)
            ? Declarations.ContainsKey(name[OfDeclaration.Length..])
        : Contents.ContainsKey(name[OfContent.Length..]);

    /// <summary>
    /// With what its entries tell about a name, unless that is in memory. The names that this rests on in turn are
    /// <paramref name="needed"/> next.
    /// </summary>
    /// <param name="entries">All that mention the name, by version; others among them do no harm.</param>
    public Party Recall(string name, IReadOnlyList<SealedEntry> entries, out ImmutableArray<string> needed)
    {
        needed = [];
        if (Holds(name))
        {
            return this;
        }

        if (name.StartsWith(OfTransfer, StringComparison.Ordinal))
        {
            var key = ToKey(name);
            var file = Recollect(key, entries);
            needed = [.. file.Files.Values.SelectMany(f => f.History).Select(n => n.Notice)
                .Where(n => n.Filer == Code && n.Transfer == key)
                .Select(NoticeContent.Of).OfType<string>().Select(c => OfContent + c).Distinct()];
            return Recall(key, file);
        }

        if (name.StartsWith(OfDeclaration, StringComparison.Ordinal))
        {
            return RecallDeclaration(name[OfDeclaration.Length..], entries) is { } filed
                ? this with { Declarations = Declarations.Add(filed.Content.Id, filed) }
                : this;
        }

        var notices = entries.SelectMany(e => e.Events.OfType<NoticeFiled>()).Select(e => e.Notice).ToList();
        if (name.StartsWith(OfNotice, StringComparison.Ordinal))
        {
            needed = [.. notices.Where(n => NameOfNotice(n.Id) == name).SelectMany(FilesOf).Select(NameOf)];
            return this;
        }

        var content = name[OfContent.Length..];
        return notices.Find(n => NoticeContent.Of(n) == content && !notices.Exists(c => c.Supersedes == n.Id))
            is { } first
            ? this with { Contents = Contents.Add(content, first.Transfer) }
            : this;
    }

    /// <summary>
    /// Without what is at rest: files that nothing under way and no day ahead can change, and declarations, whose
    /// effects are in the books.
    /// </summary>
    public Party Released(Rulebook rulebook) => Without(FilesAtRest(rulebook), Declarations.Keys);

    /// <summary>The files that nothing under way and no day ahead can change.</summary>
    public IReadOnlyList<TransferKey> FilesAtRest(Rulebook rulebook)
    {
        var underWay = new HashSet<TransferKey>();
        foreach (var (_, peer) in Peers)
        {
            // Of hundreds of peers, few have not answered.
            foreach (var (_, message) in peer.Unanswered)
            {
                underWay.UnionWith(FilesOf(message));
            }
        }

        return [.. Files.Where(f => !underWay.Contains(f.Key) && IsAtRest(f.Value, rulebook)).Select(f => f.Key)];
    }

    /// <summary>Without these files and declarations, and what is kept only for them.</summary>
    public Party Without(IEnumerable<TransferKey> files, IEnumerable<string> declarations)
    {
        var gone = files.ToList();
        var kept = Files.RemoveRange(gone);
        var own = kept.Values
            .SelectMany(f => f.History.Where(n => n.Notice.Filer == Code))
            .Select(n => n.Notice)
            .ToList();
        var contents = own.Select(NoticeContent.Of).ToHashSet();
        return this with
        {
            Files = kept,
            Notices = own.ToImmutableDictionary(n => n.Id, n => n.Transfer, StringComparer.Ordinal),
            Contents = Contents.RemoveRange(Contents.Keys.Where(c => !contents.Contains(c))),
            Findings = Findings.RemoveRange(gone.Select(k => k.ToString())),
            Duties = Duties.RemoveRange(gone.Select(k => k.Name)),
            Declarations = Declarations.RemoveRange(declarations),
        };
    }

    /// <summary>The files that a message of this party rests on.</summary>
    private IEnumerable<TransferKey> FilesOf(Outbound message) => message.StandingsFor is not null
        ? [message.Transfer]
        : FilesOf(FindNotice(message.NoticeId)!.Notice);

    private bool IsAtRest(TransferFile file, Rulebook rulebook)
    {
        // While a transfer is open, other transfers may make its lots too many (APM-55).
        var mayChangeByOthers = !Lifecycle.IsEnded(file) && file.Dispatches.Any(n => n.Notice.Filer == Code
            && n.Notice.Lines.Any(l => !l.Lots.IsEmpty));
        return !mayChangeByOthers
            && Obligations.OfTransfer(this, file, rulebook).All(o => o.IsMet)
            && Assess(file, rulebook, DateOnly.MaxValue).All(f => !rulebook.IsByTime(f.Key.Rule));
    }

    private Party Recall(TransferKey key, Party recollected)
    {
        if (!recollected.Files.TryGetValue(key, out var file))
        {
            return this;
        }

        var own = file.History
            .Where(n => n.Notice.Filer == Code)
            .Select(n => KeyValuePair.Create(n.Notice.Id, key));
        var about = key.ToString();
        return this with
        {
            Files = Files.Add(key, file),
            Notices = Notices.AddRange(own),
            Findings = recollected.Findings.TryGetValue(about, out var findings)
                ? Findings.SetItem(about, findings)
                : Findings,
            Duties = recollected.Duties.TryGetValue(key.Name, out var duties)
                ? Duties.SetItem(key.Name, duties)
                : Duties,
        };
    }

    /// <summary>A party that knows of one transfer and nothing else: the fold of the events about it.</summary>
    private Party Recollect(TransferKey key, IReadOnlyList<SealedEntry> entries)
    {
        var party = new Party(Code);
        foreach (var entry in entries)
        {
            party = party with { Version = entry.Version - 1 };
            foreach (var happened in entry.Events.Where(e => IsAbout(e, key, party)))
            {
                party = party.With(happened, entry.RecordTime);
            }
        }

        return party;
    }

    /// <summary>What the entries that mention a declaration tell of it; null if they do not.</summary>
    private Filed<Stockpiles.Declaration>? RecallDeclaration(string id, IReadOnlyList<SealedEntry> entries)
    {
        Filed<Stockpiles.Declaration>? filed = null;
        foreach (var entry in entries)
        {
            foreach (var happened in entry.Events)
            {
                filed = happened switch
                {
                    DeclarationFiled e when e.Declaration.Id == id =>
                        new Filed<Stockpiles.Declaration>(e.Declaration, entry.RecordTime, entry.Version),
                    DeclarationFiled e when e.Declaration.Supersedes == id && filed is not null =>
                        filed with { SupersededBy = e.Declaration.Id },
                    StockBooked { IsTakenBack: false } e when filed?.Content.NameOf(Code) == e.Basis =>
                        filed with { Bookings = Stockpiles.Bookkeeping.OwnOf(e) },
                    _ => filed,
                };
            }
        }

        return filed;
    }

    private bool IsAbout(Event happened, TransferKey key, Party recollected) => happened switch
    {
        StockBooked e => !e.IsTakenBack && e.Basis.StartsWith($"parties/{Code}/notices/", StringComparison.Ordinal)
            && recollected.Notices.ContainsKey(e.Basis[(e.Basis.LastIndexOf('/') + 1)..]),
        NoticeFiled e => FilesOf(e.Notice).Contains(key),
        NoticeDelivered e => FilesOf(e.Notice).Contains(key),
        StandingsRevised e => e.Transfer == key,
        StandingsDelivered e => e.Transfer == key,
        AnswerReceived e => recollected.Peers.GetValueOrDefault(e.From, Peer.New).Unanswered.ContainsKey(e.Sequence),
        FindingRaised e => e.Finding.Key.About == key.ToString(),
        FindingClosed e => e.Key.About == key.ToString(),
        TransferAssessed e => e.Transfer == key,
        DutySet e => e.Duty.Transfer == key.Name,
        _ => false,
    };

    private static IEnumerable<string> NamesIn(Stockpiles.Declaration declaration) =>
        declaration.Supersedes.Length == 0
            ? [NameOfDeclaration(declaration.Id)]
            : [NameOfDeclaration(declaration.Id), NameOfDeclaration(declaration.Supersedes)];

    /// <summary>With the content that is in effect no longer, for a correction of what is in memory.</summary>
    private IEnumerable<string> NamesIn(Notice notice) => FilesOf(notice)
        .Select(NameOf)
        .Concat(new[] { notice, FormerOf(notice)?.Notice }
            .OfType<Notice>()
            .Select(NoticeContent.Of)
            .OfType<string>()
            .Select(content => OfContent + content));

    /// <summary>What is booked for a statement is recalled with it.</summary>
    private IEnumerable<string> MentionedBy(string basis) => basis.Split('/') switch
    {
        [_, _, "declarations", var id] => [NameOfDeclaration(id)],
        [_, _, "notices", var id] when FindNotice(id) is { } filed => FilesOf(filed.Notice).Select(NameOf),
        _ => [],
    };

    private static IEnumerable<string> MentionedBy(FindingKey finding) =>
        finding.Transfer is { } transfer ? [NameOf(transfer)] : [];

    /// <summary>From a transfer's name in the contract to what findings about it are kept under.</summary>
    private static string AboutOf(string transfer) =>
        transfer["parties/".Length..].Replace("/transfers/", "~", StringComparison.Ordinal);

    private static TransferKey ToKey(string name) => TransferKey.Parse(name[OfTransfer.Length..]);
}

/// <summary>An entry of a party's journal, as far as its fold goes.</summary>
public sealed record SealedEntry(long Version, DateTimeOffset RecordTime, IReadOnlyList<Event> Events);
