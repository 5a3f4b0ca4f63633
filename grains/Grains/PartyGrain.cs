using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
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
[KeepAlive]
[GrainType("party")]
internal sealed partial class PartyGrain(
    IJournal journal, JournalWriter writer, PartyRegister register, Shipper shipper, Rulebook rulebook,
    TimeProvider time, ILogger<PartyGrain> log) : Grain, IPartyGrain
{
    /// <summary>Of each entry of the party, by version − 1; position 0 while it is not yet durable.</summary>
    private readonly List<(long Position, ActivityTraceId Trace)> _entries = [];

    /// <summary>Events that are durable at a peer, and ride with the next entry.</summary>
    private readonly List<Event> _riding = [];

    private Grid.Party _party = null!;
    private Task<OpenedParty>? _opening;
    private long _epoch;
    private long _durable;
    private Task _tail = Task.CompletedTask;
    private bool _isPoisoned;

    private string Code => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _party = new Grid.Party(Code);
        if (await journal.GetVersionAsync(Code, cancellationToken) > 0)
        {
            // Whoever ran this party before can no longer write; only then is what is read the last word.
            var opened = await writer.OpenAsync(Code, cancellationToken);
            _epoch = opened.Epoch;
            await LoadAsync(opened.Version, cancellationToken);
            PumpAll();
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Pumps and waiting callers of this activation end; the next one goes on from the journal.
        _isPoisoned = true;
        _pulse.TrySetResult();
        return Task.CompletedTask;
    }

    private async Task LoadAsync(long version, CancellationToken cancellationToken)
    {
        var party = _party;
        await foreach (var stored in journal.ReadPartyAsync(Code, 0, cancellationToken))
        {
            if (stored.Version > version)
            {
                break;
            }

            if (stored.Version != party.Version + 1)
            {
                throw new InvalidDataException(
                    $"{Code} has no entry of version {party.Version + 1}: restore the journal from a copy.");
            }

            var entry = EntryCodec.Decode(stored.Payload.Span, Code);
            foreach (var happened in entry.Events)
            {
                party = party.With(happened, entry.RecordTime);
            }

            party = party.Sealed(entry.RecordTime);
            _entries.Add((stored.Position, entry.TraceId));
        }

        if (party.Version != version)
        {
            throw new InvalidDataException(
                $"{Code} is at version {version} and has {party.Version} entries: restore the journal from a copy.");
        }

        (_party, _durable) = (party, version);
    }

    /// <summary>Takes over a party that has no entry yet. Several callers share one opening.</summary>
    private async Task OpenNewAsync()
    {
        if (_epoch == 0)
        {
            _opening ??= writer.OpenAsync(Code, CancellationToken.None).AsTask();
            try
            {
                var opened = await _opening;
                if (opened.Version > 0)
                {
                    // Registered elsewhere since this activation looked.
                    throw Poison(JournalUnavailable());
                }

                _epoch = opened.Epoch;
            }
            finally
            {
                _opening = null;
            }
        }
    }

    /// <summary>
    /// Seals an entry: the party goes on from it at once; <see cref="AppendAsync"/> then makes it durable.
    /// </summary>
    private ReadOnlyMemory<byte> Seal(Decided decided, ActivityTraceId trace)
    {
        var entry = new Entry(decided.RecordTime, trace, [.. _riding, .. decided.Events]);
        _riding.Clear();
        _party = decided.Next.Sealed(decided.RecordTime);
        _entries.Add((0, trace));
        return EntryCodec.Encode(entry, Code);
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
        return _tail = AppendInOrderAsync(new Append(Code, _epoch, expected, payloads), contexts);
    }

    private async Task AppendInOrderAsync(Append append, IReadOnlyList<ActivityContext> contexts)
    {
        try
        {
            var first = await writer.AppendAsync(append, contexts, CancellationToken.None);
            for (var i = 0; i < append.Payloads.Count; i++)
            {
                var index = (int)append.ExpectedVersion + i;
                _entries[index] = (first + i, _entries[index].Trace);
            }

            _durable = Math.Max(_durable, append.ExpectedVersion + append.Payloads.Count);
        }
        catch (JournalException e)
        {
            throw Poison(e switch
            {
                JournalOverloadedException o => RefusedException.RetryLater(
                    Google.Rpc.Code.ResourceExhausted, ErrorReason.Overloaded,
                    "The journal has too much waiting. Nothing was recorded; send the same ids again later.",
                    o.RetryAfter),
                JournalOutcomeUnknownException => RefusedException.RetryLater(
                    Google.Rpc.Code.Unavailable, ErrorReason.OutcomeUnknown,
                    "It may have been recorded or not. Send the same ids again: that is safe.", Limits.RetryDelay),
                _ => JournalUnavailable(),
            });
        }
    }

    private static Google.Rpc.Status JournalUnavailable() => RefusedException.RetryLater(
        Google.Rpc.Code.Unavailable, ErrorReason.JournalUnavailable,
        "The journal cannot be written now. Nothing was recorded; send the same ids again later.", Limits.RetryDelay);

    /// <summary>Gives up this activation: what it holds in memory may be more, or less, than what is durable.</summary>
    private RefusedException Poison(Google.Rpc.Status status)
    {
        if (!_isPoisoned)
        {
            _isPoisoned = true;
            _pulse.TrySetResult();
            GrainTelemetry.Poisoned.Add(1);
            LogPoisoned(Code, status.Message);
            DeactivateOnIdle();
        }

        return new RefusedException(status);
    }

    private void ThrowIfPoisoned()
    {
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
        _ => throw new InvalidOperationException($"{refusal.Reason} has no status: add it."),
    };

    private DateTimeOffset Now => time.GetUtcNow();

    private DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    /// <summary>The position of an entry of this party; 0 while it is not durable.</summary>
    private long PositionOf(long version) => version is > 0 && version <= _entries.Count
        ? _entries[(int)version - 1].Position
        : 0;
}
