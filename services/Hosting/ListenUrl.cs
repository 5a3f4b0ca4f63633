using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace Treaty.Grid.Hosting;

/// <summary>Where a program listens, as a setting has it: <c>http://</c>, an address and a port.</summary>
public static class ListenUrl
{
    /// <exception cref="InvalidOperationException">The setting is none.</exception>
    public static IPEndPoint Of(IConfigurationSection settings, string key, string otherwise)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var stated = settings[key] is { Length: > 0 } text ? text : otherwise;
        return Uri.TryCreate(stated, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp
                && uri.PathAndQuery == "/" && Address(uri.Host) is { } address
            ? new IPEndPoint(address, uri.Port)
            : throw new InvalidOperationException(
                $"{settings.Path}:{key} is '{stated}'. Expected http://, an address of this machine and a port, such "
                + $"as {otherwise}; 0.0.0.0 is all of its addresses.");
    }

    /// <summary>For people, once it listens there.</summary>
    public static string Describe(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return string.Create(CultureInfo.InvariantCulture, $"http://{endpoint}");
    }

    private static IPAddress? Address(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        ? IPAddress.Loopback
        : IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : null;
}
