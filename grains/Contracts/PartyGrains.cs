namespace Treaty.Grid.Contracts;

/// <summary>Where parties are found.</summary>
public static class PartyGrains
{
    internal const string InterfaceName = "treaty.grid.party";

    /// <summary>Of the type of grain, as it stands in every grain's id.</summary>
    public const string Name = "party";

    private static readonly GrainType Type = GrainType.Create(Name);
    private static readonly GrainInterfaceType Interface = GrainInterfaceType.Create(InterfaceName);

    /// <summary>
    /// The party of a code. Orleans' <c>GetGrain</c> of an interface comes to the same, and reads the attributes of the
    /// interface each time.
    /// </summary>
    public static IPartyGrain Party(this IGrainFactory grains, string code) =>
        (IPartyGrain)grains.GetGrain(GrainId.Create(Type, code), Interface);
}
