using System.Net;
using System.Net.Sockets;

namespace Endless.Http.Tests.Processes;

/// <summary>An address for a program that cannot bind port 0 or cannot say which port it got.</summary>
internal static class FreeEndPoint
{
    /// <summary>One that nothing is bound to, and that the system is not soon to give to another.</summary>
    public static IPEndPoint Next()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
