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

    [Fact]
    public void A_notice_in_the_files_of_both_sides_allocates_no_more_than_its_budget()
    {
        var sides = new TwoSides();
        sides.Exchange(Transfers);
        sides.Release();

        var before = GC.GetAllocatedBytesForCurrentThread();
        sides.Exchange(Transfers);
        var notice = (GC.GetAllocatedBytesForCurrentThread() - before) / (2 * Transfers);

        TestContext.Current.TestOutputHelper!.WriteLine($"{notice:N0} bytes a notice");
        Assert.InRange(notice, Budget / 4, Budget);
    }
}
