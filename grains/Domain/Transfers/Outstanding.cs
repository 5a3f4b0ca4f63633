using Treaty.Grid.Items;

namespace Treaty.Grid.Transfers;

/// <summary>
/// Mines received for destruction under one transfer that the holder has not yet accounted for:
/// received − destroyed − lost − passed on or returned.
/// </summary>
/// <param name="ByItem">
/// By item; under one name where a side reports an unspecified type, which covers any. Below zero where more was
/// accounted for than received.
/// </param>
public sealed record Outstanding(
    IReadOnlyDictionary<string, long> ByItem, long Received, long Destroyed, long Lost, long Onward)
{
    public long Total => Received - Destroyed - Lost - Onward;

    /// <summary>Of a file; items whose quantity the holder does not disclose are left out.</summary>
    public static Outstanding Of(TransferFile file, Taxonomy taxonomy)
    {
        var holder = file.Key.Recipient;
        if (OfOne(file) is { } plain)
        {
            return plain;
        }

        var undisclosed = file.Notices
            .Where(n => n.Notice.Filer == holder)
            .Concat(file.Onward)
            .SelectMany(n => n.Notice.Lines)
            .Where(l => l.Exactness == QuantityBasis.Undisclosed)
            .Select(l => l.Item)
            .ToHashSet(StringComparer.Ordinal);
        var received = Without(file.Quantities(NoticeKind.Receipt, holder));
        var destroyed = Without(file.Quantities(NoticeKind.Destruction, holder));
        var lost = Without(file.Quantities(NoticeKind.Loss, holder));
        // Mines that went on to another use are not accounted for by that.
        var onward = Without(TransferFile.Quantities(file.Onward
            .Where(n => n.Notice.Purpose == Purpose.Destruction || n.Notice.Transfer.Recipient == file.Key.Sender)));
        var items = received.Keys.Concat(destroyed.Keys).Concat(lost.Keys).Concat(onward.Keys)
            .ToHashSet(StringComparer.Ordinal);
        var byItem = items.ToDictionary(
            i => i,
            i => received.GetValueOrDefault(i) - destroyed.GetValueOrDefault(i) - lost.GetValueOrDefault(i)
                - onward.GetValueOrDefault(i),
            StringComparer.Ordinal);
        if (items.FirstOrDefault(i => taxonomy.Find(i) is { IsUnspecified: true }) is { } unspecified)
        {
            byItem = new Dictionary<string, long>(StringComparer.Ordinal) { [unspecified] = byItem.Values.Sum() };
        }

        return new Outstanding(
            byItem, received.Values.Sum(), destroyed.Values.Sum(), lost.Values.Sum(), onward.Values.Sum());

        static Outstanding? OfOne(TransferFile file)
        {
            // As most begin: one item has arrived, and nothing has become of it.
            Line? only = null;
            foreach (var filed in file.Notices)
            {
                if (filed.Notice.Kind == NoticeKind.Receipt && filed.Notice.Filer == file.Key.Recipient
                    && only is null && filed.Notice.Lines is [{ Exactness: not QuantityBasis.Undisclosed } line])
                {
                    only = line;
                }
                else if (filed.Notice.Filer == file.Key.Recipient)
                {
                    return null;
                }
            }

            return only is null || !file.Onward.IsEmpty ? null : new Outstanding(
                new Dictionary<string, long>(StringComparer.Ordinal) { [only.Item] = only.Quantity },
                only.Quantity, 0, 0, 0);
        }

        Dictionary<string, long> Without(Dictionary<string, long> quantities) => quantities
            .Where(q => !undisclosed.Contains(q.Key))
            .ToDictionary(q => q.Key, q => q.Value, StringComparer.Ordinal);
    }
}
