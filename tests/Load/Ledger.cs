namespace Treaty.Grid.Load;

/// <summary>
/// The stories of a run and what became of each of their notices: where the register says that it is, that it was
/// refused as it had to be, or that nobody knows.
/// </summary>
internal sealed class Ledger(StoryBook book)
{
    /// <summary>Not asked yet, or nobody knows whether it is there.</summary>
    public const long Open = 0;

    /// <summary>Refused: its id has been used for other content.</summary>
    public const long Refused = -1;

    private const int ChunkSize = 1 << 16;
    private const int ChunksMax = 1 << 12;

    private readonly (Story[] Stories, long[] Positions)[] _chunks = new (Story[], long[])[ChunksMax];
    private long _last;

    public StoryBook Book => book;

    public int Count { get; private set; }

    /// <summary>The latest position that the register has told.</summary>
    public long LastPosition => Volatile.Read(ref _last);

    public Story this[int number] => _chunks[number / ChunkSize].Stories[number % ChunkSize];

    /// <summary>One thread adds; any may read what it has been told of.</summary>
    public int Add(Story story)
    {
        var number = Count;
        if (number % ChunkSize == 0)
            _chunks[number / ChunkSize] = (new Story[ChunkSize], new long[ChunkSize * Story.PartsMax]);
        _chunks[number / ChunkSize].Stories[number % ChunkSize] = story;
        Count = number + 1;
        return number;
    }

    public long PositionOf(int number, int part) => Volatile.Read(ref At(number, part));

    public void Note(Step step, long position)
    {
        Volatile.Write(ref At(step.Story, step.Part), position);
        for (var last = LastPosition; position > last; last = LastPosition)
            Interlocked.CompareExchange(ref _last, position, last);
    }

    /// <summary>What is not settled, in the order in which it should be said.</summary>
    public IEnumerable<Step> Unsettled() =>
        from number in Enumerable.Range(0, Count)
        from part in Enumerable.Range(0, this[number].Parts)
        where PositionOf(number, part) == Open
        select new Step(number, part);

    private ref long At(int number, int part) =>
        ref _chunks[number / ChunkSize].Positions[(number % ChunkSize * Story.PartsMax) + part];
}

/// <summary>One notice of a story.</summary>
internal readonly record struct Step(int Story, int Part);
