namespace Treaty.Grid.Storage.Snapshots;

/// <summary>
/// Mentions of a party in order, as pages behind one filter. The runs of a party are an LSM tree: a save adds a run
/// and merges it with the younger of those that are there, so that their number grows with the logarithm of the
/// mentions, and each mention is written anew about as often.
/// </summary>
/// <param name="Version">Of the snapshot it came with, which names it: no two runs of a party have the same.</param>
/// <param name="Keys">How many different ones.</param>
internal readonly record struct Run(long Version, long Mentions, long Keys)
{
    /// <summary>A fourth run of a level is merged with the three that are there.</summary>
    public const int PerLevelMax = 3;

    /// <summary>Below this many mentions all runs are alike: a look costs more than they do.</summary>
    private const long SmallMax = 4_096;

    /// <summary>
    /// Runs of this level, from four million mentions, stay as they are: that bounds how long a save takes, and a
    /// filter to some 40 MB. What it costs is one more run for each of them.
    /// </summary>
    private const int TopLevel = 6;

    public long FilterBytes => BloomFilter.BytesFor(Keys);

    /// <summary>
    /// From which of the runs on a new one has to be merged. They lie by age, and no run is of a higher level than an
    /// older one: so what is merged is always the youngest.
    /// </summary>
    /// <returns>Their number if the new one is to stand alone.</returns>
    public static int MergeFrom(ReadOnlySpan<Run> runs, long newMentions)
    {
        var from = runs.Length;
        var mentions = newMentions;
        while (true)
        {
            var level = Level(mentions);
            var take = from;
            while (take > 0 && Level(runs[take - 1].Mentions) < level)
                take--;
            if (take == from && level < TopLevel)
            {
                var alike = 0;
                while (alike < from && Level(runs[from - 1 - alike].Mentions) == level)
                    alike++;
                if (alike >= PerLevelMax)
                    take = from - alike;
            }

            if (take == from)
                return from;
            for (; from > take; from--)
                mentions += runs[from - 1].Mentions;
        }
    }

    /// <summary>0 for the small ones, then one more for each factor of four.</summary>
    private static int Level(long mentions)
    {
        var level = 0;
        for (var below = SmallMax; level < TopLevel && mentions >= below; below *= 4)
            level++;
        return level;
    }
}
