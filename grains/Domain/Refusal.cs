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
}

/// <summary>A refusal, and what it is about.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Subject">The party, the convention, or the name that was used before.</param>
/// <param name="Field">The first field that differs, for a conflict.</param>
public sealed record Refusal(RefusalReason Reason, string Subject, string Field = "");
