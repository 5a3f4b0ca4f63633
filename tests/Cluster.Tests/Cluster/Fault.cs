using System.Globalization;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>What can go wrong in a cluster.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL; it is started again when the fault ends, on another port.</summary>
    Kill,

    /// <summary>SIGSTOP; SIGCONT when the fault ends.</summary>
    Freeze,

    /// <summary>Nothing passes between the two.</summary>
    Cut,

    /// <summary>Nothing passes between a silo and the other silos; gateways and the database reach it.</summary>
    Isolate,

    /// <summary>
    /// A silo and a gateway reach each other, and the silo the database; nothing else passes between them and anyone.
    /// </summary>
    Split,

    /// <summary>Nothing passes between the program and the database.</summary>
    CutFromDatabase,

    /// <summary>The database is stopped politely; it is started again when the fault ends.</summary>
    Stop,

    /// <summary>The clock on the wall is wrong, and right again when the fault ends.</summary>
    TurnClock,
}

/// <summary>A fault as it was drawn. It begins late where the one before it in its line is not mended yet.</summary>
/// <param name="Whom">A silo, a gateway, or the database.</param>
/// <param name="Other">At the other end of what is cut.</param>
/// <param name="By">How far the clock is turned.</param>
internal sealed record Fault(
    FaultKind Kind, string Whom, TimeSpan Begins, TimeSpan Lasts, string? Other = null, TimeSpan By = default)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Begins.TotalSeconds,6:0.0} s  {Kind} {Whom}{(Other is null ? "" : $" and {Other}")}"
        + $"{(By == TimeSpan.Zero ? "" : $" by {By.TotalSeconds:+0;-0} s")}, {Lasts.TotalSeconds:0.0} s");
}
