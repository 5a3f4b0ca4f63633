namespace Treaty.Grid.Bench;

/// <summary>One run of the program: what all its parts share.</summary>
/// <param name="transfers">Closed transfers of the long history; null for the usual number.</param>
internal sealed class Run(bool quick, long? transfers, TextWriter output, TextWriter progress) : IAsyncDisposable
{
    private Register? _register;

    public Stores Stores { get; } = new();

    /// <summary>Results go here, and nothing else.</summary>
    public TextWriter Output => output;

    /// <summary>How long a rate is measured.</summary>
    public TimeSpan Round => TimeSpan.FromSeconds(quick ? 0.5 : 3);

    /// <summary>Closed transfers behind the party that has many: two entries each.</summary>
    public long ManyTransfers => transfers ?? (quick ? 10_000 : 100_000);

    public long ProjectedTransfers => quick ? 10_000 : 50_000;

    public void Say(string what) => progress.WriteLine(what);

    /// <summary>Only so often as it counts on.</summary>
    public void Say(string what, long every, long count)
    {
        if (count > 0 && count % every == 0)
            Say(what);
    }

    /// <summary>The register with its long history; made when first asked for.</summary>
    public async Task<Register> RegisterAsync(CancellationToken cancellation) =>
        _register ??= await Register.StartAsync(this, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_register is not null)
            await _register.DisposeAsync();
        await Stores.DisposeAsync();
    }
}
