using System.Runtime.InteropServices;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Grains;

/// <summary>What the entries of a party since its last snapshot mention, in the order of their versions.</summary>
internal sealed class Mentions
{
    private const int None = -1;

    private readonly List<Mention> _all = [];

    // Of each key its last place in the list, and of each place the one before of the same key.
    private readonly Dictionary<ulong, int> _last = [];
    private readonly List<int> _before = [];

    public int Count => _all.Count;

    public void Add(Mention mention)
    {
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_last, mention.Key, out var isThere);
        _before.Add(isThere ? last : None);
        last = _all.Count;
        _all.Add(mention);
    }

    /// <summary>The versions of the entries that mention a key, falling.</summary>
    public IEnumerable<long> VersionsOf(ulong key)
    {
        for (var at = _last.GetValueOrDefault(key, None); at != None; at = _before[at])
        {
            yield return _all[at].Version;
        }
    }

    /// <summary>What entries up to a version mention.</summary>
    public List<Mention> UpTo(long version) => [.. _all.TakeWhile(m => m.Version <= version)];

    /// <summary>The keys that entries after a version mention.</summary>
    public HashSet<ulong> KeysAfter(long version)
    {
        var keys = new HashSet<ulong>();
        for (var at = _all.Count - 1; at >= 0 && _all[at].Version > version; at--)
        {
            keys.Add(_all[at].Key);
        }

        return keys;
    }

    public void ForgetUpTo(long version)
    {
        var kept = _all.FindAll(m => m.Version > version);
        _all.Clear();
        _last.Clear();
        _before.Clear();
        foreach (var mention in kept)
        {
            Add(mention);
        }
    }
}
