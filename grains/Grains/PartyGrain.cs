using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;

namespace Treaty.Grid.Grains;

/// <summary>
/// Runs one party: loads it from the journal, lets it decide, makes what it decided durable, and tells its peers. No
/// rule lives here.
/// </summary>
/// <remarks>
/// <para>The life of a notice:</para>
/// <list type="number">
/// <item>The gateway hands over a batch (PartyGrain.File.cs).</item>
/// <item>For each notice in order the party decides: a repeat, a refusal, or events and messages to its peers.</item>
/// <item>One append makes the entries durable: the only await. Nothing is answered or sent before.</item>
/// <item>The pump of each peer delivers, in order, one delivery under way at a time (PartyGrain.Peers.cs).</item>
/// <item>The peer's grain decides, appends and answers.</item>
/// <item>The answer is folded in; the events ride with this party's next entry, for the peer's entry holds them.</item>
/// <item>The callers that wait are answered.</item>
/// </list>
/// <para>
/// Calls interleave, and there is no await between reading and changing the party. Any append result but success
/// poisons the activation: it is given up, and the next one loads what is durable.
/// </para>
/// </remarks>
[Reentrant]
[HashBasedPlacement]
[GrainType(PartyGrains.Name)]
internal sealed partial class PartyGrain(
    IJournal journal, JournalWriter writer, ReadBarrier barrier, ISnapshotStore snapshots, ReadModel model,
    PartyRegister register, Shipper shipper, Rulebook rulebook, TimeProvider time, ILogger<PartyGrain> log)
    : Grain, IPartyGrain
{
    /// <summary>
    /// Of the writer's queue. New work begins only while there is as much room again for what it brings along: half is
    /// a second's writing or less.
    /// </summary>
    private const double FullForNew = 0.5;

    /// <summary>What others began goes on a little longer; the rest is for those that look at the same time.</summary>
    private const double FullForPeers = 0.75;

    /// <summary>Events that are durable at a peer, and ride with the next entry.</summary>
    private readonly List<Event> _riding = [];

    /// <summary>The names that they mention.</summary>
    private readonly HashSet<string> _ridingNames = new(StringComparer.Ordinal);

    private Grid.Party _party = null!;
    private Task? _opening;
    private long _epoch;
    private long _durable;
    private Task _tail = Task.CompletedTask;
    private bool _isPoisoned;
    private bool _isFlushing;

    /// <summary>Why the party cannot be loaded; null if it is.</summary>
    private Google.Rpc.Status? _refusal;

    private string Code => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _party = _settled = new Grid.Party(Code);
        try
        {
            if (await journal.GetVersionAsync(Code, cancellationToken) is var version and > 0)
            {
                version = await TakeOverAsync(version, cancellationToken);
                await LoadAsync(version, cancellationToken);
                if (_epoch > 0)
                {
                    PumpAll();
                }
            }
        }
        catch (Exception e) when (e is JournalException or RefusedException or ObjectDisposedException)
        {
            // Out of reach, or the silo is just stopping.
            LogNotLoaded(e, Code);
            _refusal = JournalUnavailable();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What lies in the journal cannot be folded. Trying again changes nothing, and everybody else goes on.
            LogQuarantined(e, Code);
            GrainTelemetry.Quarantined.Add(1);
            _refusal = Quarantined(e);
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (!_isPoisoned && _epoch > 0 && _refusal is null)
        {
            await WriteRidingAsync();
        }

        // What is under way comes first: the next activation would fold again what is just being saved.
        await EndAsync(_tail);
        await EndAsync(_tidying);
        if (!_isPoisoned && _epoch > 0 && _refusal is null && _tailBytes >= SnapshotTailMinAtEnd)
        {
            await SaveSnapshotAsync(cancellationToken);
        }

        // Pumps and waiting callers of this activation end; the next one goes on from the journal.
        _isPoisoned = true;
        _pulse.TrySetResult();
        CountFiles();

        async Task EndAsync(Task underWay) => await underWay.WaitAsync(cancellationToken).ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Whoever ran this party before can no longer write; only then is what is read the last word. Where the journal
    /// cannot be written, it may still be read: the party then answers what is durable. Returns its version.
    /// </summary>
    private async Task<long> TakeOverAsync(long version, CancellationToken cancellationToken)
    {
        try
        {
            var opened = await writer.OpenAsync(Code, cancellationToken);
            _epoch = opened.Epoch;
            return opened.Version;
        }
        catch (JournalException e)
        {
            LogNotOpened(Code, e.Message);
            return version;
        }
    }

    /// <summary>
    /// Takes over a party that has no entry yet, or that could only be read so far. Several callers share one opening.
    /// </summary>
    private ValueTask OpenAsync()
    {
        if (_epoch > 0)
        {
            return ValueTask.CompletedTask;
        }

        if (_opening is not { IsCompleted: false })
        {
            _opening = OpenOnceAsync();
        }

        return new ValueTask(_opening);
    }

    private async Task OpenOnceAsync()
    {
        OpenedParty opened;
        try
        {
            opened = await writer.OpenAsync(Code, CancellationToken.None);
        }
        catch (JournalException e)
        {
            throw new RefusedException(
                e is JournalOverloadedException o ? Overloaded(o.RetryAfter) : JournalUnavailable());
        }

        if (opened.Version != _durable)
        {
            // Written elsewhere since this activation looked.
            throw Poison(JournalUnavailable());
        }

        _epoch = opened.Epoch;
        PumpAll();
    }

    /// <summary>
    /// Seals an entry: the party goes on from it at once; <see cref="AppendAsync"/> then makes it durable.
    /// </summary>
    private ReadOnlyMemory<byte> Seal(Decided decided, ActivityTraceId trace)
    {
        var entry = new Entry(decided.RecordTime, trace, [.. _riding, .. decided.Events]);
        var names = decided.Events.SelectMany(_party.MentionedBy).ToHashSet(StringComparer.Ordinal);
        names.UnionWith(_ridingNames);
        var bytes = EntryCodec.Encode(entry, Code);
        _riding.Clear();
        _ridingNames.Clear();
        _party = decided.Next.Sealed(decided.RecordTime);
        _places[_party.Version] = new EntryPlace(0, trace);
        Note(names, bytes.Length);
        return bytes;
    }

    /// <summary>
    /// What rides must not ride for ever: lists over many parties are read from the journal. A party that says nothing
    /// for a while writes it down by itself, and nobody waits for that: where the journal has much to write, it comes
    /// later.
    /// </summary>
    private async Task FlushRidingAsync()
    {
        if (_isFlushing)
        {
            return;
        }

        _isFlushing = true;
        try
        {
            do
            {
                await Task.Delay(Limits.RidingMax, time);
            }
            while (writer.IsFuller(FullForPeers) && !_isPoisoned);

            await WriteRidingAsync();
        }
        finally
        {
            _isFlushing = false;
        }
    }

    private async Task WriteRidingAsync()
    {
        if (_riding.Count == 0 || _isPoisoned)
        {
            return;
        }

        try
        {
            var recordTime = Now > _party.RecordTime ? Now : _party.RecordTime;
            await AppendAsync([Seal(new Decided([], _party, recordTime), default)], []);
        }
        catch (RefusedException e)
        {
            // The next activation hears the same answers again.
            LogNotFlushed(e, Code);
        }
    }

    /// <summary>
    /// Decides and seals several entries without an await. If that breaks off, some are sealed and will never be
    /// appended, so the activation is given up.
    /// </summary>
    private void DecideAll(Action decide)
    {
        try
        {
            decide();
        }
        catch (Exception e)
        {
            LogBroken(e, Code);
            throw Poison(RefusedException.Refuse(
                Google.Rpc.Code.Internal, ErrorReason.Internal,
                "A mistake in the grid. Nothing was recorded; send the same ids once more, then tell its operator."));
        }
    }

    /// <summary>Makes sealed entries durable.</summary>
    /// <exception cref="RefusedException">They are not, or it is not known. The activation is given up.</exception>
    private Task AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> payloads, IReadOnlyList<Activity?> spans)
    {
        var expected = _party.Version - payloads.Count;
        var contexts = spans.OfType<Activity>().Select(s => s.Context).ToList();
        return _tail = AppendInOrderAsync(new Append(Code, _epoch, expected, payloads), contexts, _party);
    }

    private async Task AppendInOrderAsync(
        Append append, IReadOnlyList<ActivityContext> contexts, Grid.Party after)
    {
        var releases = _releases;
        try
        {
            var first = await writer.AppendAsync(append, contexts, CancellationToken.None);
            for (var i = 0; i < append.Payloads.Count; i++)
            {
                var version = append.ExpectedVersion + 1 + i;
                _places[version] = _places[version] with { Position = first + i };
            }

            if (after.Version > _durable)
            {
                // What left memory meanwhile would come back.
                _settled = releases == _releases
                    ? after
                    : after.Without(after.Files.Keys.Where(k => !_party.Files.ContainsKey(k)), []);
                _durable = after.Version;
            }

            TidyWhenDue();
        }
        catch (JournalException e)
        {
            throw Poison(e switch
            {
                JournalOverloadedException o => Overloaded(o.RetryAfter),
                JournalOutcomeUnknownException => OutcomeUnknown(),
                _ => JournalUnavailable(),
            });
        }
    }

    /// <summary>
    /// Before anything is decided: an append that is refused afterwards costs the activation, and to load it again is
    /// more work at the worst time.
    /// </summary>
    /// <exception cref="RefusedException">The journal has too much waiting.</exception>
    private void ThrowIfCrowded(double share)
    {
        if (writer.IsFuller(share))
        {
            throw new RefusedException(Overloaded(writer.EstimateDrain()));
        }
    }

    private static Google.Rpc.Status Overloaded(TimeSpan retryAfter) => RefusedException.RetryLater(
        Google.Rpc.Code.ResourceExhausted, ErrorReason.Overloaded,
        "The journal has too much waiting. Nothing was recorded; send the same ids again later.", retryAfter);

    private static Google.Rpc.Status OutcomeUnknown() => RefusedException.RetryLater(
        Google.Rpc.Code.Unavailable, ErrorReason.OutcomeUnknown,
        "It may have been recorded or not. Send the same ids again: that is safe.", Limits.RetryDelay);

    private static Google.Rpc.Status JournalUnavailable() => RefusedException.RetryLater(
        Google.Rpc.Code.Unavailable, ErrorReason.JournalUnavailable,
        "The journal cannot be written now. Nothing was recorded; send the same ids again later.", Limits.RetryDelay);

    internal static Google.Rpc.Status JournalUnreadable() => RefusedException.RetryLater(
        Google.Rpc.Code.Unavailable, ErrorReason.JournalUnavailable,
        "The journal cannot be read now. Nothing was recorded; try again later.", Limits.RetryDelay);

    private Google.Rpc.Status Quarantined(Exception e) => RefusedException.Refuse(
        Google.Rpc.Code.DataLoss, ErrorReason.PartyQuarantined,
        $"What the journal holds of {Code} cannot be read: {e.Message} Nothing was recorded, and nothing is lost; its "
            + "operator has been told. Send the same ids again when the party is back.",
        [new("party", Code)]);

    /// <summary>Gives up this activation: what it holds in memory may be more, or less, than what is durable.</summary>
    private RefusedException Poison(Google.Rpc.Status status)
    {
        if (!_isPoisoned)
        {
            _isPoisoned = true;
            _pulse.TrySetResult();
            GrainTelemetry.Poisoned.Add(1);
            var level = RefusedException.LevelOf(status);
            LogPoisoned(level, Code, status.Message);
            DeactivateOnIdle();
        }

        return new RefusedException(status);
    }

    private void ThrowIfPoisoned()
    {
        if (_refusal is not null)
        {
            if (_refusal.Code == (int)Google.Rpc.Code.Unavailable)
            {
                DeactivateOnIdle();
            }

            throw new RefusedException(_refusal);
        }

        if (_isPoisoned)
        {
            throw new RefusedException(JournalUnavailable());
        }
    }

    private void ThrowIfUnknown()
    {
        ThrowIfPoisoned();
        if (!_party.IsRegistered)
        {
            // Anyone may ask for any code; what is no party must not stay in memory.
            DeactivateOnIdle();
            throw new RefusedException(PartyUnknown(Code));
        }
    }

    private static Google.Rpc.Status PartyUnknown(string code) => RefusedException.Refuse(
        Google.Rpc.Code.NotFound, ErrorReason.PartyUnknown,
        $"The register does not hold the party {code}. Fix the code, or have the depositary register it.",
        [new("party", code)]);

    private static Google.Rpc.Status ToStatus(Refusal refusal) => refusal.Reason switch
    {
        RefusalReason.PartyUnknown => PartyUnknown(refusal.Subject),
        RefusalReason.ConventionUnknown => RefusedException.Refuse(
            Google.Rpc.Code.NotFound, ErrorReason.ConventionUnknown,
            $"The register does not know the convention {refusal.Subject}. ListConventions gives those it knows.",
            [new("convention", refusal.Subject)]),
        RefusalReason.IdConflict => RefusedException.Refuse(
            Google.Rpc.Code.AlreadyExists, ErrorReason.NoticeIdConflict,
            $"{refusal.Subject} was filed before with another {refusal.Field}. File what is new under a new id.",
            [new("name", refusal.Subject), new("field", refusal.Field)]),
        RefusalReason.NotCorrectable => RefusedException.RefuseField(
            (refusal.Subject.Contains("/declarations/", StringComparison.Ordinal) ? "declaration." : "notice.")
                + refusal.Field,
            refusal.Field == "supersedes"
                ? $"There is no {refusal.Subject} to correct. Correct the name, or file this without it."
                : $"A correction has the same {refusal.Field} as {refusal.Subject}. Correct it; or withdraw that (a "
                    + "CANCELLATION that supersedes it), and file what is new apart."),
        RefusalReason.Superseded => RefusedException.Refuse(
            Google.Rpc.Code.FailedPrecondition, ErrorReason.Superseded,
            $"What is to be corrected was corrected or withdrawn before; {refusal.Subject} is the latest. Read that, "
                + "and correct it if it is still wrong.",
            [new("name", refusal.Subject)]),
        RefusalReason.AlreadyReported => RefusedException.RefuseField(
            $"declaration.{refusal.Field}",
            $"There is a report for that period, {refusal.Subject}. Name it here to correct it."),
        RefusalReason.NotPairable => RefusedException.Refuse(
            Google.Rpc.Code.FailedPrecondition, ErrorReason.NotPairable,
            $"{refusal.Field}: {refusal.Subject} {refusal.Remedy}",
            [new("name", refusal.Subject), new("field", refusal.Field)]),
        _ => throw new InvalidOperationException($"{refusal.Reason} has no status: add it."),
    };

    private DateTimeOffset Now => time.GetUtcNow();

    private DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);
}
