using System.Collections.Immutable;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;

namespace Treaty.Grid.Silo.Operations;

/// <summary>
/// Folds one party again from its first entry, however long its history: what is at rest is let go now and then, and
/// recalled from its entries when a later one rests on it.
/// </summary>
/// <param name="heldMax">Entries folded before what is at rest is let go.</param>
internal sealed class PartyFold(string code, IJournal journal, Rulebook rulebook, int heldMax)
{
    private readonly Mentions _mentions = new();
    private readonly Dictionary<long, EntryPlace> _places = [];
    private Party _party = new(code);
    private long _held;
    private long _heldDue = heldMax;

    /// <summary>Folds the next entry.</summary>
    /// <returns>The names that it mentions.</returns>
    /// <exception cref="InvalidDataException">The entry does not follow from those before.</exception>
    public async ValueTask<IReadOnlyCollection<string>> TakeAsync(
        JournalEntry stored, Entry entry, CancellationToken cancellation)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            // Before the first event: what one of them takes back is not to be recalled for the next.
            await RecallAsync(entry.Events.SelectMany(_party.NeededFor), cancellation);
            foreach (var happened in entry.Events)
            {
                names.UnionWith(_party.MentionedBy(happened));
                if (happened is FindingClosed closed && _party.FindFinding(closed.Key) is null)
                {
                    throw new InvalidDataException($"it closes the finding {closed.Key.Name}, which was never raised.");
                }

                var before = _party.Books;
                _party = _party.With(happened, entry.RecordTime);
                RefuseUnlessBalanced(before, happened);
            }

            _party = _party.Sealed(entry.RecordTime);
        }
        catch (Exception e) when (e is not (InvalidDataException or JournalException or OperationCanceledException))
        {
            // The fold trusts its entries: whatever it stumbles over is a fault of the entry.
            throw new InvalidDataException($"it cannot be folded: {e.Message}", e);
        }

        _mentions.Add(names, stored.Version);
        _places[stored.Version] = new EntryPlace(stored.Position, entry.TraceId);
        if (++_held >= _heldDue)
        {
            Release();
        }

        return names;
    }

    /// <summary>What the snapshot of the party would be now.</summary>
    public byte[] Snapshot() => SnapshotCodec.Encode(_party.Released(rulebook), version => _places[version]);

    /// <summary>As far as it is in memory.</summary>
    public Party Party => _party;

    /// <summary>Of all accounts: zero.</summary>
    public long Sum => _party.Books.Sum;

    /// <summary>
    /// The whole is zero before the first booking, so it stays zero while no booking changes the sum of the accounts
    /// that it touches: a party may have more accounts than can be added up after each entry.
    /// </summary>
    private void RefuseUnlessBalanced(Ledger before, Event happened)
    {
        if (happened is not StockBooked booked)
        {
            return;
        }

        var touched = booked.Bookings.SelectMany(b => new[] { b.From, b.To }).Distinct().ToList();
        var change = touched.Sum(a => _party.Books.On(a, DateOnly.MaxValue) - before.On(a, DateOnly.MaxValue));
        if (change != 0)
        {
            throw new InvalidDataException($"its bookings change the sum of the books by {change}.");
        }
    }

    private void Release()
    {
        _party = _party.Released(rulebook);
        var kept = SnapshotCodec.VersionsIn(_party);
        foreach (var version in _places.Keys.Where(v => !kept.Contains(v)).ToList())
        {
            _places.Remove(version);
        }

        // As often as there is as much again: else what stays open would be looked through over and over.
        (_held, _heldDue) = (0, Math.Max(heldMax, _party.Files.Count));
    }

    private async ValueTask RecallAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        var left = new Queue<string>(names);
        while (left.TryDequeue(out var name))
        {
            if (_party.Holds(name) || _mentions.Of(name) is not { Count: > 0 } versions)
            {
                continue;
            }

            var entries = new List<SealedEntry>(versions.Count);
            foreach (var some in versions.Chunk(IJournal.VersionsMax))
            {
                foreach (var stored in await journal.ReadEntriesAsync(code, some, cancellation))
                {
                    var entry = EntryCodec.Decode(stored.Payload.Span, code);
                    _places[stored.Version] = new EntryPlace(stored.Position, entry.TraceId);
                    entries.Add(new SealedEntry(stored.Version, entry.RecordTime, entry.Events));
                }
            }

            _party = _party.Recall(name, entries, out var needed);
            foreach (var next in needed)
            {
                left.Enqueue(next);
            }
        }
    }

    /// <summary>Which entries mention a name: two numbers for each mention, and its key once.</summary>
    private sealed class Mentions
    {
        private readonly Dictionary<ulong, int> _last = [];
        private readonly List<(long Version, int Before)> _links = [];

        public void Add(IEnumerable<string> names, long version)
        {
            foreach (var key in names.Select(Mention.KeyOf))
            {
                _links.Add((version, _last.GetValueOrDefault(key, -1)));
                _last[key] = _links.Count - 1;
            }
        }

        /// <summary>Rising, each once.</summary>
        public ImmutableSortedSet<long> Of(string name)
        {
            var versions = ImmutableSortedSet.CreateBuilder<long>();
            for (var at = _last.GetValueOrDefault(Mention.KeyOf(name), -1); at >= 0; at = _links[at].Before)
            {
                versions.Add(_links[at].Version);
            }

            return versions.ToImmutable();
        }
    }
}
