namespace Treaty.Grid.Auditor;

/// <summary>The few items a history speaks of. Ids are those of the register's taxonomy.</summary>
public static class Taxonomy
{
    /// <summary>Set off by a person and by nothing else: plainly anti-personnel mines.</summary>
    public static readonly IReadOnlyList<string> Mines = ["PMA-2", "PMA-3", "PMN", "M14", "PMD-6"];

    /// <summary>An anti-personnel mine of unstated type.</summary>
    public const string Unspecified = "APM-UNSPECIFIED";

    /// <summary>A mine only if a person can set it off.</summary>
    public const string Directional = "MON-50";

    public const string AntiVehicle = "TM-62M";

    public const string Component = "MUV-2";

    /// <summary>Of which the taxonomy knows nothing.</summary>
    public const string Unknown = "NOBODY-KNOWS-7";

    /// <summary>Whether a line speaks of what the convention calls an anti-personnel mine.</summary>
    public static bool IsMine(Line line) => line.Item switch
    {
        AntiVehicle or Component or Unknown => false,
        Directional => line.Activation != "command",
        _ => true,
    };
}
