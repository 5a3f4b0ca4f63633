using System.Diagnostics;
using Treaty.Grid.Cluster.V1;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Transfers;
using Treaty.Grid.V1;
using Notice = Treaty.Grid.Transfers.Notice;

namespace Treaty.Grid.Grains;

/// <summary>Steps 2, 3 and 7 of the life of a notice; and the dry run of it.</summary>
internal sealed partial class PartyGrain
{
    public async ValueTask<FileResponse> File(FileRequest request)
    {
        ThrowIfUnknown();
        await OpenAsync();
        var notices = request.Items.Select(i => i.Notice.ToNotice(Code, i.NoticeId)).ToList();
        var unknown = await register.FindUnknownAsync(notices.SelectMany(Named).Distinct());
        var now = Now;
        var names = NamesOf(notices.Select(n => new FileNotice(n, now)));
        await RecallAsync(names);
        ThrowIfPoisoned();
        ThrowIfCrowded(FullForNew);

        // 2. From here to the append nothing waits.
        var filings = new List<Filing>(notices.Count);
        var payloads = new List<ReadOnlyMemory<byte>>(notices.Count);
        DecideAll(() =>
        {
            foreach (var (item, notice) in request.Items.Zip(notices))
            {
                filings.Add(Decide(item, notice, unknown, now, payloads));
            }
        });

        // 3. One append for the batch.
        ForgetRecalled();
        var appended = payloads.Count > 0 ? AppendAsync(payloads, [.. filings.Select(f => f.Span)]) : CurrentAsync();
        try
        {
            await appended;

            // 4. to 6. The pumps deliver, and fold in the answers.
            foreach (var to in filings.SelectMany(f => f.Addressees).Distinct())
            {
                Pump(to);
            }

            var filed = filings.Where(f => !f.IsRefused).Select(f => f.Notice).ToList();
            await AnsweredAsync([.. filed.Select(n => n.Id)]);

            // 7.
            var party = await SettledAsync(filed.Select(n => n.Transfer).Distinct(), names);
            return Respond(party, filings, request.TransfersApart);
        }
        finally
        {
            filings.ForEach(f => f.Span?.Dispose());
        }
    }

    public async ValueTask<AssessResponse> Assess(AssessRequest request)
    {
        ThrowIfUnknown();
        var notice = request.Notice.ToNotice(Code, request.NoticeId);
        if (Misnamed(notice, await register.FindUnknownAsync(Named(notice))) is { } misnamed)
        {
            throw new RefusedException(misnamed);
        }

        var command = new FileNotice(notice, Now);
        var party = await RecallAsync(_party, NamesOf([command]));
        switch (party.Decide(command, rulebook))
        {
            case Refused refused:
                throw new RefusedException(ToStatus(refused.Refusal));
            case Decided decided:
                var next = decided.Next;
                if (request.Answer is { } answer
                    && next.Decide(new TakeAnswer(answer.ToAnswer(), command.Time), rulebook) is Decided answered)
                {
                    next = answered.Next;
                }

                // What it answers rests on what is durable.
                await CurrentAsync();
                return Assessed(next, decided, notice);
            default:
                await CurrentAsync();
                var filing = new Filing(notice, IsBrief: false, IsRepeat: true, Error: null, Span: null, []);
                var response = Respond(party, filing).Response;
                response.Transfer = ToMessage(party, party.Files[notice.Transfer], Today);
                return new AssessResponse { Response = response };
        }
    }

    /// <summary>Everyone a notice names who may be a party.</summary>
    private static IEnumerable<string> Named(Notice notice) =>
        Grid.Party.Addressees(notice).Append(notice.Transfer.Recipient);

    /// <summary>Why a notice cannot reach whom it names; null if it can.</summary>
    private static Google.Rpc.Status? Misnamed(Notice notice, IReadOnlySet<string> unknown)
    {
        if (Grid.Party.Addressees(notice).FirstOrDefault(unknown.Contains) is { } missing)
        {
            return PartyUnknown(missing);
        }

        // A state of the register has a file of its own, which would never hear of this.
        return notice.IsToState || unknown.Contains(notice.Transfer.Recipient)
            ? null
            : RefusedException.RefuseField(
                "notice.recipient_kind",
                $"Expected STATE: {notice.Transfer.Recipient} is a party of this register. Correct the kind, or name "
                    + "the recipient otherwise.");
    }

    private AssessResponse Assessed(Grid.Party next, Decided decided, Notice notice)
    {
        var filed = next.FindNotice(notice.Id)!;
        var response = new AssessResponse
        {
            Response = new SubmitNoticeResponse
            {
                Notice = View.Notice(filed),
                Transfer = ToMessage(next, next.Files[notice.Transfer], Today),
                CrossCheck = CrossCheckOf(filed),
            },
        };
        var happened = decided.Events.OfType<NoticeFiled>().Single();
        if (CounterpartOf(notice) is { } counterpart)
        {
            response.Counterpart = counterpart;
            response.Message = ToMessage(filed, happened.Addresses.Single(a => a.To == counterpart));
        }

        return response;
    }

    private Filing Decide(
        FileItem item, Notice notice, IReadOnlySet<string> unknown, DateTimeOffset now,
        List<ReadOnlyMemory<byte>> payloads)
    {
        if (Misnamed(notice, unknown) is { } misnamed)
        {
            GrainTelemetry.Notices.Add(1, KeyValuePair.Create<string, object?>("result", "refused"));
            return new Filing(notice, item.Brief, false, misnamed, null, []);
        }

        switch (_party.Decide(new FileNotice(notice, now), rulebook))
        {
            case Refused refused:
                GrainTelemetry.Notices.Add(1, KeyValuePair.Create<string, object?>("result", "refused"));
                return new Filing(notice, item.Brief, false, ToStatus(refused.Refusal), null, []);
            case Decided decided:
                GrainTelemetry.Notices.Add(1, KeyValuePair.Create<string, object?>("result", "filed"));
                var span = GrainTelemetry.Start("party.file", item.Traceparent, Code);
                span?.SetTag("treatygrid.notice", notice.Name);
                var happened = decided.Events.OfType<NoticeFiled>().Single();
                Trace(happened, span?.Id ?? item.Traceparent);
                payloads.Add(Seal(decided, GrainTelemetry.TraceIdOf(item.Traceparent)));
                return new Filing(
                    notice, item.Brief, false, null, span, [.. happened.Addresses.Select(a => a.To)]);
            default:
                GrainTelemetry.Notices.Add(1, KeyValuePair.Create<string, object?>("result", "repeated"));
                return new Filing(notice, item.Brief, true, null, null, [.. Grid.Party.Addressees(notice)]);
        }
    }

    /// <summary>Waits until the other sides have answered, but no longer than a caller should wait.</summary>
    private async Task AnsweredAsync(IReadOnlyList<string> notices)
    {
        var deadline = time.GetTimestamp();
        while (!_isPoisoned && notices.Any(IsPending))
        {
            var left = Limits.CrossCheckWaitMax - time.GetElapsedTime(deadline);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            try
            {
                await _pulse.Task.WaitAsync(left, time);
            }
            catch (TimeoutException)
            {
                return;
            }
        }

        // What has left memory has been answered.
        bool IsPending(string id) => _party.FindNotice(id) is { } filed && CrossCheckOf(filed) == CrossCheck.Pending;
    }

    /// <summary>The messages that tell of a notice carry the trace of its request.</summary>
    private void Trace(NoticeFiled filed, string traceparent)
    {
        foreach (var address in filed.Addresses)
        {
            _traces[address] = traceparent;
        }
    }

    /// <summary>
    /// The party as it is now, with everything that an answer about these transfers shows durable. Only what another
    /// request is just adding to them has to be waited for.
    /// </summary>
    private async Task<Grid.Party> SettledAsync(IEnumerable<TransferKey> transfers, IReadOnlyList<string> names)
    {
        var party = await RecallAsync(_party, names);
        if (transfers.Any(t => !IsDurable(party.Files[t])))
        {
            try
            {
                await _tail;
            }
            catch (RefusedException)
            {
                // What was filed is durable; it is another request that broke, and with it this activation.
                throw new RefusedException(OutcomeUnknown());
            }
        }

        return party;

        bool IsDurable(TransferFile file) => file.History.All(n => n.Version <= _durable)
            && party.Findings.GetValueOrDefault(file.Key.ToString(), [])
                .All(f => f.Version <= _durable || f.Position > 0);
    }

    /// <summary>Many notices may be about one transfer: it is said once, where the caller can take that.</summary>
    private FileResponse Respond(Grid.Party party, List<Filing> filings, bool transfersApart)
    {
        var response = new FileResponse();
        var shown = new Dictionary<(TransferKey Key, bool IsBrief), (Transfer Transfer, int Number)>();
        foreach (var filing in filings)
        {
            var result = Respond(party, filing);
            response.Results.Add(result);
            if (filing.IsRefused)
            {
                response.TransferOf.Add(0);
                continue;
            }

            var which = (filing.Notice.Transfer, filing.IsBrief);
            if (!shown.TryGetValue(which, out var transfer))
            {
                var message = ToMessage(party, party.Files[filing.Notice.Transfer], Today, filing.IsBrief);
                transfer = (message, shown.Count + 1);
                shown.Add(which, transfer);
            }

            response.TransferOf.Add(transfer.Number);
            result.Response.Transfer = transfersApart ? null : transfer.Transfer;
        }

        if (transfersApart)
        {
            response.Transfers.AddRange(shown.Values.OrderBy(t => t.Number).Select(t => t.Transfer));
        }

        return response;
    }

    /// <summary>Without the transfer.</summary>
    private SubmitResult Respond(Grid.Party party, Filing filing)
    {
        if (filing.Error is { } error)
        {
            return new SubmitResult { Error = error };
        }

        var filed = party.FindNotice(filing.Notice.Id)!;
        return new SubmitResult
        {
            Response = new SubmitNoticeResponse
            {
                Notice = View.Notice(filed),
                Receipt = ReceiptOf(filed.Version, filed.RecordTime),
                CrossCheck = CrossCheckOf(filed),
                Replayed = filing.IsRepeat,
            },
        };
    }

    private static CrossCheck CrossCheckOf(FiledNotice filed) =>
        CounterpartOf(filed.Notice) is null ? CrossCheck.NotNeeded
        : filed.Counterpart is null ? CrossCheck.Pending
        : CrossCheck.Complete;

    /// <summary>The other side, if it files here and the filer is a side itself.</summary>
    private static string? CounterpartOf(Notice notice) =>
        notice.Transfer.IsSide(notice.Filer) && (notice.Filer == notice.Transfer.Recipient || notice.IsToState)
            ? notice.Transfer.Counterpart(notice.Filer)
            : null;

    /// <summary>One notice of a batch, and what became of it.</summary>
    /// <param name="Addressees">Who is to hear of it.</param>
    /// <param name="IsBrief">Its answer leaves out the notices of the transfer.</param>
    private sealed record Filing(
        Notice Notice, bool IsBrief, bool IsRepeat, Google.Rpc.Status? Error, Activity? Span,
        IReadOnlyList<string> Addressees)
    {
        public bool IsRefused => Error is not null;
    }
}
