namespace Treaty.Grid;

/// <summary>
/// Makes values that are equal one object, as far as they came lately: codes, items and standings come with each notice
/// and are kept in each file, and most of them were there before. It may be asked from several threads.
/// </summary>
/// <param name="slots">As many values are known at most: a power of two.</param>
public sealed class CanonicalCache<T>(int slots) where T : class, IEquatable<T>
{
    private readonly T?[] _slots = new T?[slots];

    /// <summary>An equal value that came before; otherwise this one.</summary>
    public T Of(T value)
    {
        ref var slot = ref _slots[value.GetHashCode() & (_slots.Length - 1)];
        var known = Volatile.Read(ref slot);
        if (known is not null && known.Equals(value))
        {
            return known;
        }

        Volatile.Write(ref slot, value);
        return value;
    }
}
