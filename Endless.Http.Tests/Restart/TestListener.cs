using Endless.Http.Sockets;
using Endless.Http.Spawning;

namespace Endless.Http.Tests.Restart;

/// <summary>Listening sockets under addresses of a test's choice; really on free ports.</summary>
internal static class TestListener
{
    public static ListenerDescriptor On(string address) => new(new(address), ListenSocket.Bind(ListenAddress.Parse("127.0.0.1:0")));
}
