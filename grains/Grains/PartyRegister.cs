using System.Collections.Concurrent;
using Treaty.Grid.Contracts;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Grains;

/// <summary>
/// Which parties the register holds, as far as this silo has asked. The journal is what knows; a party once registered
/// stays so, so only misses ask it again.
/// </summary>
internal sealed class PartyRegister(IJournal journal)
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <exception cref="RefusedException">The journal cannot be asked now.</exception>
    public async ValueTask<bool> KnowsAsync(string party)
    {
        if (_known.ContainsKey(party))
        {
            return true;
        }

        try
        {
            var known = await journal.GetVersionAsync(party, CancellationToken.None) > 0;
            if (known)
            {
                _known[party] = true;
            }

            return known;
        }
        catch (JournalUnavailableException)
        {
            throw new RefusedException(PartyGrain.JournalUnreadable());
        }
    }

    /// <summary>Those that the register does not hold.</summary>
    public async ValueTask<IReadOnlySet<string>> FindUnknownAsync(IEnumerable<string> parties)
    {
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var party in parties)
        {
            if (!await KnowsAsync(party))
            {
                unknown.Add(party);
            }
        }

        return unknown;
    }
}
