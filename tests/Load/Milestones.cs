namespace Treaty.Grid.Load;

/// <summary>Tells how many are done, each time it is so many thousand more.</summary>
/// <param name="what">They are, and what is done to them: "states registered".</param>
internal sealed class Milestones(TextWriter progress, int total, string what)
{
    private const int Every = 10_000;
    private int _done;

    public void Pass()
    {
        var done = Interlocked.Increment(ref _done);
        if (done % Every == 0)
            progress.WriteLine(Wire.Text($"{done:N0} of {total:N0} {what}"));
    }
}
