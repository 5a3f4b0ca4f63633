using Google.Rpc;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Names;
using Treaty.Grid.V1;
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;

namespace Treaty.Grid.Gateway.Identity;

/// <summary>
/// Believes what the metadata key <c>x-party</c> says of who calls. It proves nothing: the gateway listens on the
/// loopback interface only, or stands behind a proxy that knows its callers and sets the key itself.
/// </summary>
internal static class StatedIdentity
{
    public const string Key = "x-party";

    private static readonly Caller Depositary = new(Role.Depositary, "depositary");
    private static readonly Caller Secretariat = new(Role.Secretariat, "secretariat");
    private static readonly Caller Operator = new(Role.Operator, "operator");

    /// <exception cref="RefusedException">UNAUTHENTICATED: it does not say who it is, or not in one word.</exception>
    public static Caller Identify(HttpRequest request)
    {
        var stated = request.Headers[Key];
        return (stated.Count == 1 ? stated[0] : null) switch
        {
            "depositary" => Depositary,
            "secretariat" => Secretariat,
            "operator" => Operator,
            { } code when ResourceNames.IsCode(code) => new Caller(Role.Party, code),
            _ => throw new RefusedException(RefusedException.Refuse(
                Code.Unauthenticated, ErrorReason.Unauthenticated,
                $"Present an identity: set {Key} once, to the code of a party (1 to {Limits.PartyCodeLengthMax} of A-Z,"
                + " 0-9 and \"-\") or to depositary, secretariat or operator.")),
        };
    }
}
