using System.Diagnostics.Metrics;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.Snapshots;

/// <summary>
/// What the stores measure while a test calls them. Others run at the same time in this process: a measurement counts
/// where the call that led to it began here.
/// </summary>
internal sealed class IndexMeter : IDisposable
{
    private readonly AsyncLocal<bool> _isMine = new() { Value = true };
    private readonly MeterListener _listener = new();
    private long _looks;
    private long _filterBytes;
    private long _filterBytesMax;

    public IndexMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == JournalWriter.TelemetryName)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            if (!_isMine.Value)
                return;
            if (instrument.Name == "treatygrid.index.looks")
                Interlocked.Add(ref _looks, value);
            else if (instrument.Name == "treatygrid.index.filters")
                RaiseMax(Interlocked.Add(ref _filterBytes, value));
        });
        _listener.Start();
    }

    /// <summary>Keys looked for in a run.</summary>
    public long Looks => Interlocked.Read(ref _looks);

    public long FilterBytes => Interlocked.Read(ref _filterBytes);

    /// <summary>The most they were.</summary>
    public long FilterBytesMax => Interlocked.Read(ref _filterBytesMax);

    public void Dispose() => _listener.Dispose();

    private void RaiseMax(long bytes)
    {
        var max = FilterBytesMax;
        while (bytes > max && Interlocked.CompareExchange(ref _filterBytesMax, bytes, max) != max)
            max = FilterBytesMax;
    }
}
