using Google.Rpc;
using Treaty.Grid.Contracts;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway.Json;

/// <summary>
/// While callers name themselves, a page of some other site in a browser on this machine must not speak for a state:
/// it can make its own host name mean 127.0.0.1, but not make the browser send another name.
/// </summary>
internal sealed class LoopbackOnly(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (HttpProtocol.IsHttp2(context.Request.Protocol) || Doors.IsLoopback(context.Request.Host.Host))
            return next(context);
        return StatusJson.WriteAsync(context.Response, RefusedException.Refuse(
            Code.PermissionDenied, ErrorReason.PartyScope,
            "Development identity answers only to localhost and loopback addresses. Use one of them in the URL."));
    }
}
