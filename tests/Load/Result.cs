using HdrHistogram;

namespace Treaty.Grid.Load;

/// <summary>One second of a run.</summary>
internal sealed record Second
{
    /// <summary>Since the start, the warm-up included.</summary>
    public required double At { get; init; }

    /// <summary>Notices per second, as all rates.</summary>
    public required double Target { get; init; }

    public required double Sent { get; init; }

    public required double Answered { get; init; }

    public required double Errors { get; init; }

    /// <summary>Requests.</summary>
    public required int InFlight { get; init; }

    /// <summary>Requests that wait for the server to take another stream.</summary>
    public required int Waiting { get; init; }

    /// <summary>Milliseconds, as all times.</summary>
    public required double P50 { get; init; }

    public required double P99 { get; init; }

    public required double Max { get; init; }

    /// <summary>How late the generator itself was, at worst.</summary>
    public required double Slip { get; init; }

    /// <summary>Processors in use, 1 being one of them all the time.</summary>
    public required double OwnProcessors { get; init; }

    public required double ServerProcessors { get; init; }

    /// <summary>Bytes.</summary>
    public required long ServerMemory { get; init; }

    public required int ServerHandles { get; init; }

    /// <summary>How long a list waits for the last receipt; null where it was not asked.</summary>
    public double? Lag { get; init; }
}

/// <summary>What a plan came to.</summary>
internal sealed record Result
{
    /// <summary>Seconds measured: what was due in them was offered.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seconds until the last of it was answered; more, where the server fell behind.</summary>
    public required double Took { get; init; }

    /// <summary>Notices due in the seconds measured.</summary>
    public required long Offered { get; init; }

    /// <summary>Notices by what became of them; "OK" is what was acknowledged, or refused as it had to be.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>From the time at which requests were due. Of those that succeeded or were given up.</summary>
    public required LongHistogram Latency { get; init; }

    /// <summary>From the time at which they were sent.</summary>
    public required LongHistogram Service { get; init; }

    /// <summary>How late the generator was with each.</summary>
    public required LongHistogram Slip { get; init; }

    public required IReadOnlyList<Second> Series { get; init; }

    public required TimeSpan OwnProcessor { get; init; }

    public required TimeSpan ServerProcessor { get; init; }

    /// <summary>How long the generator's collector stopped it.</summary>
    public required TimeSpan OwnPauses { get; init; }

    /// <summary>How long a list waited for the last receipt when all was sent; null where it was not asked.</summary>
    public TimeSpan? Lag { get; init; }

    public long Ok => Outcomes.GetValueOrDefault("OK");

    public long Errors => Outcomes.Where(o => o.Key != "OK").Sum(o => o.Value);

    public double ServerMicrosecondsPerNotice => Ok == 0 ? 0 : ServerProcessor.TotalMicroseconds / Ok;

    /// <summary>Notices acknowledged per second.</summary>
    public double Rate => Ok / Took;

    /// <summary>The generator was so late that the figures are its own.</summary>
    public bool IsBehind => Slip.At(99) > BehindMax;

    /// <summary>Milliseconds of lateness above which it is told.</summary>
    public const double BehindMax = 5;
}
