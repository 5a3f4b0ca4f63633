using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Treaty.Grid.Silo;

/// <summary>Where a silo of a cluster is reached. It listens there and nowhere else.</summary>
/// <param name="Name">For people; it tells the silos of a cluster apart.</param>
/// <param name="Address">Under which other silos and gateways reach it.</param>
/// <param name="SiloPort">For other silos.</param>
/// <param name="ClientPort">For gateways.</param>
public sealed record Endpoints(string Name, IPAddress Address, int SiloPort, int ClientPort)
{
    private const int SiloPortDefault = 5410;
    private const int ClientPortDefault = 5430;
    private const int PortMax = 65_535;

    /// <summary>Others than programs on this machine can reach it.</summary>
    public bool IsExposed => !IPAddress.IsLoopback(Address);

    /// <summary>
    /// As the settings have it: <c>Name</c>, <c>Address</c> (an address, or a host name that has one), <c>SiloPort</c>
    /// and <c>ClientPort</c>; a port of 0 is any that is free.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is wrong.</exception>
    public static Endpoints Of(IConfigurationSection settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var address = Resolve(settings);
        return new Endpoints(
            settings["Name"] is { Length: > 0 } name ? name : Dns.GetHostName(),
            address,
            Port(settings, "SiloPort", SiloPortDefault, address),
            Port(settings, "ClientPort", ClientPortDefault, address));
    }

    private static IPAddress Resolve(IConfigurationSection settings)
    {
        var stated = settings["Address"] is { Length: > 0 } text ? text : "127.0.0.1";
        if (!IPAddress.TryParse(stated, out var address))
        {
            try
            {
                address = Dns.GetHostAddresses(stated, AddressFamily.InterNetwork).FirstOrDefault();
            }
            catch (SocketException)
            {
                // Said below.
            }
        }

        return address is not null && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? address
            : throw new InvalidOperationException(
                $"{settings.Path}:Address is '{stated}'. Expected the address of this machine that the other silos and "
                + "the gateways reach it by, such as 10.0.0.11, or a host name that has one.");
    }

    private static int Port(IConfigurationSection settings, string key, int otherwise, IPAddress address)
    {
        var stated = settings[key] is { Length: > 0 } text ? text : otherwise.ToString(CultureInfo.InvariantCulture);
        return int.TryParse(stated, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= PortMax
            ? port > 0 ? port : SiloHosting.FreePort(address)
            : throw new InvalidOperationException(
                $"{settings.Path}:{key} is '{stated}'. Expected a port, such as {otherwise}, or 0 for any that is "
                + "free.");
    }
}
