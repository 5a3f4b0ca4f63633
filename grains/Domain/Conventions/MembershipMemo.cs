namespace Treaty.Grid.Conventions;

/// <summary>
/// Where a party stood under a convention on a day, as far as it was asked lately: it is asked again and again, for the
/// same few days, and only a notification changes it. It may be asked from several threads.
/// </summary>
internal sealed class MembershipMemo
{
    private const int Slots = 32;

    private readonly Known?[] _slots = new Known?[Slots];

    public Membership On(MembershipRecord record, DateOnly day)
    {
        var hash = HashCode.Combine(record.Convention.Id.Length, record.Convention.Id[^1], day.DayNumber);
        ref var slot = ref _slots[hash & (Slots - 1)];
        var known = Volatile.Read(ref slot);
        if (known is null || known.Day != day || !ReferenceEquals(known.Convention, record.Convention))
        {
            known = new Known(record.Convention, day, record.On(day));
            Volatile.Write(ref slot, known);
        }

        return known.Membership;
    }

    private sealed record Known(Convention Convention, DateOnly Day, Membership Membership);
}
