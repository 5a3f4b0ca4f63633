namespace Treaty.Grid.Storage;

/// <summary>How a home writes rows, on one connection and in the transaction that is open there.</summary>
internal interface IRowWriter : IAsyncDisposable
{
    ValueTask WriteAsync(Changes changes, CancellationToken cancellation);
}
