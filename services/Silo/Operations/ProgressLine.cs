namespace Treaty.Grid.Silo.Operations;

/// <summary>
/// How far a command has come: one line kept up to date on a terminal, now and then a line of its own elsewhere.
/// </summary>
internal sealed class ProgressLine(TextWriter error, bool isTerminal, bool isQuiet, TimeProvider time)
    : IProgress<(long Done, long Total)>
{
    // The eye follows a few changes a second; a log is read later.
    private readonly TimeSpan _every = isTerminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(5);

    private string _what = "";
    private long _began;
    private long _last;
    private int _length;

    /// <summary>What the numbers reported from now on are about.</summary>
    public void Begin(string what)
    {
        End();
        _what = what;
        _began = _last = time.GetTimestamp();
    }

    public void Report((long Done, long Total) value)
    {
        if (isQuiet || (time.GetElapsedTime(_last) < _every && value.Done < value.Total))
        {
            return;
        }

        _last = time.GetTimestamp();
        var line = Line(value.Done, value.Total, time.GetElapsedTime(_began));
        if (isTerminal)
        {
            error.Write($"\r{line.PadRight(_length)}");
            _length = line.Length;
        }
        else
        {
            error.WriteLine(line);
        }
    }

    /// <summary>Leaves the line as it is; what is written next stands below it.</summary>
    public void End()
    {
        if (_length > 0)
        {
            error.WriteLine();
            _length = 0;
        }
    }

    private string Line(long done, long total, TimeSpan elapsed)
    {
        var perSecond = done / Math.Max(elapsed.TotalSeconds, 0.001);
        var left = TimeSpan.FromSeconds(Math.Min((total - done) / Math.Max(perSecond, 1), TimeSpan.MaxValue.Days));
        return FormattableString.Invariant($"{_what}: {(total == 0 ? 100 : 100 * done / total)} %, ")
            + FormattableString.Invariant($"{done:N0} of {total:N0}, {perSecond:N0}/s")
            + (done < total ? $", {left:hh\\:mm\\:ss} left" : "");
    }
}
