using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Treaty.Grid.Contracts;

namespace Treaty.Grid.Gateway;

/// <summary>Where the gateway listens: gRPC on one port, the web on another.</summary>
internal static class Doors
{
    /// <summary>A message, and the five bytes that gRPC wraps it into.</summary>
    public const int BodyBytesMax = Limits.MessageBytesMax + 5;

    private const string GrpcDefault = "http://127.0.0.1:5400";
    private const string WebDefault = "http://127.0.0.1:5480";
    private const string DevelopmentIdentity = "Development";

    // A connection through a sleeping proxy or a pulled cable is noticed before callers give up on it.
    private static readonly TimeSpan KeepAlivePingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepAlivePingTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="InvalidOperationException">A setting is wrong, or would let strangers in.</exception>
    public static void Open(KestrelServerOptions kestrel, IConfigurationSection settings)
    {
        if ((settings["Identity"] ?? DevelopmentIdentity) != DevelopmentIdentity)
        {
            throw new InvalidOperationException(
                $"{settings.Path}:Identity is '{settings["Identity"]}'. This version knows only"
                + $" '{DevelopmentIdentity}', in which callers name themselves.");
        }

        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = Limits.RequestHeaderBytesMax;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = Limits.RequestHeaderBytesMax;
        kestrel.Limits.Http2.KeepAlivePingDelay = KeepAlivePingDelay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = KeepAlivePingTimeout;
        Listen(kestrel, settings, "Grpc", GrpcDefault, HttpProtocols.Http2);
        Listen(kestrel, settings, "Web", WebDefault, HttpProtocols.Http1);
    }

    /// <summary>A name or an address that only programs on this machine can mean.</summary>
    public static bool IsLoopback(string host) => Loopback(host) is not null;

    private static void Listen(
        KestrelServerOptions kestrel, IConfigurationSection settings, string key, string otherwise,
        HttpProtocols protocols)
    {
        var stated = settings[key] ?? otherwise;
        if (!Uri.TryCreate(stated, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp
            || uri.PathAndQuery != "/")
        {
            throw new InvalidOperationException(
                $"{settings.Path}:{key} is '{stated}'. Expected http://, an address and a port, such as {otherwise}.");
        }

        var address = Loopback(uri.Host) ?? throw new InvalidOperationException(
            $"{settings.Path}:{key} is '{stated}', which other machines could reach. While callers name themselves"
            + $" ({settings.Path}:Identity is '{DevelopmentIdentity}') anyone there could speak for any state. Use a"
            + $" loopback address, such as {otherwise}.");
        kestrel.Listen(new IPEndPoint(address, uri.Port), listen => listen.Protocols = protocols);
    }

    private static IPAddress? Loopback(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback;
        return IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)
            ? address
            : null;
    }
}
