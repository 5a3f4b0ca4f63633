namespace Treaty.Grid;

/// <summary>
/// Why a well-formed statement is not recorded, in order of precedence. Everything else is recorded, with findings:
/// mines are physical, and a prohibited transfer happened whether or not a register likes it. Never renumbered.
/// </summary>
public enum RefusalReason
{
    /// <summary>The party concerned is not in the register.</summary>
    PartyUnknown = 1,

    /// <summary>The register does not know the convention.</summary>
    ConventionUnknown = 2,

    /// <summary>The id was used before with other content.</summary>
    IdConflict = 3,

    /// <summary>What a correction names is no statement of its filer, or is not what may be corrected so.</summary>
    NotCorrectable = 4,

    /// <summary>What a correction names has been corrected before.</summary>
    Superseded = 5,

    /// <summary>There is a report for the same period: a second one has to say that it corrects it.</summary>
    AlreadyReported = 6,

    /// <summary>Two files are not such that the party can join them.</summary>
    NotPairable = 7,
}

/// <summary>A refusal, and what it is about.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Subject">
/// The party, the convention, or the name that was used before, that cannot be corrected, that is in effect instead, or
/// that stands in the way of a pairing.
/// </param>
/// <param name="Field">The first field that differs, for a conflict, or that stands in the way of a correction.</param>
public sealed record Refusal(RefusalReason Reason, string Subject, string Field = "")
{
    /// <summary>What is the matter with the subject of a pairing, and what to do; otherwise empty.</summary>
    public string Remedy { get; init; } = "";
}
