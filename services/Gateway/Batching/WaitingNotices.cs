using Treaty.Grid.Cluster.V1;
using Treaty.Grid.V1;
using Status = Google.Rpc.Status;

namespace Treaty.Grid.Gateway.Batching;

/// <summary>The notices of one request, waiting for their filer's grain. They go together.</summary>
/// <param name="since">When they came, as the clock's timestamp.</param>
/// <param name="cancellation">Of whoever waits for the answer.</param>
internal sealed class WaitingNotices(
    IReadOnlyList<FileItem> items, long since, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<IReadOnlyList<SubmitResult>> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<FileItem> Items { get; } = items;

    public long Bytes { get; } = items.Sum(i => (long)i.CalculateSize());

    public long Since { get; } = since;

    /// <summary>Nobody waits for the answer any more.</summary>
    public bool IsAbandoned => cancellation.IsCancellationRequested;

    /// <summary>Notices in the call that carried these, of this request and of others.</summary>
    public int BatchNotices { get; set; }

    public Task<IReadOnlyList<SubmitResult>> Answer => _answer.Task;

    public void Succeed(IReadOnlyList<SubmitResult> results) => _answer.SetResult(results);

    public void Fail(Status error) => _answer.SetResult(
        [.. Items.Select(_ => new SubmitResult { Error = error })]);
}
