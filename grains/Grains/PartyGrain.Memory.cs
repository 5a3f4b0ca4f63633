using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Grains;

/// <summary>
/// What the party keeps in memory: what is open. The rest is at rest: its entries are in the journal, and are found by
/// what they mention: those before the last snapshot by its index, those since in memory.
/// </summary>
internal sealed partial class PartyGrain
{
    /// <summary>Less than this is folded as quickly as a snapshot of it is read.</summary>
    private const long SnapshotTailMin = 256 * 1024;

    /// <summary>Bytes of entries for each byte of the snapshot: so much less is written again than at first.</summary>
    private const long TailPerSnapshot = 4;

    /// <summary>At deactivation nobody waits, so a shorter tail is worth it.</summary>
    private const long SnapshotTailMinAtEnd = 16 * 1024;

    /// <summary>
    /// A party without a snapshot is saved in steps while it is loaded: each fits into one save, and into the time that
    /// an activation may take. So each call that gave up waiting has brought the next one further.
    /// </summary>
    private const int MentionsPerSave = 200_000;

    private static readonly TimeSpan LoadPerSave = TimeSpan.FromSeconds(8);

    /// <summary>More than this is not saved at once.</summary>
    private const int MentionsMax = 5 * MentionsPerSave;

    /// <summary>
    /// Places of entries that left memory, or were read again for an answer, are kept at least so long: an answer that
    /// is being made may speak of them, and nobody waits for one that takes as long.
    /// </summary>
    private static readonly TimeSpan OldPlacesAge = TimeSpan.FromMinutes(1);

    /// <summary>Or until there are more than so many since.</summary>
    private const int OldPlacesMax = 20_000;

    /// <summary>Where the entries stand that the party in memory refers to, and all since the last snapshot.</summary>
    private readonly Dictionary<long, EntryPlace> _places = [];

    /// <summary>What the entries since the last snapshot mention.</summary>
    private readonly Mentions _mentions = new();

    /// <summary>Files that were recalled for a decision, as they were then.</summary>
    private readonly Dictionary<TransferKey, TransferFile> _recalled = [];

    private Dictionary<long, EntryPlace> _oldPlaces = [];
    private Dictionary<long, EntryPlace> _olderPlaces = [];
    private long _oldPlacesSince;

    /// <summary>The party as of its last durable entry, without what rides.</summary>
    private Grid.Party _settled = null!;
    private long _snapshotVersion;

    /// <summary>The read model has what left memory when it has come to this position.</summary>
    private long _releasedAt;
    private long _snapshotBytes;
    private long _tailBytes;
    private long _tailBytesDue = SnapshotTailMin;
    private Task _tidying = Task.CompletedTask;

    /// <summary>Of no use to whoever comes after this activation, and not waited for at its end.</summary>
    private Task _releasing = Task.CompletedTask;

    /// <summary>Rises whenever something leaves memory: what was looked up before may be outdated.</summary>
    private int _releases;

    /// <summary>Who brings something into memory. Each would begin again if more left it meanwhile.</summary>
    private int _recalling;

    private async Task LoadAsync(long version, CancellationToken cancellationToken)
    {
        _party = await LoadSnapshotAsync(version, cancellationToken);
        var since = Stopwatch.GetTimestamp();
        await foreach (var stored in journal.ReadPartyAsync(Code, _party.Version, cancellationToken))
        {
            if (stored.Version > version)
            {
                break;
            }

            if (stored.Version != _party.Version + 1)
            {
                throw new InvalidDataException(
                    $"{Code} has no entry of version {_party.Version + 1}: restore the journal from a copy.");
            }

            var entry = EntryCodec.Decode(stored.Payload.Span, Code);
            var names = new HashSet<string>(StringComparer.Ordinal);

            // Before the first event: what one of them takes back is not to be recalled for the next.
            await RecallAsync([.. entry.Events.SelectMany(_party.NeededFor)]);
            foreach (var happened in entry.Events)
            {
                names.UnionWith(_party.MentionedBy(happened));
                _party = _party.With(happened, entry.RecordTime);
            }

            _party = _party.Sealed(entry.RecordTime);
            Note(names, stored.Payload.Length);
            _places[stored.Version] = new EntryPlace(stored.Position, entry.TraceId);
            if ((_mentions.Count >= MentionsPerSave || Stopwatch.GetElapsedTime(since) >= LoadPerSave)
                && _tailBytes >= _tailBytesDue)
            {
                // To its end, even if nobody waits for this activation any more.
                _settled = _party;
                await SaveSnapshotAsync(CancellationToken.None);
                since = Stopwatch.GetTimestamp();
            }
        }

        if (_party.Version != version)
        {
            throw new InvalidDataException(
                $"{Code} is at version {version} and has {_party.Version} entries: restore the journal from a copy.");
        }

        (_settled, _durable) = (_party, version);
        CountFiles();
    }

    private async Task<Grid.Party> LoadSnapshotAsync(long version, CancellationToken cancellationToken)
    {
        if (await snapshots.LoadAsync(Code, cancellationToken) is not { } snapshot)
        {
            return new Grid.Party(Code);
        }

        try
        {
            if (snapshot.Version <= version
                && SnapshotCodec.Decode(snapshot.State.Span, Code) is var (party, places)
                && party.Version == snapshot.Version)
            {
                foreach (var (at, place) in places)
                {
                    _places[at] = place;
                }

                (_snapshotVersion, _snapshotBytes) = (snapshot.Version, snapshot.State.Length);
                _releasedAt = places[snapshot.Version].Position;
                _tailBytesDue = Math.Max(SnapshotTailMin, TailPerSnapshot * _snapshotBytes);
                return party;
            }
        }
        catch (InvalidDataException e)
        {
            LogSnapshotDamaged(e, Code);
        }

        // Of another build, or of a journal that is no longer there: the entries say the same.
        await snapshots.DropAsync(Code, cancellationToken);
        return new Grid.Party(Code);
    }

    /// <summary>Notes what an entry mentions that was just sealed or loaded.</summary>
    private void Note(IEnumerable<string> names, int bytes)
    {
        foreach (var name in names)
        {
            _mentions.Add(new Mention(Mention.KeyOf(name), _party.Version));
        }

        _tailBytes += bytes;
    }

    /// <summary>
    /// Brings what is known under these names into memory. When it returns, and until the next await, the party holds
    /// all that was ever recorded about them.
    /// </summary>
    private async ValueTask RecallAsync(IEnumerable<string> names)
    {
        _recalling++;
        try
        {
            await RecallMissingAsync(names);
        }
        finally
        {
            _recalling--;
        }
    }

    private async ValueTask RecallMissingAsync(IEnumerable<string> names)
    {
        var looked = new HashSet<string>(StringComparer.Ordinal);
        var missing = Missing(_party, names, looked);
        while (missing.Count > 0)
        {
            var releases = _releases;
            var found = await FindAsync(missing);
            if (releases != _releases)
            {
                // Something left memory meanwhile, and may now be found where it was not.
                looked.Clear();
                missing = Missing(_party, names, looked);
                continue;
            }

            looked.UnionWith(missing);
            var next = new List<string>();
            foreach (var (name, entries) in found)
            {
                var before = _party;
                _party = Recall(_party, name, entries, (version, place) => _places[version] = place, next);
                if (!ReferenceEquals(_party, before) && Grid.Party.TransferOf(name) is { } key)
                {
                    _recalled[key] = _party.Files[key];
                }
            }

            missing = Missing(_party, next, looked);
        }
    }

    /// <summary>
    /// A party with what is known under these names, for an answer; the one in memory stays as it is.
    /// </summary>
    private async ValueTask<Grid.Party> RecallAsync(Grid.Party party, IEnumerable<string> names)
    {
        var looked = new HashSet<string>(StringComparer.Ordinal);
        var missing = Missing(party, names, looked);
        while (missing.Count > 0)
        {
            var next = new List<string>();
            looked.UnionWith(missing);
            foreach (var (name, entries) in await FindAsync(missing))
            {
                party = Recall(party, name, entries, NoteOld, next);
            }

            missing = Missing(party, next, looked);
        }

        return party;
    }

    /// <summary>What a command rests on, and what that turns out to rest on in turn.</summary>
    private async ValueTask RecallAsync(Command command)
    {
        List<string> names;
        do
        {
            names = NamesOf([command]);
            await RecallAsync(names);
        }
        while (NamesOf([command]).Except(names).Any());
    }

    /// <summary>A party with what a command rests on; the one in memory stays as it is.</summary>
    private async ValueTask<Grid.Party> RecallAsync(Grid.Party party, Command command)
    {
        List<string> names;
        do
        {
            names = [.. party.NeededFor(command)];
            party = await RecallAsync(party, names);
        }
        while (party.NeededFor(command).Except(names).Any());

        return party;
    }

    /// <summary>The names that commands rest on, each once.</summary>
    private List<string> NamesOf(IEnumerable<Command> commands) =>
        [.. commands.SelectMany(_party.NeededFor).Distinct(StringComparer.Ordinal)];

    private static List<string> Missing(Grid.Party party, IEnumerable<string> names, HashSet<string> looked) =>
        [.. names.Where(n => !looked.Contains(n) && !party.Holds(n)).Distinct(StringComparer.Ordinal)];

    private Grid.Party Recall(
        Grid.Party party, string name, IReadOnlyList<JournalEntry> stored,
        Action<long, EntryPlace> note, List<string> next)
    {
        var entries = new List<SealedEntry>(stored.Count);
        foreach (var (position, _, version, payload) in stored)
        {
            var entry = EntryCodec.Decode(payload.Span, Code);
            note(version, new EntryPlace(position, entry.TraceId));
            entries.Add(new SealedEntry(version, entry.RecordTime, entry.Events));
        }

        party = party.Recall(name, entries, out var needed);
        next.AddRange(needed);
        return party;
    }

    /// <summary>The entries that mention a name, and perhaps some that do not; of the names that have any.</summary>
    private async ValueTask<IReadOnlyList<(string Name, IReadOnlyList<JournalEntry> Entries)>> FindAsync(
        IReadOnlyList<string> names)
    {
        var found = new List<(string, IReadOnlyList<JournalEntry>)>();
        try
        {
            // What is filed is nearly always new: one look then tells it of all names together.
            if (names.Count > 1 && (await FindVersionsAsync(names)).Count == 0)
            {
                return found;
            }

            foreach (var name in names)
            {
                var entries = new List<JournalEntry>();
                foreach (var some in (await FindVersionsAsync([name])).Chunk(IJournal.VersionsMax))
                {
                    entries.AddRange(await journal.ReadEntriesAsync(Code, some, CancellationToken.None));
                }

                if (entries.Count > 0)
                {
                    found.Add((name, entries));
                }
            }

            return found;
        }
        catch (JournalUnavailableException)
        {
            // The snapshot that this activation goes by may be gone, and then it can no longer tell what was before.
            throw Poison(JournalUnreadable());
        }
    }

    /// <summary>Rising, of the entries that mention one of these names.</summary>
    private async ValueTask<IReadOnlyList<long>> FindVersionsAsync(IReadOnlyList<string> names)
    {
        ulong[] keys = [.. names.Select(Mention.KeyOf)];

        // First: a snapshot that is saved meanwhile takes them from here into its index.
        List<long> since = [.. keys.SelectMany(_mentions.VersionsOf)];
        var before = _snapshotVersion > 0 ? await snapshots.FindAsync(Code, keys, CancellationToken.None) : [];
        return since.Count == 0 ? before : [.. before.Concat(since).Distinct().Order()];
    }

    private void NoteOld(long version, EntryPlace place)
    {
        if (_oldPlaces.Count > OldPlacesMax || time.GetElapsedTime(_oldPlacesSince) > OldPlacesAge)
        {
            (_olderPlaces, _oldPlaces) = (_oldPlaces, []);
            _oldPlacesSince = time.GetTimestamp();
        }

        _oldPlaces[version] = place;
    }

    private EntryPlace PlaceOf(long version) =>
        _places.TryGetValue(version, out var place) || _oldPlaces.TryGetValue(version, out place)
            || _olderPlaces.TryGetValue(version, out place)
            ? place
            : default;

    /// <summary>The position of an entry of this party; 0 while it is not durable.</summary>
    private long PositionOf(long version) => PlaceOf(version).Position;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The snapshot of {Party} is damaged: folding its entries")]
    private partial void LogSnapshotDamaged(Exception exception, string party);
}
