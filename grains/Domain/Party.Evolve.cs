using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Reports;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid;

public sealed partial record Party
{
    /// <summary>The party after an event of its next entry.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="recordTime">Of the entry.</param>
    public Party With(Event happened, DateTimeOffset recordTime) => happened switch
    {
        PartyRegistered e => this with
        {
            DisplayName = e.DisplayName,
            RegisteredOn = DateOnly.FromDateTime(recordTime.UtcDateTime),
        },
        NotificationRecorded e => With(e.Notification, recordTime),
        DeclarationFiled e => With(e.Declaration, recordTime),
        NoticeFiled e => With(e, recordTime),
        NoticeDelivered e => With(e),
        StandingsRevised e => With(e),
        StandingsDelivered e => With(e),
        AnswerReceived e => With(e),
        StockBooked e => With(e),
        FindingRaised e => With(e.Finding with { Version = e.Finding.Version == 0 ? Version + 1 : e.Finding.Version }),
        FindingClosed e => With(e, recordTime),
        TransferAssessed e => this with
        {
            Files = Files.SetItem(e.Transfer, Files[e.Transfer] with { Assessed = e.Assessment }),
        },
        DutySet e => With(e.Duty),
        _ => throw new InvalidOperationException($"{happened.GetType().Name} has no effect: add it to the fold."),
    };

    /// <summary>The party after its next entry is complete.</summary>
    public Party Sealed(DateTimeOffset recordTime) => this with { Version = Version + 1, RecordTime = recordTime };

    private Party With(DepositaryNotification notification, DateTimeOffset recordTime)
    {
        var recorded = Notifications.GetValueOrDefault(notification.Convention, []);
        return this with
        {
            Notifications = Notifications.SetItem(
                notification.Convention,
                MembershipRecord.InOrder(recorded, new RecordedNotification(notification, recordTime))),
            NotificationIds = NotificationIds.Add(
                notification.Id, new Filed<DepositaryNotification>(notification, recordTime, Version + 1)),
        };
    }

    private Party With(Declaration declaration, DateTimeOffset recordTime)
    {
        var corrected = declaration.Supersedes.Length == 0 ? this : WithoutEffect(declaration);
        var dated = new DatedStatement(declaration.AsOf, Version + 1, ItemsOf(declaration));
        return corrected with
        {
            Declarations = corrected.Declarations.Add(
                declaration.Id, new Filed<Declaration>(declaration, recordTime, Version + 1)),
            Completions = declaration.Kind == DeclarationKind.Completion
                ? corrected.Completions.Add(dated)
                : corrected.Completions,
            Discoveries = declaration.Kind == DeclarationKind.Discovery
                ? corrected.Discoveries.Add(dated)
                : corrected.Discoveries,
            Retained = RetainedIn(declaration) is { } statement
                ? Insert(corrected.Retained, statement)
                : corrected.Retained,
            Reports = declaration.Report is { } report
                ? Insert(corrected.Reports, new FiledReport(
                    declaration, report.ReceivedOn ?? DateOnly.FromDateTime(recordTime.UtcDateTime), Version + 1))
                : corrected.Reports,
            Destructions = Sum(corrected.Destructions, Destruction.In(declaration)),
        };
    }

    private static ImmutableArray<FiledReport> Insert(ImmutableArray<FiledReport> reports, FiledReport report) =>
        reports.Insert(reports.Count(r => r.AsOf <= report.AsOf), report);

    /// <summary>Without what the declaration said that this one corrects. What it booked is taken back apart.</summary>
    private Party WithoutEffect(Declaration correction)
    {
        var former = Declarations[correction.Supersedes];
        return this with
        {
            Declarations = Declarations.SetItem(
                correction.Supersedes, former with { SupersededBy = correction.Id }),
            Completions = Completions.RemoveAll(c => c.Version == former.Version),
            Discoveries = Discoveries.RemoveAll(d => d.Version == former.Version),
            Retained = Retained.RemoveAll(r => r.Version == former.Version),
            Reports = Reports.RemoveAll(r => r.Version == former.Version),
            Destructions = Sum(Destructions, Destruction.In(former.Content), -1),
        };
    }

    /// <summary>
    /// With what was booked in the books, and at the statement it rests on: a correction will take it back from there.
    /// </summary>
    private Party With(StockBooked booked)
    {
        var next = this with { Books = Books.With(booked) };
        if (booked.IsTakenBack || !booked.Basis.StartsWith($"parties/{Code}/", StringComparison.Ordinal))
        {
            return next;
        }

        var (kind, id) = booked.Basis.Split('/') is [_, _, var last, var rest] ? (last, rest) : ("", "");
        if (kind == "declarations" && Declarations.TryGetValue(id, out var declared))
        {
            var filed = declared with { Bookings = Bookkeeping.OwnOf(booked) };
            return next with { Declarations = Declarations.SetItem(id, filed) };
        }

        return kind == "notices" && FindNotice(id) is { } notice
            ? next.WithFiled(notice with { Bookings = Bookkeeping.OwnOf(booked) })
            : next;
    }

    private static ImmutableArray<string> ItemsOf(Declaration declaration) =>
    [
        .. declaration.Lines.Select(l => l.Item).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    private RetainedStatement? RetainedIn(Declaration declaration)
    {
        return declaration switch
        {
            { Kind: DeclarationKind.Opening } => Of(l => l.Class == Place.Retained, isTotal: true),
            { Report: { } report } when report.Part(ReportParagraph.RetainedAndTransferred)
                is { State: PartState.Changed } => Of(l => l.Class == Place.Retained, isTotal: true) with
                {
                    ReportedUnder = report.Convention,
                },
            { Kind: DeclarationKind.Reclassification, To: Place.Retained } => Of(_ => true, isTotal: false),
            _ => null,
        };

        RetainedStatement Of(Func<Line, bool> isRetained, bool isTotal) => new(
            declaration.AsOf, Version + 1,
            declaration.Lines
                .Where(isRetained)
                .GroupBy(l => l.Item, StringComparer.Ordinal)
                .ToImmutableSortedDictionary(g => g.Key, g => g.Sum(l => l.Quantity), StringComparer.Ordinal),
            isTotal);
    }

    private static ImmutableArray<RetainedStatement> Insert(
        ImmutableArray<RetainedStatement> statements, RetainedStatement statement)
    {
        var index = statements.Length;
        while (index > 0 && statements[index - 1].AsOf > statement.AsOf)
        {
            index--;
        }

        return statements.Insert(index, statement);
    }

    private Party With(Obligation duty)
    {
        var others = Duties.GetValueOrDefault(duty.Transfer, []).RemoveAll(d => d.Rule == duty.Rule);
        var duties = duty.Title.Length == 0 ? others : others.Add(duty);
        return this with
        {
            Duties = duties.IsEmpty ? Duties.Remove(duty.Transfer) : Duties.SetItem(duty.Transfer, duties),
        };
    }

    private Party With(NoticeFiled filed, DateTimeOffset recordTime)
    {
        var notice = filed.Notice;
        var next = WithFiled(new FiledNotice(notice, recordTime, filed.Filer) { Version = Version + 1 });
        var former = next.Files[notice.Transfer].FormerOf(notice)?.Notice;
        return next with
        {
            Notices = Notices.Add(notice.Id, notice.Transfer),
            Contents = next.ContentsWith(notice),
            Exchanges = (former is null ? Exchanges : Exchanges.Without(former)).With(notice),
            Destructions = Sum(
                former is null ? Destructions : Sum(Destructions, Destruction.In(former), -1), Destruction.In(notice)),
            Peers = PeersWith(filed.Addresses, new Outbound(notice.Transfer, notice.Id)),
        };
    }

    private ImmutableDictionary<string, Peer> PeersWith(ImmutableArray<Address> addresses, Outbound message)
    {
        var peers = Peers;
        foreach (var (to, sequence) in addresses)
        {
            var peer = peers.GetValueOrDefault(to, Peer.New);
            peers = peers.SetItem(
                to, peer with { Sent = sequence, Unanswered = peer.Unanswered.Add(sequence, message) });
        }

        return peers;
    }

    private Party With(StandingsRevised revised)
    {
        var message = new Outbound(revised.Transfer, revised.NoticeId)
        {
            StandingsFor = revised.Filer,
            Version = Version + 1,
        };
        return WithStandings(revised.Transfer, revised.Filer, revised.NoticeId, Code, revised.Standings) with
        {
            Peers = PeersWith(revised.Addresses, message),
        };
    }

    private Party With(StandingsDelivered told)
    {
        var peer = Peers.GetValueOrDefault(told.From, Peer.New);
        return WithStandings(told.Transfer, told.Filer, told.NoticeId, told.From, told.Standings) with
        {
            Peers = Peers.SetItem(told.From, peer with { Received = told.Sequence }),
        };
    }

    /// <summary>With where somebody stood on the date of a notice, in the file of the notice's own transfer.</summary>
    private Party WithStandings(TransferKey transfer, string filer, string id, string whose, Standings standings)
    {
        var file = Files[transfer];
        var filed = file.Find(filer, id)!;
        return this with
        {
            Files = Files.SetItem(transfer, file.With(
                whose == filer ? filed with { Filer = standings }
                : transfer.IsSide(whose) ? filed with { Counterpart = standings }
                : filed with { Here = standings })),
        };
    }

    /// <summary>Sums with what one statement adds to them, or takes from them.</summary>
    private static ImmutableSortedDictionary<Destruction, long> Sum(
        ImmutableSortedDictionary<Destruction, long> sums, IEnumerable<(Destruction Key, long Quantity)> parts,
        int sign = 1)
    {
        foreach (var (key, quantity) in parts)
        {
            sums = sums.SetItem(key, sums.GetValueOrDefault(key) + (sign * quantity));
        }

        return sums;
    }

    /// <summary>
    /// With the content of a notice just filed, and without that of the one it corrects: the next transfer under which
    /// this party said the same is the first then.
    /// </summary>
    private ImmutableDictionary<string, TransferKey> ContentsWith(Notice notice)
    {
        var contents = Contents;
        if (Files[notice.Transfer].FormerOf(notice) is { } former
            && NoticeContent.Of(former.Notice) is { } gone
            && contents.TryGetValue(gone, out var first) && first == notice.Transfer)
        {
            var next = FilesSaying(gone).Select(f => (TransferKey?)f.Key).FirstOrDefault();
            contents = next is { } other ? contents.SetItem(gone, other) : contents.Remove(gone);
        }

        return NoticeContent.Of(notice) is { } content && !contents.ContainsKey(content)
            ? contents.Add(content, notice.Transfer)
            : contents;
    }

    /// <summary>The files in memory with a notice of this party in effect that has some content.</summary>
    private IEnumerable<TransferFile> FilesSaying(string content) => Files.Values
        .Where(f => f.Notices.Any(n => n.Notice.Filer == Code && NoticeContent.Of(n.Notice) == content))
        .OrderBy(f => f.Key);

    private Party With(NoticeDelivered delivered)
    {
        var notice = delivered.Notice;
        var isCounterpart = notice.Transfer.IsSide(Code) && notice.Transfer.IsSide(notice.Filer);
        var next = WithFiled(new FiledNotice(notice, delivered.FiledAt, delivered.Filer)
        {
            Counterpart = isCounterpart ? delivered.Here : null,
            Here = notice.Transfer.IsSide(Code) ? null : delivered.Here,
            FilerPosition = delivered.Position,
            Version = Version + 1,
        });
        var peer = Peers.GetValueOrDefault(delivered.From, Peer.New);
        return next with { Peers = Peers.SetItem(delivered.From, peer with { Received = delivered.Sequence }) };
    }

    private Party With(AnswerReceived answer)
    {
        var peer = Peers[answer.From];
        var next = this with
        {
            Peers = Peers.SetItem(answer.From, peer with { Unanswered = peer.Unanswered.Remove(answer.Sequence) }),
        };
        if (!peer.Unanswered.TryGetValue(answer.Sequence, out var outbound) || outbound.StandingsFor is not null
            || !outbound.Transfer.IsSide(Code) || outbound.Transfer.Counterpart(Code) != answer.From)
        {
            return next;
        }

        var filed = Files[outbound.Transfer].Find(Code, outbound.NoticeId)!;
        return next.WithFiled(filed with
        {
            // What it has come to know since may have been quicker.
            Counterpart = filed.Counterpart ?? answer.There,
            CounterpartPosition = answer.Position,
        });
    }

    /// <summary>The notice in the files of every transfer that it concerns and that this party has part in.</summary>
    private Party WithFiled(FiledNotice filed)
    {
        var files = Files;
        foreach (var key in FilesOf(filed.Notice))
        {
            files = files.SetItem(key, files.GetValueOrDefault(key, new TransferFile(key)).With(filed));
        }

        return this with { Files = files };
    }

    /// <summary>
    /// The transfer of a notice; and the one under which its mines had come, if this party was a side of that. A
    /// correction may no longer name a state on the route, whose file of the transfer it corrects.
    /// </summary>
    private IEnumerable<TransferKey> FilesOf(Notice notice)
    {
        if (notice.Transfer.IsSide(Code) || notice.Transit.Contains(Code) || notice.Filer == Code
            || (notice.Supersedes.Length > 0 && notice.PassesOnFrom?.Sender != Code))
        {
            yield return notice.Transfer;
        }

        if (notice.PassesOnFrom is { } origin && origin.IsSide(Code))
        {
            yield return origin;
        }
    }

    /// <summary>
    /// Files with a notice of the same content as one that this party has just corrected: what they are found to repeat
    /// may be gone.
    /// </summary>
    private IEnumerable<TransferKey> FilesTouchedBy(Notice correction) =>
        correction.Filer == Code && FormerOf(correction) is { } former
            && NoticeContent.Of(former.Notice) is { } content
            ? FilesSaying(content).Select(f => f.Key).Where(k => k != correction.Transfer)
            : [];

    private Party With(Finding finding)
    {
        var about = Findings.GetValueOrDefault(finding.Key.About, []);
        var last = about.FirstOrDefault(f => f.Key == finding.Key);
        return this with
        {
            Findings = Findings.SetItem(
                finding.Key.About, last is null ? about.Add(finding) : about.Replace(last, finding)),
        };
    }

    private Party With(FindingClosed closed, DateTimeOffset recordTime) =>
        With(FindFinding(closed.Key)! with
        {
            Closed = closed.Reason,
            Version = Version + 1,
            Position = closed.Position,
            RecordTime = closed.RecordTime ?? recordTime,
        });

    /// <summary>A finding as it was last recorded, open or closed; null if it never was.</summary>
    public Finding? FindFinding(FindingKey key) =>
        Findings.GetValueOrDefault(key.About, []).FirstOrDefault(f => f.Key == key);
}
