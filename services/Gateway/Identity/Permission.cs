using Google.Protobuf;
using Google.Rpc;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Identity;

/// <summary>To whom something is open.</summary>
[Flags]
internal enum Who
{
    /// <summary>It need not even say who it is.</summary>
    Anyone = 1,

    /// <summary>The party that the resource lies under; of a transfer, its sender and its recipient.</summary>
    Owner = 2,

    /// <summary>A party that the thing itself names. Known only after it was read.</summary>
    Named = 4,
    Depositary = 8,
    Secretariat = 16,
}

/// <summary>What follows for one caller and one resource.</summary>
internal enum Verdict
{
    Denied,
    Granted,

    /// <summary>Granted if the thing names the caller; otherwise denied, as if it did not exist.</summary>
    OnceRead,

    /// <summary>The resource has no name that anything could have. The shape rules say so.</summary>
    NoSuchName,
}

/// <summary>One thing that can be permitted.</summary>
/// <param name="Name">As refusals give it.</param>
/// <param name="Who">To whom it is open.</param>
/// <param name="Resource">What a request is about.</param>
internal sealed record Permission(string Name, Who Who, Func<IMessage, string> Resource)
{
    /// <summary>Of a method that nobody has thought of: open to nobody.</summary>
    public static readonly Permission Undeclared = new("undeclared", default, _ => "");

    private const int QuotedLengthMax = 128;

    public bool IsForAnyone => Who.HasFlag(Who.Anyone);

    public Verdict Judge(Caller caller, string resource) => caller.Role switch
    {
        _ when IsForAnyone => Verdict.Granted,
        Role.Depositary when Who.HasFlag(Who.Depositary) => Verdict.Granted,
        Role.Secretariat when Who.HasFlag(Who.Secretariat) => Verdict.Granted,
        Role.Party when Who.HasFlag(Who.Owner) => JudgeParty(caller.Code, resource),
        _ => Verdict.Denied,
    };

    /// <summary>In the words of AIP-211, which are the same whether or not the thing exists.</summary>
    public RefusedException Deny(string resource)
    {
        var quoted = Quote(resource);
        return new RefusedException(RefusedException.Refuse(
            Code.PermissionDenied, ErrorReason.PartyScope,
            $"Permission '{Name}' denied on resource '{quoted}' (or it might not exist).",
            [new("permission", Name), new("resource", quoted)]));
    }

    /// <summary>It may be no name at all: refusals come before the shape rules.</summary>
    private static string Quote(string resource) => string.Create(
        Math.Min(resource.Length, QuotedLengthMax), resource, static (quoted, resource) =>
        {
            for (var i = 0; i < quoted.Length; i++)
                quoted[i] = resource[i] is >= ' ' and <= '~' ? resource[i] : '?';
        });

    private Verdict JudgeParty(string code, string resource)
    {
        if (ResourceNames.Owners(resource) is not { } owners)
            return Verdict.NoSuchName;
        if (owners.One == code || owners.Other == code)
            return Verdict.Granted;
        return Who.HasFlag(Who.Named) ? Verdict.OnceRead : Verdict.Denied;
    }
}
