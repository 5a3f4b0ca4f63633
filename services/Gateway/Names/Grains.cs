using Treaty.Grid.Contracts;

namespace Treaty.Grid.Gateway.Names;

/// <summary>From names of the contract, which were checked before, to grains.</summary>
internal static class Grains
{
    /// <summary>The party that a resource lies under, or is.</summary>
    public static IPartyGrain PartyOf(this IGrainFactory grains, string name) =>
        grains.Party(CodeOf(name));

    public static IRegisterGrain Register(this IGrainFactory grains) => grains.GetGrain<IRegisterGrain>(0);

    public static IListGrain Lists(this IGrainFactory grains) => grains.GetGrain<IListGrain>(0);

    /// <summary>The code of the party that a resource lies under, or is.</summary>
    public static string CodeOf(string name) => ResourceNames.Owners(name)?.One
        ?? throw new InvalidOperationException("A name came past the shape rules that is none.");
}
