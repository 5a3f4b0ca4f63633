namespace Treaty.Grid.Auditor.Linearizability;

/// <summary>
/// Whether positions agree with the order in which things happened: they rise from entry to entry, and a read speaks up
/// to one that is not before its last entry and before the next.
/// </summary>
internal static class Positions
{
    /// <summary>Where an entry's position is unknown it is taken to be the lowest that there can be.</summary>
    public static Violation? Check(IEnumerable<Step> order)
    {
        // The highest position spoken of so far and who spoke of it; and the same as it was at the last entry.
        var floor = new Mark(-1, null);
        var last = floor;
        foreach (Step step in order)
        {
            if (step.Answered is Read read)
            {
                if (read.Position < last.Position) return Explain(last, read);
                if (read.Position > floor.Position) floor = new Mark(read.Position, read);
                continue;
            }
            var append = (Append)step.Answered;
            if (append.Position <= floor.Position) return Explain(floor, append);
            floor = append.Position is { } position
                ? new Mark(position, append)
                : floor with { Position = checked(floor.Position + 1) };
            last = floor;
        }
        return null;
    }

    private static Violation Explain(Mark mark, Operation operation)
    {
        // A read shows the entry that is marked; an entry must be above it.
        long lowest = operation is Read ? mark.Position : mark.Position + 1;
        string least = $"whose position must be {lowest} or more.";
        string told = operation is Read ? "does not show all of" : "does not show";
        return mark.By switch
        {
            Read read => new(
                Contradiction.IncompleteRead, read, operation,
                $"Complete up to {read.Position}, {read}, {told} {operation}, {least}"),
            Append append => new(
                Contradiction.FallingPosition, append, operation, $"After {append}, comes {operation}, {least}"),
            _ => new(
                Contradiction.FallingPosition, operation, null, $"From the start counts {operation}, {least}"),
        };
    }

    /// <param name="Position">That of the operation, and one more for each entry since whose own is unknown.</param>
    private sealed record Mark(long Position, Operation? By);
}
