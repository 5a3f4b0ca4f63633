namespace Treaty.Grid.Storage;

/// <summary>
/// What a call to the journal or to the snapshots must look like. Every home asks here before it does anything, so that
/// all of them refuse the same calls. What is refused is a mistake of the program: mend it, do not catch it.
/// </summary>
public static class WellFormed
{
    /// <summary>Far above any code in use; it bounds the keys of the store and of the fence in memory.</summary>
    public const int PartyLengthMax = 64;

    /// <summary>Some batches of notices: a look-up answers a batch, it is no report.</summary>
    public const int KeysMax = 16_384;

    /// <summary>They are sorted in memory, 16 MB. Whoever has more saves in steps.</summary>
    public const int MentionsMax = 1_000_000;

    private const char FirstVisible = '!';
    private const char LastVisible = '~';

    public static void Party(string party)
    {
        ArgumentException.ThrowIfNullOrEmpty(party);
        if (party.Length > PartyLengthMax || party.AsSpan().ContainsAnyExceptInRange(FirstVisible, LastVisible))
        {
            throw new ArgumentException(
                $"A party's code is 1 to {PartyLengthMax} visible ASCII characters, this is '{party}'.", nameof(party));
        }
    }

    public static void Parties(IReadOnlyList<string> parties)
    {
        ArgumentNullException.ThrowIfNull(parties);
        for (var i = 0; i < parties.Count; i++)
            Party(parties[i]);
    }

    public static void Appends(IReadOnlyList<Append> appends)
    {
        ArgumentNullException.ThrowIfNull(appends);
        for (var i = 0; i < appends.Count; i++)
            Append(appends[i]);
    }

    public static void Append(Append append)
    {
        ArgumentNullException.ThrowIfNull(append);
        Party(append.Party);
        ArgumentOutOfRangeException.ThrowIfLessThan(append.Epoch, 1, nameof(append));
        ArgumentOutOfRangeException.ThrowIfNegative(append.ExpectedVersion, nameof(append));
        ArgumentNullException.ThrowIfNull(append.Payloads, nameof(append));
        if (append.Payloads.Count == 0)
            throw new ArgumentException($"The append of {append.Party} has no entry.", nameof(append));
        for (var i = 0; i < append.Payloads.Count; i++)
        {
            if (append.Payloads[i].IsEmpty)
                throw new ArgumentException($"Entry {i} of the append of {append.Party} is empty.", nameof(append));
        }
    }

    public static void After(long after) => ArgumentOutOfRangeException.ThrowIfNegative(after);

    public static void Versions(IReadOnlyList<long> versions)
    {
        ArgumentNullException.ThrowIfNull(versions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(versions.Count, IJournal.VersionsMax, nameof(versions));
        for (var i = 0; i < versions.Count; i++)
        {
            if (versions[i] <= (i == 0 ? 0 : versions[i - 1]))
                throw new ArgumentException("Versions are asked for in rising order, from 1.", nameof(versions));
        }
    }

    public static void Keys(IReadOnlyList<ulong> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys.Count, KeysMax, nameof(keys));
    }

    public static void Save(Snapshot snapshot, long basedOn, IReadOnlyList<Mention> mentions)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(mentions);
        ArgumentOutOfRangeException.ThrowIfNegative(basedOn);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(snapshot.Version, basedOn, nameof(snapshot));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mentions.Count, MentionsMax, nameof(mentions));
        for (var i = 0; i < mentions.Count; i++)
        {
            if (mentions[i].Version <= basedOn || mentions[i].Version > snapshot.Version)
            {
                throw new ArgumentException(
                    $"A mention of version {mentions[i].Version} is not between {basedOn} and {snapshot.Version}.",
                    nameof(mentions));
            }
        }
    }

    public static void Limit(int limit) => ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
}
