using Google.Protobuf;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Silo.Operations;

/// <summary>
/// Reads the whole journal twice: in the order of its positions, for what holds over all parties; then party by party,
/// folding each again from its first entry. It changes nothing, and what it keeps in memory follows what is open.
/// </summary>
/// <param name="snapshots">Held against the fold; null to leave them out.</param>
internal sealed class Verification(
    IJournal journal, ISnapshotStore? snapshots, Rulebook rulebook, ProgressLine progress)
{
    private const int PageEntries = 256;

    /// <summary>Names looked up in the index of one snapshot: every so many entries, if it covers more.</summary>
    private const long EntriesLookedUpMax = 10_000;

    private readonly DamageReport _report = new();
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>Entries of a party that are folded before what is at rest is let go.</summary>
    internal int HeldMax { get; init; } = 10_000;

    public DamageReport Report => _report;

    public long Entries { get; private set; }

    public int Parties => _seen.Count;

    public int Snapshots { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        var head = await journal.GetHeadAsync(cancellation);
        progress.Begin("Reading in order");
        await ReadInOrderAsync(head, cancellation);
        await ListAsync(head, cancellation);
        progress.Begin("Folding the parties");
        var done = 0L;
        foreach (var (party, seen) in _seen.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            await FoldAsync(party, seen, head, done, cancellation);
            done += seen.Entries;
        }

        progress.End();
    }

    private async Task ReadInOrderAsync(long head, CancellationToken cancellation)
    {
        var correspondence = new Correspondence(_report);
        var position = 0L;
        while (position < head)
        {
            foreach (var stored in await journal.ReadAllAsync(position, PageEntries, cancellation))
            {
                if (stored.Position > head)
                {
                    return;
                }

                if (stored.Position != position + 1)
                {
                    _report.Add(new Damage(position + 1, "", 0, stored.Position == position + 2
                        ? "it is missing."
                        : $"it and all before {stored.Position} are missing."));
                }

                position = stored.Position;
                Entries++;
                var seen = _seen.GetValueOrDefault(stored.Party);
                _seen[stored.Party] = new Seen(seen.Entries + 1, position, stored.Version);
                try
                {
                    correspondence.Take(stored, J.Entry.Parser.ParseFrom(stored.Payload.Span));
                }
                catch (InvalidProtocolBufferException)
                {
                    // Named when its party is folded.
                }

                progress.Report((position, head));
            }
        }
    }

    /// <summary>Parties that are listed and have no entry are looked at as well.</summary>
    private async Task ListAsync(long head, CancellationToken cancellation)
    {
        var unlisted = _seen.Keys.ToHashSet(StringComparer.Ordinal);
        var last = "";
        while (await journal.ListPartiesAsync(last, PageEntries, cancellation) is { Count: > 0 } page)
        {
            foreach (var party in page)
            {
                unlisted.Remove(party);
                _seen.TryAdd(party, new Seen(0, head, 0));
            }

            last = page[^1];
        }

        foreach (var party in unlisted)
        {
            _report.Add(_seen[party].Damage(party, "it is of a party that is not listed."));
        }
    }

    private async Task FoldAsync(string party, Seen seen, long head, long done, CancellationToken cancellation)
    {
        var snapshot = snapshots is null ? null : await snapshots.LoadAsync(party, cancellation);
        var fold = new PartyFold(party, journal, rulebook, HeldMax);
        var (last, recordTime, entries, isWhole) = (default(JournalEntry), DateTimeOffset.MinValue, 0L, true);
        await foreach (var stored in journal.ReadPartyAsync(party, 0, cancellation))
        {
            if (stored.Position > head)
            {
                break;
            }

            entries++;
            progress.Report((done + entries, Entries));
            var isNext = IsNext(last, stored);
            last = stored;
            if (Decode(stored) is not { } entry)
            {
                isWhole = false;
                continue;
            }

            if (entry.RecordTime < recordTime)
            {
                Add(stored, "its record time is before that of the version before.");
            }

            recordTime = entry.RecordTime;

            // After a gap the rest need not fold: it is looked at one by one, and the gap is what counts.
            isWhole = isWhole && isNext && await FoldAsync(fold, stored, entry, snapshot, cancellation);
        }

        if (isWhole && fold.Sum != 0)
        {
            _report.Add(seen.Damage(party, $"the books add up to {fold.Sum} after it."));
        }

        await CheckEndAsync(party, seen, last.Version, entries, snapshot, cancellation);
    }

    private bool IsNext(JournalEntry last, JournalEntry stored)
    {
        if (stored.Version != last.Version + 1)
        {
            Add(stored, $"it follows version {last.Version}.");
            return false;
        }

        if (stored.Position <= last.Position)
        {
            Add(stored, $"it stands before version {last.Version}, which has position {last.Position}.");
            return false;
        }

        return true;
    }

    private Entry? Decode(JournalEntry stored)
    {
        try
        {
            return EntryCodec.Decode(stored.Payload.Span, stored.Party);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The codec trusts its bytes: whatever it stumbles over is a fault of the entry.
            Add(stored, $"it cannot be decoded: {e.Message}");
            return null;
        }
    }

    private async ValueTask<bool> FoldAsync(
        PartyFold fold, JournalEntry stored, Entry entry, Snapshot? snapshot, CancellationToken cancellation)
    {
        try
        {
            var names = await fold.TakeAsync(stored, entry, cancellation);
            if (snapshot is not null && stored.Version <= snapshot.Version)
            {
                await CheckSnapshotAsync(fold, stored, names, snapshot, cancellation);
            }

            return true;
        }
        catch (InvalidDataException e)
        {
            Add(stored, e.Message);
            return false;
        }
    }

    private async ValueTask CheckSnapshotAsync(
        PartyFold fold, JournalEntry stored, IReadOnlyCollection<string> names, Snapshot snapshot,
        CancellationToken cancellation)
    {
        if (stored.Version % (1 + (snapshot.Version / EntriesLookedUpMax)) == 0)
        {
            foreach (var name in names)
            {
                var found = await snapshots!.FindAsync(stored.Party, [Mention.KeyOf(name)], cancellation);
                if (!found.Contains(stored.Version))
                {
                    Add(stored, $"the index of the snapshot does not find it under {name}.");
                }
            }
        }

        if (stored.Version == snapshot.Version)
        {
            Snapshots++;
            if (FaultOf(snapshot, fold, stored.Party) is { } fault)
            {
                Add(stored, fault);
            }
        }
    }

    private static string? FaultOf(Snapshot snapshot, PartyFold fold, string party)
    {
        try
        {
            // One of another form is not used either.
            return SnapshotCodec.Decode(snapshot.State.Span, party) is null
                || snapshot.State.Span.SequenceEqual(fold.Snapshot())
                ? null
                : "the snapshot of this version is not what its entries fold to.";
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
    }

    /// <summary>What the store knows of the party besides its entries.</summary>
    private async Task CheckEndAsync(
        string party, Seen seen, long last, long entries, Snapshot? snapshot, CancellationToken cancellation)
    {
        if (entries != seen.Entries)
        {
            _report.Add(seen.Damage(
                party, $"the party has {entries} entries by version and {seen.Entries} by position."));
        }

        // A server may have appended meanwhile: then the next entry is there.
        var version = await journal.GetVersionAsync(party, cancellation);
        if (version < last
            || (version > last && (await journal.ReadEntriesAsync(party, [last + 1], cancellation)).Count == 0))
        {
            _report.Add(seen.Damage(
                party, $"the party comes to version {last}, and the store has it at version {version}."));
        }

        if (snapshot?.Version > version)
        {
            _report.Add(seen.Damage(party, $"it is the last, and there is a snapshot of version {snapshot.Version}."));
        }
    }

    private void Add(JournalEntry stored, string what) =>
        _report.Add(new Damage(stored.Position, stored.Party, stored.Version, what));

    /// <summary>What was seen of a party in the order of positions.</summary>
    private readonly record struct Seen(long Entries, long LastPosition, long LastVersion)
    {
        public Damage Damage(string party, string what) => new(LastPosition, party, LastVersion, what);
    }
}
