using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Treaty.Grid.Contracts;
using Treaty.Grid.Hosting;

namespace Treaty.Grid.Gateway;

/// <summary>Where the gateway listens: gRPC on one port, the web on another.</summary>
internal static class Doors
{
    /// <summary>A message, and the five bytes that gRPC wraps it into.</summary>
    public const int BodyBytesMax = Limits.MessageBytesMax + 5;

    private const string GrpcDefault = "http://127.0.0.1:5400";
    private const string WebDefault = "http://127.0.0.1:5480";
    private const string DevelopmentIdentity = "Development";
    private const string ProxyIdentity = "Proxy";

    /// <summary>
    /// Of each door: every state has a handful, and each holds up to a megabyte of what was sent and not yet read.
    /// </summary>
    private const int ConnectionsMax = 2_000;

    /// <summary>Calls at once on one connection. A client with more opens another, or waits at its own end.</summary>
    private const int StreamsPerConnectionMax = 100;

    // A connection through a sleeping proxy or a pulled cable is noticed before callers give up on it.
    private static readonly TimeSpan KeepAlivePingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepAlivePingTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="InvalidOperationException">A setting is wrong, or would let strangers in.</exception>
    public static void Open(KestrelServerOptions kestrel, IConfigurationSection settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnectionMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = Limits.RequestHeaderBytesMax;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = Limits.RequestHeaderBytesMax;
        kestrel.Limits.Http2.KeepAlivePingDelay = KeepAlivePingDelay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = KeepAlivePingTimeout;
        Listen(kestrel, settings, "Grpc", GrpcDefault, HttpProtocols.Http2);
        Listen(kestrel, settings, "Web", WebDefault, HttpProtocols.Http1);
    }

    /// <summary>Callers name themselves, and so have to be programs on this machine.</summary>
    /// <exception cref="InvalidOperationException">The setting is wrong.</exception>
    public static bool IsDevelopment(IConfigurationSection settings) => IdentityOf(settings) == DevelopmentIdentity;

    /// <summary>A name or an address that only programs on this machine can mean.</summary>
    public static bool IsLoopback(string host) => Loopback(host) is not null;

    private static void Listen(
        KestrelServerOptions kestrel, IConfigurationSection settings, string key, string otherwise,
        HttpProtocols protocols)
    {
        var endpoint = ListenUrl.Of(settings, key, otherwise);
        if (!IPAddress.IsLoopback(endpoint.Address) && IdentityOf(settings) == DevelopmentIdentity)
        {
            throw new InvalidOperationException(
                $"{settings.Path}:{key} is '{settings[key]}', which other machines could reach. While callers name"
                + $" themselves ({settings.Path}:Identity is '{DevelopmentIdentity}') anyone there could speak for any"
                + $" state. Use a loopback address, such as {otherwise}; or put a proxy in front that knows its"
                + $" callers, and say so: '{ProxyIdentity}'.");
        }

        kestrel.Listen(endpoint, listen => listen.Protocols = protocols);
    }

    /// <exception cref="InvalidOperationException">The setting is wrong.</exception>
    private static string IdentityOf(IConfigurationSection settings) =>
        settings["Identity"] is not { Length: > 0 } stated ? DevelopmentIdentity
        : stated is DevelopmentIdentity or ProxyIdentity ? stated
        : throw new InvalidOperationException(
            $"{settings.Path}:Identity is '{stated}'. Expected '{DevelopmentIdentity}', in which callers name"
            + $" themselves and only this machine can call; or '{ProxyIdentity}', in which a proxy in front names them,"
            + " and nobody else can reach this.");

    private static IPAddress? Loopback(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback;
        return IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)
            ? address
            : null;
    }
}
