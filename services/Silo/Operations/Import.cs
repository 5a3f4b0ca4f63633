using Treaty.Grid.Storage;

namespace Treaty.Grid.Silo.Operations;

/// <summary>
/// Writes the entries of an export into a journal that is empty, or holds the first of them from an import that was
/// broken off. Positions are gapless from 1 in every home, so the same order gives the same positions.
/// </summary>
internal sealed class Import(IJournal journal, IProgress<(long, long)> progress)
{
    /// <summary>What is waited for the disk together.</summary>
    private const int CommitEntriesMax = 1_000;

    /// <summary>See <see cref="CommitEntriesMax"/>: entries may be large.</summary>
    private const int CommitBytesMax = 4 * 1024 * 1024;

    private const int PageEntries = 256;

    private readonly Dictionary<string, long> _epochs = new(StringComparer.Ordinal);
    private readonly List<JournalEntry> _waiting = [];
    private int _waitingBytes;

    /// <summary>How many entries were written; those that were there are not counted.</summary>
    /// <exception cref="InvalidDataException">The journal holds something else than the export.</exception>
    public async Task<long> RunAsync(
        IAsyncEnumerable<(long Line, long Head, JournalEntry Entry)> export, CancellationToken cancellation)
    {
        var held = await journal.GetHeadAsync(cancellation);
        var (position, page) = (0L, new Queue<JournalEntry>());
        await foreach (var (line, head, entry) in export.WithCancellation(cancellation))
        {
            position = entry.Position;
            if (position > held)
            {
                await AddAsync(entry, cancellation);
            }
            else
            {
                if (page.Count == 0)
                {
                    page = new(await journal.ReadAllAsync(position - 1, PageEntries, cancellation));
                }

                RefuseUnlessSame(page.TryDequeue(out var there) ? there : default, entry, line);
            }

            progress.Report((position, head));
        }

        if (position < held)
        {
            throw new InvalidDataException(
                $"The journal holds {held} entries and the file {position}: it is not the beginning of the file.");
        }

        await CommitAsync(cancellation);
        return position - held;
    }

    private async ValueTask AddAsync(JournalEntry entry, CancellationToken cancellation)
    {
        _waiting.Add(entry);
        _waitingBytes += entry.Payload.Length;
        if (_waiting.Count >= CommitEntriesMax || _waitingBytes >= CommitBytesMax)
        {
            await CommitAsync(cancellation);
        }
    }

    private async Task CommitAsync(CancellationToken cancellation)
    {
        var strangers = _waiting.Select(e => e.Party).Where(p => !_epochs.ContainsKey(p)).Distinct().ToList();
        foreach (var (party, opened) in strangers.Zip(await journal.OpenManyAsync(strangers, cancellation)))
        {
            _epochs.Add(party, opened.Epoch);
        }

        var appends = _waiting
            .Select(e => new Append(e.Party, _epochs[e.Party], e.Version - 1, [e.Payload]))
            .ToList();
        var outcomes = await journal.CommitAsync(appends, cancellation);
        foreach (var (entry, outcome) in _waiting.Zip(outcomes))
        {
            if (outcome != new AppendOutcome(AppendResult.Committed, entry.Position))
            {
                throw new InvalidDataException(
                    $"The entry of position {entry.Position} was not taken there ({outcome}): somebody else writes to "
                    + "this journal. Stop them, and import into an empty one.");
            }
        }

        _waiting.Clear();
        _waitingBytes = 0;
    }

    private static void RefuseUnlessSame(JournalEntry there, JournalEntry entry, long line)
    {
        if (there.Position != entry.Position || there.Party != entry.Party || there.Version != entry.Version
            || !there.Payload.Span.SequenceEqual(entry.Payload.Span))
        {
            throw new InvalidDataException(
                $"Line {line}: the journal holds something else at position {entry.Position} ({there.Party} version "
                + $"{there.Version}) than the file ({entry.Party} version {entry.Version}). Nothing was written: "
                + "import into an empty journal.");
        }
    }
}
