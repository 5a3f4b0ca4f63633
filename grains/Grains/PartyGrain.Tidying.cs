using System.Data.Common;
using Microsoft.Extensions.Logging;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Grains;

/// <summary>What leaves memory, and the snapshots that spare folding it again.</summary>
internal sealed partial class PartyGrain
{
    /// <summary>Files that were recalled and did not change are let go again when there are more.</summary>
    private const int RecalledMax = 1_000;

    /// <summary>
    /// Files in memory, some 5 KB each, from which it is looked whether any are at rest; afterwards twice as many as
    /// stayed. So each is looked at about once, and of many parties that are called all the time each keeps few.
    /// </summary>
    private const int FilesDueMin = 4;

    /// <summary>
    /// Entries after which it is looked too, or twice as many as files stayed: those that were open may be at rest by
    /// then, and a party to which nothing new is sent would keep them.
    /// </summary>
    private const int EntriesDueMin = 16;

    /// <summary>
    /// As many are kept at most because the lists do not have them: while these are made anew, for instance.
    /// </summary>
    private const int UnlistedMax = 100;

    /// <summary>Entries are in the lists soon; it is not hurried for this.</summary>
    internal static readonly TimeSpan ListedSoon = TimeSpan.FromMilliseconds(200);

    /// <summary>Twice as long each time, so more than ten seconds: then they stand still.</summary>
    private const int ListedLooks = 6;

    /// <summary>Places of entries, some 50 bytes each, from which it is looked which of them are superfluous.</summary>
    private const int PlacesDueMin = 64;

    private int _filesDue = FilesDueMin;
    private int _filesCounted;
    private int _placesDue = PlacesDueMin;

    /// <summary>The version at which it is looked.</summary>
    private long _lookDue;

    /// <summary>Lets recalled files go that nothing has happened to.</summary>
    private void ForgetRecalled()
    {
        if (_recalled.Count > RecalledMax)
        {
            var unchanged = _recalled
                .Where(r => _party.Files.TryGetValue(r.Key, out var file) && ReferenceEquals(file, r.Value))
                .Select(r => r.Key)
                .ToList();
            _recalled.Clear();
            LetGo(unchanged, [], _durable);
        }
    }

    private void TidyWhenDue()
    {
        CountFiles();
        if (!_tidying.IsCompleted || !_releasing.IsCompleted || _isPoisoned)
        {
            return;
        }

        if (_tailBytes >= _tailBytesDue)
        {
            _tidying = SaveSnapshotAsync(CancellationToken.None);
        }
        else if (IsLookDue)
        {
            _releasing = ReleaseAsync();
        }
    }

    private bool IsLookDue =>
        _recalling == 0 && (_party.Files.Count >= _filesDue || _settled.Version >= _lookDue);

    /// <summary>
    /// Off the path of any answer: lets go what is at rest, and again if enough came meanwhile. Perhaps nothing comes
    /// after that.
    /// </summary>
    private async Task ReleaseAsync()
    {
        do
        {
            var settled = _settled;
            await LetGoAsync(settled, await Task.Run(() => settled.FilesAtRest(rulebook)));
        }
        while (IsLookDue && !_isPoisoned);
    }

    /// <summary>Off the path of any answer: keeps a snapshot, then lets go what it left out.</summary>
    private async Task SaveSnapshotAsync(CancellationToken cancellationToken)
    {
        if (_mentions.Count > MentionsMax)
        {
            // The store was away for long. Whoever loads the party saves in steps.
            Poison(JournalUnreadable());
            return;
        }

        var (settled, tailBytes) = (_settled, _tailBytes);
        try
        {
            var mentions = _mentions.UpTo(settled.Version);
            var (places, basedOn) = (new Dictionary<long, EntryPlace>(_places), _snapshotVersion);

            // Neither the work nor a store without asynchronous calls may keep the party's turn.
            var (atRest, bytes, isSaved) = await Task.Run(
                async () =>
                {
                    var atRest = settled.FilesAtRest(rulebook);
                    var state = SnapshotCodec.Encode(
                        settled.Without(atRest, settled.Declarations.Keys), v => places[v]);
                    return (atRest, state.Length, await snapshots.SaveAsync(
                        Code, new Snapshot(settled.Version, state), basedOn, mentions, cancellationToken));
                },
                cancellationToken);
            if (!isSaved)
            {
                await JoinSnapshotAsync(settled.Version, tailBytes, cancellationToken);
                return;
            }

            (_snapshotVersion, _snapshotBytes) = (settled.Version, bytes);
            _mentions.ForgetUpTo(settled.Version);
            _tailBytes -= tailBytes;
            _tailBytesDue = Math.Max(SnapshotTailMin, TailPerSnapshot * _snapshotBytes);
            _releasing = LetGoAsync(settled, atRest);
            GrainTelemetry.Snapshots.Add(1);
        }
        catch (Exception e) when (e is JournalException or OperationCanceledException or ObjectDisposedException)
        {
            // A cache: the party goes on without, and tries again when there is more to save.
            _tailBytesDue = _tailBytes + SnapshotTailMin;
            LogSnapshotFailed(e, Code);
        }
    }

    /// <summary>
    /// Another snapshot is there than the one this activation goes by: its own, if the answer to an earlier save was
    /// lost. What it covers needs no saving again.
    /// </summary>
    private async Task JoinSnapshotAsync(long version, long tailBytes, CancellationToken cancellationToken)
    {
        var there = (await snapshots.LoadAsync(Code, cancellationToken))?.Version ?? 0;
        if (there < _snapshotVersion || there > version)
        {
            // What this activation let go can no longer be found: the next one folds what is there.
            Poison(JournalUnreadable());
            return;
        }

        _snapshotVersion = there;
        _mentions.ForgetUpTo(there);
        _tailBytes -= there == version ? tailBytes : 0;
        _tailBytesDue = _tailBytes + SnapshotTailMin;
    }

    /// <summary>
    /// Drops what a party that is durable is told to be without, unless it has changed since. It is then listed from
    /// the read model, so that has to have it: or it could not be read while lists cannot be written.
    /// </summary>
    private async Task LetGoAsync(Grid.Party settled, IReadOnlyList<TransferKey> atRest)
    {
        var position = PositionOf(settled.Version);
        if (!await IsListedAsync(position) && settled.Files.Count < UnlistedMax)
        {
            LookLater(settled);
            return;
        }

        _releasedAt = Math.Max(_releasedAt, position);
        LetGo(
            [
                .. atRest.Where(k =>
                    _party.Files.TryGetValue(k, out var now) && ReferenceEquals(now, settled.Files[k])),
            ],
            settled.Declarations.Keys,
            settled.Version);
        LookLater(settled);
    }

    private void LookLater(Grid.Party settled)
    {
        _filesDue = Math.Max(FilesDueMin, 2 * _party.Files.Count);
        _lookDue = settled.Version + Math.Max(EntriesDueMin, 2 * _party.Files.Count);
    }

    private async Task<bool> IsListedAsync(long position)
    {
        for (var look = 0; look < ListedLooks && !_isPoisoned; look++)
        {
            await Task.Delay(ListedSoon * Math.Pow(2, look), time);
            try
            {
                // Another silo may write them, and is then asked by way of the store.
                if (model.Written >= position
                    || (journal.IsShared && await model.GetPositionAsync(CancellationToken.None) >= position))
                {
                    return true;
                }
            }
            catch (Exception e) when (e is DbException or ObjectDisposedException)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Drops files and declarations that are found again by what mentions them.</summary>
    /// <param name="durable">
    /// Up to this version. What a later entry mentions stays: it would be found without that entry.
    /// </param>
    private void LetGo(IEnumerable<TransferKey> files, IEnumerable<string> declarations, long durable)
    {
        var pending = _mentions.KeysAfter(durable);
        pending.UnionWith(_ridingNames.Select(Mention.KeyOf));
        var left = files.Where(k => !IsPending(Grid.Party.NameOf(k))).ToList();
        var gone = declarations.Where(d => !IsPending(Grid.Party.NameOfDeclaration(d))).ToList();
        if (left.Count > 0 || gone.Exists(_party.Declarations.ContainsKey))
        {
            _releases++;
        }

        _party = _party.Without(left, gone);
        _settled = _settled.Without(left.Where(k => !_party.Files.ContainsKey(k)), gone);
        foreach (var key in left)
        {
            _recalled.Remove(key);
        }

        ForgetPlaces();
        CountFiles();

        bool IsPending(string name) => pending.Count > 0 && pending.Contains(Mention.KeyOf(name));
    }

    /// <summary>Tells the gauge how many files this activation has in memory: none when it is given up.</summary>
    private void CountFiles()
    {
        var files = _isPoisoned ? 0 : _party.Files.Count;
        if (files != _filesCounted)
        {
            GrainTelemetry.Files.Add(files - _filesCounted);
            _filesCounted = files;
        }
    }

    /// <summary>
    /// Drops the places of entries before the last snapshot that nothing in memory refers to. All of the party is
    /// looked through for it, so only when there are twice as many as stayed.
    /// </summary>
    private void ForgetPlaces()
    {
        if (_places.Count < _placesDue)
        {
            return;
        }

        var kept = SnapshotCodec.VersionsIn(_party).Union(SnapshotCodec.VersionsIn(_settled));
        foreach (var version in _places.Keys.Where(v => v <= _snapshotVersion && !kept.Contains(v)).ToList())
        {
            // An answer that is just being made may still speak of it.
            if (_places.Remove(version, out var place))
            {
                NoteOld(version, place);
            }
        }

        _placesDue = Math.Max(PlacesDueMin, 2 * _places.Count);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No snapshot of {Party} could be kept; trying again later")]
    private partial void LogSnapshotFailed(Exception exception, string party);
}
