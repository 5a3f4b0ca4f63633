namespace Treaty.Grid.Cluster.Tests.UnderLoad;

/// <summary>
/// What one notice may allocate: it decides how often the collector runs, and unlike time it hardly depends on the
/// machine. Whoever needs less lowers the budget. By step: <c>tests/Bench -- micro</c>.
/// </summary>
public sealed class AllocationTests
{
    /// <summary>Bytes for a notice decided by both sides, answered, and encoded in the entries of both.</summary>
    private const long Budget = 92_000;

    private const int Transfers = 500;
    private const int Measured = 500;

    [Fact]
    public void A_notice_in_the_files_of_both_sides_allocates_no_more_than_its_budget()
    {
        var notice = BytesAfter(Transfers, new TwoSides());

        TestContext.Current.TestOutputHelper!.WriteLine($"{notice:N0} bytes a notice");
        Assert.InRange(notice, Budget / 4, Budget);
    }

    [Fact]
    public void A_notice_allocates_hardly_more_where_there_were_thousands_of_lots_before() =>
        AllocatesHardlyMoreAfterMany(new TwoSides(namesLots: true));

    [Fact]
    public void A_notice_allocates_hardly_more_where_there_were_years_before() =>
        AllocatesHardlyMoreAfterMany(new TwoSides(days: 10 * 365));

    private static void AllocatesHardlyMoreAfterMany(TwoSides sides)
    {
        var few = BytesAfter(Transfers, sides);
        var many = BytesAfter(6 * Transfers, sides);

        TestContext.Current.TestOutputHelper!.WriteLine($"{few:N0}, then {many:N0} bytes a notice");
        Assert.InRange(many, few / 2, few * 6 / 5);
    }

    private static long BytesAfter(int transfers, TwoSides sides)
    {
        sides.Exchange(transfers);
        sides.Release();

        var before = GC.GetAllocatedBytesForCurrentThread();
        sides.Exchange(Measured);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (2 * Measured);
    }
}
