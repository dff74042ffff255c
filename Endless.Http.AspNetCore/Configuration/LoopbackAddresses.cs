using System.Net;
using System.Net.Sockets;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>The loopback addresses of this machine: in containers that of IPv6 is often missing, and to bind it fails.</summary>
internal static class LoopbackAddresses
{
    /// <summary>Those that can be bound, IPv4 first; 127.0.0.1 if none can, so that to bind it says why.</summary>
    public static IReadOnlyList<IPAddress> Present
    {
        get
        {
            IReadOnlyList<IPAddress> present = [.. new[] { IPAddress.Loopback, IPAddress.IPv6Loopback }.Where(CanBind)];
            return present.Count > 0 ? present : [IPAddress.Loopback];
        }
    }

    private static bool CanBind(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
